//! Takes an old folder down after the exchange.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use super::WriteError;
use super::manifest::{MANIFEST, Manifest};

/// Removes the folder `old`, whose place `out` has taken.
///
/// Between the listing of the old folder and the exchange, somebody may have saved a file in it that is not in the new
/// one. Such a file is moved over: only what is in the new folder too, or is hlc's own, is removed.
pub(super) fn retire(old: &Path, out: &Path, step: &mut dyn FnMut(&str)) -> Result<(), WriteError> {
    // A manifest that cannot be read was read before the exchange and has since been changed; then nothing counts as hlc's.
    let own = [Manifest::read(old).ok().flatten(), Manifest::read(out).ok().flatten()];
    let listed = |path: &str| own.iter().flatten().any(|manifest| manifest.lists(path));
    take_down(old, "", step, &mut |path, from, metadata| {
        let to = out.join(from.strip_prefix(old).unwrap_or(from));
        let new = fs::symlink_metadata(&to).ok();
        let gone = match &new {
            Some(new) if (new.dev(), new.ino()) == (metadata.dev(), metadata.ino()) => true,
            Some(_) | None if path.is_some_and(listed) => true,
            // Saved after it was linked or copied: the later one is what its owner wants.
            Some(new) => new.is_dir() || new.modified().ok() >= metadata.modified().ok(),
            None => false,
        };
        if gone {
            return Ok(());
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(WriteError::io("make", folder))?;
        }
        fs::rename(from, &to).map_err(WriteError::io("move", from))
    })
}

/// Removes a folder of which every file is a link to one that stays, or is hlc's own.
pub(super) fn tear_down(folder: &Path, step: &mut dyn FnMut(&str)) -> Result<(), WriteError> {
    take_down(folder, "", step, &mut |_, _, _| Ok(()))
}

/// What to do with a file before it is removed, if it is still there then: its path if that is UTF-8, where it is, what it is.
type Before<'a> = dyn FnMut(Option<&str>, &Path, &Metadata) -> Result<(), WriteError> + 'a;

fn take_down(
    folder: &Path,
    within: &str,
    step: &mut dyn FnMut(&str),
    before: &mut Before<'_>,
) -> Result<(), WriteError> {
    let metadata = fs::symlink_metadata(folder).map_err(WriteError::io("read", folder))?;
    if metadata.mode() & 0o700 != 0o700 {
        // A folder that its owner may not write to: it is the copy, or the one that was replaced.
        let mode = fs::Permissions::from_mode(metadata.mode() & 0o7777 | 0o700);
        fs::set_permissions(folder, mode).map_err(WriteError::io("remove", folder))?;
    }
    let mut manifest = None;
    for entry in fs::read_dir(folder).map_err(WriteError::io("read", folder))? {
        let entry = entry.map_err(WriteError::io("read", folder))?;
        let from = entry.path();
        let name = entry.file_name();
        let path =
            name.to_str().map(|name| if within.is_empty() { name.to_owned() } else { format!("{within}/{name}") });
        let metadata = entry.metadata().map_err(WriteError::io("read", &from))?;
        if metadata.is_dir() {
            take_down(&from, path.as_deref().unwrap_or("\0"), step, before)?;
        } else if path.as_deref() == Some(MANIFEST) {
            manifest = Some(from);
        } else {
            step("remove an old file");
            before(path.as_deref(), &from, &metadata)?;
            remove(&from)?;
        }
    }
    // The last: it tells which files are hlc's.
    if let Some(manifest) = manifest {
        step("remove the old manifest");
        remove(&manifest)?;
    }
    step("remove an old folder");
    fs::remove_dir(folder).map_err(WriteError::io("remove", folder))
}

fn remove(path: &Path) -> Result<(), WriteError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(WriteError::io("remove", path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
