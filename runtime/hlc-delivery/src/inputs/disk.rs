//! A project's folder on disk.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hlc_model::{DirEntry, InputError, Inputs};
use rustix::fs::{Mode, OFlags};

/// Larger files are not read, in bytes.
pub const FILE_LIMIT: u64 = 256 << 20;

/// The files below one folder, as they were when they were first asked for: a path gives the same answer ever after, so
/// one value serves one compilation.
///
/// Links are followed as long as they stay below the folder. A link to a folder outside, and one to a folder that the path
/// to it has already passed, is left out of listings, so that walking them ends.
pub struct DiskInputs {
    root: PathBuf,
    limit: u64,
    texts: Answers<Arc<str>>,
    lists: Answers<Vec<DirEntry>>,
}

/// What was answered, by path.
type Answers<T> = Mutex<BTreeMap<String, Result<T, InputError>>>;

/// The first answer for a path.
fn once<T: Clone>(
    answers: &Answers<T>,
    path: &str,
    ask: impl FnOnce() -> Result<T, InputError>,
) -> Result<T, InputError> {
    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = answers.get(path) {
        return answer.clone();
    }
    let answer = ask();
    answers.insert(path.to_owned(), answer.clone());
    answer
}

impl DiskInputs {
    /// The files below `root`.
    ///
    /// # Errors
    /// When `root` cannot be resolved.
    pub fn new(root: &Path) -> io::Result<Self> {
        Ok(Self { root: root.canonicalize()?, limit: FILE_LIMIT, texts: Mutex::default(), lists: Mutex::default() })
    }

    /// Sets the size above which a file is not read.
    #[must_use]
    pub fn with_limit(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    /// Where a path leads, without links, and still below the root.
    fn resolve(&self, path: &str) -> Result<PathBuf, InputError> {
        if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(InputError::Outside);
        }
        let found = self.root.join(path).canonicalize().map_err(|error| refusal(&error))?;
        if found.starts_with(&self.root) { Ok(found) } else { Err(InputError::Outside) }
    }

    fn read_now(&self, path: &str) -> Result<Arc<str>, InputError> {
        let found = self.resolve(path)?;
        // Looked at before it is opened, since opening some devices does something; and opened without waiting and looked
        // at again, since it may have become a fifo in between.
        regular(&fs::symlink_metadata(&found).map_err(|error| refusal(&error))?)?;
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::open(&found, flags, Mode::empty()).map_err(|error| refusal(&error.into()))?;
        let file = fs::File::from(file);
        let metadata = file.metadata().map_err(|error| refusal(&error))?;
        regular(&metadata)?;
        if metadata.len() > self.limit {
            return Err(InputError::TooLarge(self.limit));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
        file.take(self.limit + 1).read_to_end(&mut bytes).map_err(|error| refusal(&error))?;
        if bytes.len() as u64 > self.limit {
            return Err(InputError::TooLarge(self.limit));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text.into()),
            Err(error) => Err(InputError::NotUtf8(error.utf8_error().valid_up_to())),
        }
    }

    fn list_now(&self, folder: &str) -> Result<Vec<DirEntry>, InputError> {
        let found = if folder.is_empty() { self.root.clone() } else { self.resolve(folder)? };
        let mut passed = None;
        let mut entries = Vec::new();
        for entry in fs::read_dir(&found).map_err(|error| refusal(&error))? {
            let entry = entry.map_err(|error| refusal(&error))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let kind = entry.file_type().map_err(|error| refusal(&error))?;
            if kind.is_dir() {
                entries.push(DirEntry::Dir(name));
            } else if kind.is_file() {
                entries.push(DirEntry::File(name));
            } else if kind.is_symlink() {
                let passed = match &mut passed {
                    Some(passed) => passed,
                    none => none.insert(self.passed(folder)?),
                };
                entries.extend(self.follow(&entry.path(), name, passed));
            }
        }
        entries.sort();
        Ok(entries)
    }

    /// The folders that a path passes, itself included, without links.
    fn passed(&self, folder: &str) -> Result<Vec<PathBuf>, InputError> {
        let mut passed = vec![self.root.clone()];
        for (end, _) in folder.match_indices('/').chain([(folder.len(), "")]) {
            passed.push(self.resolve(folder.get(..end).unwrap_or(folder))?);
        }
        Ok(passed)
    }

    /// What a link in a folder leads to. One that leads out or nowhere counts as a file: whoever reads it is told.
    /// `None` when it leads back, or to a folder outside.
    fn follow(&self, link: &Path, name: String, passed: &[PathBuf]) -> Option<DirEntry> {
        let Ok(target) = link.canonicalize() else { return Some(DirEntry::File(name)) };
        if !target.is_dir() {
            let inside = target.starts_with(&self.root);
            return (!inside || target.is_file()).then_some(DirEntry::File(name));
        }
        let leads_on = target.starts_with(&self.root) && !passed.iter().any(|folder| folder.starts_with(&target));
        leads_on.then_some(DirEntry::Dir(name))
    }
}

impl Inputs for DiskInputs {
    fn read(&self, path: &str) -> Result<Arc<str>, InputError> {
        once(&self.texts, path, || self.read_now(path))
    }

    fn list(&self, folder: &str) -> Result<Vec<DirEntry>, InputError> {
        once(&self.lists, folder, || self.list_now(folder))
    }
}

fn regular(metadata: &fs::Metadata) -> Result<(), InputError> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_dir() { "it is a folder" } else { "it is not a regular file" };
    Err(InputError::Other(what.to_owned()))
}

fn refusal(error: &io::Error) -> InputError {
    if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) {
        return InputError::NotFound;
    }
    InputError::Other(error.to_string())
}
