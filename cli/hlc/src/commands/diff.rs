//! `hlc diff workloads`

pub(super) mod older;

use std::collections::BTreeSet;

use hlc_diff::render::{self, Report};
use hlc_diff::{Changes, Danger, Files, Folders, Question, compare, dangers};
use hlc_model::Model;
use hlc_plan::Plan;

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
    let folders = folders(plan, &before.files, &options.names)?;
    let changes = compare(&before.files, plan, &folders);
    let after = reach.exposure();
    let max_removed = options.danger.max_removed;
    let question = Question { changes: &changes, before: before.exposure.as_ref(), after: &after, max_removed };
    let mut dangers = dangers(&question);
    if !options.names.is_empty() {
        dangers.retain(|danger| is_about(danger, &changes, &compilation.model, &options.names));
    }
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

/// The folders of the workloads of these names, which are there now or were then; all when there are none.
fn folders(plan: &Plan, before: &Files, names: &[String]) -> Result<Folders, Failure> {
    let now = plan.workloads.iter().map(|workload| workload.folder.as_str());
    let then = before.keys().filter_map(|path| path.split_once('/')).map(|(folder, _)| folder);
    let known: BTreeSet<&str> = now.chain(then).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name.as_str())) {
        let known: Vec<&str> = known.into_iter().collect();
        return Err(
            Failure::new(format!("no workload is called `{unknown}`, neither now nor then")).names(unknown, &known)
        );
    }
    Ok(if names.is_empty() { Folders::All } else { Folders::Named(names.iter().cloned().collect()) })
}

/// True for a danger of workloads of these names: what the internet reaches is known of the whole homelab only.
fn is_about(danger: &Danger, changes: &Changes, model: &Model, names: &[String]) -> bool {
    let is_seen = danger.path.as_ref().is_some_and(|path| changes.objects.iter().any(|change| change.path() == path));
    let mut named = model.workloads().filter(|(_, workload)| names.contains(&workload.name.name));
    is_seen || danger.origin.is_none_or(|origin| named.any(|(_, workload)| workload.holds(origin)))
}
