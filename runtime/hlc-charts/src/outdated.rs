//! Which versions are newer.

use semver::Version;

use hlc_chart::range::parsed;

/// The newest of some versions within the major version in use, and the newest of all, each if it is newer than the one in
/// use. Pre-releases count only for somebody who uses one.
#[must_use]
pub fn newer<'v>(used: &str, versions: &'v [String]) -> (Option<&'v str>, Option<&'v str>) {
    let Some(used) = parsed(used) else { return (None, None) };
    let known = versions.iter().filter_map(|text| Some((parsed(text)?, text.as_str())));
    let newer: Vec<(Version, &str)> =
        known.filter(|(version, _)| *version > used && (version.pre.is_empty() || !used.pre.is_empty())).collect();
    let newest = |of: &dyn Fn(&Version) -> bool| {
        newer.iter().filter(|(version, _)| of(version)).max_by(|a, b| a.0.cmp(&b.0)).map(|(_, text)| *text)
    };
    (newest(&|version| version.major == used.major), newest(&|_| true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_ones_within_the_major_version_and_beyond() {
        let versions = ["1.2.0", "v1.10.0", "2.0.0", "3.0.0-rc.1", "odd"].map(str::to_owned);
        assert_eq!(newer("v1.2.0", &versions), (Some("v1.10.0"), Some("2.0.0")));
        assert_eq!(newer("2.0.0", &versions), (None, None));
        assert_eq!(newer("3.0.0-rc.0", &versions), (Some("3.0.0-rc.1"), Some("3.0.0-rc.1")));
        assert_eq!(newer("odd", &versions), (None, None));
    }
}
