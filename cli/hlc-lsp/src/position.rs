//! Places as the protocol counts them.

use gen_lsp_types::{Position, Range};

/// What a client counts within a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what every client can.
    Utf16,
}

impl Encoding {
    /// The best one that a client offers.
    pub(crate) fn best<'a>(mut offered: impl Iterator<Item = &'a str>) -> Self {
        if offered.any(|encoding| encoding == "utf-8") { Self::Utf8 } else { Self::Utf16 }
    }

    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
        }
    }
}

/// Where the lines of a text start. The protocol ends lines at `\n`, `\r\n` and `\r`.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes
            .iter()
            .enumerate()
            .filter(|&(at, &byte)| byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The line at a position, without its end, and where it starts.
    fn line(&self, line: usize) -> Option<(usize, &'a str)> {
        let start = *self.starts.get(line)?;
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        Some((start, self.text.get(start..end)?.trim_end_matches(['\n', '\r'])))
    }

    /// The byte of a position. Past the end of a line is its end, past the last line the end of the text; the middle of a
    /// character is its start.
    pub(crate) fn offset(&self, position: Position, encoding: Encoding) -> usize {
        let Some((start, line)) = self.line(position.line as usize) else { return self.text.len() };
        let wanted = position.character as usize;
        let mut passed = 0;
        for (at, c) in line.char_indices() {
            passed += match encoding {
                Encoding::Utf8 => c.len_utf8(),
                Encoding::Utf16 => c.len_utf16(),
            };
            if passed > wanted {
                return start + at;
            }
        }
        start + line.len()
    }

    /// The position of a byte.
    pub(crate) fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or("");
        let number = |value| u32::try_from(value).unwrap_or(u32::MAX);
        Position { line: number(line), character: number(encoding.length(before)) }
    }

    pub(crate) fn range(&self, bytes: std::ops::Range<usize>, encoding: Encoding) -> Range {
        Range { start: self.position(bytes.start, encoding), end: self.position(bytes.end, encoding) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a𝄞ü\r\n\rb\n";

    #[test]
    fn both_ways() {
        let lines = Lines::new(TEXT);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for (offset, c) in TEXT.char_indices().chain([(TEXT.len(), 'x')]) {
                let within_line_end = c == '\n' && TEXT.as_bytes()[offset - 1] == b'\r';
                let back = lines.offset(lines.position(offset, encoding), encoding);
                assert!(back == offset || within_line_end, "{offset} {encoding:?} {back}");
            }
        }
        assert_eq!(lines.position(5, Encoding::Utf16), Position { line: 0, character: 3 });
        assert_eq!(lines.position(5, Encoding::Utf8), Position { line: 0, character: 5 });
        assert_eq!(lines.position(10, Encoding::Utf8), Position { line: 2, character: 0 });
    }

    #[test]
    fn places_that_are_none() {
        let lines = Lines::new(TEXT);
        let at = |line, character| lines.offset(Position { line, character }, Encoding::Utf16);
        assert_eq!(at(0, 2), 1, "the middle of a pair");
        assert_eq!(at(0, 99), 7);
        assert_eq!(at(1, 1), 9);
        assert_eq!(at(99, 0), TEXT.len());
        assert_eq!(at(u32::MAX, u32::MAX), TEXT.len());
    }
}
