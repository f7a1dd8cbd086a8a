//! `hlc secrets list`

use hlc_diag::{Sources, Span};
use hlc_model::secrets::{SecretEntry, SecretState, inventory};
use serde::Serialize;

use super::File;
use crate::args::Format;
use crate::console::{Console, Exit};
use crate::failure::Failure;

pub(super) fn run(file: &File, console: &Console) -> Result<Exit, Failure> {
    let entries = inventory(&file.compilation.model);
    let sources = &file.compilation.sources;
    if console.format == Format::Json {
        let document = Document {
            version: 1,
            file: &file.path,
            secrets: entries.iter().map(|entry| Entry::new(sources, entry)).collect(),
        };
        let text = serde_json::to_string_pretty(&document)
            .map_err(|error| Failure::new(format!("cannot write the list: {error}")))?;
        console.data(|out| writeln!(out, "{text}"))?;
        return Ok(Exit::Success);
    }
    let width = entries.iter().map(|entry| entry.name.chars().count()).max().unwrap_or(0);
    console.data(|out| {
        for entry in &entries {
            let name = entry.name;
            let what = words(entry);
            writeln!(out, "{name:width$}  {what:13}  {}", uses(sources, entry))?;
        }
        Ok(())
    })?;
    Ok(Exit::Success)
}

/// What can be said of a secret, in words.
fn words(entry: &SecretEntry<'_>) -> &'static str {
    match entry.state {
        SecretState::Encrypted if entry.uses.is_empty() => "unused",
        SecretState::Encrypted | SecretState::Plain => "set",
        SecretState::NotEncrypted => "not encrypted",
        SecretState::Empty => "empty",
        SecretState::Absent if entry.optional => "optional",
        SecretState::Absent => "missing",
    }
}

/// Where it is used, `path:line` each; for one that is not there, where its value comes from.
fn uses(sources: &Sources, entry: &SecretEntry<'_>) -> String {
    let places: Vec<String> = entry.uses.iter().map(|span| line(sources, *span)).collect();
    let places = if places.is_empty() { "-".to_owned() } else { places.join(", ") };
    match entry.hint.filter(|_| entry.state == SecretState::Absent) {
        Some(hint) => format!("{places}  ({hint})"),
        None => places,
    }
}

/// `path:line`
pub(super) fn line(sources: &Sources, span: Span) -> String {
    let place = sources.locate(span);
    place.rsplit_once(':').map_or(place.clone(), |(line, _)| line.to_owned())
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    file: &'a str,
    secrets: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    state: &'static str,
    optional: bool,
    hint: Option<&'a str>,
    uses: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    line: u32,
    column: u32,
}

impl<'a> Entry<'a> {
    fn new(sources: &'a Sources, entry: &SecretEntry<'a>) -> Self {
        let state = match entry.state {
            SecretState::Encrypted => "encrypted",
            SecretState::Plain => "plain",
            SecretState::NotEncrypted => "not-encrypted",
            SecretState::Empty => "empty",
            SecretState::Absent => "absent",
        };
        let place = |span: &Span| {
            let file = sources.get(span.file)?;
            let position = file.position(span.start);
            Some(Place { path: file.path(), line: position.line, column: position.column })
        };
        Self {
            name: entry.name,
            state,
            optional: entry.optional,
            hint: entry.hint,
            uses: entry.uses.iter().filter_map(place).collect(),
        }
    }
}
