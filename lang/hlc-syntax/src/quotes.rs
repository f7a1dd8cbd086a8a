//! Where quoted strings end, and where unclosed ones were meant to end.
//!
//! Source: KDL 2.0, "Quoted String", "Multi-line String", "Raw String".

use crate::chars;
use crate::token::TokenKind;

/// How often the end of something unclosed may still be guessed. Guesses look at text that is lexed again afterwards, so
/// that without a bound they would cost quadratic time.
#[derive(Debug)]
pub(crate) struct Guesses {
    /// Those that look at the lines near by.
    pub(crate) near: u32,
    /// Those that come after a search to the end of the file.
    pub(crate) far: u32,
}

impl Default for Guesses {
    fn default() -> Self {
        Self { near: 256, far: 8 }
    }
}

/// Uses up a guess, if there is one left.
pub(crate) fn take(guesses: &mut u32) -> bool {
    let left = *guesses > 0;
    *guesses = guesses.saturating_sub(1);
    left
}

/// Lexes the string whose `"` stands at `start`.
#[inline]
pub(crate) fn quoted(bytes: &[u8], start: usize, guesses: &mut Guesses) -> (TokenKind, usize) {
    if bytes.get(start + 1) == Some(&b'"') && bytes.get(start + 2) == Some(&b'"') {
        return multiline(bytes, start, guesses);
    }
    let mut kind = TokenKind::Quoted;
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return (kind, at + 1),
            b'\\' => {
                kind = TokenKind::Escaped;
                at = escape_end(bytes, at);
            }
            b'\n' | b'\r' | 0x0b | 0x0c => return broken(bytes, start, at, guesses),
            0xc2 | 0xe2 if chars::newline_len(bytes, at) > 0 => return broken(bytes, start, at, guesses),
            _ => at += 1,
        }
    }
    broken(bytes, start, bytes.len(), guesses)
}

/// Behind the escape whose `\` stands at `at`, at least as far as strings are concerned.
fn escape_end(bytes: &[u8], at: usize) -> usize {
    match chars::skip_spaces_and_newlines(bytes, at + 1) {
        end if end > at + 1 => end,
        // One byte is enough for every escape that could hide a quote.
        _ => (at + 2).min(bytes.len()),
    }
}

/// A string that meets the end of its line (at `newline`): either its closing quote is missing, or its author expects
/// strings to run over lines.
#[cold]
fn broken(bytes: &[u8], start: usize, newline: usize, guesses: &mut Guesses) -> (TokenKind, usize) {
    if newline < bytes.len()
        && take(&mut guesses.near)
        && let Some(end) = closing_quote_below(bytes, newline)
    {
        return (TokenKind::BrokenString, end);
    }
    (TokenKind::UnclosedString, without_trailing_braces(bytes, start + 1, newline))
}

/// The next line with quotes tells the two apart: an odd number of them means that one of them closes this string.
fn closing_quote_below(bytes: &[u8], newline: usize) -> Option<usize> {
    /// Bounds the search.
    const REACH: usize = 8 * 1024;
    let mut at = newline;
    let mut first = None;
    let mut count = 0_u32;
    while let Some(&byte) = bytes.get(at).filter(|_| at - newline < REACH) {
        match byte {
            b'"' => {
                first = first.or(Some(at + 1));
                count += 1;
                at += 1;
            }
            b'\\' => at += 2,
            b'\n' if count > 0 => break,
            _ => at += 1,
        }
    }
    first.filter(|&end| count % 2 == 1 && !looks_opening(bytes, end - 1))
}

/// True for a quote with a space or a sign in front of it and text behind it.
fn looks_opening(bytes: &[u8], quote: usize) -> bool {
    let before = quote.checked_sub(1).and_then(|at| bytes.get(at));
    matches!(before, Some(b' ' | b'\t' | b'=' | b')'))
        && bytes.get(quote + 1).is_some_and(|&b| chars::is_word_byte(b) || b == b'/')
}

/// Leaves the braces at the end of a line out of an unclosed string: `name "x {` is meant to open a block.
fn without_trailing_braces(bytes: &[u8], start: usize, end: usize) -> usize {
    let line = bytes.get(start..end).unwrap_or_default();
    let text = line.iter().rposition(|b| !matches!(b, b' ' | b'\t' | b'{' | b'}' | b';')).map_or(0, |i| i + 1);
    let tail = line.get(text..).unwrap_or_default();
    if tail.iter().any(|b| matches!(b, b'{' | b'}')) { start + text } else { end }
}

/// Lexes the string whose `"""` stands at `start`.
#[cold]
fn multiline(bytes: &[u8], start: usize, guesses: &mut Guesses) -> (TokenKind, usize) {
    let mut at = start + 3;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' if bytes.get(at + 1) == Some(&b'"') && bytes.get(at + 2) == Some(&b'"') => {
                if is_opening(bytes, start, at) && take(&mut guesses.near) {
                    return unclosed_multiline(bytes, start);
                }
                return (TokenKind::Multiline, at + 3);
            }
            b'\\' => at = escape_end(bytes, at),
            _ => at += 1,
        }
    }
    if take(&mut guesses.far) {
        return unclosed_multiline(bytes, start);
    }
    (TokenKind::UnclosedString, bytes.len())
}

/// True when the `"""` at `at`, found in search of the end of the string at `start`, opens a string of its own: it
/// stands behind other text, ends its line, and its line is indented no deeper than the one of `start`.
fn is_opening(bytes: &[u8], start: usize, at: usize) -> bool {
    // First, and cheap: every line has one end, so that looking back over the line stays linear.
    if chars::newline_len(bytes, at + 3) == 0 {
        return false;
    }
    let (line, indent) = line_of(bytes, at);
    let (first_line, first_indent) = line_of(bytes, start);
    let text = bytes.get(line + indent..at).unwrap_or_default();
    line != first_line
        && indent <= first_indent
        && text.first().is_some_and(|&b| b != b'\\')
        && text.last().is_some_and(|b| matches!(b, b' ' | b'\t' | b'=' | b')'))
}

/// Start of the line that contains `at`, and how far the line is indented.
pub(crate) fn line_of(bytes: &[u8], at: usize) -> (usize, usize) {
    let line = bytes
        .get(..at)
        .and_then(|before| before.iter().rposition(|&b| chars::is_ascii_newline(b)))
        .map_or(0, |newline| newline + 1);
    (line, chars::skip_spaces(bytes, line) - line)
}

/// The string ends in front of the first line that is indented no deeper than the line it began on.
fn unclosed_multiline(bytes: &[u8], start: usize) -> (TokenKind, usize) {
    let (_, indent) = line_of(bytes, start);
    let mut end = chars::line_end(bytes, start);
    loop {
        let line = end + chars::newline_len(bytes, end);
        let text = chars::skip_spaces(bytes, line);
        let next = chars::line_end(bytes, text);
        if line == end || (text < next && text - line <= indent) {
            return (TokenKind::UnclosedString, end);
        }
        end = next;
    }
}

/// Lexes the raw string whose first `#` stands at `start`; `None` if there is no quote behind the hashes.
pub(crate) fn raw(bytes: &[u8], start: usize, guesses: &mut Guesses) -> Option<(TokenKind, usize)> {
    let mut at = start;
    while bytes.get(at) == Some(&b'#') {
        at += 1;
    }
    let hashes = at - start;
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let triple = bytes.get(at + 1) == Some(&b'"') && bytes.get(at + 2) == Some(&b'"');
    let quotes = if triple { 3 } else { 1 };
    let body = at + quotes;
    at = body;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let run = bytes.get(at..).unwrap_or_default().iter().take_while(|&&b| b == b'"').count();
                let hash = at + run;
                let closing =
                    bytes.get(hash..).unwrap_or_default().iter().take(hashes).take_while(|&&b| b == b'#').count();
                if closing == hashes && run >= quotes {
                    let kind = if triple { TokenKind::RawMultiline } else { TokenKind::Raw };
                    return Some((kind, hash + hashes));
                }
                at = hash + closing;
            }
            _ if !triple && chars::newline_len(bytes, at) > 0 => break,
            _ => at += 1,
        }
    }
    let guess = take(if triple { &mut guesses.far } else { &mut guesses.near });
    if triple {
        return Some(if guess { unclosed_multiline(bytes, start) } else { (TokenKind::UnclosedString, at) });
    }
    // `#"…"` without its hash most likely ends at its quote.
    let line = bytes.get(body..at).unwrap_or_default();
    // A long line would be searched again for every string on it.
    let quote = if guess && line.len() < 4096 {
        line.iter().position(|&b| b == b'"')
    } else {
        line.iter().rposition(|&b| b == b'"')
    };
    let end = match quote {
        Some(quote) => body + quote + 1,
        None => without_trailing_braces(bytes, body, at),
    };
    Some((TokenKind::UnclosedString, end))
}
