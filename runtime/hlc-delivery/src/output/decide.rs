//! Compares the folder with the tree and decides about every file, before anything is touched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _};

use rayon::prelude::*;
use rustix::fs::{Mode, OFlags};

use super::manifest::{Digest, Manifest};
use super::{Obstacle, Place, Scope, WriteError, WriteReport};

/// What becomes of each file. A path in none of the sets stays as it is.
pub(super) struct Decision {
    /// To be written.
    pub(super) write: BTreeSet<String>,
    /// Of an earlier build, to be removed.
    pub(super) remove: BTreeSet<String>,
    /// The new list of hlc's files; `None` when it would be empty.
    pub(super) manifest: Option<Manifest>,
    manifest_changes: bool,
    overwritten: Vec<String>,
    abandoned: Vec<String>,
}

impl Decision {
    /// True when the folder is as it should be.
    pub(super) fn is_nothing(&self) -> bool {
        self.write.is_empty() && self.remove.is_empty() && !self.manifest_changes
    }

    /// True when a file is to be written somewhere below a folder.
    pub(super) fn writes_below(&self, folder: &str) -> bool {
        let prefix = format!("{folder}/");
        self.write.range(prefix.clone()..).next().is_some_and(|path| path.starts_with(&prefix))
    }

    pub(super) fn report(&self, files: &BTreeMap<&str, &str>) -> WriteReport {
        WriteReport {
            written: self.write.iter().cloned().collect(),
            removed: self.remove.iter().cloned().collect(),
            unchanged: files.len() - self.write.len(),
            overwritten: self.overwritten.clone(),
            abandoned: self.abandoned.clone(),
            exchanged: false,
        }
    }
}

/// What stands at a path.
enum Found {
    Nothing,
    /// A regular file with the wanted bytes.
    Same,
    /// A regular file with other bytes.
    Other(Digest),
    Folder,
    Link,
    /// A fifo, socket or device.
    Special,
    /// Something on the way to it, by its path, is no folder.
    Blocked(String, Box<Found>),
}

impl Found {
    fn what(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Same | Self::Other(_) => "a file",
            Self::Folder => "a folder",
            Self::Link => "a link",
            Self::Special => "not a regular file",
            Self::Blocked(_, obstacle) => obstacle.what(),
        }
    }
}

/// Looks at the files of one folder.
struct Folder<'a> {
    place: &'a Place,
    /// `None` when there is no folder yet.
    handle: Option<File>,
    /// What was found at the folders on the way to files; `None` for a folder.
    ways: BTreeMap<String, Option<&'static str>>,
    buffer: Vec<u8>,
}

impl<'a> Folder<'a> {
    fn open(place: &'a Place, exists: bool) -> Result<Self, WriteError> {
        let handle = exists.then(|| File::open(&place.out).map_err(WriteError::io("open", &place.out))).transpose()?;
        Ok(Self { place, handle, ways: BTreeMap::new(), buffer: Vec::new() })
    }

    fn look(&mut self, path: &str, wanted: Option<&str>) -> Result<Found, WriteError> {
        if self.handle.is_none() {
            return Ok(Found::Nothing);
        }
        for (end, _) in path.match_indices('/') {
            let way = path.get(..end).unwrap_or("");
            match self.way(way)? {
                None => {}
                Some("nothing") => return Ok(Found::Nothing),
                Some(_) => {
                    let obstacle = self.look_at(way, None)?;
                    return Ok(Found::Blocked(way.to_owned(), Box::new(obstacle)));
                }
            }
        }
        self.look_at(path, wanted)
    }

    /// What a folder on the way is instead of a folder.
    fn way(&mut self, way: &str) -> Result<Option<&'static str>, WriteError> {
        if let Some(known) = self.ways.get(way) {
            return Ok(*known);
        }
        let path = self.place.out.join(way);
        let found = match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => None,
            Ok(_) => Some("no folder"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some("nothing"),
            Err(source) => return Err(WriteError::io("open", &path)(source)),
        };
        self.ways.insert(way.to_owned(), found);
        Ok(found)
    }

    /// What is at a path whose folders are folders.
    fn look_at(&mut self, path: &str, wanted: Option<&str>) -> Result<Found, WriteError> {
        let Some(handle) = &self.handle else { return Ok(Found::Nothing) };
        let full = || self.place.out.join(path);
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = match rustix::fs::openat(handle, path, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(rustix::io::Errno::NOENT) => return Ok(Found::Nothing),
            // A link says LOOP, a socket NXIO; a file that may not be read is worth an error of its own.
            Err(errno) => {
                let metadata = fs::symlink_metadata(full()).map_err(WriteError::io("open", &full()))?;
                if metadata.is_symlink() {
                    return Ok(Found::Link);
                }
                return if metadata.is_file() || metadata.is_dir() {
                    Err(WriteError::io("read", &full())(errno))
                } else {
                    Ok(Found::Special)
                };
            }
        };
        let metadata = file.metadata().map_err(WriteError::io("read", &full()))?;
        if metadata.is_dir() {
            return Ok(Found::Folder);
        }
        if !metadata.is_file() {
            return Ok(Found::Special);
        }
        // One read with room for one byte more than there should be tells that the end is reached.
        self.buffer.resize(usize::try_from(metadata.len()).unwrap_or(0) + 1, 0);
        let first = file.read(&mut self.buffer).map_err(WriteError::io("read", &full()))?;
        self.buffer.truncate(first);
        if first as u64 != metadata.len() {
            file.read_to_end(&mut self.buffer).map_err(WriteError::io("read", &full()))?;
        }
        Ok(if wanted.is_some_and(|text| text.as_bytes() == self.buffer) {
            Found::Same
        } else {
            Found::Other(Digest::of(&self.buffer))
        })
    }

    /// True when a folder holds nothing but files that go.
    fn vanishes(&self, folder: &str, remove: &BTreeSet<String>) -> Result<bool, WriteError> {
        let path = self.place.out.join(folder);
        for entry in fs::read_dir(&path).map_err(WriteError::io("read", &path))? {
            let entry = entry.map_err(WriteError::io("read", &path))?;
            let Ok(name) = entry.file_name().into_string() else { return Ok(false) };
            let below = format!("{folder}/{name}");
            let is_dir = entry.file_type().map_err(WriteError::io("read", &entry.path()))?.is_dir();
            let goes = if is_dir { self.vanishes(&below, remove)? } else { remove.contains(&below) };
            if !goes {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// So many files are looked at one after the other.
const RUN: usize = 32;

/// What stands at the paths of some files, and the digests of what should.
fn look_at_all(place: &Place, exists: bool, files: &[(&str, &str)]) -> Result<Vec<(Found, Digest)>, WriteError> {
    let mut folder = Folder::open(place, exists)?;
    files.iter().map(|(path, text)| Ok((folder.look(path, Some(text))?, Digest::of(text.as_bytes())))).collect()
}

/// Decides about the files that `scope` covers; `files` are those of the tree.
pub(super) fn decide(
    place: &Place,
    exists: bool,
    old: Option<&Manifest>,
    files: &BTreeMap<&str, &str>,
    scope: &Scope,
    overwrite: bool,
) -> Result<Decision, WriteError> {
    let mut folder = Folder::open(place, exists)?;
    let mut remove = BTreeSet::new();
    let mut abandoned = Vec::new();
    let mut listed = BTreeMap::new();
    for (path, digest) in old.into_iter().flat_map(Manifest::iter) {
        if !scope.covers(path) {
            listed.insert(path.to_owned(), digest.clone());
        } else if !files.contains_key(path) {
            match folder.look(path, None)? {
                Found::Other(found) if found == *digest => {
                    remove.insert(path.to_owned());
                }
                Found::Nothing => {}
                Found::Same | Found::Other(_) | Found::Folder | Found::Link | Found::Special | Found::Blocked(..) => {
                    abandoned.push(path.to_owned());
                }
            }
        }
    }

    let mut write = BTreeSet::new();
    let mut overwritten = Vec::new();
    let mut obstacles = BTreeSet::new();
    let texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, *text)).collect();
    let looked: Vec<_> = texts.par_chunks(RUN).map(|texts| look_at_all(place, exists, texts)).collect();
    let mut seen = Vec::with_capacity(texts.len());
    for run in looked {
        seen.extend(run?);
    }
    for ((path, _), (found, digest)) in texts.into_iter().zip(seen) {
        let before = old.and_then(|old| old.digest(path));
        let given_up = match &found {
            Found::Same => {
                listed.insert(path.to_owned(), digest);
                continue;
            }
            Found::Nothing => false,
            Found::Other(found) if before == Some(found) => false,
            Found::Other(_) | Found::Link | Found::Special => {
                if before.is_none() && !overwrite {
                    obstacles.insert(Obstacle { path: path.to_owned(), what: found.what(), replaceable: true });
                }
                true
            }
            Found::Folder => {
                if !folder.vanishes(path, &remove)? {
                    obstacles.insert(Obstacle { path: path.to_owned(), what: found.what(), replaceable: false });
                }
                false
            }
            Found::Blocked(way, _) => {
                if !remove.contains(way) {
                    obstacles.insert(Obstacle { path: way.clone(), what: found.what(), replaceable: false });
                }
                false
            }
        };
        if given_up {
            overwritten.push(path.to_owned());
        }
        write.insert(path.to_owned());
        listed.insert(path.to_owned(), digest);
    }
    if !obstacles.is_empty() {
        return Err(WriteError::InTheWay(obstacles.into_iter().collect()));
    }

    // Files outside the scope are listed still, and may stand in the way of nothing: their folders are their own.
    super::manifest::check_paths(listed.keys().map(String::as_str)).map_err(WriteError::BadPath)?;
    let manifest = Manifest::new(listed);
    let manifest_changes = match old {
        Some(old) => *old != manifest,
        None => !manifest.is_empty(),
    };
    let manifest = (!manifest.is_empty()).then_some(manifest);
    Ok(Decision { write, remove, manifest, manifest_changes, overwritten, abandoned })
}
