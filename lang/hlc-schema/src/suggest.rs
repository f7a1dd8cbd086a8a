//! "Did you mean".

/// Names longer than this, in bytes, are no slips of each other: the comparison grows with the product of the lengths.
const MAX_LENGTH: usize = 100;

/// The candidate nearest to what was written, if one is near enough to be a likely slip.
///
/// Near enough: equal but for case, `-` and `_`; or at most a third of the letters changed (Damerau-Levenshtein).
#[must_use]
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', '.'], "");
    if written.len() > MAX_LENGTH {
        return None;
    }
    let wanted = plain(written);
    let letters = wanted.chars().count();
    let allowed = match letters {
        0 => return None,
        1..=2 => 0,
        3..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_LENGTH)
        .map(|candidate| (plain(candidate), candidate))
        // The difference in length is the least that the distance can be, and costs nothing.
        .filter(|(plain, _)| plain.chars().count().abs_diff(letters) <= allowed)
        .map(|(plain, candidate)| (strsim::damerau_levenshtein(&wanted, &plain), candidate))
        .filter(|&(distance, _)| distance <= allowed)
        .min_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(b.1)))
        .map(|(_, candidate)| candidate)
}

/// Joins names for a sentence: "`a`, `b` or `c`". Of more than twelve ten are named, and the rest is counted.
#[must_use]
pub fn list_names<S: AsRef<str>>(names: &[S], last: &str) -> String {
    let shown = if names.len() > 12 { 10 } else { names.len() };
    let quoted: Vec<String> = names.iter().take(shown).map(|name| format!("`{}`", name.as_ref())).collect();
    match (quoted.split_last(), names.len()) {
        (None, _) => "none".to_owned(),
        (Some(_), all) if all > shown => format!("{} {last} {} more", quoted.join(", "), all - shown),
        (Some((only, [])), _) => only.clone(),
        (Some((end, rest)), _) => format!("{} {last} {end}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_far() {
        let names = ["gateway", "network", "namespace", "pod-security"];
        assert_eq!(nearest("gatewya", names), Some("gateway"));
        assert_eq!(nearest("podSecurity", names), Some("pod-security"));
        assert_eq!(nearest("nam", names), None);
        assert_eq!(nearest("", names), None);
        assert_eq!(nearest("ip", ["id", "ip"]), Some("ip"));
    }

    #[test]
    fn lists() {
        assert_eq!(list_names(&["a"], "or"), "`a`");
        assert_eq!(list_names(&["a", "b", "c"], "and"), "`a`, `b` and `c`");
        assert_eq!(list_names::<&str>(&[], "or"), "none");
        let letters: Vec<String> = ('a'..='m').map(String::from).collect();
        assert!(list_names(&letters[..12], "and").ends_with("`k` and `l`"));
        assert!(list_names(&letters, "and").ends_with("`j` and 3 more"));
    }
}
