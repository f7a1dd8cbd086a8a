//! Findings for people: codespan draws them.

use std::io;

use codespan_reporting::diagnostic as codespan;
use codespan_reporting::term::{self, termcolor};

use super::{concise, paint::Paint, plain, snippet::Snippets};
use crate::{Diagnostic, Fix, Severity, Sources};

/// Draws each finding with its source, an empty line after each. Colours go to `out` as the caller set it up.
///
/// # Errors
/// When the sink fails.
pub fn human(out: &mut dyn termcolor::WriteColor, sources: &Sources, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let config = term::Config::default();
    for diagnostic in diagnostics {
        let (snippets, mut labels) = Snippets::around(sources, diagnostic);
        let mut notes = footer(diagnostic);
        if diagnostic.veiled {
            labels.clear();
            notes.splice(0..0, places(sources, diagnostic));
        }
        let drawing = codespan::Diagnostic::new(match diagnostic.severity {
            Severity::Error => codespan::Severity::Error,
            Severity::Warning => codespan::Severity::Warning,
            Severity::Hint => codespan::Severity::Help,
        })
        .with_code(diagnostic.code.id)
        .with_message(plain::line(&diagnostic.message))
        .with_labels(labels)
        .with_notes(notes);
        match term::emit_to_write_style(&mut Paint::new(out), &config, &snippets, &drawing) {
            Ok(()) => {}
            Err(codespan_reporting::files::Error::Io(error)) => return Err(error),
            // A place that cannot be drawn must not hide what is wrong.
            Err(_) => concise::one(out, sources, diagnostic)?,
        }
    }
    Ok(())
}

/// [`human`] without colours, as text.
#[must_use]
pub fn human_string(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = termcolor::NoColor::new(Vec::new());
    // A `Vec` takes everything.
    let _ = human(&mut out, sources, diagnostics);
    String::from_utf8_lossy(&out.into_inner()).into_owned()
}

/// The places of a finding whose lines are not shown.
fn places(sources: &Sources, diagnostic: &Diagnostic) -> Vec<String> {
    let at = sources.locate(diagnostic.primary.span);
    let labels = diagnostic
        .labels
        .iter()
        .map(|label| entry("note", &format!("{}: {}", plain::line(&label.text), sources.locate(label.span))));
    let first = entry("note", &format!("at {at}; the line is not shown, since it may hold a secret"));
    std::iter::once(first).chain(labels).collect()
}

/// The lines below the source: notes, then helps, then fixes that no help has said already.
fn footer(diagnostic: &Diagnostic) -> Vec<String> {
    let notes = diagnostic.notes.iter().map(|note| entry("note", note));
    let helps = diagnostic.helps.iter().map(|help| entry("help", help));
    let fixes = diagnostic
        .fixes
        .iter()
        .filter(|fix| !diagnostic.helps.iter().any(|help| says(help, fix)))
        .map(|fix| entry("help", &describe(fix)));
    notes.chain(helps).chain(fixes).collect()
}

/// One line of the footer; further lines of `text` stand below its first.
fn entry(kind: &str, text: &str) -> String {
    format!("{kind}: {}", plain::block(text).replace('\n', "\n      "))
}

/// The text of a fix that replaces one place by something short; else `None`.
fn replacement(fix: &Fix) -> Option<&str> {
    let [edit] = fix.edits.as_slice() else { return None };
    let text = edit.text.trim();
    (!text.is_empty() && !text.contains('\n')).then_some(text)
}

/// True when `sentence` quotes `text`, with or without the quotes that KDL may need.
fn quotes(sentence: &str, text: &str) -> bool {
    sentence.contains(&format!("`{text}`")) || sentence.contains(&format!("`{}`", text.trim_matches('"')))
}

/// True when a help has already told what a fix does.
fn says(help: &str, fix: &Fix) -> bool {
    help.contains(&fix.title) || replacement(fix).is_some_and(|text| quotes(help, text))
}

/// A fix in one line: its title, and the new text unless the title has it.
fn describe(fix: &Fix) -> String {
    match replacement(fix) {
        Some(text) if !quotes(&fix.title, text) => format!("{}: `{text}`", fix.title),
        _ => fix.title.clone(),
    }
}
