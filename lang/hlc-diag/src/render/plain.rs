//! Makes text from a source safe to send to a terminal.

use std::borrow::Cow;

/// What is shown for a character that a terminal would obey or hide; `None` when it may be shown itself.
///
/// Control characters become their pictures (`␛` for ESC). Characters that reorder or hide text become `�`, so that what
/// is read is what is compiled. The joiner of emoji (U+200D) stays: it changes the look of a name, never its order.
pub(super) fn stand_in(c: char) -> Option<char> {
    match c {
        '\t' => None,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('␡'),
        '\u{80}'..='\u{9f}'
        | '\u{200b}'
        | '\u{200c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => Some('\u{fffd}'),
        _ => None,
    }
}

/// Text for one line: line ends become spaces, control characters their pictures.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| stand_in(c).is_none()) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if c == '\n' { ' ' } else { stand_in(c).unwrap_or(c) }).collect()
}

/// Text of several lines: line ends stay.
pub(super) fn block(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
