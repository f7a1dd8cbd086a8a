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
        DataValue::Float(value) => Some(value.to_string()),
        DataValue::String(text) => {
            let short = shortened(text);
            Some(if short == *text { kdl_text(text) } else { quoted(&short) })
        }
        DataValue::List(_) | DataValue::Map(_) | DataValue::Deferred(_) => None,
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

/// True when the place holds this text, bare or in quotes; not a reference to where it comes from, nor the node that hlc
/// composed a name from.
fn holds(span: Span, text: &str) -> bool {
    is_literal(span, text.len()) || is_literal(span, text.len() + 2)
}

/// Adds a fix that puts `text` in a place, if the place holds the very text `written`.
pub(super) fn replace(finding: Diagnostic, span: Span, written: &str, text: &str) -> Diagnostic {
    if holds(span, written) { finding.fix(format!("write `{text}`"), span, text) } else { finding }
}

/// As [`replace`], of what was likely meant: never done unasked.
pub(super) fn suggest(finding: Diagnostic, span: Span, written: &str, text: &str) -> Diagnostic {
    if holds(span, written) { finding.suggest(format!("write `{text}`"), span, text) } else { finding }
}

/// The first line of a text, at most 40 characters.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 && !text.contains('\n') {
        return text.to_owned();
    }
    let start: String = text.lines().next().unwrap_or("").chars().take(40).collect();
    format!("{start}…")
}

/// A kind with its article, as it is spoken: a Deployment, an Application, an HTTPRoute, a UDPRoute.
pub(super) fn a(kind: &str) -> String {
    let mut letters = kind.chars();
    let (first, second) = (letters.next().unwrap_or(' '), letters.next().unwrap_or(' '));
    let spelled = first.is_ascii_uppercase() && (second.is_ascii_uppercase() || second.is_ascii_digit());
    let vowel = if spelled {
        "AEFHILMNORSX".contains(first)
    } else {
        "AEIO".contains(first) || (first == 'U' && "lmnp".contains(second) && !kind.starts_with("Uni"))
    };
    format!("{} {kind}", if vowel { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use super::a;

    #[test]
    fn articles() {
        for kind in ["Application", "Ingress", "HTTPRoute", "IPAddress", "Upload", "Event", "NFSExport", "APIService"] {
            assert_eq!(a(kind), format!("an {kind}"));
        }
        for kind in ["Deployment", "UDPRoute", "TLSRoute", "User", "UnitTest", "HorizontalPodAutoscaler", "VMAgent"] {
            assert_eq!(a(kind), format!("a {kind}"));
        }
    }
}
