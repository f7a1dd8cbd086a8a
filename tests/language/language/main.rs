//! The executable specification of the language: one binary, one trial per fact.
//!
//! Trials that need reference material which lies beside the repository are ignored when it is not there; on a build
//! server (CI=true) they fail instead.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test whose fixture is broken has failed, and says so best by stopping there"
)]

use libtest_mimic::{Arguments, Failed, Trial};

mod as_found;
mod cases;
mod charts;
mod codes;
mod documentation;
mod draft;
mod export;
mod fuzz;
mod golden;
mod import;
mod inventory;
mod json_schema;
mod limits;
mod mistakes;
mod mutations;
mod nodes;
mod order;
mod plans;
mod platform;
mod reach;
mod round_trip;
mod spec;
mod state;
mod talos;
mod vendors;

/// The outcome of a trial.
type Outcome = Result<(), Failed>;

/// A trial that needs the folder `path` of the reference material.
fn needs_shared(
    name: &str,
    path: &'static str,
    run: impl FnOnce(std::path::PathBuf) -> Outcome + Send + 'static,
) -> Trial {
    let folder = hlc_tests_language::shared(path);
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let missing = folder.is_none() && !ci;
    Trial::test(name, move || match folder {
        Some(folder) => run(folder),
        None => Err(format!("../shared/{path} is not there").into()),
    })
    .with_ignored_flag(missing)
}

fn main() {
    let arguments = Arguments::from_args();
    let trials = [
        codes::trials(),
        charts::trials(),
        nodes::trials(),
        documentation::trials(),
        spec::trials(),
        state::trials(),
        cases::trials(),
        as_found::trials(),
        order::trials(),
        plans::trials(),
        reach::trials(),
        golden::trials(),
        inventory::trials(),
        platform::trials(),
        import::trials(),
        round_trip::trials(),
        mistakes::trials(),
        mutations::trials(),
        talos::trials(),
        limits::trials(),
        fuzz::trials(),
        draft::trials(),
        vendors::trials(),
        export::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    libtest_mimic::run(&arguments, trials).exit();
}
