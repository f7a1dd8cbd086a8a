//! How wide text is, and text for XML.

/// Advance widths of the printable characters of ASCII in thousandths of the font's size: those of DejaVu Sans, as its file
/// has them. Of the fonts that `sans-serif` commonly stands for it is the widest, with Verdana: what fits here fits there.
const WIDTHS: [u16; 95] = [
    318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337, 637, 637, 637, 637, 637, 637, 637,
    637, 637, 637, 337, 337, 838, 838, 838, 531, 1000, 685, 687, 699, 771, 632, 576, 775, 752, 295, 295, 656, 558, 863,
    749, 788, 604, 788, 695, 635, 611, 732, 685, 989, 686, 611, 686, 391, 337, 391, 838, 500, 500, 613, 635, 550, 635,
    616, 353, 635, 634, 278, 278, 580, 278, 975, 634, 612, 635, 635, 412, 521, 393, 634, 592, 818, 592, 592, 525, 637,
    337, 637, 838,
];
/// What a bold letter takes more, in hundredths: at most a seventh.
const BOLD: u32 = 115;
/// What a character outside of ASCII takes at most.
const WIDE: u16 = 1000;

/// The width of a line in pixels, rounded up.
pub(crate) fn width(text: &str, size: u32, bold: bool) -> u32 {
    let of = |letter: char| {
        let place = (letter as u32).checked_sub(32).and_then(|place| usize::try_from(place).ok());
        u32::from(place.and_then(|place| WIDTHS.get(place)).copied().unwrap_or(WIDE))
    };
    let sum = text.chars().fold(0_u32, |sum, letter| sum.saturating_add(of(letter)));
    let percent = if bold { BOLD } else { 100 };
    sum.saturating_mul(size).saturating_mul(percent).div_ceil(100_000)
}

/// A line of at most so many characters; a longer one ends in `…`.
pub(crate) fn clipped(text: &str, most: usize) -> String {
    let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if line.chars().count() <= most {
        return line;
    }
    let mut short: String = line.chars().take(most.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// Text between tags or in an attribute. What XML 1.0 has no place for becomes U+FFFD.
pub(crate) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(letter),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter if letter.is_control() => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_every_letter() {
        assert_eq!(width("", 13, false), 0);
        assert_eq!(width("il", 1000, false), 556);
        assert_eq!(width("é", 10, false), 10);
        assert!(width("grafana", 13, true) > width("grafana", 13, false));
    }

    #[test]
    fn clips_at_characters() {
        assert_eq!(clipped("grüße", 5), "grüße");
        assert_eq!(clipped("grüße aus", 7), "grüße…");
        assert_eq!(clipped("a\nb", 5), "a b");
    }

    #[test]
    fn escapes_what_xml_takes_otherwise() {
        assert_eq!(xml("<a b=\"&\">\u{1}"), "&lt;a b=&quot;&amp;&quot;&gt;\u{fffd}");
    }
}
