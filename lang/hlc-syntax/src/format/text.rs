//! The text of single tokens.

#![expect(clippy::wildcard_enum_match_arm, reason = "most kinds of tokens are printed as they are")]

use std::borrow::Cow;

use crate::string;
use crate::token::TokenKind;

/// The text of a token whose further lines, if it has any, are to begin with `indent`.
pub(super) fn laid_out<'a>(kind: TokenKind, text: &'a str, indent: &str) -> Cow<'a, str> {
    match kind {
        TokenKind::LineComment => Cow::Borrowed(text.trim_end_matches([' ', '\t'])),
        TokenKind::BlockComment => unix(text),
        TokenKind::Escaped => same_value(kind, text, unix(text)),
        TokenKind::Multiline | TokenKind::RawMultiline => {
            let unix = unix(text);
            let moved = indented(&unix, indent);
            if string::value(&moved, kind) == string::value(text, kind) {
                Cow::Owned(moved)
            } else {
                same_value(kind, text, unix)
            }
        }
        _ => Cow::Borrowed(text),
    }
}

/// True if two tokens of one kind say the same.
pub(super) fn is_same(kind: TokenKind, a: &str, b: &str) -> bool {
    a == b
        || match kind {
            TokenKind::LineComment => a.trim_end_matches([' ', '\t']) == b.trim_end_matches([' ', '\t']),
            TokenKind::BlockComment => unix(a) == unix(b),
            TokenKind::Escaped | TokenKind::Multiline | TokenKind::RawMultiline => {
                string::value(a, kind) == string::value(b, kind)
            }
            _ => false,
        }
}

fn unix(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

fn same_value<'a>(kind: TokenKind, text: &'a str, candidate: Cow<'a, str>) -> Cow<'a, str> {
    if candidate == text || string::value(&candidate, kind) != string::value(text, kind) {
        return Cow::Borrowed(text);
    }
    candidate
}

/// A multi-line string whose last line, and with it every other, begins with `indent`.
///
/// The caller makes sure of the value: lines behind an escaped line end follow no rule.
fn indented(text: &str, indent: &str) -> String {
    let last = text.rsplit('\n').next().unwrap_or("");
    let old = last.get(..last.len() - last.trim_start().len()).unwrap_or("");
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.split('\n').enumerate() {
        if number == 0 {
            out.push_str(line);
            continue;
        }
        out.push('\n');
        if line.trim_start().is_empty() {
            continue;
        }
        match line.strip_prefix(old) {
            Some(rest) => {
                out.push_str(indent);
                out.push_str(rest);
            }
            None => out.push_str(line),
        }
    }
    out
}
