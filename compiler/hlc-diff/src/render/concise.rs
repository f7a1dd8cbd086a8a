//! Changes by lines, for programs that look for words.

use std::io;

use hlc_diag::render::plain_line;

use super::Report;
use super::lines::{Limits, lines};

/// Writes `~ FILE: KIND NAME: FIELD: …` for each field that changes, one line for each object that comes, goes or moves, and
/// `danger[CODE]: …` for each danger.
///
/// # Errors
/// When the sink fails.
pub fn concise(out: &mut dyn io::Write, report: &Report<'_>) -> io::Result<()> {
    for change in &report.changes.objects {
        let head = format!("{} {}: {}", change.action.sign(), change.path(), change.id);
        if change.fields.is_empty() {
            writeln!(out, "{}", plain_line(&head))?;
        }
        // The lines of a text stand below its field, and say nothing alone.
        let fields = lines(change, Limits { lines: 0, ..Limits::SHORT });
        for field in fields.iter().filter(|line| !line.text.starts_with(' ')) {
            writeln!(out, "{}: {} {}", plain_line(&head), field.sign, field.text)?;
        }
    }
    for danger in report.dangers {
        let word = if report.is_accepted(danger) { "accepted" } else { "danger" };
        writeln!(out, "{word}[{}]: {}", danger.code.id, plain_line(&danger.message))?;
    }
    Ok(())
}
