//! Values that are not values yet.

/// What is wrong with a value, without saying what it is; `None` for one that may be right.
pub(super) fn fault(value: &[u8]) -> Option<&'static str> {
    let Ok(text) = std::str::from_utf8(value) else { return None };
    if text.trim().is_empty() {
        return Some("is empty");
    }
    if is_placeholder(text) {
        return Some("is a placeholder");
    }
    if text.trim() != text && !text.trim().contains('\n') {
        return Some("has white space around it");
    }
    None
}

/// True for what people write where a value is to come.
fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "changeme",
        "changethis",
        "replaceme",
        "placeholder",
        "fixme",
        "todo",
        "tbd",
        "password",
        "secret",
        "token",
        "none",
        "null",
    ];
    let word: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    WORDS.contains(&word.as_str()) || (word.len() >= 3 && word.bytes().all(|byte| byte == b'x'))
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_is_no_value() {
        for text in ["", " \n", "changeme", "CHANGE_ME", "<change-me>", "xxxx", "TODO", "${PASSWORD}"] {
            assert!(fault(text.as_bytes()).is_some(), "{text}");
        }
        assert_eq!(fault(b"value\n"), Some("has white space around it"));
        for text in ["hunter2", "xx", "password1", "-----BEGIN\nKEY-----\n", "fake-todo"] {
            assert_eq!(fault(text.as_bytes()), None, "{text}");
        }
    }
}
