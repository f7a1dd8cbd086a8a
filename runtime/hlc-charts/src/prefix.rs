//! URLs below URLs.

/// What follows a prefix in a URL, if the URL is the prefix or lies below it: `https://a/b` is above `https://a/b/c`, not
/// above `https://a/bc`.
pub(crate) fn below<'u>(url: &'u str, prefix: &str) -> Option<&'u str> {
    let rest = url.strip_prefix(prefix.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// The longest of some prefixes that a URL lies below.
pub(crate) fn longest<'e, T>(entries: &'e [(String, T)], url: &str) -> Option<&'e (String, T)> {
    let fitting = entries.iter().filter(|(prefix, _)| below(url, prefix).is_some());
    fitting.max_by_key(|(prefix, _)| prefix.trim_end_matches('/').len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_where_a_name_ends() {
        assert_eq!(below("https://a.example/b/c", "https://a.example/b/"), Some("/c"));
        assert_eq!(below("https://a.example/b", "https://a.example/b/"), Some(""));
        assert_eq!(below("https://a.example.evil.example/", "https://a.example"), None);
        assert_eq!(below("https://a.example/bc", "https://a.example/b"), None);
        assert_eq!(below("http://a.example/b", "https://a.example/b"), None);
    }

    #[test]
    fn the_nearest_one_counts() {
        let entries = [("https://a".to_owned(), 1), ("https://a/b".to_owned(), 2)];
        assert_eq!(longest(&entries, "https://a/b/c").map(|entry| entry.1), Some(2));
        assert_eq!(longest(&entries, "https://a/c").map(|entry| entry.1), Some(1));
        assert_eq!(longest(&entries, "https://b"), None);
    }
}
