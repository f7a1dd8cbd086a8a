//! Names of images, and which of two versions is older.

use std::cmp::Ordering;

/// An image without its digest: `registry/name:tag`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Image<'a> {
    pub(super) name: &'a str,
    pub(super) tag: &'a str,
}

impl<'a> Image<'a> {
    /// Reads a reference; `None` without a tag. A colon before a slash is that of a port.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let text = text.split_once('@').map_or(text, |(text, _)| text);
        let (name, tag) = text.rsplit_once(':')?;
        (!tag.contains('/')).then_some(Self { name, tag })
    }
}

/// Orders two tags that are versions of one scheme; `None` when nobody can tell: other words around the numbers, another
/// number of parts (`1.27` moves on by itself), or numbers apart in length like dates from counters.
pub(super) fn order(old: &str, new: &str) -> Option<Ordering> {
    let (old, new) = (Version::read(old)?, Version::read(new)?);
    if old.numbers.len() != new.numbers.len() {
        return None;
    }
    let by_number = old.numbers.cmp(&new.numbers);
    match (old.pre_release(), new.pre_release()) {
        // Semantic Versioning, 11: a version for trial comes before the version itself.
        (Some(_), None) if by_number.is_eq() => Some(Ordering::Less),
        (None, Some(_)) if by_number.is_eq() => Some(Ordering::Greater),
        (Some(old), Some(new)) if by_number.is_eq() => Some(old.cmp(&new)),
        (Some(_), _) | (_, Some(_)) => Some(by_number),
        (None, None) => (old.variant() == new.variant()).then_some(by_number),
    }
}

/// `v1.2.3-alpine`: numbers, and what comes after them.
struct Version<'a> {
    numbers: Vec<u64>,
    rest: &'a str,
}

impl<'a> Version<'a> {
    fn read(tag: &'a str) -> Option<Self> {
        let text = tag.strip_prefix(['v', 'V']).unwrap_or(tag);
        // What was built does not count (Semantic Versioning, 10).
        let text = text.split_once('+').map_or(text, |(text, _)| text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (numbers, rest) = text.split_at_checked(end)?;
        let numbers: Option<Vec<u64>> =
            numbers.trim_end_matches('.').split('.').map(|part| part.parse().ok()).collect();
        Some(Self { numbers: numbers?, rest: rest.trim_start_matches(['-', '_']) })
    }

    /// Its words and numbers where it is one for trial: `rc.1`, `beta2`.
    fn pre_release(&self) -> Option<(&'static str, Vec<u64>)> {
        // In the order in which they come.
        let word = ["alpha", "beta", "pre", "rc"].into_iter().find(|word| self.rest.starts_with(word))?;
        let numbers = self.rest.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok());
        Some((word, numbers.collect()))
    }

    /// What else it is made for: `alpine`, without the version of that.
    fn variant(&self) -> String {
        self.rest.chars().filter(|c| !c.is_ascii_digit() && *c != '.').collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let read = |text| Image::read(text).map(|image| (image.name, image.tag));
        assert_eq!(read("nginx:1.27"), Some(("nginx", "1.27")));
        assert_eq!(read("registry:5000/a/b:v1@sha256:00"), Some(("registry:5000/a/b", "v1")));
        assert_eq!(read("registry:5000/a/b"), None);
        assert_eq!(read("nginx"), None);
    }

    #[test]
    fn orders() {
        for (old, new, wanted) in [
            ("1.9.0", "1.10.0", Some(Ordering::Less)),
            ("v2.0.0", "1.9.9", Some(Ordering::Greater)),
            ("2024.10.1", "2024.9.3", Some(Ordering::Greater)),
            ("1.27-alpine3.20", "1.26-alpine3.21", Some(Ordering::Greater)),
            ("1.27-alpine", "1.26-bookworm", None),
            ("1.27", "1.27.3", None),
            ("latest", "1.2.3", None),
            ("1.2.3-rc.2", "1.2.3-rc.10", Some(Ordering::Less)),
            ("1.2.3", "1.2.3-beta.1", Some(Ordering::Greater)),
            ("1.2.3-rc.1", "1.2.3", Some(Ordering::Less)),
            ("1.2.3+build.9", "1.2.3+build.1", Some(Ordering::Equal)),
            ("sha-1a2b", "sha-0a2b", None),
            ("", "", None),
            ("99999999999999999999999", "1", None),
        ] {
            assert_eq!(order(old, new), wanted, "{old} -> {new}");
        }
    }
}
