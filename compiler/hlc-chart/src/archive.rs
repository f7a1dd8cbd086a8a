//! The files of a chart's archive, from its bytes.
//!
//! Nothing is unpacked to a disk. An archive that is larger than a chart can be, or holds anything but plain files and
//! folders below one folder, is refused as a whole.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use flate2::read::GzDecoder;
use tar::EntryType;

/// How large an archive may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the archive itself.
    pub packed: u64,
    /// Bytes of everything in it.
    pub unpacked: u64,
    /// Bytes of one file.
    pub file: u64,
    /// How many files and folders.
    pub entries: usize,
    /// How many times larger than the archive its content may be, above [`Limits::FREE`].
    pub ratio: u64,
}

impl Limits {
    /// Up to this size the ratio does not count: a megabyte of spaces harms nobody.
    pub const FREE: u64 = 1 << 20;
}

impl Default for Limits {
    /// Helm's own for what is unpacked (100 MiB in all, 5 MiB a file: helm/pkg/chart/loader/archive), and what no chart comes near.
    /// kube-prometheus-stack, the largest of the well-known ones, is 0.6 MB packed and 8 MB unpacked.
    fn default() -> Self {
        Self { packed: 32 << 20, unpacked: 100 << 20, file: 5 << 20, entries: 10_000, ratio: 200 }
    }
}

/// Why an archive is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// Not gzip, not tar, or cut off.
    #[error("it is no gzip-compressed tar archive: {0}")]
    Unreadable(String),
    /// A larger archive than charts are.
    #[error("it has {found} bytes; more than {limit} are not read")]
    Packed {
        /// How many it has.
        found: u64,
        /// How many are read.
        limit: u64,
    },
    /// More content than charts have.
    #[error("it holds more than {limit} bytes")]
    Unpacked {
        /// How many are read.
        limit: u64,
    },
    /// More content than its size can stand for.
    #[error("it holds more than {limit} times what it has packed, as only an archive does that is made to fill a disk")]
    Ratio {
        /// How many times are allowed.
        limit: u64,
    },
    /// More files than charts have.
    #[error("it holds more than {limit} files")]
    Entries {
        /// How many are read.
        limit: usize,
    },
    /// One file that is larger than files of charts are.
    #[error("`{path}` in it has more than {limit} bytes")]
    File {
        /// The file.
        path: String,
        /// How many are read.
        limit: u64,
    },
    /// A name that leads out.
    #[error("`{0}` in it leads out of the chart's folder")]
    Outside(String),
    /// A link, a device, a fifo.
    #[error("`{path}` in it is {what}; charts hold plain files")]
    NotAFile {
        /// Where it is.
        path: String,
        /// "a link", "a device" …
        what: &'static str,
    },
    /// Two files of one name.
    #[error("`{0}` stands in it twice")]
    Twice(String),
    /// Files beside each other, or below different folders.
    #[error("it holds more than one folder: `{0}` and `{1}`")]
    Folders(String, String),
    /// A file that lies in no folder.
    #[error("`{0}` in it lies beside the chart's folder; a chart is one folder with everything in it")]
    Beside(String),
    /// Nothing at all.
    #[error("it holds no files")]
    Empty,
}

/// The files of an archive, below its one folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// The name of the folder.
    pub folder: String,
    files: BTreeMap<String, Arc<[u8]>>,
}

impl Archive {
    /// Reads a gzip-compressed tar archive.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, ArchiveError> {
        let found = bytes.len() as u64;
        if found > limits.packed {
            return Err(ArchiveError::Packed { found, limit: limits.packed });
        }
        let by_ratio = found.saturating_mul(limits.ratio).max(Limits::FREE);
        let most = limits.unpacked.min(by_ratio);
        let mut archive = tar::Archive::new(Bounded { inner: GzDecoder::new(bytes), left: most, spent: false });
        let read = Self::entries(&mut archive, limits);
        if archive.into_inner().spent {
            return Err(if by_ratio < limits.unpacked {
                ArchiveError::Ratio { limit: limits.ratio }
            } else {
                ArchiveError::Unpacked { limit: limits.unpacked }
            });
        }
        read
    }

    /// The files that are given, as an archive would hold them.
    #[must_use]
    pub fn of(folder: impl Into<String>, files: impl IntoIterator<Item = (String, Arc<[u8]>)>) -> Self {
        Self { folder: folder.into(), files: files.into_iter().collect() }
    }

    fn entries<R: Read>(archive: &mut tar::Archive<R>, limits: &Limits) -> Result<Self, ArchiveError> {
        let mut folder: Option<String> = None;
        let mut files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
        let entries = archive.entries().map_err(|error| unreadable(&error))?;
        for (number, entry) in entries.enumerate() {
            let entry = entry.map_err(|error| unreadable(&error))?;
            if number >= limits.entries {
                return Err(ArchiveError::Entries { limit: limits.entries });
            }
            let raw = entry.path_bytes();
            let shown = String::from_utf8_lossy(&raw).into_owned();
            let path = std::str::from_utf8(&raw).ok().and_then(inside);
            let kind = entry.header().entry_type();
            if kind == EntryType::XGlobalHeader {
                continue;
            }
            let Some(path) = path else { return Err(ArchiveError::Outside(shown)) };
            let (top, rest) = path.split_once('/').unwrap_or((path.as_str(), ""));
            if let Some(what) = refused(kind) {
                return Err(ArchiveError::NotAFile { path: shown, what });
            }
            if kind.is_dir() && path.is_empty() {
                continue;
            }
            match &folder {
                None => folder = Some(top.to_owned()),
                Some(folder) if folder != top => return Err(ArchiveError::Folders(folder.clone(), top.to_owned())),
                Some(_) => {}
            }
            if kind.is_dir() {
                continue;
            }
            if rest.is_empty() {
                return Err(ArchiveError::Beside(shown));
            }
            if entry.size() > limits.file {
                return Err(ArchiveError::File { path: shown, limit: limits.file });
            }
            let rest = rest.to_owned();
            let mut content = Vec::new();
            let read = entry.take(limits.file.saturating_add(1)).read_to_end(&mut content);
            read.map_err(|error| unreadable(&error))?;
            if files.insert(rest, content.into()).is_some() {
                return Err(ArchiveError::Twice(shown));
            }
        }
        match folder {
            Some(folder) if !files.is_empty() => Ok(Self { folder, files }),
            Some(_) | None => Err(ArchiveError::Empty),
        }
    }

    /// The bytes of a file, by its path below the folder.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(|bytes| &**bytes)
    }

    /// The text of a file; `None` for one that is no UTF-8. A byte order mark is left out, as Helm does.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        let text = std::str::from_utf8(self.get(path)?).ok()?;
        Some(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// Every file with its path, sorted by it.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), &**bytes))
    }

    /// The files below a folder of it, as an archive of their own; empty when there are none.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        let prefix = format!("{folder}/");
        let files =
            self.files.range(prefix.clone()..).map_while(|(path, bytes)| Some((path.strip_prefix(&prefix)?, bytes)));
        let name = folder.rsplit('/').next().unwrap_or(folder);
        Self::of(name, files.map(|(path, bytes)| (path.to_owned(), Arc::clone(bytes))))
    }
}

fn unreadable(error: &io::Error) -> ArchiveError {
    ArchiveError::Unreadable(error.to_string())
}

/// The path in its plain form; `None` when it leads out of the archive's folder, or is no path on some system.
fn inside(path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains(['\\', '\0', ':']) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => return None,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// What an entry is, when it is neither a file nor a folder.
#[expect(clippy::wildcard_enum_match_arm, reason = "all but these are refused, also kinds of tomorrow")]
fn refused(kind: EntryType) -> Option<&'static str> {
    match kind {
        EntryType::Regular | EntryType::Continuous | EntryType::Directory => None,
        EntryType::Link | EntryType::Symlink => Some("a link"),
        EntryType::Char | EntryType::Block => Some("a device"),
        EntryType::Fifo => Some("a pipe"),
        _ => Some("of an unknown kind"),
    }
}

/// Reads so many bytes and no more.
struct Bounded<R> {
    inner: R,
    left: u64,
    spent: bool,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            self.spent = true;
            return Err(io::Error::other("too large"));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left -= read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
