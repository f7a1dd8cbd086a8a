//! Strings of KDL 1 and how KDL 2 writes them.
//!
//! Each is given the spelling nearest to the old one that has the same value.

use std::borrow::Cow;
use std::ops::Range;

use super::lexer::{Fault, Kind, Piece};
use crate::chars;
use crate::lexer::lex;
use crate::quotes::line_of;
use crate::string::{self, Flaw, Sink};
use crate::token::TokenKind;

/// The string whose `"` stands at `at`.
pub(super) fn escaped(text: &str, at: usize) -> Result<Piece<'_>, Fault> {
    let bytes = text.as_bytes();
    let mut end = at + 1;
    loop {
        match bytes.get(end) {
            None => return Err(unclosed(at..at + 1)),
            Some(b'"') => break,
            Some(b'\\') => end = (end + 2).min(bytes.len()),
            Some(_) => end += 1,
        }
    }
    let old = text.get(at..=end).unwrap_or("");
    let body = text.get(at + 1..end).unwrap_or("");
    let (value, spelled) = resolve(body, at + 1)?;
    let flat = format!("\"{spelled}\"");
    let new = if spelled.contains('\n') {
        let multiline = over_lines(&spelled, &indent(text, at), "");
        says(&multiline, TokenKind::Multiline, &value).then_some(multiline)
    } else {
        [TokenKind::Quoted, TokenKind::Escaped].into_iter().any(|kind| says(&flat, kind, &value)).then_some(flat)
    };
    let new = new.unwrap_or_else(|| string::quoted(&value));
    Ok(Piece { kind: Kind::Text, start: at, old, new: keep(old, new), value: Cow::Owned(value) })
}

/// The raw string whose `r` stands at `at`; `None` if this is a word.
pub(super) fn raw(text: &str, at: usize) -> Result<Option<Piece<'_>>, Fault> {
    let rest = text.get(at + 1..).unwrap_or("");
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    if rest.as_bytes().get(hashes) != Some(&b'"') {
        return Ok(None);
    }
    let body = at + 1 + hashes + 1;
    let closing = format!("\"{}", "#".repeat(hashes));
    let Some(len) = text.get(body..).unwrap_or("").find(&closing) else {
        return Err(unclosed(at..body));
    };
    let value = text.get(body..body + len).unwrap_or("");
    let old = text.get(at..body + len + closing.len()).unwrap_or("");
    let hashes = "#".repeat(hashes.max(fence(value)));
    let (kind, new) = if value.contains('\n') {
        (TokenKind::RawMultiline, over_lines(value, &indent(text, at), &hashes))
    } else {
        (TokenKind::Raw, format!("{hashes}\"{value}\"{hashes}"))
    };
    let new = if says(&new, kind, value) { new } else { string::quoted(value) };
    Ok(Some(Piece { kind: Kind::Text, start: at, old, new: Cow::Owned(new), value: Cow::Borrowed(value) }))
}

fn unclosed(at: Range<usize>) -> Fault {
    Fault { at, what: "no closing quote ends this string", help: "close it" }
}

fn keep(old: &str, new: String) -> Cow<'_, str> {
    if new == old { Cow::Borrowed(old) } else { Cow::Owned(new) }
}

/// What a string means, and its text with what KDL 2 does not allow written as escapes; newlines stay.
fn resolve(body: &str, start: usize) -> Result<(String, String), Fault> {
    let mut value = String::with_capacity(body.len());
    let mut spelled = String::with_capacity(body.len());
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            value.push(c);
            let literal = c == '\n' || chars::disallowed(c).is_none() && !is_newline(c);
            if literal {
                spelled.push(c)
            } else {
                spelled.extend(c.escape_unicode())
            }
            continue;
        }
        let (_, escape) = chars.next().unwrap_or((at, ' '));
        let plain = match escape {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' => '\\',
            '"' => '"',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '/' => {
                value.push('/');
                spelled.push('/');
                continue;
            }
            'u' => {
                let (c, digits) =
                    unicode(body.get(at + 2..).unwrap_or("")).ok_or_else(|| no_escape(start + at..start + at + 2))?;
                value.push(c);
                spelled.push_str(body.get(at..at + 2 + digits).unwrap_or(""));
                // The digits are ASCII.
                chars.by_ref().take(digits).for_each(drop);
                continue;
            }
            other => return Err(no_escape(start + at..start + at + 1 + other.len_utf8())),
        };
        value.push(plain);
        spelled.extend(['\\', escape]);
    }
    Ok((value, spelled))
}

fn no_escape(at: Range<usize>) -> Fault {
    Fault {
        at,
        what: "this is no escape of KDL 1",
        help: "the escapes are `\\n`, `\\r`, `\\t`, `\\b`, `\\f`, `\\/`, `\\\\`, `\\\"` and `\\u{…}`",
    }
}

/// The character of `{…}`, and how long that is.
fn unicode(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix('{')?.split_once('}')?.0;
    if digits.is_empty() || digits.len() > 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, digits.len() + 2))
}

fn is_newline(c: char) -> bool {
    let mut bytes = [0; 4];
    chars::newline_len(c.encode_utf8(&mut bytes).as_bytes(), 0) > 0
}

/// White space for the lines of a string that begins at `at`.
fn indent(text: &str, at: usize) -> String {
    let (line, width) = line_of(text.as_bytes(), at);
    format!("{}    ", text.get(line..line + width).unwrap_or(""))
}

fn over_lines(body: &str, indent: &str, hashes: &str) -> String {
    let mut new = format!("{hashes}\"\"\"");
    for line in body.split('\n') {
        new.push('\n');
        if !line.is_empty() {
            new.push_str(indent);
            new.push_str(line);
        }
    }
    format!("{new}\n{indent}\"\"\"{hashes}")
}

/// How many `#` a raw string needs so that it does not end before its text does.
fn fence(value: &str) -> usize {
    let longest = value.split('"').skip(1).map(|part| part.len() - part.trim_start_matches('#').len()).max();
    longest.map_or(1, |longest| longest + 1)
}

/// True if a spelling is one string of KDL 2 with this value.
fn says(spelled: &str, kind: TokenKind, value: &str) -> bool {
    struct Judge(bool);
    impl Sink for Judge {
        fn piece(&mut self, _: &str, _: usize) {}

        fn flaw(&mut self, _: Range<usize>, _: Flaw) {
            self.0 = false;
        }
    }
    let tokens = lex(spelled).tokens;
    let mut judge = Judge(true);
    string::walk(spelled, kind, &mut judge);
    tokens.len() == 1
        && tokens.kind(0) == kind
        && judge.0
        && spelled.chars().all(|c| chars::disallowed(c).is_none())
        && string::value(spelled, kind) == value
}
