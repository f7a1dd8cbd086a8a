//! One place, however its URL is spelled.

/// `example.net/home/lab` for `https://user@example.net/home/lab.git`, `git@example.net:home/lab`.
pub(crate) fn place(url: &str) -> String {
    let (has_scheme, rest) = url.split_once("://").map_or((false, url), |(_, rest)| (true, rest));
    let rest = rest.split_once('@').filter(|(user, _)| !user.contains('/')).map_or(rest, |(_, rest)| rest);
    let rest = if has_scheme { rest.to_owned() } else { rest.replacen(':', "/", 1) };
    let rest = rest.trim_end_matches('/');
    rest.strip_suffix(".git").unwrap_or(rest).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::place;

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
}
