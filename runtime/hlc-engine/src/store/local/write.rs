//! A document is replaced in one step, and the older one kept.

use rustix::io::Errno;

use super::folder::{Folder, cannot};
use super::version;
use crate::store::name::BACKUP;
use crate::store::{StoreError, Version};

/// Writes a document; the folder is locked.
///
/// The new writing is on disk under another name before anything changes. Then the older one gets its second name, which may
/// replace the one before it, and only then the new one its place: at every moment `NAME` is there as a whole, and from the second
/// step on `NAME.bak` too.
pub(super) fn write(folder: &Folder, name: &str, bytes: &[u8], over: Option<&Version>) -> Result<Version, StoreError> {
    let old = folder.read(name)?;
    if old.as_deref().map(version).as_ref() != over {
        return Err(StoreError::Moved { place: folder.place(name) });
    }
    let new = version(bytes);
    // Writing the same again would only lose the older writing.
    if over != Some(&new) {
        let (staged, kept) = (format!(".{name}.new"), format!(".{name}.old"));
        let done = stage(folder, name, &staged, bytes)
            .and_then(|()| old.map_or(Ok(()), |old| keep(folder, name, &kept, &old)))
            .and_then(|()| {
                folder.step("put the new one in its place");
                folder.rename(&staged, name).map_err(|errno| folder.failed(name, "written", errno))
            });
        if let Err(error) = done {
            // That it cannot be removed is the lesser news.
            let _ = (folder.unlink(&staged), folder.unlink(&kept));
            return Err(error);
        }
    }
    folder.step("bring the folder to disk");
    folder.sync(name)?;
    Ok(new)
}

/// Writes a file beside the document and brings it to disk.
fn stage(folder: &Folder, name: &str, staged: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let failed = |errno| folder.failed(name, "written", errno);
    folder.step("clear away what a killed write left");
    folder.unlink(staged).map_err(failed)?;
    folder.step("write the new one");
    let file = folder.create(staged, bytes).map_err(failed)?;
    folder.step("bring the new one to disk");
    file.sync_all()
        .map_err(|error| StoreError::Failed { place: folder.place(name), why: cannot("brought to disk", &error) })
}

/// Keeps the older writing: as a second name of the same file, or as a copy where the file system has no such thing.
fn keep(folder: &Folder, name: &str, kept: &str, old: &[u8]) -> Result<(), StoreError> {
    let backup = format!("{name}{BACKUP}");
    folder.unlink(kept).map_err(|errno| folder.failed(&backup, "written", errno))?;
    folder.step("give the old one its second name");
    match folder.link(name, kept) {
        Ok(()) => {}
        Err(Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS | Errno::MLINK) => stage(folder, &backup, kept, old)?,
        Err(errno) => return Err(folder.failed(&backup, "written", errno)),
    }
    folder.step("keep the old one");
    folder.rename(kept, &backup).map_err(|errno| folder.failed(&backup, "written", errno))?;
    // Renaming does nothing where both are the same file already (rename(2)), as after a write that was killed here.
    folder.step("clear away the second name");
    folder.unlink(kept).map_err(|errno| folder.failed(&backup, "written", errno))
}

/// Removes a document; the folder is locked. It becomes its own older writing.
pub(super) fn remove(folder: &Folder, name: &str) -> Result<(), StoreError> {
    let backup = format!("{name}{BACKUP}");
    folder.step("remove it");
    match folder.rename(name, &backup) {
        // What is left where both were the same file.
        Ok(()) => folder.unlink(name).map_err(|errno| folder.failed(name, "removed", errno))?,
        Err(Errno::NOENT) => return Ok(()),
        Err(errno) => return Err(folder.failed(name, "removed", errno)),
    }
    folder.step("bring the folder to disk");
    folder.sync(name)
}
