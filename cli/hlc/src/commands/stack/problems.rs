//! What stands against a plan, as findings.

use hlc_change::Problem;
use hlc_diag::Sources;
use hlc_diag::render::plain_line;

use crate::console::Console;
use crate::failure::Failure;

/// Shows what stands against a plan: at its place, where it has one.
pub(super) fn show(problems: &[Problem], sources: &Sources, console: &Console) {
    let findings: Vec<_> = problems.iter().filter_map(Problem::to_diagnostic).collect();
    if !findings.is_empty() {
        console.findings_as_message(sources, &findings);
    }
    for problem in problems.iter().filter(|problem| problem.origin.is_none()) {
        console.say(&format!("error[{}]: {}", problem.code.id, plain_line(&problem.message)));
        if !problem.why.is_empty() {
            console.say(&format!("  = note: {}", plain_line(&problem.why)));
        }
        if !problem.help.is_empty() {
            console.say(&format!("  = help: {}", plain_line(&problem.help)));
        }
    }
}

/// How many there are, as a failure.
pub(super) fn failure(problems: &[Problem]) -> Failure {
    let what = match problems.len() {
        1 => "a problem stands against it".to_owned(),
        several => format!("{several} problems stand against it"),
    };
    let first = problems.first().map(|problem| format!("; `hlc explain {}` says more", problem.code.id));
    Failure::new(what).help(format!("nothing was done{}", first.unwrap_or_default()))
}
