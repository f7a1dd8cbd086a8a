//! Files by the digest of their bytes, shared by projects and processes.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use hlc_chart::Digest;
use hlc_chart::render::Memory;
use tempfile::NamedTempFile;

/// The layout's version, a folder, so that an older hlc and a newer one leave each other alone.
const LAYOUT: &str = "v1";
/// Leftovers of killed processes are removed when they are this old.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder of files, each named by the digest of its bytes.
///
/// A file is written under another name first and is whole and on the disk before it gets its own, so that readers in any
/// process find all of it or nothing. It is held against its name whenever it is read.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// What the store has under a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The bytes.
    Whole(Vec<u8>),
    /// Nothing.
    Absent,
    /// Bytes of another digest: somebody changed the file, or the disk did.
    Damaged {
        /// Their digest.
        found: Digest,
    },
}

impl Store {
    /// The store in a folder, which need not be there yet.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { root: folder.join(LAYOUT) }
    }

    /// Where a file is or would be.
    #[must_use]
    pub fn place(&self, digest: &Digest) -> PathBuf {
        self.named("blobs", &digest.hex())
    }

    /// The bytes of a digest.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn get(&self, digest: &Digest) -> io::Result<Kept> {
        Ok(match read(&self.place(digest))? {
            None => Kept::Absent,
            Some(bytes) => match Digest::of(&bytes) {
                found if found == *digest => Kept::Whole(bytes),
                found => Kept::Damaged { found },
            },
        })
    }

    /// Keeps bytes, in place of damaged ones if those are there.
    ///
    /// # Errors
    /// In the system's words; nothing is kept then.
    pub fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
        let digest = Digest::of(bytes);
        self.write(&self.place(&digest), bytes, Lasting::Yes)?;
        Ok(digest)
    }

    /// Waits until nobody else brings this digest. It is held as long as the result.
    ///
    /// # Errors
    /// When the store cannot be written to.
    pub fn claim(&self, digest: &Digest) -> io::Result<Claim> {
        let hex = digest.hex();
        let folder = self.folder("locks")?;
        // By the first two digits, so that there is a bounded number of files, which need never be removed.
        let file = File::options().create(true).append(true).open(folder.join(hex.get(..2).unwrap_or("00")))?;
        file.lock()?;
        Ok(Claim { _file: file })
    }

    /// Removes what processes left that were killed while they wrote.
    pub fn tidy(&self) {
        let Ok(entries) = fs::read_dir(self.root.join("tmp")) else { return };
        for entry in entries.flatten() {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            let age = modified.ok().and_then(|modified| SystemTime::now().duration_since(modified).ok());
            if age.is_some_and(|age| age > STALE) {
                // Whoever cannot remove it now can later.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn named(&self, kind: &str, hex: &str) -> PathBuf {
        self.root.join(kind).join(hex.get(..2).unwrap_or("00")).join(hex)
    }

    fn folder(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.root.join(name);
        if fs::create_dir_all(&folder).is_err() || name == "tmp" && !self.root.join("CACHEDIR.TAG").exists() {
            fs::create_dir_all(&folder)?;
            // https://bford.info/cachedir: backups leave such folders out.
            fs::write(self.root.join("CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55\n")?;
        }
        Ok(folder)
    }

    fn write(&self, place: &Path, bytes: &[u8], lasting: Lasting) -> io::Result<()> {
        let mut staged = NamedTempFile::new_in(self.folder("tmp")?)?;
        staged.write_all(bytes)?;
        staged.as_file().set_permissions(fs::Permissions::from_mode(0o444))?;
        if lasting == Lasting::Yes {
            staged.as_file().sync_all()?;
        }
        let Some(folder) = place.parent() else { return Ok(()) };
        fs::create_dir_all(folder)?;
        staged.persist(place).map_err(|error| error.error)?;
        // The file is whole whatever happens here; without this it may be gone after a power cut, and is brought again.
        if let (Lasting::Yes, Ok(folder)) = (lasting, File::open(folder)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// Whether a file is waited for until it is on the disk. Waiting for forty notes takes longer than rendering.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lasting {
    Yes,
    No,
}

/// Notes of what can be worked out again. Each ends with the digest of its kind, its key and what it says, so that one that was damaged,
/// cut off or put in the place of another is none.
impl Memory for Store {
    fn recall(&self, kind: &str, key: &Digest) -> Option<Vec<u8>> {
        let mut note = read(&self.named(kind, &key.hex())).ok().flatten()?;
        let end = note.len().checked_sub(SEAL)?;
        let (said, sealed) = note.split_at_checked(end)?;
        (sealed == seal(kind, key, said).as_bytes()).then_some(())?;
        note.truncate(end);
        Some(note)
    }

    fn remember(&self, kind: &str, key: &Digest, bytes: &[u8]) {
        let note = [bytes, seal(kind, key, bytes).as_bytes()].concat();
        // Without a note it will be worked out again, and one that a power cut spoiled is found by its checksum.
        let _ = self.write(&self.named(kind, &key.hex()), &note, Lasting::No);
    }
}

/// How long a [`seal`] is.
const SEAL: usize = "\ncrc32:".len() + 8;

/// The last line of a note: a checksum, since a note is no more than what could be worked out again. It is read with every build, so
/// that a digest would take a quarter of the time of one that changes nothing.
fn seal(kind: &str, key: &Digest, bytes: &[u8]) -> String {
    let mut sum = crc32fast::Hasher::new();
    for part in [kind.as_bytes(), key.hex().as_bytes(), bytes] {
        sum.update(part);
    }
    format!("\ncrc32:{:08x}", sum.finalize())
}

/// The right to bring something.
#[derive(Debug)]
pub struct Claim {
    _file: File,
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_got() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let digest = Digest::of(b"chart");
        assert_eq!(store.get(&digest).unwrap(), Kept::Absent);
        assert_eq!(store.put(b"chart").unwrap(), digest);
        assert_eq!(store.get(&digest).unwrap(), Kept::Whole(b"chart".to_vec()));
        assert_eq!(fs::read_dir(folder.path().join("v1/tmp")).unwrap().count(), 0);
        assert!(folder.path().join("v1/CACHEDIR.TAG").exists());
    }

    #[test]
    fn damage_is_seen_and_mended() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let digest = store.put(b"chart").unwrap();
        fs::set_permissions(store.place(&digest), fs::Permissions::from_mode(0o644)).unwrap();
        fs::write(store.place(&digest), "chXrt").unwrap();
        assert_eq!(store.get(&digest).unwrap(), Kept::Damaged { found: Digest::of(b"chXrt") });
        store.put(b"chart").unwrap();
        assert_eq!(store.get(&digest).unwrap(), Kept::Whole(b"chart".to_vec()));
    }

    #[test]
    fn a_note_is_whole_and_in_its_place_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
        assert_eq!(store.recall("kind", &one), None);
        store.remember("kind", &one, b"what is known");
        assert_eq!(store.recall("kind", &one).as_deref(), Some(b"what is known".as_slice()));
        assert_eq!((store.recall("kin", &one), store.recall("kind", &other)), (None, None));
        let place = |key: &Digest| store.named("kind", &key.hex());
        let note = fs::read(place(&one)).unwrap();
        // In the place of another.
        fs::create_dir_all(place(&other).parent().unwrap()).unwrap();
        fs::copy(place(&one), place(&other)).unwrap();
        assert_eq!(store.recall("kind", &other), None);
        for end in 0..note.len() {
            fs::remove_file(place(&one)).unwrap();
            fs::write(place(&one), &note[..end]).unwrap();
            assert_eq!(store.recall("kind", &one), None, "{end}");
        }
        for at in 0..note.len() {
            let mut damaged = note.clone();
            damaged[at] ^= 1;
            fs::write(place(&one), &damaged).unwrap();
            assert_eq!(store.recall("kind", &one), None, "{at}");
        }
        store.remember("kind", &one, b"what is known");
        assert_eq!(store.recall("kind", &one).as_deref(), Some(b"what is known".as_slice()));
    }

    #[test]
    fn only_old_leftovers_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        store.put(b"chart").unwrap();
        let (old, new) = (folder.path().join("v1/tmp/old"), folder.path().join("v1/tmp/new"));
        fs::write(&new, "half").unwrap();
        fs::write(&old, "half").unwrap();
        let yesterday = SystemTime::now() - STALE - Duration::from_secs(1);
        File::options().write(true).open(&old).unwrap().set_modified(yesterday).unwrap();
        store.tidy();
        assert!(new.exists() && !old.exists());
    }
}
