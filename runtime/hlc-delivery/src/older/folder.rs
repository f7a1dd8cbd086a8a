//! The manifests of a folder on disk.

use std::fs;
use std::io;
use std::path::Path;

use hlc_diff::{Files, is_compared};

use crate::FILE_LIMIT;

/// Reads the manifests below a folder. Links are not followed, hidden folders and what is too large not read.
pub(super) fn read(root: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let (path, kind) = (format!("{prefix}{name}"), entry.file_type()?);
            if kind.is_dir() && !name.starts_with('.') {
                folders.push((entry.path(), format!("{path}/")));
            } else if kind.is_file() && is_compared(&path) && entry.metadata()?.len() <= FILE_LIMIT {
                files.insert(path, fs::read(entry.path())?);
            }
        }
    }
    Ok(files)
}
