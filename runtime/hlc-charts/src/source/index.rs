//! `index.yaml` of a repository.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::same_version;
use crate::error::FetchError;

/// What `index.yaml` says (Helm, "The Chart Repository Guide"), as far as it is needed.
#[derive(Debug, Deserialize)]
pub(super) struct Index {
    #[serde(default)]
    entries: BTreeMap<String, Vec<IndexEntry>>,
}

/// A chart in one version.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct IndexEntry {
    /// The version.
    pub(super) version: String,
    /// Where the archive is: absolute, or below the repository's URL.
    #[serde(default)]
    pub(super) urls: Vec<String>,
    /// The SHA-256 digest of the archive, hexadecimal.
    pub(super) digest: Option<String>,
}

impl Index {
    /// Reads the file.
    pub(super) fn read(url: &str, bytes: &[u8]) -> Result<Self, FetchError> {
        let fail = |what: String| FetchError::Malformed { url: url.to_owned(), what };
        let text =
            std::str::from_utf8(bytes).map_err(|_| fail("no index of a chart repository: it is no text".to_owned()))?;
        // Repositories list thousands of versions; the size is bounded already.
        let options = serde_yaml::options! { budget: None };
        serde_yaml::from_str_with_options(text, options).map_err(|error| {
            let reason = error.to_string();
            fail(format!("no index of a chart repository: {}", reason.lines().next().unwrap_or_default()))
        })
    }

    /// The versions of a chart.
    pub(super) fn chart(&self, repo: &str, name: &str) -> Result<&[IndexEntry], FetchError> {
        self.entries.get(name).map(Vec::as_slice).ok_or_else(|| FetchError::NoChart {
            repo: repo.to_owned(),
            name: name.to_owned(),
            known: self.entries.keys().cloned().collect(),
        })
    }

    /// One version of a chart.
    pub(super) fn version(&self, repo: &str, name: &str, version: &str) -> Result<&IndexEntry, FetchError> {
        let entries = self.chart(repo, name)?;
        let exact = entries.iter().find(|entry| entry.version == version);
        exact.or_else(|| entries.iter().find(|entry| same_version(&entry.version, version))).ok_or_else(|| {
            FetchError::NoVersion {
                repo: repo.to_owned(),
                name: name.to_owned(),
                version: version.to_owned(),
                known: entries.iter().map(|entry| entry.version.clone()).collect(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_with_and_without_v() {
        let text = "apiVersion: v1\nentries:\n  web:\n  - {name: web, version: v1.2.3, urls: [web.tgz], digest: ab, created: x}\n  - {version: 1.0.0}\n";
        let index = Index::read("u", text.as_bytes()).unwrap();
        assert_eq!(index.version("r", "web", "1.2.3").unwrap().urls, ["web.tgz"]);
        let error = index.version("r", "web", "2.0.0").unwrap_err();
        assert!(matches!(error, FetchError::NoVersion { known, .. } if known == ["v1.2.3", "1.0.0"]));
        assert!(matches!(index.version("r", "wob", "1").unwrap_err(), FetchError::NoChart { .. }));
        assert!(Index::read("u", b"<html>").is_err());
    }
}
