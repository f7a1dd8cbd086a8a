//! Charts that lie in the project.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hlc_chart::{Archive, ArchiveError, ChartSource, Limits};

use crate::error::FetchError;

/// Reads the files of a chart's folder, by the rules for archives: plain files within limits. Hidden ones are left out, except
/// `.helmignore`.
pub(super) fn read(project: &Path, source: &ChartSource, limits: &Limits) -> Result<Archive, FetchError> {
    let folder = source.folder().unwrap_or_default();
    let refused = |error: ArchiveError| FetchError::Archive { what: source.to_string(), error: error.into() };
    let io = |path: &Path, error| FetchError::Io { what: path.display().to_string(), error };
    let inside = |path: &Path| {
        path.canonicalize().is_ok_and(|path| project.canonicalize().is_ok_and(|project| path.starts_with(project)))
    };
    let root = project.join(&folder);
    if folder.split('/').any(|part| part == "..") || root.exists() && !inside(&root) {
        return Err(refused(ArchiveError::Outside(folder)));
    }
    let mut files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    let mut total = 0;
    let mut open: Vec<(PathBuf, String)> = vec![(root, String::new())];
    while let Some((path, prefix)) = open.pop() {
        for entry in fs::read_dir(&path).map_err(|error| io(&path, error))? {
            let entry = entry.map_err(|error| io(&path, error))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') && name != ".helmignore" {
                continue;
            }
            let inner = format!("{prefix}{name}");
            let kind = entry.file_type().map_err(|error| io(&entry.path(), error))?;
            if kind.is_dir() {
                open.push((entry.path(), format!("{inner}/")));
                continue;
            }
            if !kind.is_file() {
                let what = if kind.is_symlink() { "a link" } else { "a device" };
                return Err(refused(ArchiveError::NotAFile { path: inner, what }));
            }
            let bytes = fs::read(entry.path()).map_err(|error| io(&entry.path(), error))?;
            total += bytes.len() as u64;
            if bytes.len() as u64 > limits.file {
                return Err(refused(ArchiveError::File { path: inner, limit: limits.file }));
            }
            if total > limits.unpacked {
                return Err(refused(ArchiveError::Unpacked { limit: limits.unpacked }));
            }
            if files.len() >= limits.entries {
                return Err(refused(ArchiveError::Entries { limit: limits.entries }));
            }
            files.insert(inner, bytes.into());
        }
    }
    Ok(Archive::of(source.name.as_str(), files))
}
