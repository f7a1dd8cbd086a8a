//! The files of a build.

use std::collections::BTreeMap;

/// A tree of text files by path (with `/`), ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputTree {
    files: BTreeMap<String, String>,
}

impl OutputTree {
    /// Adds a file; an older one of the same path is given back.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) -> Option<String> {
        self.files.insert(path.into(), text.into())
    }

    /// The text of a file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Paths and texts, ordered by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Number of files.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// True without files.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}
