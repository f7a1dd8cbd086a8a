//! What strings mean: escapes, dedent, and how to spell a value as a string.
//!
//! One walk over the text of a string serves three readers: it hands out the decoded pieces with their places (values,
//! offsets) and the flaws (reports). Nothing is decoded before somebody asks.
//!
//! Source: KDL 2.0, "String".

#![expect(clippy::wildcard_enum_match_arm, reason = "most kinds of tokens are no strings")]

use std::borrow::Cow;
use std::ops::Range;

use crate::chars;
use crate::number::{Numeric, numeric};
use crate::token::TokenKind;

/// What is wrong within a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// `\` and a character that makes no escape.
    UnknownEscape,
    /// `\u` without `{`, one to six hexadecimal digits and `}`.
    UnicodeSyntax,
    /// `\u{…}` with a number that is no Unicode scalar value.
    NotScalar,
    /// `"""…"""` on one line.
    OneLine,
    /// Text behind the opening `"""`.
    TextBehindOpening,
    /// Text in front of the closing `"""`.
    TextBeforeClosing,
    /// A line that does not begin with the white space of the last line.
    Indent,
}

/// Receives the parts of a string. Offsets count from the first byte of the token.
pub(crate) trait Sink {
    /// A piece of the value; `source` is where its first byte comes from.
    fn piece(&mut self, text: &str, source: usize);
    /// Something KDL does not allow.
    fn flaw(&mut self, at: Range<usize>, flaw: Flaw);
}

/// The text between the delimiters of a token, as a range of the token.
pub(crate) fn body(token: &str, kind: TokenKind) -> Range<usize> {
    let len = token.len();
    let hashes = || token.bytes().take_while(|&b| b == b'#').count();
    let (open, close) = match kind {
        TokenKind::Quoted | TokenKind::Escaped | TokenKind::BrokenString => (1, 1),
        TokenKind::Multiline => (3, 3),
        TokenKind::Raw => (hashes() + 1, hashes() + 1),
        TokenKind::RawMultiline => (hashes() + 3, hashes() + 3),
        TokenKind::ForeignQuoted => {
            (token.chars().next().map_or(0, char::len_utf8), token.chars().next_back().map_or(0, char::len_utf8))
        }
        TokenKind::UnclosedString => {
            let hashes = hashes();
            let quotes = token.bytes().skip(hashes).take_while(|&b| b == b'"').count();
            let open = hashes + if quotes >= 3 { 3 } else { 1 };
            // A raw string whose hash alone is missing still ends with a quote.
            (open, usize::from(len > open && hashes > 0 && token.ends_with('"')))
        }
        _ => return 0..len,
    };
    open.min(len)..len.saturating_sub(close).max(open.min(len))
}

/// The value of a string token; borrowed wherever the value stands in the source as it is.
pub(crate) fn value(token: &str, kind: TokenKind) -> Cow<'_, str> {
    if kind == TokenKind::Word {
        return Cow::Borrowed(token); // most of what is asked for
    }
    let body = body(token, kind);
    let text = token.get(body).unwrap_or("");
    let decoded = match kind {
        TokenKind::Multiline | TokenKind::RawMultiline | TokenKind::Escaped => true,
        TokenKind::BrokenString | TokenKind::UnclosedString => !token.starts_with('#') && text.contains('\\'),
        _ => false,
    };
    if !decoded {
        return Cow::Borrowed(text);
    }
    let mut sink = Collect(String::with_capacity(text.len()));
    walk(token, kind, &mut sink);
    Cow::Owned(sink.0)
}

struct Collect(String);

impl Sink for Collect {
    fn piece(&mut self, text: &str, _: usize) {
        self.0.push_str(text);
    }

    fn flaw(&mut self, _: Range<usize>, _: Flaw) {}
}

/// Where byte `decoded` of a string's value comes from, counted from the start of the token.
pub(crate) fn source_offset(token: &str, kind: TokenKind, decoded: usize) -> Option<usize> {
    struct Find {
        wanted: usize,
        passed: usize,
        found: Option<usize>,
    }
    impl Sink for Find {
        fn piece(&mut self, text: &str, source: usize) {
            // The end of a piece is a place too, unless another piece begins there.
            if self.passed <= self.wanted && self.wanted <= self.passed + text.len() {
                self.found = Some(source + self.wanted - self.passed);
            }
            self.passed += text.len();
        }

        fn flaw(&mut self, _: Range<usize>, _: Flaw) {}
    }
    let mut find = Find { wanted: decoded, passed: 0, found: None };
    walk(token, kind, &mut find);
    find.found.or_else(|| (decoded == 0).then(|| body(token, kind).start))
}

/// Walks over a string of any kind.
pub(crate) fn walk(token: &str, kind: TokenKind, sink: &mut impl Sink) {
    let range = body(token, kind);
    match kind {
        TokenKind::Multiline => Multiline { text: token, end: range.end, raw: false }.walk(range.start, sink),
        TokenKind::RawMultiline => Multiline { text: token, end: range.end, raw: true }.walk(range.start, sink),
        TokenKind::Escaped | TokenKind::BrokenString => unescape(token, range, sink),
        TokenKind::UnclosedString if !token.starts_with('#') => unescape(token, range, sink),
        _ => sink.piece(token.get(range.clone()).unwrap_or(""), range.start),
    }
}

/// Resolves the escapes of `range`.
fn unescape(text: &str, range: Range<usize>, sink: &mut impl Sink) {
    let mut at = range.start;
    while at < range.end {
        let rest = text.get(at..range.end).unwrap_or("");
        let plain = rest.find('\\').unwrap_or(rest.len());
        if plain > 0 {
            sink.piece(rest.get(..plain).unwrap_or(""), at);
            at += plain;
        } else {
            at = escape(text, at, range.end, sink);
        }
    }
}

/// Resolves the escape whose `\` stands at `at`, and gives back where it ends.
fn escape(text: &str, at: usize, end: usize, sink: &mut impl Sink) -> usize {
    let bytes = text.as_bytes();
    let space = chars::skip_spaces_and_newlines(bytes, at + 1);
    if space > at + 1 {
        return space.min(end);
    }
    let plain = match bytes.get(at + 1) {
        Some(b'n') => "\n",
        Some(b'r') => "\r",
        Some(b't') => "\t",
        Some(b'\\') => "\\",
        Some(b'"') => "\"",
        Some(b'b') => "\u{8}",
        Some(b'f') => "\u{c}",
        Some(b's') => " ",
        Some(b'u') => return unicode_escape(text, at, end, sink),
        _ => {
            let next = text.get(at + 1..end).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            sink.flaw(at..at + 1 + next, Flaw::UnknownEscape);
            sink.piece(text.get(at..at + 1 + next).unwrap_or(""), at);
            return at + 1 + next;
        }
    };
    sink.piece(plain, at);
    at + 2
}

fn unicode_escape(text: &str, at: usize, end: usize, sink: &mut impl Sink) -> usize {
    let rest = text.get(at + 2..end).unwrap_or("");
    let digits = rest.strip_prefix('{').unwrap_or(rest);
    let len = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
    let brace = rest.len() - digits.len();
    let closed = digits.as_bytes().get(len) == Some(&b'}');
    let next = at + 2 + brace + len + usize::from(closed);
    if brace == 0 || !closed || len == 0 || len > 6 {
        sink.flaw(at..next, Flaw::UnicodeSyntax);
        sink.piece("\u{fffd}", at);
        return next;
    }
    let code = digits.get(..len).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(u32::MAX);
    let c = char::from_u32(code).unwrap_or_else(|| {
        sink.flaw(at..next, Flaw::NotScalar);
        '\u{fffd}'
    });
    sink.piece(c.encode_utf8(&mut [0; 4]), at);
    next
}

/// The body of a multi-line string: dedented after escaped white space is gone, but before other escapes are resolved.
struct Multiline<'a> {
    text: &'a str,
    end: usize,
    raw: bool,
}

impl<'a> Multiline<'a> {
    fn walk(&self, start: usize, sink: &mut impl Sink) {
        let bytes = self.text.as_bytes();
        let newline = chars::newline_len(bytes, start);
        if newline == 0 {
            return self.walk_misplaced(start, sink);
        }
        let first = start + newline;
        let last = self.last_line(first);
        let prefix = self.prefix(last, sink);
        let mut at = first;
        let mut previous_newline = None;
        while at < last {
            if let Some(newline) = previous_newline {
                sink.piece("\n", newline);
            }
            let end = self.line(at, &prefix, sink);
            previous_newline = Some(end);
            at = end + chars::newline_len(bytes, end).max(1);
        }
    }

    /// A string that has text on the line of its opening quotes.
    fn walk_misplaced(&self, start: usize, sink: &mut impl Sink) {
        let line_end = chars::line_end(self.text.as_bytes(), start).min(self.end);
        let flaw = if line_end == self.end { Flaw::OneLine } else { Flaw::TextBehindOpening };
        sink.flaw(start..line_end, flaw);
        if self.raw {
            sink.piece(self.text.get(start..self.end).unwrap_or(""), start);
        } else {
            unescape(self.text, start..self.end, sink);
        }
    }

    /// Start of the last line, escaped newlines not counted.
    fn last_line(&self, first: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut line = first;
        let mut at = first;
        while at < self.end {
            match bytes.get(at) {
                Some(b'\\') if !self.raw => at = chars::skip_spaces_and_newlines(bytes, at + 1).max(at + 2),
                _ => match chars::newline_len(bytes, at) {
                    0 => at += 1,
                    len => {
                        at += len;
                        line = at;
                    }
                },
            }
        }
        line
    }

    /// The white space of the last line; its escaped white space does not count.
    fn prefix(&self, last: usize, sink: &mut impl Sink) -> Cow<'a, str> {
        let bytes = self.text.as_bytes();
        let mut prefix = Cow::Borrowed("");
        let mut at = last;
        while at < self.end {
            let end = chars::skip_spaces(bytes, at).min(self.end);
            if end > at {
                prefix += self.text.get(at..end).unwrap_or("");
                at = end;
                continue;
            }
            let escaped = chars::skip_spaces_and_newlines(bytes, at + 1).min(self.end);
            if self.raw || bytes.get(at) != Some(&b'\\') || escaped == at + 1 {
                sink.flaw(last..self.end, Flaw::TextBeforeClosing);
                break;
            }
            at = escaped;
        }
        prefix
    }

    /// Decodes the line at `start` and gives back where its newline stands.
    fn line(&self, start: usize, prefix: &str, sink: &mut impl Sink) -> usize {
        let bytes = self.text.as_bytes();
        let blank = chars::skip_spaces(bytes, start);
        if chars::newline_len(bytes, blank) > 0 {
            return blank;
        }
        let mut at = start;
        for wanted in prefix.chars() {
            if !self.raw && bytes.get(at) == Some(&b'\\') {
                let escaped = chars::skip_spaces_and_newlines(bytes, at + 1);
                at = if escaped > at + 1 { escaped } else { at };
            }
            if self.text.get(at..).and_then(|rest| rest.chars().next()) != Some(wanted) {
                sink.flaw(start..blank.max(start), Flaw::Indent);
                break;
            }
            at += wanted.len_utf8();
        }
        let mut piece = at;
        loop {
            match bytes.get(at) {
                Some(b'\\') if !self.raw && at < self.end => {
                    self.emit(piece, at, sink);
                    at = escape(self.text, at, self.end, sink);
                    piece = at;
                }
                Some(_) if at < self.end && chars::newline_len(bytes, at) == 0 => at += 1,
                _ => break,
            }
        }
        self.emit(piece, at, sink);
        at
    }

    fn emit(&self, start: usize, end: usize, sink: &mut impl Sink) {
        if start < end {
            sink.piece(self.text.get(start..end).unwrap_or(""), start);
        }
    }
}

/// True when a text can stand as a string without quotes.
///
/// Source: KDL 2.0, "Identifier String".
#[must_use]
pub fn is_bare_identifier(text: &str) -> bool {
    let bytes = text.as_bytes();
    !text.is_empty()
        && chars::word_end(bytes, 0) == bytes.len()
        && !matches!(text, "true" | "false" | "null" | "inf" | "-inf" | "nan")
        && numeric(bytes) == Numeric::Word
        && text.chars().all(|c| chars::disallowed(c).is_none())
}

/// The KDL spelling of a text: bare where that is legal, otherwise in quotes on one line.
///
/// Words that KDL allows and this parser reports as probable mistakes (`a:`, `a,`, `'a'`) are put in quotes.
#[must_use]
pub fn quote(text: &str) -> String {
    let odd = text.ends_with([':', ',', '$']) || text.starts_with(['\'', '“', '”', '„', '‘', '’', '‚']);
    if !odd && is_bare_identifier(text) {
        return text.to_owned();
    }
    quoted(text)
}

/// A text in quotes on one line.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\u{b}' | '\u{85}' | '\u{2028}' | '\u{2029}' => push_unicode(&mut quoted, c),
            _ if chars::disallowed(c).is_some() => push_unicode(&mut quoted, c),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn push_unicode(quoted: &mut String, c: char) {
    quoted.push_str("\\u{");
    quoted.push_str(&format!("{:x}", u32::from(c)));
    quoted.push('}');
}
