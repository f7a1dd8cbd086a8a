//! Text to tokens.
//!
//! The lexer never fails and never reports: what KDL does not allow becomes a token of a kind that says so. It looks
//! at every byte a bounded number of times; guesses about unclosed strings, which look ahead, are counted.
//!
//! Source: KDL 2.0, "Full Grammar".

use crate::chars::{self, Class, class};
use crate::number::{Numeric, numeric};
use crate::quotes::{self, Guesses};
use crate::token::{TokenKind, Tokens};

/// Tokens, and how many braces are among them.
pub(crate) struct Lexed {
    pub(crate) tokens: Tokens,
    pub(crate) opened: u32,
    pub(crate) closed: u32,
}

/// Cuts a text into tokens.
pub(crate) fn lex(text: &str) -> Lexed {
    let bytes = text.as_bytes();
    let mut lexer = Lexer { text, bytes, guesses: Guesses::default() };
    let mut lexed = Lexed { tokens: Tokens::with_capacity(bytes.len() / 5 + 8), opened: 0, closed: 0 };
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let (kind, end) = lexer.token(byte, at);
        lexed.tokens.push(kind, offset(at));
        lexed.opened += u32::from(kind == TokenKind::OpenBrace);
        lexed.closed += u32::from(kind == TokenKind::CloseBrace);
        // Progress is certain by construction; the maximum keeps it so should a rule below be wrong.
        at = end.max(at + 1);
    }
    lexed.tokens.push(TokenKind::Eof, offset(bytes.len()));
    lexed.tokens.shrink();
    lexed
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    guesses: Guesses,
}

impl Lexer<'_> {
    #[inline]
    fn token(&mut self, byte: u8, at: usize) -> (TokenKind, usize) {
        match class(byte) {
            Class::Space => (TokenKind::Whitespace, chars::skip_spaces(self.bytes, at + 1)),
            Class::Word => self.word(at),
            Class::Newline => (TokenKind::Newline, at + chars::newline_len(self.bytes, at)),
            Class::Quote => quotes::quoted(self.bytes, at, &mut self.guesses),
            Class::Equals => (TokenKind::Equals, at + 1),
            Class::OpenBrace => (TokenKind::OpenBrace, at + 1),
            Class::CloseBrace => (TokenKind::CloseBrace, at + 1),
            Class::OpenParen => (TokenKind::OpenParen, at + 1),
            Class::CloseParen => (TokenKind::CloseParen, at + 1),
            Class::Semicolon => (TokenKind::Semicolon, at + 1),
            Class::Digit | Class::Sign => self.number(at),
            Class::Slash => self.slash(at),
            Class::Hash => self.hash(at),
            Class::Backslash => self.backslash(at),
            Class::Apostrophe => self.foreign_quote(at, "'"),
            Class::OpenBracket => self.bracket(at),
            Class::CloseBracket => (TokenKind::Stray, at + 1),
            Class::Lead => self.lead(at),
        }
    }

    fn lead(&mut self, at: usize) -> (TokenKind, usize) {
        let space = chars::space_len(self.bytes, at);
        if space > 0 {
            return (TokenKind::Whitespace, chars::skip_spaces(self.bytes, at + space));
        }
        let newline = chars::newline_len(self.bytes, at);
        if newline > 0 {
            return (TokenKind::Newline, at + newline);
        }
        match self.text.get(at..).and_then(|rest| rest.chars().next()) {
            Some('“' | '”' | '„') => self.foreign_quote(at, "“”„"),
            Some('‘' | '’' | '‚') => self.foreign_quote(at, "‘’‚"),
            _ => self.word(at),
        }
    }

    #[inline]
    fn word(&self, at: usize) -> (TokenKind, usize) {
        let end = chars::word_end(self.bytes, at);
        if at == 0 && self.text.starts_with('\u{feff}') {
            return (TokenKind::Bom, '\u{feff}'.len_utf8());
        }
        if let Some(Class::Slash | Class::Hash | Class::Backslash | Class::OpenBracket | Class::CloseBracket) =
            self.bytes.get(end).map(|&b| class(b))
            && let Some(broken) = self.broken_word(at, end)
        {
            return (TokenKind::BrokenWord, broken);
        }
        let word = self.bytes.get(at..end).unwrap_or_default();
        let kind = match word {
            b"true" | b"false" | b"null" | b"inf" | b"nan" | b"-inf" => TokenKind::BareKeyword,
            [.., b':' | b',' | b'$'] => TokenKind::OddWord,
            _ => TokenKind::Word,
        };
        (kind, end)
    }

    fn number(&self, at: usize) -> (TokenKind, usize) {
        let (kind, end) = self.word(at);
        if kind == TokenKind::BareKeyword {
            return (kind, end);
        }
        match numeric(self.bytes.get(at..end).unwrap_or_default()) {
            Numeric::Number => (TokenKind::Number, end),
            Numeric::NumberLike if kind != TokenKind::BrokenWord => (TokenKind::NumberLike, end),
            Numeric::NumberLike | Numeric::Word => (kind, end),
        }
    }

    /// Goes on over characters that no word may contain, if a word with them is what was meant: `a/b`, `C:\x`, `a#b`.
    #[cold]
    fn broken_word(&self, start: usize, mut at: usize) -> Option<usize> {
        let mut broken = false;
        while let Some(&byte) = self.bytes.get(at) {
            let next = self.bytes.get(at + 1).copied();
            let joins = match class(byte) {
                Class::Slash if next == Some(b'/') => match self.url_end(start, at) {
                    Some(end) => return Some(end),
                    None => false,
                },
                // `/data/*` is broken already, and its end is no comment.
                Class::Slash => !matches!(next, Some(b'*' | b'-')) || (broken && next == Some(b'*')),
                Class::Backslash => next.is_some_and(chars::is_word_byte),
                // `r#"` is a raw string of KDL 1; `a #true` without its space is a missing space.
                Class::Hash => {
                    next.is_some_and(chars::is_word_byte)
                        && keyword(self.bytes, at + 1).is_none()
                        && !(at - start == 1 && self.bytes.get(start) == Some(&b'r'))
                }
                Class::OpenBracket | Class::CloseBracket => true,
                Class::Word | Class::Digit | Class::Sign | Class::Apostrophe | Class::Lead => {
                    let end = chars::word_end(self.bytes, at);
                    if end == at {
                        break;
                    }
                    at = end;
                    continue;
                }
                Class::Space
                | Class::Newline
                | Class::Quote
                | Class::OpenParen
                | Class::CloseParen
                | Class::OpenBrace
                | Class::CloseBrace
                | Class::Equals
                | Class::Semicolon => false,
            };
            if !joins {
                break;
            }
            broken = true;
            at += 1;
        }
        broken.then_some(at)
    }

    /// Where an address without quotes ends, given its `//`: KDL would read the rest of the line as a comment.
    fn url_end(&self, start: usize, slashes: usize) -> Option<usize> {
        let scheme = self.bytes.get(start..slashes)?;
        let host = self.bytes.get(slashes + 2)?;
        if scheme.len() < 2 || !scheme.ends_with(b":") || !chars::is_word_byte(*host) {
            return None;
        }
        let ends = |b: &u8| matches!(b, b' ' | b'\t' | b';' | b'{' | b'}' | b'(' | b')' | b'"');
        let line = self.bytes.get(slashes..chars::line_end(self.bytes, slashes))?;
        Some(slashes + line.iter().position(ends).unwrap_or(line.len()))
    }

    fn slash(&self, at: usize) -> (TokenKind, usize) {
        match self.bytes.get(at + 1) {
            Some(b'/') => (TokenKind::LineComment, chars::line_end(self.bytes, at + 2)),
            Some(b'*') => block_comment(self.bytes, at),
            Some(b'-') => (TokenKind::Slashdash, at + 2),
            _ => match self.broken_word(at, at) {
                Some(end) => (TokenKind::BrokenWord, end),
                None => (TokenKind::Stray, at + 1),
            },
        }
    }

    fn backslash(&self, at: usize) -> (TokenKind, usize) {
        if self.bytes.get(at + 1).is_some_and(|&b| chars::is_word_byte(b)) {
            return (TokenKind::BrokenWord, self.broken_word(at, at).unwrap_or(at + 1));
        }
        (TokenKind::Backslash, at + 1)
    }

    fn hash(&mut self, at: usize) -> (TokenKind, usize) {
        if let Some(string) = quotes::raw(self.bytes, at, &mut self.guesses) {
            return string;
        }
        if let Some(end) = keyword(self.bytes, at + 1) {
            return (TokenKind::Keyword, end);
        }
        let end = chars::word_end(self.bytes, at + 1);
        if end > at + 1 && self.bytes.get(at + 1) != Some(&b'!') {
            return (TokenKind::UnknownKeyword, end);
        }
        (TokenKind::HashComment, chars::line_end(self.bytes, at))
    }

    #[cold]
    fn bracket(&mut self, at: usize) -> (TokenKind, usize) {
        let list = if self.guesses.near > 0 { bracket_list(self.bytes, at) } else { None };
        let Some(end) = list else {
            self.guesses.near = self.guesses.near.saturating_sub(1);
            return (TokenKind::Stray, at + 1);
        };
        (TokenKind::BracketList, end)
    }

    /// Text between quotes that KDL does not know, if they close on this line; otherwise a word.
    #[cold]
    fn foreign_quote(&mut self, at: usize, quotes: &str) -> (TokenKind, usize) {
        /// Bounds the search.
        const REACH: usize = 1024;
        if self.guesses.near == 0 {
            return self.word(at);
        }
        let rest = self.text.get(at..).unwrap_or("");
        for (offset, c) in rest.char_indices().skip(1).take(REACH) {
            let here = at + offset;
            if chars::newline_len(self.bytes, here) > 0 {
                break;
            }
            if !quotes.contains(c) {
                continue;
            }
            let end = here + c.len_utf8();
            if chars::word_end(self.bytes, end) == end {
                return (TokenKind::ForeignQuoted, end);
            }
            // `'it's'` goes on; “a”, closes in front of its comma.
            if c == '”' || self.bytes.get(end) == Some(&b',') {
                return (TokenKind::ForeignQuoted, end);
            }
        }
        self.guesses.near -= 1;
        self.word(at)
    }
}

/// Where the keyword ends whose name begins at `at`.
fn keyword(bytes: &[u8], at: usize) -> Option<usize> {
    let end = chars::word_end(bytes, at);
    matches!(bytes.get(at..end)?, b"true" | b"false" | b"null" | b"inf" | b"-inf" | b"nan").then_some(end)
}

fn block_comment(bytes: &[u8], start: usize) -> (TokenKind, usize) {
    let mut depth = 1_u32;
    let mut at = start + 2;
    while let Some(&byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return (TokenKind::BlockComment, at);
                }
            }
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    (TokenKind::UnclosedComment, at)
}

/// Where a `[…]` ends that closes on its line and near by.
#[cold]
fn bracket_list(bytes: &[u8], start: usize) -> Option<usize> {
    /// Bounds the search.
    const REACH: usize = 1024;
    let mut depth = 0_u32;
    let mut quoted = false;
    let mut at = start;
    let reach = start + REACH;
    while let Some(&byte) = bytes.get(at).filter(|_| at < reach) {
        if chars::newline_len(bytes, at) > 0 {
            return None;
        }
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => at += 1,
            b'[' if !quoted => depth += 1,
            b']' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use TokenKind::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        let tokens = lex(text).tokens;
        (0..tokens.len())
            .map(|i| (tokens.kind(i), text.get(tokens.start(i) as usize..tokens.end(i) as usize).unwrap()))
            .collect()
    }

    #[test]
    fn words_with_foreign_characters_stay_one_token() {
        assert_eq!(kinds("nvidia.com/gpu=1"), [(BrokenWord, "nvidia.com/gpu"), (Equals, "="), (Number, "1")]);
        assert_eq!(kinds("/data/x"), [(BrokenWord, "/data/x")]);
        assert_eq!(kinds(r"C:\tmp"), [(BrokenWord, r"C:\tmp")]);
        assert_eq!(kinds("10.0.0.0/8"), [(BrokenWord, "10.0.0.0/8")]);
        assert_eq!(kinds("a[0]"), [(BrokenWord, "a[0]")]);
        assert_eq!(kinds("foo#bar"), [(BrokenWord, "foo#bar")]);
        assert_eq!(kinds("foo#true"), [(Word, "foo"), (Keyword, "#true")]);
        assert_eq!(kinds("http://x"), [(BrokenWord, "http://x")]);
        assert_eq!(kinds("a:// b"), [(OddWord, "a:"), (LineComment, "// b")]);
        assert_eq!(kinds("a/-b"), [(Word, "a"), (Slashdash, "/-"), (Word, "b")]);
        assert_eq!(kinds("a\\\n"), [(Word, "a"), (Backslash, "\\"), (Newline, "\n")]);
    }

    #[test]
    fn quotes_of_other_languages() {
        assert_eq!(kinds("'it's' b"), [(ForeignQuoted, "'it's'"), (Whitespace, " "), (Word, "b")]);
        assert_eq!(kinds("“a b”, c").first(), Some(&(ForeignQuoted, "“a b”")));
        assert_eq!(kinds("'a"), [(Word, "'a")]);
        assert_eq!(kinds("a'b"), [(Word, "a'b")]);
    }

    #[test]
    fn hashes() {
        assert_eq!(kinds("# x {"), [(HashComment, "# x {")]);
        assert_eq!(kinds("#!/bin/sh"), [(HashComment, "#!/bin/sh")]);
        assert_eq!(kinds("#True"), [(UnknownKeyword, "#True")]);
        assert_eq!(kinds("#-inf"), [(Keyword, "#-inf")]);
        assert_eq!(kinds("##\"a\"#b\"##"), [(Raw, "##\"a\"#b\"##")]);
    }

    #[test]
    fn brackets() {
        assert_eq!(kinds("[a, \"]\", [b]] c").first(), Some(&(BracketList, "[a, \"]\", [b]]")));
        assert_eq!(kinds("[a\n]").first(), Some(&(Stray, "[")));
    }
}
