//! The list of hlc's own files, kept in the output folder.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::WriteError;

/// Its name in the output folder.
pub(crate) const MANIFEST: &str = ".hlc-outputs.json";

/// The version that is written. Older ones are read, newer ones refused.
const VERSION: u64 = 1;

/// SHA-256 of a file in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Digest(String);

impl Digest {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
        let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or('0');
        Self(Sha256::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
    }
}

/// Files by path. The bytes depend on these alone, so that equal trees have equal manifests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    version: u64,
    files: BTreeMap<String, Digest>,
}

impl Manifest {
    pub(crate) fn new(files: BTreeMap<String, Digest>) -> Self {
        Self { version: VERSION, files }
    }

    /// The manifest of a folder; `None` when it has none. A damaged one is never taken for an empty one.
    pub(crate) fn read(out: &Path) -> Result<Option<Self>, WriteError> {
        let path = out.join(MANIFEST);
        let bytes = match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => std::fs::read(&path).map_err(WriteError::io("read", &path))?,
            Ok(_) => return Err(WriteError::DamagedManifest(path, "it is not a regular file".into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(WriteError::io("read", &path)(source)),
        };
        Self::parse(&bytes, &path).map(Some)
    }

    /// The manifest that a file holds; errors name it by its path.
    pub(crate) fn parse(bytes: &[u8], path: &Path) -> Result<Self, WriteError> {
        let damaged = |why: String| WriteError::DamagedManifest(path.to_owned(), why);
        #[derive(Deserialize)]
        struct Version {
            version: u64,
        }
        // The version alone first: a later one may have any shape.
        let Version { version } = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        if version > VERSION {
            return Err(WriteError::NewerManifest(path.to_owned(), version));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        check_paths(manifest.files.keys().map(String::as_str))
            .map_err(|bad| damaged(format!("it lists `{bad}`, which cannot be a file of the folder")))?;
        Ok(manifest)
    }

    pub(crate) fn digest(&self, path: &str) -> Option<&Digest> {
        self.files.get(path)
    }

    pub(crate) fn lists(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Digest)> {
        self.files.iter().map(|(path, digest)| (path.as_str(), digest))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The file's text: one line per file, so that version control shows what changed.
    pub(crate) fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// Refuses the first path that is not a plain file path below a folder, that is the manifest's own, or that needs another
/// path to be a folder.
pub(crate) fn check_paths<'a>(paths: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let paths: BTreeSet<&str> = paths.collect();
    for path in &paths {
        let plain = path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains('\0'));
        let reserved = path.split('/').next() == Some(MANIFEST);
        let within = path.match_indices('/').any(|(end, _)| path.get(..end).is_some_and(|way| paths.contains(way)));
        if !plain || reserved || within {
            return Err((*path).to_owned());
        }
    }
    Ok(())
}
