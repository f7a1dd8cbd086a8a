//! The sources of a homelab as they were in a commit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use hlc_model::{DirEntry, InputError, Inputs};

use crate::git::Reader;

/// Files of a commit, read when they are asked for. Links in it are not followed.
pub(crate) struct GitInputs {
    /// Ids by path.
    files: BTreeMap<String, String>,
    reader: Mutex<Reader>,
}

impl GitInputs {
    pub(crate) fn new(files: BTreeMap<String, String>, reader: Reader) -> Self {
        Self { files, reader: Mutex::new(reader) }
    }
}

impl Inputs for GitInputs {
    fn read(&self, path: &str) -> Result<Arc<str>, InputError> {
        let id = self.files.get(path).ok_or(InputError::NotFound)?;
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let object = reader.read(id).map_err(|error| InputError::Other(error.to_string()))?;
        let bytes = object.ok_or(InputError::NotFound)?.bytes;
        let text = String::from_utf8(bytes).map_err(|error| InputError::NotUtf8(error.utf8_error().valid_up_to()))?;
        Ok(text.into())
    }

    fn list(&self, folder: &str) -> Result<Vec<DirEntry>, InputError> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.files.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        let entries: BTreeSet<DirEntry> = below
            .filter_map(|(path, _)| path.strip_prefix(&prefix))
            .map(|rest| match rest.split_once('/') {
                Some((folder, _)) => DirEntry::Dir(folder.to_owned()),
                None => DirEntry::File(rest.to_owned()),
            })
            .collect();
        if entries.is_empty() && !folder.is_empty() {
            return Err(InputError::NotFound);
        }
        Ok(entries.into_iter().collect())
    }
}
