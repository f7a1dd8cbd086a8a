//! Where the cache and Helm are, as a user says it.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::helm::HelmPlace;

/// What the arguments and the environment say.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The folder of the cache; `None` where nothing says where a user's files are.
    pub cache: Option<PathBuf>,
    /// Where Helm is looked for.
    pub helm: HelmPlace,
}

impl Settings {
    /// The settings of a process: what the arguments name before what the variables do.
    #[must_use]
    pub fn find(cache: Option<PathBuf>, helm: Option<PathBuf>, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let path = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // The rules of XDG: a path that is not absolute is ignored.
        let users = path("XDG_CACHE_HOME").filter(|path| path.is_absolute()).or_else(|| {
            let below = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
            path("HOME").map(|home| home.join(below))
        });
        let named = helm.map(|path| (path, "--helm")).or_else(|| path("HLC_HELM").map(|path| (path, "HLC_HELM")));
        Self {
            cache: cache.or_else(|| path("HLC_CACHE")).or_else(|| users.map(|folder| folder.join("hlc"))),
            helm: HelmPlace { named, path: variable("PATH") },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn the_nearest_word_counts() {
        let find = |cache: Option<&str>, set: &[(&str, &str)]| {
            let variable =
                |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
            Settings::find(cache.map(PathBuf::from), None, variable).cache
        };
        assert_eq!(find(Some("c"), &[("HLC_CACHE", "/e")]), Some("c".into()));
        assert_eq!(find(None, &[("HLC_CACHE", "/e"), ("HOME", "/h")]), Some("/e".into()));
        assert_eq!(find(None, &[("XDG_CACHE_HOME", "/x"), ("HOME", "/h")]), Some("/x/hlc".into()));
        assert_eq!(find(None, &[("XDG_CACHE_HOME", "x"), ("HOME", "/h")]), Some("/h/.cache/hlc".into()));
        assert_eq!(find(None, &[]), None);
    }
}
