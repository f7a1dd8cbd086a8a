//! Which remote is the homelab's repository.

/// The remote that has this address, however it is written; else `origin`, else the only one.
pub(super) fn of(url: &str, remotes: &[(String, String)]) -> Option<String> {
    let same = remotes.iter().find(|(_, other)| place(other) == place(url));
    let origin = remotes.iter().find(|(name, _)| name == "origin");
    let only = if let [only] = remotes { Some(only) } else { None };
    same.or(origin).or(only).map(|(name, _)| name.clone())
}

/// `example.net/home/lab` for `https://user@example.net/home/lab.git`, `git@example.net:home/lab`.
fn place(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or((false, url), |(_, rest)| (true, rest));
    let rest = rest.split_once('@').filter(|(user, _)| !user.contains('/')).map_or(rest, |(_, rest)| rest);
    let rest = if scheme { rest.to_owned() } else { rest.replacen(':', "/", 1) };
    let rest = rest.trim_end_matches('/');
    rest.strip_suffix(".git").unwrap_or(rest).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        for url in [
            "https://github.com/example/homelab.git",
            "https://token@github.com/example/homelab",
            "git@github.com:example/homelab.git",
            "ssh://git@github.com/example/homelab/",
        ] {
            assert_eq!(place(url), "github.com/example/homelab");
        }
    }

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
