//! The compiler's only door to the outside.

use std::sync::Arc;

use hlc_chart::{Archives, Memory, Renderer};

/// What stands in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DirEntry {
    /// A regular file, by its name.
    File(String),
    /// A folder, by its name.
    Dir(String),
}

/// Why a file or folder could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputError {
    /// Nothing is there.
    NotFound,
    /// It lies outside the project: `..`, an absolute path, or a link that leads out.
    Outside,
    /// It is not UTF-8; the offset of the first bad byte.
    NotUtf8(usize),
    /// Larger than the compiler reads; the limit in bytes.
    TooLarge(u64),
    /// Anything else, in the system's words.
    Other(String),
}

/// Project files by their path from the root, with `/` on every system and without `.` or `..`.
///
/// Implementations must give the same answer for the same path during one compilation, on whichever core they are asked.
pub trait Inputs: Sync {
    /// The text of a file.
    ///
    /// # Errors
    /// See [`InputError`].
    fn read(&self, path: &str) -> Result<Arc<str>, InputError>;

    /// What a folder holds, in any order; the root is `""`. Links are followed only within the project; entries whose
    /// names are not UTF-8 are left out.
    ///
    /// # Errors
    /// See [`InputError`].
    fn list(&self, folder: &str) -> Result<Vec<DirEntry>, InputError>;

    /// The archives of charts that are at hand; without any, nothing is known of a chart but what the lock file says.
    fn archives(&self) -> Option<&dyn Archives> {
        None
    }

    /// Who renders charts; `None` where nobody does.
    fn renderer(&self) -> Option<&dyn Renderer> {
        None
    }

    /// What was worked out before; without it everything is worked out each time.
    fn memory(&self) -> Option<&dyn Memory> {
        None
    }

    /// The text of a file of the output folder, as it was last written, by its path in it (`web/Secret.web.k8s.yaml`).
    fn written(&self, path: &str) -> Option<Arc<str>> {
        let _ = path;
        None
    }

    /// The text of a file of the branch of manifests, as it was last published as far as this machine knows.
    fn published(&self, branch: Branch<'_>, path: &str) -> Option<Arc<str>> {
        let _ = (branch, path);
        None
    }
}

/// A branch of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch<'a> {
    /// The repository's URL.
    pub url: &'a str,
    /// The branch's name.
    pub name: &'a str,
}

/// Files held in memory: for tests, and as a base for overlays.
#[derive(Clone, Debug, Default)]
pub struct MemoryInputs {
    files: std::collections::BTreeMap<String, Arc<str>>,
}

impl MemoryInputs {
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) {
        self.files.insert(path.into(), text.into());
    }

    /// Every path, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

impl Inputs for MemoryInputs {
    fn read(&self, path: &str) -> Result<Arc<str>, InputError> {
        self.files.get(path).cloned().ok_or(InputError::NotFound)
    }

    fn list(&self, folder: &str) -> Result<Vec<DirEntry>, InputError> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut entries: Vec<DirEntry> = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(&prefix))
            .map(|rest| match rest.split_once('/') {
                Some((dir, _)) => DirEntry::Dir(dir.to_owned()),
                None => DirEntry::File(rest.to_owned()),
            })
            .collect();
        entries.sort();
        entries.dedup();
        if entries.is_empty() && !folder.is_empty() { Err(InputError::NotFound) } else { Ok(entries) }
    }
}
