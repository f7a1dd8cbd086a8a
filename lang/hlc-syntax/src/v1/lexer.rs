//! Tokens of KDL 1 and what they are in KDL 2.

use std::borrow::Cow;
use std::ops::Range;

use super::strings;
use crate::chars;
use crate::number::{Numeric, numeric};
use crate::string;

/// What a piece of the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// White space, and newlines.
    Space,
    /// The byte order mark that begins the file.
    Bom,
    /// Signs, comments, numbers and keywords: what they say is how they are written.
    Plain,
    /// A string without quotes.
    Word,
    /// A string in quotes.
    Text,
}

/// A part of the text in both spellings.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    pub(super) kind: Kind,
    /// First byte in the old text.
    pub(super) start: usize,
    pub(super) old: &'a str,
    pub(super) new: Cow<'a, str>,
    /// Of a string its value, of what is plain the new spelling.
    pub(super) value: Cow<'a, str>,
}

/// Why a text cannot be converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: Range<usize>,
    pub(crate) what: &'static str,
    pub(crate) help: &'static str,
}

/// Cuts a text into pieces that together are the text.
pub(super) fn lex(text: &str) -> Result<Vec<Piece<'_>>, Fault> {
    let mut pieces = Vec::with_capacity(text.len() / 5 + 8);
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let piece = piece(text, at, first)?;
        at += piece.old.len();
        pieces.push(piece);
    }
    Ok(pieces)
}

fn piece(text: &str, at: usize, first: char) -> Result<Piece<'_>, Fault> {
    let bytes = text.as_bytes();
    let slice = |end: usize| text.get(at..end).unwrap_or("");
    let plain = |kind, end| {
        let old = slice(end);
        Piece { kind, start: at, old, new: Cow::Borrowed(old), value: Cow::Borrowed(old) }
    };
    let two = bytes.get(at + 1);
    let space = chars::skip_spaces(bytes, at);
    let newline = chars::newline_len(bytes, at);
    Ok(match first {
        '\u{b}' => return Err(strange(at, first)),
        _ if space > at => plain(Kind::Space, space),
        _ if newline > 0 => plain(Kind::Space, at + newline),
        '\u{feff}' if at == 0 => plain(Kind::Bom, '\u{feff}'.len_utf8()),
        // White space in KDL 1.
        '\u{feff}' => Piece { new: Cow::Borrowed(" "), ..plain(Kind::Space, at + '\u{feff}'.len_utf8()) },
        '/' if two == Some(&b'/') => plain(Kind::Plain, comment(text, at, chars::line_end(bytes, at))?),
        '/' if two == Some(&b'*') => plain(Kind::Plain, block_comment(text, at)?),
        '/' if two == Some(&b'-') => plain(Kind::Plain, at + 2),
        '\\' | '{' | '}' | '(' | ')' | '=' | ';' => plain(Kind::Plain, at + 1),
        '"' => strings::escaped(text, at)?,
        'r' if let Some(raw) = strings::raw(text, at)? => raw,
        _ if is_word(first) => word(text, at)?,
        _ => return Err(strange(at, first)),
    })
}

fn strange(at: usize, c: char) -> Fault {
    Fault {
        at: at..at + c.len_utf8(),
        what: "this character cannot stand here in KDL 1",
        help: "put it in quotes, or remove it",
    }
}

/// Source: KDL 1.0.0, "Non-identifier characters".
fn is_word(c: char) -> bool {
    c > ' ' && !"\\/(){}<>;[]=,\"\u{feff}\u{85}\u{2028}\u{2029}".contains(c) && !is_wide_space(c)
}

fn is_wide_space(c: char) -> bool {
    let mut bytes = [0; 4];
    chars::space_len(c.encode_utf8(&mut bytes).as_bytes(), 0) > 0
}

fn word(text: &str, at: usize) -> Result<Piece<'_>, Fault> {
    let rest = text.get(at..).unwrap_or("");
    let old = rest.find(|c| !is_word(c)).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
    let plain = |new: Cow<'static, str>| Piece { kind: Kind::Plain, start: at, old, value: new.clone(), new };
    let unsigned = old.strip_prefix(['+', '-']).unwrap_or(old);
    Ok(match old {
        "true" => plain(Cow::Borrowed("#true")),
        "false" => plain(Cow::Borrowed("#false")),
        "null" => plain(Cow::Borrowed("#null")),
        _ if numeric(old.as_bytes()) == Numeric::Number => {
            Piece { kind: Kind::Plain, start: at, old, new: Cow::Borrowed(old), value: Cow::Borrowed(old) }
        }
        _ if unsigned.starts_with(|c: char| c.is_ascii_digit()) => {
            return Err(Fault {
                at: at..at + old.len(),
                what: "this begins like a number and is none",
                help: "put it in quotes",
            });
        }
        _ => {
            let quoted = string::quote(old);
            let new = if quoted == old { Cow::Borrowed(old) } else { Cow::Owned(quoted) };
            Piece { kind: Kind::Word, start: at, old, new, value: Cow::Borrowed(old) }
        }
    })
}

/// Where a comment ends that KDL 2 can hold.
fn comment(text: &str, start: usize, end: usize) -> Result<usize, Fault> {
    let body = text.get(start..end).unwrap_or("");
    let line = text.as_bytes().get(start + 1) == Some(&b'/');
    // A vertical tab ends a line in KDL 2 and does not in KDL 1.
    let vertical_tab =
        if line { text.get(end..end + 1).filter(|next| *next == "\u{b}").map(|_| (end, '\u{b}')) } else { None };
    let bad = body.char_indices().find(|&(_, c)| chars::disallowed(c).is_some()).map(|(at, c)| (start + at, c));
    match bad.or(vertical_tab) {
        None => Ok(end),
        Some((at, c)) => Err(Fault {
            at: at..at + c.len_utf8(),
            what: "no comment of KDL 2 can hold this character",
            help: "remove it from the comment",
        }),
    }
}

fn block_comment(text: &str, start: usize) -> Result<usize, Fault> {
    let bytes = text.as_bytes();
    let mut depth = 0_u32;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return comment(text, start, at);
                }
            }
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    Err(Fault { at: start..start + 2, what: "no `*/` closes this comment", help: "close it" })
}
