//! How far a run is, and what came of it.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use hlc_change::{Action, Change, ChangeSet};
use hlc_diag::render::plain_line;
use hlc_engine::{Ended, Halt, Outcome, Watch};
use hlc_plan::Address;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console::{Console, Exit};
use crate::failure::Failure;

/// A line for each change that ends; on a terminal also a bar.
pub(super) struct Lines<'c> {
    console: &'c Console,
    bar: ProgressBar,
}

impl<'c> Lines<'c> {
    pub(super) fn new(console: &'c Console, changes: &ChangeSet) -> Self {
        let count = changes.changes.iter().filter(|change| change.asks_api()).count() as u64;
        let target =
            if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(count), target);
        let style = ProgressStyle::with_template("{spinner} {pos}/{len} {bar:24} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { console, bar }
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| self.console.say(line));
    }

    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Lines<'_> {
    fn started(&self, change: &Change) {
        self.bar.set_message(plain_line(change.address.as_str()).into_owned());
        self.bar.tick();
    }

    fn ended(&self, change: &Change, ended: &Ended, took: Duration) {
        let address = plain_line(change.address.as_str());
        let (done, fails) = words(change.action);
        match ended {
            Ended::Done => self.say(&format!("{done} {address} in {:.1} s", took.as_secs_f32())),
            Ended::Failed { message, .. } => self.say(&format!("{fails} {address}: {}", plain_line(message))),
            // They are told together at the end.
            Ended::Skipped(_) | Ended::NotTried => {}
        }
        self.bar.inc(1);
    }

    fn note(&self, change: &Change, text: &str) {
        self.say(&format!("note: {}: {}", plain_line(change.address.as_str()), plain_line(text)));
    }
}

fn words(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::None => ("cleared up after", "could not clear up after"),
        Action::Create => ("made", "could not make"),
        Action::Adopt => ("took over", "could not take over"),
        Action::Update => ("changed", "could not change"),
        Action::Replace { .. } => ("made anew", "could not make anew"),
        Action::Delete => ("deleted", "could not delete"),
        Action::Forget => ("forgot", "could not forget"),
    }
}

/// Says what came of a run and what that means for the shell.
pub(super) fn outcome(outcome: &Outcome, changes: &ChangeSet, console: &Console) -> Result<Exit, Failure> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for change in changes.changes.iter().filter(|change| change.is_change()) {
        let what = match outcome.ended.get(&change.address) {
            Some(Ended::Done) => "done",
            Some(Ended::Failed { .. }) => "failed",
            Some(Ended::Skipped(_)) => "skipped",
            Some(Ended::NotTried) | None => "not tried",
        };
        *counts.entry(what).or_default() += 1;
    }
    let told = |what: &'static str| counts.get(what).map(|count| format!("{count} {what}"));
    let counts: Vec<String> = ["done", "failed", "skipped", "not tried"].into_iter().filter_map(told).collect();
    for (address, ended) in &outcome.ended {
        let address = plain_line(address.as_str());
        match ended {
            Ended::Failed { message, help, unclear } => {
                let what = if *unclear { "nobody knows whether it was done" } else { "failed" };
                console.say(&format!("error: {address} {what}: {}", plain_line(message)));
                if let Some(help) = help {
                    console.say(&format!("  = help: {}", plain_line(help)));
                }
            }
            Ended::Skipped(needs) => console.say(&skipped(&address, needs)),
            Ended::Done | Ended::NotTried => {}
        }
    }
    console.say(&format!("core/{}: {}", changes.stack, counts.join(", ")));
    if let Some(error) = &outcome.unsaved {
        return Err(Failure::new(format!("the state could not be written: {error}"))
            .help("the journal beside it has what was done: make room and run it again, and nothing is done twice"));
    }
    match &outcome.halted {
        None if outcome.is_success() => Ok(Exit::Success),
        None => Ok(Exit::Failed),
        Some(Halt::Stopped) => {
            console.say("stopped: what was under way is finished and written down; run it again to go on");
            Ok(Exit::Interrupted)
        }
        Some(Halt::LockLost) => Err(Failure::new("the lock of the stack was lost while it was worked on")
            .help("nothing more was begun; run it again, and nothing is done twice")),
        Some(Halt::Denied) => Ok(Exit::Failed),
        Some(Halt::Journal(why)) => Err(Failure::new(format!("the journal could not be written: {why}"))
            .help("nothing is sent that is not written down first: make room, and run it again")),
    }
}

fn skipped(address: &str, needs: &Address) -> String {
    format!("skipped {address}: it needs {}", plain_line(needs.as_str()))
}
