//! Values and keys as they are written in the source.

use hlc_diag::{Diagnostic, Span};
use hlc_schema::{Data, DataValue};

/// A key or text as KDL: bare where it can be, else in quotes.
pub(super) fn kdl_text(text: &str) -> String {
    let plain = text.chars().enumerate().all(|(at, c)| match c {
        'a'..='z' | 'A'..='Z' | '_' => true,
        '0'..='9' | '-' | '.' => at > 0,
        _ => false,
    });
    // These words would be taken for a keyword that lacks its `#`.
    if plain && !text.is_empty() && !matches!(text, "true" | "false" | "null" | "inf" | "nan") {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Text in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A scalar as KDL, shortened for a message; `None` for a list or map.
pub(super) fn scalar(data: &Data) -> Option<String> {
    match &data.value {
        DataValue::Null => Some("#null".to_owned()),
        DataValue::Bool(value) => Some(format!("#{value}")),
        DataValue::Integer(value) => Some(value.to_string()),
        DataValue::Float(value) => Some(format!("{value:?}")),
        DataValue::String(text) if text.chars().count() > 40 || text.contains('\n') => {
            let start: String = text.lines().next().unwrap_or("").chars().take(40).collect();
            Some(quoted(&format!("{start}…")))
        }
        DataValue::String(text) => Some(kdl_text(text)),
        DataValue::List(_) | DataValue::Map(_) => None,
    }
}

/// A value in words: "the whole number `80`", "a list".
pub(super) fn value(data: &Data) -> String {
    match scalar(data) {
        Some(text) => {
            let what = data.describe();
            format!("the {} `{text}`", what.strip_prefix("a ").unwrap_or(what))
        }
        None => data.describe().to_owned(),
    }
}

/// True when the place holds the value itself, in `length` characters, and not a reference to where it comes from.
pub(super) fn is_literal(span: Span, length: usize) -> bool {
    usize::try_from(span.end.saturating_sub(span.start)) == Ok(length)
}

/// Adds a fix that puts another text in the place of `data`; unasked only where the place holds the very text `written`,
/// quoted or not.
pub(super) fn replace(finding: Diagnostic, data: &Data, written: &str, text: &str) -> Diagnostic {
    let title = format!("write `{text}`");
    if is_literal(data.span, written.len()) || is_literal(data.span, written.len() + 2) {
        finding.fix(title, data.span, text)
    } else {
        finding.suggest(title, data.span, text)
    }
}
