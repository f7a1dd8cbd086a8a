//! Findings for programs.

use std::io;

use serde::Serialize;

use super::Summary;
use crate::{Allowed, Diagnostic, Edit, Fix, Label, Sources, Span};

/// Version of the document; a field that changes its meaning or goes raises it, a new field does not.
const VERSION: u32 = 1;

/// Writes one JSON document with a line end:
///
/// ```json
/// { "version": 1,
///   "diagnostics": [ { "code": "HLC0601", "name": "route-service", "severity": "error", "message": "…",
///     "path": "core/dns.kdl", "range": { "start": { "line": 1, "column": 1, "offset": 0 }, "end": { … } }, "text": "…",
///     "labels": [ { "path": "…", "range": { … }, "text": "…" } ], "notes": [ "…" ], "helps": [ "…" ],
///     "fixes": [ { "title": "…", "safe": true, "edits": [ { "path": "…", "range": { … }, "text": "…" } ] } ] } ],
///   "summary": { "errors": 1, "warnings": 0, "hints": 0, "files": 12, "allowed": 2 } }
/// ```
///
/// `line` and `column` count from 1, `column` in Unicode scalar values; `offset` counts bytes of the UTF-8 text from 0.
/// `allowed` of the summary counts what the source allows and is not listed. `end` is the place behind the last character. `text` of a finding is what stands at its place, as on a label.
///
/// # Errors
/// When the sink fails.
pub fn json(
    out: &mut dyn io::Write,
    sources: &Sources,
    diagnostics: &[Diagnostic],
    allowed: &[Allowed],
) -> io::Result<()> {
    let document = Document {
        version: VERSION,
        diagnostics: diagnostics.iter().map(|diagnostic| finding(sources, diagnostic)).collect(),
        summary: summary(Summary::of(sources, diagnostics), allowed.len()),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    diagnostics: Vec<Finding<'a>>,
    summary: Counts,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    name: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    labels: Vec<Place<'a>>,
    notes: &'a [String],
    helps: &'a [String],
    fixes: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Change<'a> {
    title: &'a str,
    safe: bool,
    edits: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    hints: usize,
    files: usize,
    allowed: usize,
}

fn finding<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Finding<'a> {
    let label = |label: &'a Label| place(sources, label.span, &label.text);
    let edit = |edit: &'a Edit| place(sources, edit.span, &edit.text);
    let change =
        |fix: &'a Fix| Change { title: &fix.title, safe: fix.safe, edits: fix.edits.iter().map(edit).collect() };
    Finding {
        code: diagnostic.code.id,
        name: diagnostic.code.name,
        severity: diagnostic.severity.as_str(),
        message: &diagnostic.message,
        place: label(&diagnostic.primary),
        labels: diagnostic.labels.iter().map(label).collect(),
        notes: &diagnostic.notes,
        helps: &diagnostic.helps,
        fixes: diagnostic.fixes.iter().map(change).collect(),
    }
}

fn place<'a>(sources: &'a Sources, span: Span, text: &'a str) -> Place<'a> {
    let point = |offset| {
        let at = sources.get(span.file).map(|file| file.position(offset)).unwrap_or_default();
        Point { line: at.line, column: at.column, offset }
    };
    Place { path: sources.path(span.file), range: Range { start: point(span.start), end: point(span.end) }, text }
}

fn summary(Summary { errors, warnings, hints, files }: Summary, allowed: usize) -> Counts {
    Counts { errors, warnings, hints, files, allowed }
}
