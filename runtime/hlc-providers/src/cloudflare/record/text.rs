//! The content of TXT records: strings in quotes (RFC 1035, section 5.1).

/// How long one string may be (RFC 1035, section 3.3).
const STRING_BYTES: usize = 255;

/// The same text in quotes, cut into strings of at most 255 bytes.
///
/// Where it was cut means nothing: whoever reads such a record joins the strings (RFC 7208, section 3.3, for SPF; RFC 6376, section
/// 3.6.2.2, for DKIM), and Cloudflare cuts strings that are too long by itself. What is not in quotes is the text as it is: older
/// records, and those of the dashboard.
pub(super) fn canonical(content: &str) -> String {
    match read(content) {
        Some(bytes) => write(&bytes),
        None => content.to_owned(),
    }
}

/// The text; `None` when its quotes do not fit together.
fn read(content: &str) -> Option<Vec<u8>> {
    let mut rest = content.trim().as_bytes().iter();
    if !content.trim_start().starts_with('"') {
        return Some(content.as_bytes().to_vec());
    }
    let mut text = Vec::new();
    while let Some(byte) = rest.next() {
        match byte {
            b' ' | b'\t' => continue,
            b'"' => {}
            _ => return None,
        }
        loop {
            match rest.next()? {
                b'"' => break,
                b'\\' => text.push(escaped(&mut rest)?),
                byte => text.push(*byte),
            }
        }
    }
    Some(text)
}

/// What stands behind a `\`: three decimal digits, or a character that stands for itself.
fn escaped(rest: &mut std::slice::Iter<'_, u8>) -> Option<u8> {
    let first = *rest.next()?;
    if !first.is_ascii_digit() {
        return Some(first);
    }
    let digits = [first, *rest.next()?, *rest.next()?];
    std::str::from_utf8(&digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

fn write(text: &[u8]) -> String {
    let mut strings = vec![String::new()];
    let mut length = 0;
    let mut push = |piece: &str, bytes: usize| {
        if length + bytes > STRING_BYTES {
            strings.push(String::new());
            length = 0;
        }
        length += bytes;
        if let Some(string) = strings.last_mut() {
            string.push_str(piece);
        }
    };
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            let escape = if matches!(c, '"' | '\\') { "\\" } else { "" };
            push(&format!("{escape}{c}"), c.len_utf8());
        }
        for byte in chunk.invalid() {
            push(&format!("\\{byte:03}"), 1);
        }
    }
    strings.iter().map(|string| format!("\"{string}\"")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_form_for_one_text() {
        assert_eq!(canonical("v=spf1 -all"), r#""v=spf1 -all""#);
        assert_eq!(canonical(r#""v=spf1 -all""#), r#""v=spf1 -all""#);
        assert_eq!(canonical(r#" "v=spf1 "   "-all" "#), r#""v=spf1 -all""#);
        assert_eq!(canonical(r#""a \"b\" \\c \065""#), r#""a \"b\" \\c A""#);
        assert_eq!(canonical(r#""gr\195\188n""#), r#""grün""#);
        assert_eq!(canonical(r#""\255""#), r#""\255""#);
        assert_eq!(canonical(r#""""#), r#""""#);
        assert_eq!(canonical(""), r#""""#);
    }

    #[test]
    fn long_texts_are_cut_in_one_way() {
        let (long, rest) = ("x".repeat(255), "x".repeat(45));
        let cut = format!("\"{long}\" \"{rest}\"");
        assert_eq!(canonical(&format!("\"{}\"", "x".repeat(300))), cut);
        assert_eq!(canonical(&format!("\"{rest}\" \"{long}\"")), cut);
    }

    #[test]
    fn quotes_that_do_not_fit_are_left() {
        for content in [r#""a"#, r#""a"b"#, r#""a\"#, r#""\25""#, r#""\999""#] {
            assert_eq!(canonical(content), content);
        }
    }

    proptest! {
        #[test]
        fn writing_it_again_changes_nothing(text in "[ -~äß\u{1F600}\"\\\\]{0,600}") {
            let once = write(text.as_bytes());
            prop_assert_eq!(read(&once), Some(text.into_bytes()));
            prop_assert_eq!(canonical(&once), once);
        }
    }
}
