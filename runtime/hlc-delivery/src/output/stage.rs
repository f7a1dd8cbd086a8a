//! Makes the whole new folder beside the old one.
//!
//! Everything that stays is a hard link to the old file, so it keeps its inode, its times and its content even while
//! somebody writes to it. Folders cannot be linked: they are made anew with the old one's mode, owner and time.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, FileTimes, Metadata};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD};
use rustix::io::Errno;

use super::manifest::MANIFEST;
use super::{Decision, Place, WriteError};

/// The new folder, in the staging folder; after the exchange, the old one.
pub(super) const TREE: &str = "tree";
/// In the staging folder, once the new folder is complete: its inode number. When the output folder has that number, the
/// exchange has happened.
pub(super) const READY: &str = "ready";

/// Makes the staging folder with the new folder in it, durable on disk.
pub(super) fn stage(
    place: &Place,
    exists: bool,
    decision: &Decision,
    files: &BTreeMap<&str, &str>,
    step: &mut dyn FnMut(&str),
) -> Result<(), WriteError> {
    let tree = place.staging.join(TREE);
    step("make the staging folder");
    DirBuilder::new().mode(0o700).create(&place.staging).map_err(WriteError::io("make", &place.staging))?;
    step("make the new folder");
    fs::create_dir(&tree).map_err(WriteError::io("make", &tree))?;
    let made = fs::symlink_metadata(&tree).map_err(WriteError::io("make", &tree))?;
    let mut fresh = Vec::new();
    let mut carried = Carried { decision, uid: made.uid(), device: made.dev(), step };
    if exists {
        carried.folder(&place.out, &tree, "")?;
    }
    for path in &decision.write {
        carried.write(&tree.join(path), files.get(path.as_str()).copied().unwrap_or(""), &mut fresh)?;
    }
    if let Some(manifest) = &decision.manifest {
        carried.write(&tree.join(MANIFEST), &manifest.to_text(), &mut fresh)?;
    }
    if exists {
        copy_attributes(&place.out, &tree)?;
    }
    carried.write(&place.staging.join(READY), &made.ino().to_string(), &mut fresh)?;
    (carried.step)("wait for the disk");
    settle(place, &fresh)
}

struct Carried<'a> {
    decision: &'a Decision,
    /// The user that makes the files.
    uid: u32,
    /// The file system.
    device: u64,
    step: &'a mut dyn FnMut(&str),
}

/// What became of the entries of a folder.
#[derive(Default)]
struct Entries {
    /// Some are in the new folder.
    kept: bool,
    /// Some of hlc's files went.
    removed: bool,
}

impl Carried<'_> {
    /// Carries the entries of the old folder `from` over to the new folder `to`; `within` is their path in the output
    /// folder.
    fn folder(&mut self, from: &Path, to: &Path, within: &str) -> Result<Entries, WriteError> {
        let mut entries = Entries::default();
        for entry in fs::read_dir(from).map_err(WriteError::io("read", from))? {
            let entry = entry.map_err(WriteError::io("read", from))?;
            let name = entry.file_name();
            // A name that is not UTF-8 is nobody's but its owner's.
            let path =
                name.to_str().map(|name| if within.is_empty() { name.to_owned() } else { format!("{within}/{name}") });
            let (from, to) = (entry.path(), to.join(&name));
            let metadata = entry.metadata().map_err(WriteError::io("read", &from))?;
            if metadata.is_dir() {
                let below = self.subfolder(&from, &to, path.as_deref(), &metadata)?;
                entries.kept |= below.kept;
                entries.removed |= below.removed;
                continue;
            }
            match path {
                Some(path) if path == MANIFEST => {}
                Some(path) if self.decision.remove.contains(&path) => entries.removed = true,
                Some(path) if self.decision.write.contains(&path) => {}
                Some(_) | None => {
                    self.link(&from, &to, &metadata)?;
                    entries.kept = true;
                }
            }
        }
        Ok(entries)
    }

    fn subfolder(
        &mut self,
        from: &Path,
        to: &Path,
        path: Option<&str>,
        metadata: &Metadata,
    ) -> Result<Entries, WriteError> {
        if metadata.dev() != self.device {
            return Err(WriteError::CannotKeep(from.to_owned(), "it is on another file system"));
        }
        if metadata.uid() != self.uid && rustix::fs::access(from, rustix::fs::Access::WRITE_OK).is_err() {
            return Err(WriteError::CannotKeep(from.to_owned(), "it is a folder of another user"));
        }
        (self.step)("make a folder");
        DirBuilder::new().mode(0o700).create(to).map_err(WriteError::io("make", to))?;
        // What is below a folder without a name in UTF-8 has none either: no path of the tree can reach it.
        let entries = match path {
            Some(path) => self.folder(from, to, path)?,
            None => self.folder(from, to, "\0")?,
        };
        if !entries.kept && entries.removed && !path.is_some_and(|path| self.decision.writes_below(path)) {
            fs::remove_dir(to).map_err(WriteError::io("remove", to))?;
            return Ok(entries);
        }
        copy_attributes(from, to)?;
        Ok(Entries { kept: true, ..entries })
    }

    fn link(&mut self, from: &Path, to: &Path, metadata: &Metadata) -> Result<(), WriteError> {
        (self.step)("link a file");
        match rustix::fs::linkat(CWD, from, CWD, to, AtFlags::empty()) {
            Ok(()) => Ok(()),
            Err(Errno::PERM) if metadata.uid() != self.uid => {
                Err(WriteError::CannotKeep(from.to_owned(), "it is a file of another user"))
            }
            // No hard links on this file system, or too many of them.
            Err(Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS | Errno::MLINK) => copy(from, to, metadata),
            Err(errno) => Err(WriteError::io("link", from)(errno)),
        }
    }

    fn write(&mut self, path: &Path, text: &str, fresh: &mut Vec<PathBuf>) -> Result<(), WriteError> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(WriteError::io("make", folder))?;
        }
        (self.step)("make a file");
        let mut file = File::create_new(path).map_err(WriteError::io("write", path))?;
        (self.step)("fill a file");
        file.write_all(text.as_bytes()).map_err(WriteError::io("write", path))?;
        fresh.push(path.to_owned());
        Ok(())
    }
}

/// Copies a file with its mode and times.
fn copy(from: &Path, to: &Path, metadata: &Metadata) -> Result<(), WriteError> {
    if metadata.is_symlink() {
        let target = fs::read_link(from).map_err(WriteError::io("read", from))?;
        return std::os::unix::fs::symlink(target, to).map_err(WriteError::io("make", to));
    }
    if !metadata.is_file() {
        return Err(WriteError::CannotKeep(from.to_owned(), "this file system has no hard links for it"));
    }
    fs::copy(from, to).map_err(WriteError::io("copy", from))?;
    let keep_time = |file: File| file.set_times(times(metadata));
    File::options().write(true).open(to).and_then(keep_time).map_err(WriteError::io("write", to))
}

fn times(metadata: &Metadata) -> FileTimes {
    let times = FileTimes::new();
    let times = metadata.modified().map_or(times, |time| times.set_modified(time));
    metadata.accessed().map_or(times, |time| times.set_accessed(time))
}

/// Gives a new folder the old one's owner, mode and, when nothing in it came or went, time.
fn copy_attributes(from: &Path, to: &Path) -> Result<(), WriteError> {
    let old = fs::symlink_metadata(from).map_err(WriteError::io("read", from))?;
    let new = fs::symlink_metadata(to).map_err(WriteError::io("read", to))?;
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        // Only root can give a folder away; others keep what they can.
        let _ = std::os::unix::fs::chown(to, Some(old.uid()), Some(old.gid()));
    }
    fs::set_permissions(to, fs::Permissions::from_mode(old.mode() & 0o7777)).map_err(WriteError::io("make", to))?;
    if old.nlink() == new.nlink() && names(from)? == names(to)? {
        // A folder that cannot be opened keeps a new time, which is no loss.
        let _ = File::open(to).and_then(|folder| folder.set_times(times(&old)));
    }
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<std::ffi::OsString>, WriteError> {
    let read = || fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>();
    let mut names = read().map_err(WriteError::io("read", folder))?;
    names.sort();
    Ok(names)
}

/// Waits until everything is on the disk. One call for the whole file system where there is one: 540 files one by one
/// take thirty times as long.
fn settle(place: &Place, fresh: &[PathBuf]) -> Result<(), WriteError> {
    #[cfg(target_os = "linux")]
    if File::open(&place.staging).is_ok_and(|folder| rustix::fs::syncfs(folder).is_ok()) {
        return Ok(());
    }
    let mut folders = std::collections::BTreeSet::new();
    for path in fresh {
        File::open(path).and_then(|file| file.sync_all()).map_err(WriteError::io("write", path))?;
        folders.extend(path.ancestors().skip(1).take_while(|folder| folder.starts_with(&place.staging)));
    }
    for folder in folders {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(WriteError::io("write", folder))?;
    }
    Ok(())
}
