//! hlc held against the real sops and age, and against files that they wrote.
//!
//! `tests/tools/build` makes the programs, `../shared/contracts` holds the files. Where one is missing the trials that need it
//! are ignored; on a build server (CI=true) they fail.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may stop"
)]

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};

mod edited;
mod tampered;
mod tools;
mod vectors;
mod written;

/// The outcome of a trial.
type Outcome = Result<(), Failed>;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A trial that needs something that may not be there.
fn needs<T: Send + 'static>(
    name: &str,
    there: Option<T>,
    missing: &'static str,
    run: impl FnOnce(&T) -> Outcome + Send + 'static,
) -> Trial {
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let ignored = there.is_none() && !ci;
    Trial::test(name, move || match &there {
        Some(there) => run(there),
        None => Err(missing.into()),
    })
    .with_ignored_flag(ignored)
}

fn main() {
    let arguments = Arguments::from_args();
    let trials = [written::trials(), edited::trials(), tampered::trials(), vectors::trials()];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit();
}
