//! Classes of characters.
//!
//! Source: KDL 2.0, "Whitespace", "Newline", "Non-identifier characters", "Disallowed Literal Code Points".

/// What a byte can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Class {
    /// A character of an identifier that cannot begin a number.
    Word,
    /// `0` to `9`.
    Digit,
    /// `+`, `-` or `.`: begins an identifier or a number.
    Sign,
    /// `'`, a legal identifier character that people take for a quote.
    Apostrophe,
    /// First byte of characters of which some are white space and some are not.
    Lead,
    /// Space or tab.
    Space,
    /// An ASCII newline.
    Newline,
    /// `"`
    Quote,
    /// `#`
    Hash,
    /// `/`
    Slash,
    /// `\`
    Backslash,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `=`
    Equals,
    /// `;`
    Semicolon,
}

const fn classify(byte: u8) -> Class {
    match byte {
        b'0'..=b'9' => Class::Digit,
        b'+' | b'-' | b'.' => Class::Sign,
        b'\'' => Class::Apostrophe,
        b' ' | b'\t' => Class::Space,
        b'\n' | b'\r' | 0x0b | 0x0c => Class::Newline,
        b'"' => Class::Quote,
        b'#' => Class::Hash,
        b'/' => Class::Slash,
        b'\\' => Class::Backslash,
        b'(' => Class::OpenParen,
        b')' => Class::CloseParen,
        b'{' => Class::OpenBrace,
        b'}' => Class::CloseBrace,
        b'[' => Class::OpenBracket,
        b']' => Class::CloseBracket,
        b'=' => Class::Equals,
        b';' => Class::Semicolon,
        0xc2 | 0xe1 | 0xe2 | 0xe3 => Class::Lead,
        // Disallowed characters count as part of the word they stand in: they are reported by `disallowed`,
        // and a word cut in two would be reported a second time.
        _ => Class::Word,
    }
}

#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "evaluated at compile time")]
const CLASSES: [Class; 256] = {
    let mut table = [Class::Word; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = classify(byte as u8);
        byte += 1;
    }
    table
};

static TABLE: [Class; 256] = CLASSES;

/// Looks a byte up.
#[inline]
pub(crate) fn class(byte: u8) -> Class {
    TABLE.get(usize::from(byte)).copied().unwrap_or(Class::Word)
}

/// True for a byte that always belongs to a word once a word has begun.
#[inline]
pub(crate) fn is_word_byte(byte: u8) -> bool {
    matches!(class(byte), Class::Word | Class::Digit | Class::Sign | Class::Apostrophe)
}

/// True for `\n`, `\r`, vertical tab and form feed.
#[inline]
pub(crate) const fn is_ascii_newline(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Length of the white space (not a newline) at `at`; 0 if there is none. One character only.
#[inline]
pub(crate) fn space_len(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b' ' | b'\t') => 1,
        Some(0xc2 | 0xe1 | 0xe2 | 0xe3) => wide_space_len(bytes, at),
        _ => 0,
    }
}

fn wide_space_len(bytes: &[u8], at: usize) -> usize {
    let second = bytes.get(at + 1).copied().unwrap_or(0);
    let third = bytes.get(at + 2).copied().unwrap_or(0);
    match (bytes.get(at), second, third) {
        (Some(0xc2), 0xa0, _) => 2,
        (Some(0xe1), 0x9a, 0x80)
        | (Some(0xe2), 0x80, 0x80..=0x8a | 0xaf)
        | (Some(0xe2), 0x81, 0x9f)
        | (Some(0xe3), 0x80, 0x80) => 3,
        _ => 0,
    }
}

/// Length of the newline at `at`; 0 if there is none. `CR LF` is one newline.
#[inline]
pub(crate) fn newline_len(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => 2,
        Some(&byte) if is_ascii_newline(byte) => 1,
        Some(0xc2) if bytes.get(at + 1) == Some(&0x85) => 2,
        Some(0xe2) if bytes.get(at + 1) == Some(&0x80) && matches!(bytes.get(at + 2), Some(0xa8 | 0xa9)) => 3,
        _ => 0,
    }
}

/// Where the run of white space that begins at or before `at` ends.
#[inline]
pub(crate) fn skip_spaces(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match space_len(bytes, at) {
            0 => return at,
            len => at += len,
        }
    }
}

/// Where the run of white space and newlines ends.
pub(crate) fn skip_spaces_and_newlines(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match space_len(bytes, at).max(newline_len(bytes, at)) {
            0 => return at,
            len => at += len,
        }
    }
}

/// Where the line that contains `at` ends, its newline left out.
pub(crate) fn line_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' | b'\r' | 0x0b | 0x0c => return at,
            0xc2 | 0xe2 if newline_len(bytes, at) > 0 => return at,
            _ => at += 1,
        }
    }
    at
}

/// Where the word that begins at or before `at` ends.
#[inline]
pub(crate) fn word_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        let word = is_word_byte(byte)
            || (class(byte) == Class::Lead && space_len(bytes, at) == 0 && newline_len(bytes, at) == 0);
        if !word {
            break;
        }
        at += 1;
    }
    at
}

/// Why a code point may not stand in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disallowed {
    /// A control character.
    Control,
    /// A character that changes the direction of text.
    Direction,
    /// A byte order mark behind the start of the file.
    Bom,
}

/// Tells whether a character may stand literally in a document.
pub(crate) const fn disallowed(c: char) -> Option<Disallowed> {
    match c {
        '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}' => Some(Disallowed::Control),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some(Disallowed::Direction),
        '\u{feff}' => Some(Disallowed::Bom),
        _ => None,
    }
}

/// Calls `found` with every disallowed code point; a byte order mark at the start is legal.
///
/// Whole blocks are tested at once because nearly every block is clean.
pub(crate) fn scan_disallowed(text: &str, mut found: impl FnMut(usize, char, Disallowed)) {
    const BLOCK: usize = 64;
    for (index, block) in text.as_bytes().chunks(BLOCK).enumerate() {
        let mut suspicious = false;
        for &byte in block {
            let control = byte < 0x20 && !matches!(byte, 0x09..=0x0d);
            suspicious |= control | (byte == 0x7f) | (byte == 0xe2) | (byte == 0xef);
        }
        if suspicious {
            scan_block(text, index * BLOCK, (index + 1) * BLOCK, &mut found);
        }
    }
}

#[cold]
fn scan_block(text: &str, start: usize, end: usize, found: &mut impl FnMut(usize, char, Disallowed)) {
    let start = (start..end.min(text.len())).find(|&at| text.is_char_boundary(at)).unwrap_or(end);
    for (offset, c) in text.get(start..).unwrap_or("").char_indices() {
        let at = start + offset;
        if at >= end {
            break;
        }
        match disallowed(c) {
            Some(Disallowed::Bom) if at == 0 => {}
            Some(kind) => found(at, c, kind),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_agree_with_the_tables_of_the_specification() {
        let spaces = "\u{9}\u{20}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\
                      \u{2009}\u{200a}\u{202f}\u{205f}\u{3000}";
        let newlines = "\u{d}\u{a}\u{85}\u{b}\u{c}\u{2028}\u{2029}";
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            let len = c.len_utf8();
            assert_eq!(space_len(text.as_bytes(), 0), if spaces.contains(c) { len } else { 0 }, "{c:?}");
            assert_eq!(newline_len(text.as_bytes(), 0), if newlines.contains(c) { len } else { 0 }, "{c:?}");
            let in_word = !spaces.contains(c) && !newlines.contains(c) && !"\\/(){};[]\"#=".contains(c);
            assert_eq!(word_end(text.as_bytes(), 0), if in_word { len } else { 0 }, "{c:?}");
        }
        assert_eq!(newline_len(b"\r\n", 0), 2);
    }

    #[test]
    fn disallowed_code_points_are_found_wherever_they_stand() {
        for at in [0, 1, 62, 63, 64, 65, 127, 130] {
            for c in ['\0', '\u{1f}', '\u{7f}', '\u{202e}', '\u{2069}', '\u{feff}'] {
                let text = format!("{}{c}ü“”", "ü".repeat(at));
                let mut hits = Vec::new();
                scan_disallowed(&text, |offset, c, _| hits.push((offset, c)));
                let expected = if at == 0 && c == '\u{feff}' { vec![] } else { vec![(at * 2, c)] };
                assert_eq!(hits, expected);
            }
        }
    }
}
