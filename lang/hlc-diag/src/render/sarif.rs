//! Findings for code scanning.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Value, json};

use crate::{Allowed, Code, Diagnostic, Edit, Fix, Severity, Sources, Span};

/// Writes one SARIF 2.1.0 log (OASIS Standard, 27 March 2020) with a line end.
///
/// Each kind of finding that is there is a rule with its page. Findings that the source allows are results with a
/// suppression, which says why. Paths are relative to the project's folder; columns count Unicode scalar values.
///
/// # Errors
/// When the sink fails.
pub fn sarif(
    out: &mut dyn io::Write,
    sources: &Sources,
    diagnostics: &[Diagnostic],
    allowed: &[Allowed],
) -> io::Result<()> {
    let codes: BTreeMap<&str, &Code> = diagnostics
        .iter()
        .chain(allowed.iter().map(|allowed| &allowed.finding))
        .map(|found| (found.code.id, found.code))
        .collect();
    let rules: Vec<&Code> = codes.into_values().collect();
    let results = diagnostics.iter().map(|found| result(sources, &rules, found, None));
    let suppressed = allowed.iter().map(|allowed| result(sources, &rules, &allowed.finding, Some(allowed)));
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "hlc",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "description": { "text": "The folder of the project." } } },
            "results": results.chain(suppressed).collect::<Vec<_>>(),
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// The name that GitHub and others give to the folder that is scanned.
const ROOT: &str = "%SRCROOT%";

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn rule(code: &Code) -> Value {
    let examples = if code.bad.is_empty() {
        String::new()
    } else {
        format!("\n\nReported:\n\n```kdl\n{}\n```\n\nMended:\n\n```kdl\n{}\n```\n", code.bad, code.good)
    };
    json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": { "text": sentence(code.summary) },
        "fullDescription": { "text": code.explain },
        "help": {
            "text": format!("{}\n\n`hlc explain {}` says more.", code.explain, code.id),
            "markdown": format!("{}{examples}", code.explain),
        },
        "defaultConfiguration": { "level": level(code.severity) },
    })
}

/// Capital first, full stop last: as SARIF wants messages (section 3.11.3).
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

fn result(sources: &Sources, rules: &[&Code], found: &Diagnostic, allowed: Option<&Allowed>) -> Value {
    let index = rules.iter().position(|code| code.id == found.code.id);
    let mut lines = vec![found.message.clone()];
    lines.extend((!found.primary.text.is_empty()).then(|| found.primary.text.clone()));
    lines.extend(found.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(found.helps.iter().map(|help| format!("help: {help}")));
    let mut result = json!({
        "ruleId": found.code.id,
        "ruleIndex": index,
        "level": level(found.severity),
        "message": { "text": lines.join("\n") },
        "locations": [{ "physicalLocation": place(sources, found.primary.span) }],
    });
    let Some(fields) = result.as_object_mut() else { return result };
    if !found.labels.is_empty() {
        let related = found.labels.iter().zip(1..).map(|(label, id)| {
            json!({ "id": id, "physicalLocation": place(sources, label.span), "message": { "text": label.text } })
        });
        fields.insert("relatedLocations".to_owned(), related.collect());
    }
    if !found.fixes.is_empty() {
        fields.insert("fixes".to_owned(), found.fixes.iter().map(|fix| mend(sources, fix)).collect());
    }
    if let Some(allowed) = allowed {
        let suppression = json!({
            "kind": "inSource",
            "status": "accepted",
            "justification": allowed.reason,
            "location": { "physicalLocation": place(sources, allowed.at) },
        });
        fields.insert("suppressions".to_owned(), Value::Array(vec![suppression]));
    }
    result
}

fn place(sources: &Sources, span: Span) -> Value {
    json!({ "artifactLocation": artifact(sources, span), "region": region(sources, span) })
}

fn artifact(sources: &Sources, span: Span) -> Value {
    json!({ "uri": uri(sources.path(span.file)), "uriBaseId": ROOT })
}

/// Lines and columns count from 1, the end column is the one behind the last character (section 3.30.8).
fn region(sources: &Sources, span: Span) -> Value {
    let at = |offset| sources.get(span.file).map(|file| file.position(offset)).unwrap_or_default();
    let (start, end) = (at(span.start), at(span.end));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn mend(sources: &Sources, fix: &Fix) -> Value {
    let mut files: BTreeMap<&str, (Value, Vec<Value>)> = BTreeMap::new();
    for edit in &fix.edits {
        let (_, replacements) =
            files.entry(sources.path(edit.span.file)).or_insert_with(|| (artifact(sources, edit.span), Vec::new()));
        replacements.push(replacement(sources, edit));
    }
    let changes = files
        .into_values()
        .map(|(artifact, replacements)| json!({ "artifactLocation": artifact, "replacements": replacements }));
    json!({ "description": { "text": fix.title }, "artifactChanges": changes.collect::<Vec<_>>() })
}

fn replacement(sources: &Sources, edit: &Edit) -> Value {
    json!({ "deletedRegion": region(sources, edit.span), "insertedContent": { "text": edit.text } })
}

/// A path as a relative reference (RFC 3986, section 4.2): `/` stays, everything that is not unreserved is encoded.
fn uri(path: &str) -> String {
    path.bytes().fold(String::new(), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~') {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
        uri
    })
}
