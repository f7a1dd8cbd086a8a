//! Findings as annotations of a pull request.

use std::io;

use crate::{Diagnostic, Severity, Sources};

/// Writes a workflow command for each finding: `::error file=…,line=…::message`.
///
/// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>: `endColumn` counts only where a place
/// ends on the line it begins on. Notes and helps are further lines of the message.
///
/// # Errors
/// When the sink fails.
pub fn github(out: &mut dyn io::Write, sources: &Sources, diagnostics: &[Diagnostic]) -> io::Result<()> {
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "notice",
        };
        write!(out, "::{command} ")?;
        let span = diagnostic.primary.span;
        if let Some(file) = sources.get(span.file) {
            let (start, end) = (file.position(span.start), file.position(span.end));
            write!(out, "file={},line={},col={},", property(file.path()), start.line, start.column)?;
            if end.line == start.line {
                write!(out, "endColumn={},", end.column)?;
            } else {
                write!(out, "endLine={},", end.line)?;
            }
        }
        let code = diagnostic.code;
        writeln!(out, "title={} {}::{}", code.id, property(code.name), data(&message(diagnostic)))?;
    }
    Ok(())
}

fn message(diagnostic: &Diagnostic) -> String {
    let mut lines = vec![diagnostic.message.clone()];
    lines.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(diagnostic.helps.iter().map(|help| format!("help: {help}")));
    lines.join("\n")
}

/// What stands behind `::`, escaped as `escapeData` of @actions/core does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, escaped as `escapeProperty` of @actions/core does.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
