//! `hlc check`

use std::collections::BTreeSet;

use hlc_delivery::{Project, rewrite};
use hlc_diag::fix::{apply, safe_edits};
use hlc_diag::render::Summary;
use hlc_model::Compilation;

use crate::args::{Args, Deny};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

/// A fix can uncover the next mistake, and of two that touch one waits. More rounds than this mend nothing any more.
const MAX_ROUNDS: usize = 10;

pub(crate) fn run(
    args: &Args,
    fix: bool,
    deny: Option<Deny>,
    pedantic: bool,
    console: &Console,
) -> Result<Exit, Failure> {
    let project = project::find(args)?;
    let mut compilation = project::compile(args, &project)?;
    if fix {
        let mut mended = BTreeSet::new();
        for _ in 0..MAX_ROUNDS {
            let changed = mend(&project, &compilation)?;
            if changed.is_empty() {
                break;
            }
            mended.extend(changed);
            compilation = project::compile(args, &project)?;
        }
        for path in mended {
            console.say(&format!("fixed {path}"));
        }
    }
    if pedantic {
        let more = std::mem::take(&mut compilation.pedantic);
        compilation.diagnostics.extend(more);
    }
    let (sources, diagnostics) = (&compilation.sources, &compilation.diagnostics);
    console.data(|out| console.findings(out, sources, diagnostics, &compilation.allowed))?;
    let summary = Summary::of(sources, diagnostics);
    let denied = match deny {
        None => 0,
        Some(Deny::Warnings) => summary.warnings,
        Some(Deny::Hints) => summary.warnings + summary.hints,
    };
    if !console.format.is_document() {
        let allowed = match compilation.allowed.len() {
            0 => String::new(),
            count => format!("; {count} allowed"),
        };
        console.say(&format!("{summary}{allowed}"));
        if summary.errors == 0 && denied > 0 {
            console.say("none of them is an error, and `--deny` lets none of them pass");
        }
        console.say_more(&compilation);
        console.say_unknown(&compilation);
    }
    Ok(if summary.errors + denied == 0 { Exit::Success } else { Exit::Failed })
}

/// Applies the safe fixes of every file; the paths of those that changed.
fn mend(project: &Project, compilation: &Compilation) -> Result<Vec<String>, Failure> {
    let mut changed = Vec::new();
    for (id, file) in compilation.kdl() {
        let edits = safe_edits(&compilation.diagnostics, id);
        let Some(text) = apply(file.text(), &edits).filter(|text| text.as_str() != file.text().as_ref()) else {
            continue;
        };
        rewrite(&project.folder.join(file.path()), &text)
            .map_err(|error| Failure::new(format!("cannot write `{}`: {error}", file.path())))?;
        changed.push(file.path().to_owned());
    }
    Ok(changed)
}
