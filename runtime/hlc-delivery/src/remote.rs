//! Remotes of a repository, and one place however its URL is spelled.

/// What git is asked for the addresses of its remotes; without one it ends with 1 and says nothing.
pub(crate) const ASK: [&str; 3] = ["config", "--get-regexp", r"^remote\..*\.url$"];

/// A remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remote {
    pub(crate) name: String,
    pub(crate) url: String,
}

/// The remotes, from git's answer.
pub(crate) fn remotes(answer: &[u8]) -> Vec<Remote> {
    // `remote.NAME.url URL`
    let remote = |line: &str| {
        let (key, url) = line.split_once(' ')?;
        let name = key.strip_prefix("remote.")?.strip_suffix(".url")?;
        Some(Remote { name: name.to_owned(), url: url.to_owned() })
    };
    String::from_utf8_lossy(answer).lines().filter_map(remote).collect()
}

/// The remote that has this address, however it is written.
pub(crate) fn at<'r>(url: &str, remotes: &'r [Remote]) -> Option<&'r Remote> {
    remotes.iter().find(|remote| place(&remote.url) == place(url))
}

/// The remote that has this address; else `origin`, else the only one.
pub(crate) fn likely<'r>(url: &str, remotes: &'r [Remote]) -> Option<&'r Remote> {
    let only = if let [only] = remotes { Some(only) } else { None };
    at(url, remotes).or_else(|| remotes.iter().find(|remote| remote.name == "origin")).or(only)
}

/// `example.net/home/lab` for `https://user@example.net/home/lab.git`, `git@example.net:home/lab`.
fn place(url: &str) -> String {
    let (has_scheme, rest) = url.split_once("://").map_or((false, url), |(_, rest)| (true, rest));
    let rest = rest.split_once('@').filter(|(user, _)| !user.contains('/')).map_or(rest, |(_, rest)| rest);
    let rest = if has_scheme { rest.to_owned() } else { rest.replacen(':', "/", 1) };
    let rest = rest.trim_end_matches('/');
    rest.strip_suffix(".git").unwrap_or(rest).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_has_many_urls() {
        for url in [
            "https://github.com/example/homelab.git",
            "https://token@github.com/example/homelab",
            "git@github.com:example/homelab.git",
            "ssh://git@github.com/example/homelab/",
        ] {
            assert_eq!(place(url), "github.com/example/homelab");
        }
        assert_ne!(place("https://github.com/example/other"), place("https://github.com/example/homelab"));
    }

    #[test]
    fn chosen() {
        let all =
            remotes(b"remote.origin.url https://example.net/fork\nremote.upstream.url git@example.net:home/lab.git\n");
        let likely = |url, all| likely(url, all).map(|remote: &Remote| remote.name.clone());
        assert_eq!(likely("https://example.net/home/lab", &all).as_deref(), Some("upstream"));
        assert_eq!(likely("https://example.net/other", &all).as_deref(), Some("origin"));
        assert_eq!(likely("https://example.net/other", &all[1..]).as_deref(), Some("upstream"));
        assert_eq!(likely("https://example.net/other", &[]), None);
        assert_eq!(at("https://example.net/other", &all), None);
    }
}
