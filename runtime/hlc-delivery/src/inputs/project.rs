//! Where a project is.

use std::io;
use std::path::{Path, PathBuf};

/// Name of a project's root file.
pub const ROOT_FILE: &str = "homelab.kdl";

/// The name of the output folder beside a root file: `app` for `homelab.kdl`, `app-staging` for `staging.kdl`.
#[must_use]
pub fn out_name(root: &str) -> String {
    if root == ROOT_FILE { "app".to_owned() } else { format!("app-{}", root.strip_suffix(".kdl").unwrap_or(root)) }
}

/// A project's folder and root file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The folder, absolute, without links.
    pub folder: PathBuf,
    /// Name of the root file in it, `homelab.kdl` unless another was given.
    pub root: String,
}

/// The nearest folder with a `homelab.kdl`, from `start` upwards.
///
/// # Errors
/// When `start` cannot be resolved.
pub fn find_project(start: &Path) -> io::Result<Option<Project>> {
    let start = start.canonicalize()?;
    Ok(start
        .ancestors()
        .find(|folder| folder.join(ROOT_FILE).is_file())
        .map(|folder| Project { folder: folder.to_owned(), root: ROOT_FILE.to_owned() }))
}

/// The project that a user names: its folder, or another root file (`staging.kdl`) in it. Parents are not searched.
///
/// # Errors
/// When it cannot be resolved, or `None` when it is a folder without `homelab.kdl` or a file whose name is not UTF-8.
pub fn open_project(path: &Path) -> io::Result<Option<Project>> {
    let path = path.canonicalize()?;
    if path.is_dir() {
        let has_root = path.join(ROOT_FILE).is_file();
        return Ok(has_root.then(|| Project { folder: path, root: ROOT_FILE.to_owned() }));
    }
    let name = path.file_name().and_then(|name| name.to_str());
    Ok(name.zip(path.parent()).map(|(name, folder)| Project { folder: folder.to_owned(), root: name.to_owned() }))
}
