//! How a text is written: bare, in double quotes, in single quotes, or as a literal block.

use super::scalar::{Plain, resolve};

/// The ways to write a text in YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As it is.
    Plain,
    /// `"…"` with escapes.
    Double,
    /// `'…'`, for a text that holds double quotes and nothing to escape.
    Single,
    /// `|`, for text of several lines.
    Literal,
}

/// The style of a value.
pub(super) fn of_value(text: &str) -> Style {
    if text.contains('\n') && fits_literal(text) {
        return Style::Literal;
    }
    of_key(text)
}

/// The style of a key, which stands on one line.
pub(super) fn of_key(text: &str) -> Style {
    if fits_plain(text) { Style::Plain } else { quoted(text) }
}

fn quoted(text: &str) -> Style {
    if text.contains('"') && !text.contains(['\'', '\\']) && !text.chars().any(needs_escape) {
        Style::Single
    } else {
        Style::Double
    }
}

/// True when a literal block gives every reader the same text back.
///
/// Not for: lines that are only blanks at the end (editors strip them), a tab before the first letter (readers disagree
/// on whether it is indentation), a line break other than `\n`, and what YAML does not call printable.
fn fits_literal(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim_matches([' ', '\t']).is_empty());
    let last = text.rsplit('\n').next().unwrap_or("");
    let Some(first) = first else { return false };
    let blank_tail = !last.is_empty() && last.trim_matches([' ', '\t']).is_empty();
    // A blank line before the first letter that is longer than the indentation found at that letter is refused by readers.
    let blank_head =
        text.split('\n').take_while(|line| line.trim_matches([' ', '\t']).is_empty()).any(|line| !line.is_empty());
    !first.trim_start_matches(' ').starts_with('\t')
        && !blank_tail
        && !blank_head
        && !text.chars().any(|c| c != '\n' && c != '\t' && needs_escape(c))
}

/// True when every reader takes the bare text for this very text.
fn fits_plain(text: &str) -> bool {
    if is_simple(text) {
        return is_word(text);
    }
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else { return false };
    let second = text.chars().nth(1);
    let starts_well = match first {
        ' ' | '\t' | ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
            false
        }
        '-' | '?' | ':' => !matches!(second, None | Some(' ' | '\t')),
        _ => true,
    };
    starts_well
        && !matches!(last, ' ' | '\t' | ':' | '-')
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains('\t')
        && !starts_document(text)
        && !text.chars().any(needs_escape)
        && !reads_as_other(text)
}

/// True for what most texts are: a letter, then letters, digits, `.`, `/`, `_` and inner `-`. No syntax of YAML is in it.
fn is_simple(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.last() != Some(&b'-')
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/' | b'_' | b'-'))
}

/// True for simple text that is not one of the few words with a meaning, the longest of which is `infinity`.
fn is_word(text: &str) -> bool {
    text.len() > 8
        || (resolve(text) == Plain::Text
            && !["inf", "nan", "infinity"].iter().any(|word| word.eq_ignore_ascii_case(text)))
}

/// True for text that begins like a document marker.
fn starts_document(text: &str) -> bool {
    text.strip_prefix("---")
        .or_else(|| text.strip_prefix("..."))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// True when some reader in use takes the bare text for something that is not text.
///
/// Beyond what Helm's reader makes of it: Python's and other YAML 1.1 readers know dates, base 60 and `=`.
fn reads_as_other(text: &str) -> bool {
    resolve(text) != Plain::Text || looks_numeric(text) || matches!(text, "=" | "<<" | "." | "_")
}

/// True for whatever begins like a number and consists of nothing but what numbers, dates and times are made of.
///
/// Wider than the readers' rules, which differ; quoting a text too many does no harm.
fn looks_numeric(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = unsigned.replace('_', "").to_ascii_lowercase();
    if let Some(word) = plain.strip_prefix('.')
        && matches!(word, "inf" | "nan")
    {
        return true;
    }
    if matches!(plain.as_str(), "inf" | "nan" | "infinity") {
        return true;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = plain.strip_prefix(prefix) {
            return digits.chars().all(|c| c.is_digit(radix) || c == '+' || c == '-');
        }
    }
    if is_date(unsigned) {
        return true;
    }
    let mut chars = plain.chars().peekable();
    if !chars.next_if(|&c| c.is_ascii_digit() || c == '.').is_some_and(|_| plain.bytes().any(|b| b.is_ascii_digit())) {
        return false;
    }
    let body = plain.split_once('e').map_or(plain.as_str(), |(mantissa, exponent)| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits.bytes().all(|b| b.is_ascii_digit()) { mantissa } else { "x" }
    });
    let dots = body.bytes().filter(|&b| b == b'.').count();
    (dots < 2 && body.bytes().all(|b| b.is_ascii_digit() || b == b'.')) || is_base_sixty(body)
}

/// `12:30:45` and `1:30.5`, which YAML 1.1 takes for numbers; not `472:472`, since no sixtieth is above 59.
fn is_base_sixty(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.next().is_some_and(digits)
        && whole.contains(':')
        && parts.all(|part| digits(part) && part.len() <= 2 && part.parse::<u8>().is_ok_and(|value| value < 60))
        && fraction.bytes().all(|b| b.is_ascii_digit())
}

/// `2001-01-01` and everything that begins like it up to a time.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: Option<&str>, len: std::ops::RangeInclusive<usize>| {
        part.is_some_and(|part| len.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let (year, month, rest) = (parts.next(), parts.next(), parts.next());
    let Some(rest) = rest else { return false };
    let day_len = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest.get(day_len..).unwrap_or("");
    digits(year, 4..=4)
        && digits(month, 1..=2)
        && (1..=2).contains(&day_len)
        && (after.is_empty()
            || after.trim_start_matches(['T', 't', ' ', '\t']).starts_with(|c: char| c.is_ascii_digit()))
}

/// True for what a double-quoted text must escape: everything YAML does not call printable, and every line break.
pub(super) fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}
