//! An opened folder, and what is done in it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::{Local, Step};
use crate::store::StoreError;

/// A folder that is open: whatever becomes of its path meanwhile, everything happens in this one.
pub(super) struct Folder {
    file: File,
    path: PathBuf,
    step: Step,
    /// Held while something is written.
    writing: Option<File>,
}

/// Is locked by whoever writes, and stays. It is no folder's lock because NFS only gives those for files that are opened for writing
/// (flock(2)).
const WRITING: &str = ".writing";

/// Neither follows a symbolic link nor waits for whatever is no file.
const CAREFUL: OFlags = OFlags::CLOEXEC.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

impl Folder {
    /// The folder; `None` when there is none.
    pub(super) fn find(local: &Local) -> Result<Option<Self>, StoreError> {
        match rustix::fs::openat(CWD, &local.path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
        {
            Ok(fd) => {
                Ok(Some(Self { file: fd.into(), path: local.path.clone(), step: local.step.clone(), writing: None }))
            }
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::NOTDIR) => Err(failed(&local.path, "is no folder".to_owned())),
            Err(errno) => Err(failed(&local.path, cannot("opened", &errno.into()))),
        }
    }

    /// The folder, made if it is not there.
    pub(super) fn make(local: &Local) -> Result<Self, StoreError> {
        if let Some(folder) = Self::find(local)? {
            return Ok(folder);
        }
        (local.step)("make the folder");
        make(&local.path)?;
        let made = Self::find(local)?;
        let folder = made.ok_or_else(|| failed(&local.path, "was removed in the meantime".to_owned()))?;
        match folder.create(".gitignore", b"*\n") {
            Ok(_) | Err(Errno::EXIST) => Ok(folder),
            Err(errno) => Err(folder.failed(".gitignore", "written", errno)),
        }
    }

    /// The folder, made if it is not there, with nobody else writing in it.
    pub(super) fn alone(local: &Local) -> Result<Self, StoreError> {
        Self::make(local)?.lock()
    }

    /// Waits until nobody else writes in it. That is a matter of milliseconds: it is not held while somebody works.
    pub(super) fn lock(mut self) -> Result<Self, StoreError> {
        match self.create(WRITING, b"") {
            Ok(_) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(self.failed(WRITING, "made", errno)),
        }
        let gone = || failed(&self.path.join(WRITING), "was removed in the meantime".to_owned());
        let file = self.open(WRITING, OFlags::RDWR)?.ok_or_else(gone)?;
        file.lock().map_err(|error| failed(&self.path.join(WRITING), cannot("locked", &error)))?;
        self.writing = Some(file);
        Ok(self)
    }

    /// Tells a test what is done next.
    pub(super) fn step(&self, what: &'static str) {
        (self.step)(what);
    }

    /// What a file holds; `None` when there is none.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(mut file) = self.open(name, OFlags::RDONLY)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| failed(&self.path.join(name), cannot("read", &error)))?;
        Ok(Some(bytes))
    }

    /// Opens a file that is one; `None` when there is none.
    pub(super) fn open(&self, name: &str, how: OFlags) -> Result<Option<File>, StoreError> {
        let no_file = || failed(&self.path.join(name), "is no regular file: move it away".to_owned());
        let file: File = match rustix::fs::openat(&self.file, name, how | CAREFUL, Mode::empty()) {
            Ok(fd) => fd.into(),
            Err(Errno::NOENT) => return Ok(None),
            // A symbolic link; a folder or pipe that is to be written to.
            Err(Errno::LOOP | Errno::ISDIR | Errno::NXIO) => return Err(no_file()),
            Err(errno) => return Err(self.failed(name, "opened", errno)),
        };
        let status = rustix::fs::fstat(&file).map_err(|errno| self.failed(name, "read", errno))?;
        if FileType::from_raw_mode(status.st_mode) == FileType::RegularFile { Ok(Some(file)) } else { Err(no_file()) }
    }

    /// Makes a file that only the user can read. Whether it is on disk is not seen to.
    pub(super) fn create(&self, name: &str, bytes: &[u8]) -> Result<File, Errno> {
        let how = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | CAREFUL;
        let mut file: File = rustix::fs::openat(&self.file, name, how, Mode::from_raw_mode(0o600))?.into();
        match file.write_all(bytes) {
            Ok(()) => Ok(file),
            Err(error) => {
                let _ = self.unlink(name);
                Err(Errno::from_io_error(&error).unwrap_or(Errno::IO))
            }
        }
    }

    /// Gives a file a second name.
    pub(super) fn link(&self, name: &str, second: &str) -> Result<(), Errno> {
        rustix::fs::linkat(&self.file, name, &self.file, second, AtFlags::empty())
    }

    /// Puts a file in the place of another.
    pub(super) fn rename(&self, from: &str, to: &str) -> Result<(), Errno> {
        rustix::fs::renameat(&self.file, from, &self.file, to)
    }

    /// Removes a file, if it is there.
    pub(super) fn unlink(&self, name: &str) -> Result<(), Errno> {
        match rustix::fs::unlinkat(&self.file, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(errno),
        }
    }

    /// True when the name stands for this very file.
    pub(super) fn is(&self, name: &str, file: &File) -> bool {
        let named = rustix::fs::statat(&self.file, name, AtFlags::SYMLINK_NOFOLLOW);
        let open = rustix::fs::fstat(file);
        matches!((named, open), (Ok(named), Ok(open)) if (named.st_dev, named.st_ino) == (open.st_dev, open.st_ino))
    }

    /// Waits until the names in it are on disk.
    pub(super) fn sync(&self, name: &str) -> Result<(), StoreError> {
        self.file.sync_all().map_err(|error| failed(&self.path.join(name), cannot("brought to disk", &error)))
    }

    /// What went wrong with a file.
    pub(super) fn failed(&self, name: &str, done: &str, errno: Errno) -> StoreError {
        failed(&self.path.join(name), cannot(done, &errno.into()))
    }

    /// A file as people know it.
    pub(super) fn place(&self, name: &str) -> String {
        self.path.join(name).display().to_string()
    }
}

/// Makes a folder and those it lies in, so that they are there after a crash.
fn make(path: &Path) -> Result<(), StoreError> {
    let missing: Vec<&Path> =
        path.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists()).collect();
    for folder in missing.into_iter().rev() {
        match std::fs::DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(folder, cannot("made", &error))),
        }
        let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let synced = File::open(above).and_then(|above| above.sync_all());
        synced.map_err(|error| failed(folder, cannot("brought to disk", &error)))?;
    }
    Ok(())
}

fn failed(path: &Path, why: String) -> StoreError {
    StoreError::Failed { place: path.display().to_string(), why }
}

/// `cannot be written: no space left on device`
pub(super) fn cannot(done: &str, error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    format!("cannot be {done}: {}{}", first.map(String::from).unwrap_or_default(), letters.as_str())
}
