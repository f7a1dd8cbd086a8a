//! Planned, shown, asked about, carried out.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::time::Duration;

use hlc_change::render::{self, Shown};
use hlc_change::{ChangeSet, Words, gate};
use hlc_diag::Sources;
use hlc_engine::{Carrying, EngineError, How, Session, Stop};

use super::problems;
use super::report::{self, Lines};
use super::runtime::stoppable;
use crate::args::Format;
use crate::args::stack::Carry;
use crate::console::{Console, Exit};
use crate::failure::Failure;

/// How long the first wait is before an unclear answer is looked for again.
const PATIENCE: Duration = Duration::from_millis(500);

/// What has to be done; what stands against it is shown.
pub(super) async fn plan(
    session: &mut Session,
    how: &How<'_>,
    sources: &Sources,
    console: &Console,
) -> Result<ChangeSet, Failure> {
    let unfinished: Vec<String> = session.unfinished().map(ToString::to_string).collect();
    if !unfinished.is_empty() {
        console.say(&format!(
            "note: an earlier run ended before it was done, and hlc looks for what it left: {}",
            unfinished.join(", ")
        ));
    }
    match session.plan(how).await {
        Err(EngineError::Problems(found)) => {
            problems::show(&found, sources, console);
            Err(problems::failure(&found))
        }
        planned => Ok(planned?),
    }
}

/// Shows what has to be done: as data on stdout, or as a message before somebody is asked.
pub(super) fn show(changes: &ChangeSet, sources: &Sources, unchanged: bool, console: &Console) -> Result<(), Failure> {
    if console.format == Format::Json {
        let text = serde_json::to_string_pretty(&render::json(changes, sources))
            .map_err(|error| Failure::new(format!("the plan cannot be written as JSON: {error}")))?;
        return console.data(|out| writeln!(out, "{text}"));
    }
    console.data(|out| render::human(out, changes, sources, Shown { unchanged }))?;
    console.say(&format!("core/{}: {}", changes.stack, render::summary(&changes.counts())));
    Ok(())
}

/// Shows what may not be done without an explicit word.
pub(super) fn refuses(changes: &ChangeSet, words: &Words, sources: &Sources, console: &Console) -> Result<(), Failure> {
    let found = gate(changes, words);
    if found.is_empty() {
        return Ok(());
    }
    problems::show(&found, sources, console);
    Err(problems::failure(&found))
}

/// Asks whether something is meant.
pub(super) fn confirm(question: &str, yes: bool, console: &Console) -> Result<bool, Failure> {
    if yes {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::new("nobody can be asked here: stdin is no terminal")
            .help("look at the plan, and say --yes; or save it with `hlc plan --out FILE` and apply the file"));
    }
    console.say(&format!("{question} Only `yes` is taken for it:"));
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.map_err(|error| Failure::new(format!("cannot read from the terminal: {error}")))?;
    let is_meant = answer.trim() == "yes";
    if !is_meant {
        console.say("nothing was done");
    }
    Ok(is_meant)
}

/// Carries out what was shown.
pub(super) async fn carry_out(
    session: &mut Session,
    how: &How<'_>,
    changes: &ChangeSet,
    carry: &Carry,
    sources: &Sources,
    console: &Console,
) -> Result<Exit, Failure> {
    let stop = Stop::default();
    let watch = Lines::new(console, changes);
    let carrying =
        Carrying { parallel: usize::from(carry.parallelism), watch: &watch, stop: &stop, patience: PATIENCE };
    let applied = stoppable(console, &stop, session.apply(how, changes, &carrying)).await;
    watch.done();
    match applied {
        Ok(outcome) => report::outcome(&outcome, changes, console),
        Err(EngineError::Moved { now }) => {
            console.say("somebody has changed something since this was planned; now this would have to be done:");
            console.message(|out| render::human(out, &now, sources, Shown::default()));
            Err(Failure::new("what was planned is no longer what has to be done")
                .help("nothing was done: look at the plan again"))
        }
        Err(EngineError::Problems(found)) => {
            problems::show(&found, sources, console);
            Err(problems::failure(&found))
        }
        Err(error) => Err(error.into()),
    }
}
