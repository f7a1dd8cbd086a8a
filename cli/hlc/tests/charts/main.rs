//! `hlc lock`, `fetch`, `vendor`, `outdated` and builds as a shell runs them, against a repository and a registry on loopback.
//!
//! Most trials have a `helm` of a few lines, which writes down how it was run. `tests/tools/build` makes the real one; where it is
//! missing, the trials that need it are ignored; on a build server (CI=true) they fail.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may stop"
)]

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};

mod fetching;
mod frozen;
mod golden;
mod locking;
mod publisher;
mod real;
mod secrets;
mod shell;
mod unread;

/// The outcome of a trial.
type Outcome = Result<(), Failed>;

/// A trial that needs nothing but hlc.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(name, move || {
        run();
        Ok(())
    })
}

/// A trial that needs a file or folder that may not be there.
fn needs(name: &str, there: Option<PathBuf>, missing: &'static str, run: fn(&Path)) -> Trial {
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let ignored = there.is_none() && !ci;
    let run = move || -> Outcome {
        run(there.as_ref().ok_or(missing)?);
        Ok(())
    };
    Trial::test(name, run).with_ignored_flag(ignored)
}

fn main() {
    let arguments = Arguments::from_args();
    let trials =
        [locking::trials(), fetching::trials(), secrets::trials(), real::trials(), golden::trials(), unread::trials()];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit();
}
