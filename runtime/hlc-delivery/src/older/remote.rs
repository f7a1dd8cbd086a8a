//! Which remote is the homelab's repository.

use crate::remote::place;

/// The remote that has this address, however it is written; else `origin`, else the only one.
pub(super) fn of(url: &str, remotes: &[(String, String)]) -> Option<String> {
    let same = remotes.iter().find(|(_, other)| place(other) == place(url));
    let origin = remotes.iter().find(|(name, _)| name == "origin");
    let only = if let [only] = remotes { Some(only) } else { None };
    same.or(origin).or(only).map(|(name, _)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen() {
        let remote = |name: &str, url: &str| (name.to_owned(), url.to_owned());
        let all = [remote("origin", "https://example.net/fork"), remote("upstream", "git@example.net:home/lab.git")];
        assert_eq!(of("https://example.net/home/lab", &all).as_deref(), Some("upstream"));
        assert_eq!(of("https://example.net/other", &all).as_deref(), Some("origin"));
        assert_eq!(of("https://example.net/other", &all[1..]).as_deref(), Some("upstream"));
        assert_eq!(of("https://example.net/other", &[]), None);
    }
}
