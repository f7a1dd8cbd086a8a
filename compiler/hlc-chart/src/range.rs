//! Ranges of versions, as charts write them.

use semver::{Version, VersionReq};

/// True when a range takes a version; `None` for what cannot be read. Helm's ranges (Masterminds/semver) are Cargo's with `||` and
/// blanks between.
#[must_use]
pub fn takes(range: &str, version: &str) -> Option<bool> {
    let version = parsed(version)?;
    let mut readable = true;
    for part in range.split("||").map(str::trim) {
        match part_takes(part, &version) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => readable = false,
        }
    }
    readable.then_some(false)
}

fn part_takes(part: &str, version: &Version) -> Option<bool> {
    if part.is_empty() || part == "*" {
        return Some(version.pre.is_empty());
    }
    // `1.2.3` means this very one to Helm.
    if let Some(exact) = parsed(part) {
        return Some(exact == *version);
    }
    let spaced = part.replace(',', " ").split_whitespace().collect::<Vec<_>>().join(", ");
    // `>= 1.2` is written with a blank as well.
    let joined = [">=, ", "<=, ", ">, ", "<, ", "=, ", "^, ", "~, "]
        .iter()
        .fold(spaced, |text, gap| text.replace(gap, gap.trim_end_matches(", ")));
    let plain = joined.replace(['x', 'X'], "*").replace(['v', 'V'], "");
    VersionReq::parse(&plain).ok().map(|range| range.matches(version))
}

/// A version, also with a leading `v`.
#[must_use]
pub fn parsed(text: &str) -> Option<Version> {
    Version::parse(text.trim().trim_start_matches('v')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_charts() {
        for (range, version) in [
            ("0.0.*", "0.0.46"),
            ("1.x.x", "1.4.2"),
            ("^1.2", "1.9.0"),
            ("~1.2.3", "1.2.9"),
            (">=1.0.0 <2.0.0", "1.5.0"),
            (">= 1.0.0, < 2", "1.5.0"),
            ("1.0.0 || 2.0.0", "v2.0.0"),
            (">=1.20.0-0", "v1.35.0"),
            (">= v1.21", "1.35.0"),
            (">=1.16.x", "1.35.0"),
            ("*", "3.0.0"),
            ("", "3.0.0"),
        ] {
            assert_eq!(takes(range, version), Some(true), "{range} {version}");
        }
        for (range, version) in [
            ("0.0.*", "0.1.0"),
            ("1.2.3", "1.2.4"),
            ("^1.2", "2.0.0"),
            ("*", "1.0.0-rc.1"),
            ("< 1.35.0-0", "1.35.0"),
            (">=1.20.0-0 <1.33.0-0", "1.34.1"),
        ] {
            assert_eq!(takes(range, version), Some(false), "{range} {version}");
        }
        for (range, version) in [("a", "1.0.0"), ("1.20 - 1.30", "1.25.0"), ("!=1.2", "1.0.0"), ("1.x", "one")] {
            assert_eq!(takes(range, version), None, "{range} {version}");
        }
    }
}
