//! `hlc diff workloads`

pub(super) mod older;

use hlc_diff::render::{self, Report};
use hlc_diff::{Question, compare, dangers};

use crate::args::{Args, DiffEmit, DiffWorkloads, FailOn, Format};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

pub(crate) fn run(args: &Args, options: &DiffWorkloads, console: &Console) -> Result<Exit, Failure> {
    let project = project::find(args)?;
    let compiled = project::compile_reach(args, &project)?;
    let (compilation, reach) = &*compiled;
    if console.refuses(compilation) {
        return Ok(Exit::Failed);
    }
    let plan = compilation.plan.as_ref().ok_or_else(Failure::no_plan)?;
    let before = older::Finder::new(args, &project).find(&compilation.model, options.against.as_deref())?;
    let changes = compare(&before.files, plan);
    let after = reach.exposure();
    let max_removed = options.danger.max_removed;
    let question = Question { changes: &changes, before: before.exposure.as_ref(), after: &after, max_removed };
    let dangers = dangers(&question);
    let report = Report {
        changes: &changes,
        dangers: &dangers,
        accepted: &options.danger.accept,
        sources: &compilation.sources,
        against: &before.against,
        whole: options.whole,
    };
    let emit = options.emit.unwrap_or(if args.format == Format::Json { DiffEmit::Json } else { DiffEmit::Text });
    match (emit, args.format) {
        (DiffEmit::Json, _) => console.data(|mut out| render::json(&mut out, &report))?,
        (DiffEmit::Markdown, _) => console.data(|out| out.write_all(render::markdown(&report).as_bytes()))?,
        (DiffEmit::Text, Format::Concise | Format::Github) => {
            console.data(|mut out| render::concise(&mut out, &report))?;
        }
        (DiffEmit::Text, Format::Human | Format::Json | Format::Sarif) => {
            console.data(|out| render::human(out, &report))?;
        }
    }
    console.say(&format!("compared with {}", before.against));
    for note in &before.notes {
        console.say(&format!("note: {note}"));
    }
    if options.fail_on == Some(FailOn::Danger) && report.open_dangers().next().is_some() {
        return Ok(Exit::Failed);
    }
    Ok(if options.detailed_exitcode && !changes.is_empty() { Exit::Changes } else { Exit::Success })
}
