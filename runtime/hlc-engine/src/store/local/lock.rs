//! A lock is a file that the system locks for a process.
//!
//! The file says who, and is removed when the lock is freed. Who opened it before that holds a lock on a file without a name; so
//! a lock only counts while its file still has the name.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::time::Duration;

use async_trait::async_trait;
use rustix::fs::OFlags;
use rustix::io::Errno;

use super::folder::{Folder, cannot};
use crate::holder::Holder;
use crate::store::{Guard, StoreError};

/// How often, and after how long, a lock is tried that is held by somebody who does not say so: he is about to, or only looks.
const ATTEMPTS: usize = 100;
const PAUSE: Duration = Duration::from_millis(10);

/// Locks a name.
pub(super) fn lock(folder: Folder, name: &str, holder: &Holder) -> Result<LocalGuard, StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(mut file) = open_or_make(&folder, name)? else { continue };
        match file.try_lock() {
            // It was freed, and removed, before it was locked.
            Ok(()) if !folder.is(name, &file) => continue,
            Ok(()) => {
                folder.step("say who holds the lock");
                if let Err(error) = say(&mut file, holder) {
                    let _ = folder.unlink(name);
                    return Err(failed(&folder, name, &error));
                }
                return Ok(LocalGuard { name: name.to_owned(), folder, file, is_free: false });
            }
            Err(std::fs::TryLockError::WouldBlock) => {
                if let Some(holder) = read(&mut file).filter(|holder| !holder.is_surely_dead()) {
                    return Err(StoreError::Locked { place: folder.place(name), holder });
                }
            }
            Err(std::fs::TryLockError::Error(error)) => return Err(failed(&folder, name, &error)),
        }
        std::thread::sleep(PAUSE);
    }
    Err(StoreError::Failed {
        place: folder.place(name),
        why: "is locked by a process that does not say which it is: `fuser` or `lslocks` may".to_owned(),
    })
}

/// Who holds a lock.
pub(super) fn holder(folder: &Folder, name: &str) -> Result<Option<Holder>, StoreError> {
    let Some(mut file) = folder.open(name, OFlags::RDONLY)? else { return Ok(None) };
    match file.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(std::fs::TryLockError::WouldBlock) => Ok(read(&mut file)),
        Err(std::fs::TryLockError::Error(error)) => Err(failed(folder, name, &error)),
    }
}

/// Clears away what a holder left that has ended.
pub(super) fn unlock(folder: &Folder, name: &str) -> Result<Option<Holder>, StoreError> {
    let Some(mut file) = folder.open(name, OFlags::RDWR)? else { return Ok(None) };
    match file.try_lock() {
        Ok(()) => {
            let left = read(&mut file);
            if folder.is(name, &file) {
                folder.unlink(name).map_err(|errno| folder.failed(name, "removed", errno))?;
            }
            Ok(left)
        }
        Err(std::fs::TryLockError::WouldBlock) => match read(&mut file) {
            Some(holder) => Err(StoreError::Locked { place: folder.place(name), holder }),
            None => Err(StoreError::Failed {
                place: folder.place(name),
                why: "is locked by a process that does not say which it is".to_owned(),
            }),
        },
        Err(std::fs::TryLockError::Error(error)) => Err(failed(folder, name, &error)),
    }
}

/// `None` when another process made it in the meantime.
fn open_or_make(folder: &Folder, name: &str) -> Result<Option<File>, StoreError> {
    if let Some(file) = folder.open(name, OFlags::RDWR)? {
        return Ok(Some(file));
    }
    folder.step("make the lock's file");
    match folder.create(name, b"") {
        Ok(_) => folder.open(name, OFlags::RDWR),
        Err(Errno::EXIST) => Ok(None),
        Err(errno) => Err(folder.failed(name, "made", errno)),
    }
}

/// What the file says, unless it is just being written.
fn read(file: &mut File) -> Option<Holder> {
    let mut text = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut text)).ok()?;
    serde_json::from_slice(&text).ok()
}

fn say(file: &mut File, holder: &Holder) -> std::io::Result<()> {
    let text = serde_json::to_vec(holder)?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&text)
}

fn failed(folder: &Folder, name: &str, error: &std::io::Error) -> StoreError {
    StoreError::Failed { place: folder.place(name), why: cannot("locked", error) }
}

/// A lock that the system holds for this process.
pub(super) struct LocalGuard {
    folder: Folder,
    name: String,
    file: File,
    is_free: bool,
}

impl LocalGuard {
    /// Removes the file while it is still locked; closing it then frees the lock.
    fn remove(&mut self) -> Result<(), Errno> {
        if std::mem::replace(&mut self.is_free, true) || !self.folder.is(&self.name, &self.file) {
            return Ok(());
        }
        self.folder.step("remove the lock's file");
        self.folder.unlink(&self.name)
    }
}

#[async_trait]
impl Guard for LocalGuard {
    async fn free(mut self: Box<Self>) -> Result<(), StoreError> {
        self.remove().map_err(|errno| self.folder.failed(&self.name, "removed", errno))
    }

    fn is_held(&self) -> bool {
        // Somebody who removes the file by hand lets others lock.
        self.folder.is(&self.name, &self.file)
    }
}

impl Drop for LocalGuard {
    fn drop(&mut self) {
        let _ = self.remove();
    }
}
