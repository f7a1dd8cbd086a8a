//! Changes for a comment on a pull request.

use std::borrow::Cow;
use std::fmt::Write as _;

use hlc_diag::render::plain_line;

use super::lines::{Limits, Line, lines};
use super::{Report, acceptance, counted};
use crate::{Danger, ObjectChange};

/// The most bytes of a comment: GitHub takes 65536 characters, and whoever posts it may add a line.
pub const MARKDOWN_LIMIT: usize = 64_000;

/// Stands in every comment, so that the next one can take its place.
pub const MARKDOWN_MARK: &str = "<!-- hlc diff -->";

/// What the dangers may take of it.
const DANGERS: usize = 24_000;

/// What one object may take of it.
const OBJECT: usize = 12_000;

/// Room for the sentence about what is left out.
const REST: usize = 400;

/// The changes as Markdown, never longer than [`MARKDOWN_LIMIT`]: a summary, the dangers, and each object folded away. Objects for
/// which there is no room are counted.
#[must_use]
pub fn markdown(report: &Report<'_>) -> String {
    let mut page = format!("{MARKDOWN_MARK}\n### Workloads\n\n");
    let _ = writeln!(page, "**{}**, compared with {}.", report.summary(), prose(&report.against.to_string()));
    if !report.changes.unreadable.is_empty() {
        let files = counted(report.changes.unreadable.len(), "file");
        let _ = writeln!(page, "\n{files} of the older tree could not be read.");
    }
    add_dangers(&mut page, report);
    let mut left_out = 0;
    for change in &report.changes.objects {
        let object = object(change);
        if page.len() + object.len() + REST <= MARKDOWN_LIMIT {
            page.push_str(&object);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        let objects = counted(left_out, "more object");
        let _ = writeln!(page, "\n{objects} did not fit here; `hlc diff workloads` shows all.");
    }
    page
}

fn add_dangers(page: &mut String, report: &Report<'_>) {
    let open = report.open_dangers().count();
    if open > 0 {
        let _ = writeln!(page, "\n> [!CAUTION]\n> {}", counted(open, "danger"));
    }
    if !report.dangers.is_empty() {
        page.push('\n');
    }
    let end = page.len() + DANGERS;
    let mut more = 0;
    for found in report.dangers {
        let entry = danger(report, found);
        if page.len() + entry.len() <= end {
            page.push_str(&entry);
        } else {
            more += 1;
        }
    }
    if more > 0 {
        let _ = writeln!(page, "- … and {}", counted(more, "more danger"));
    }
}

fn danger(report: &Report<'_>, danger: &Danger) -> String {
    let accepted = report.is_accepted(danger);
    let accept = if accepted { " (accepted)".to_owned() } else { String::new() };
    let mut entry = format!("- **{}**{accept}: {}.", danger.code.id, prose(&danger.message));
    let place = report.place(danger.origin);
    if !place.is_empty() {
        let _ = write!(entry, " Asked for at {}.", prose(&place));
    }
    let _ = write!(entry, "\n  Why: {}.\n  What to do: {}.", prose(&danger.why), prose(&danger.help));
    if !accepted {
        let _ = write!(entry, "\n  If it is meant: {}", code(&format!("--accept {}", acceptance(danger))));
    }
    entry.push('\n');
    entry
}

fn object(change: &ObjectChange) -> String {
    let mut body = String::new();
    let mut room = OBJECT;
    let all = lines(change, Limits { width: 400, lines: 200, bodies: true });
    let mut lines = all.iter();
    for Line { sign, text } in lines.by_ref() {
        // GitHub paints lines by their first sign.
        let sign = if matches!(sign, '~' | '>') { '!' } else { *sign };
        let line = format!("{sign} {text}");
        let Some(rest) = room.checked_sub(line.len() + 1) else {
            let _ = writeln!(body, "  … {}", counted(lines.count() + 1, "more line"));
            break;
        };
        room = rest;
        let _ = writeln!(body, "{}", line.trim_end());
    }
    let summary =
        format!("{} {} <code>{}</code>", change.action.word(), html(&change.id.to_string()), html(change.path()));
    if body.is_empty() {
        return format!("\n- {summary}\n");
    }
    let fence = fence(&body);
    format!("\n<details><summary>{summary}</summary>\n\n{fence}diff\n{body}{fence}\n\n</details>\n")
}

/// A fence longer than any in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// Text in code.
fn code(text: &str) -> String {
    format!("`{}`", plain_line(text).replace('`', "'"))
}

fn html(text: &str) -> String {
    let text = plain_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('@', "&#64;").replace('`', "&#96;")
}

/// A sentence of ours with names of others in it: what stands in code stays; elsewhere nothing is taken for a mark.
fn prose(text: &str) -> String {
    let text = plain_line(text);
    let ticks = text.matches('`').count();
    let text: Cow<'_, str> = if ticks % 2 == 1 || text.contains("``") { text.replace('`', "'").into() } else { text };
    let parts = text.split('`').enumerate();
    let marked = parts.map(|(index, part)| if index % 2 == 1 { format!("`{part}`") } else { escape(part) });
    marked.collect()
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '@' | '[' | ']' | '*' | '_' | '#' | '|' | '\\' | '!' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
