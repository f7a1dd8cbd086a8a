//! Where the output folder is, and whose turn it is.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::WriteError;

/// The output folder and the names beside it.
pub(super) struct Place {
    /// The folder, absolute, without links. It need not exist.
    pub(super) out: PathBuf,
    /// The folder it is in.
    pub(super) parent: PathBuf,
    /// Where the new folder is made: in the same parent, and so on the same file system.
    pub(super) staging: PathBuf,
}

impl Place {
    /// Finds the folder behind `out`, whether or not it exists. A link is followed.
    pub(super) fn find(out: &Path, project: Option<&Path>) -> Result<Self, WriteError> {
        let resolved = match out.canonicalize() {
            Ok(resolved) => resolved,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if fs::symlink_metadata(out).is_ok() {
                    return Err(WriteError::DanglingLink(out.to_owned()));
                }
                missing(out)?
            }
            Err(source) => return Err(WriteError::io("open", out)(source)),
        };
        let project =
            project.map(|project| project.canonicalize().map_err(WriteError::io("open", project))).transpose()?;
        if project.is_some_and(|project| project.starts_with(&resolved)) {
            return Err(WriteError::HoldsProject(resolved));
        }
        let (Some(parent), Some(name)) = (resolved.parent(), resolved.file_name()) else {
            return Err(WriteError::HoldsProject(resolved));
        };
        let mut staging = OsString::from(".");
        staging.push(name);
        staging.push(".hlc-staging");
        Ok(Self { parent: parent.to_owned(), staging: parent.join(staging), out: resolved })
    }

    /// True when something is there, or was before a killed run.
    pub(super) fn exists(&self) -> bool {
        fs::symlink_metadata(&self.out).is_ok() || fs::symlink_metadata(&self.staging).is_ok()
    }

    /// True when the folder is there, false when nothing is.
    pub(super) fn check(&self) -> Result<bool, WriteError> {
        match fs::symlink_metadata(&self.out) {
            Ok(metadata) if metadata.is_dir() => Ok(true),
            Ok(_) => Err(WriteError::NotAFolder(self.out.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(WriteError::io("open", &self.out)(source)),
        }
    }

    /// Waits until no other build writes beside this folder. The lock is on the parent folder itself, so that no lock file
    /// is left behind; a killed process loses it. File systems that cannot lock a folder (NFS) are used without.
    pub(super) fn lock(&self, on_wait: &dyn Fn()) -> Result<File, WriteError> {
        fs::create_dir_all(&self.parent).map_err(WriteError::io("make", &self.parent))?;
        let parent = File::open(&self.parent).map_err(WriteError::io("open", &self.parent))?;
        if let Err(TryLockError::WouldBlock) = parent.try_lock() {
            on_wait();
            parent.lock().map_err(WriteError::io("lock", &self.parent))?;
        }
        Ok(parent)
    }
}

/// The absolute path of something that is not there: its nearest existing parent without links, and the rest.
fn missing(out: &Path) -> Result<PathBuf, WriteError> {
    let name = out.file_name().ok_or_else(|| WriteError::NotAFolder(out.to_owned()))?;
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let parent = match parent.canonicalize() {
        Ok(parent) => parent,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if fs::symlink_metadata(parent).is_ok() {
                return Err(WriteError::DanglingLink(parent.to_owned()));
            }
            missing(parent)?
        }
        Err(source) => return Err(WriteError::io("open", parent)(source)),
    };
    Ok(parent.join(name))
}
