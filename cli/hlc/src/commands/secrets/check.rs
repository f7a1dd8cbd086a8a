//! `hlc secrets check`

use hlc_model::secrets::{SecretState, inventory};
use hlc_secrets::Opened;
use serde::Serialize;

use super::list::line;
use super::{File, placeholder};
use crate::args::Format;
use crate::console::{Console, Exit};
use crate::failure::Failure;

/// What came of it.
#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    file: &'a str,
    /// True when every value could be read and the checksum over them holds.
    opened: bool,
    /// How many values were read.
    values: usize,
    /// Why it was not opened: no key that fits is at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    problems: Vec<Problem<'a>>,
}

#[derive(Serialize)]
struct Problem<'a> {
    name: &'a str,
    problem: &'static str,
    /// `path:line`, if it has a place.
    place: Option<String>,
}

pub(super) fn run(file: &File, console: &Console) -> Result<Exit, Failure> {
    let opened = match file.open() {
        Ok(opened) => Ok(opened),
        Err(error) if error.is_missing_key() => Err(error),
        Err(error) => return Err(file.closed(&error)),
    };
    let mut problems = by_name(file);
    if let Ok(opened) = &opened {
        problems.extend(by_value(file, opened));
    }
    let report = Report {
        version: 1,
        file: &file.path,
        opened: opened.is_ok(),
        values: opened.as_ref().map_or(0, |opened| opened.values().len()),
        reason: opened.as_ref().err().map(ToString::to_string),
        problems,
    };
    write(&report, console)?;
    Ok(if report.problems.is_empty() { Exit::Success } else { Exit::Failed })
}

/// What is wrong as far as names tell.
fn by_name(file: &File) -> Vec<Problem<'_>> {
    let sources = &file.compilation.sources;
    let problem = |entry: hlc_model::secrets::SecretEntry<'_>| match entry.state {
        SecretState::Absent if !entry.optional => Some("is missing"),
        SecretState::NotEncrypted => Some("is not encrypted"),
        // Said by value, where the file opens.
        SecretState::Absent | SecretState::Encrypted | SecretState::Plain | SecretState::Empty => None,
    };
    inventory(&file.compilation.model)
        .into_iter()
        .filter_map(|entry| {
            let place = entry.place.or_else(|| entry.uses.first().copied()).map(|span| line(sources, span));
            Some(Problem { name: entry.name, place, problem: problem(entry)? })
        })
        .collect()
}

/// What is wrong with values.
fn by_value<'f>(file: &'f File, opened: &Opened) -> Vec<Problem<'f>> {
    let entries = inventory(&file.compilation.model).into_iter().filter(|entry| entry.state != SecretState::Absent);
    entries
        .filter_map(|entry| {
            // Null is a value that sops leaves out.
            let value = opened.get(entry.name).map_or(&[] as &[u8], hlc_secrets::Secret::expose);
            let problem = placeholder::fault(value)?;
            let place = entry.place.map(|span| line(&file.compilation.sources, span));
            Some(Problem { name: entry.name, problem, place })
        })
        .collect()
}

fn write(report: &Report<'_>, console: &Console) -> Result<(), Failure> {
    if console.format == Format::Json {
        let text = serde_json::to_string_pretty(report)
            .map_err(|error| Failure::new(format!("cannot write the report: {error}")))?;
        return console.data(|out| writeln!(out, "{text}"));
    }
    console.data(|out| {
        for problem in &report.problems {
            let place = problem.place.as_deref().unwrap_or(report.file);
            writeln!(out, "{place}: `{}` {}", problem.name, problem.problem)?;
        }
        Ok(())
    })?;
    let count = report.problems.len();
    let problems = match count {
        0 => "no problems".to_owned(),
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    };
    match &report.reason {
        None => console
            .say(&format!("{}: {} values read, the checksum over them holds; {problems}", report.file, report.values)),
        Some(reason) => console.say(&format!("{}: looked at names only, since {reason}; {problems}", report.file)),
    }
    Ok(())
}
