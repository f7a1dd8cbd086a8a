//! The same files in the project: `vendor/`.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use hlc_chart::Digest;
use tempfile::NamedTempFile;

use crate::store::Kept;

/// How many digits of a digest are in a file's name: enough to find it, the rest is verified.
const DIGITS: usize = 12;

/// A folder of the project with files that the lock file names: `grafana-10.7.0-1a2b3c4d5e6f.tgz`.
#[derive(Clone, Debug)]
pub struct Vendor {
    folder: PathBuf,
}

/// A file to be kept in the project.
pub struct Vendored {
    /// What it is called in front of its digest: `grafana-10.7.0`.
    pub stem: String,
    /// `tgz`, `yaml`
    pub extension: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What keeping files changed, by their names.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct VendorReport {
    /// Files that were written.
    pub written: Vec<String>,
    /// Files that are no longer wanted, and were removed.
    pub removed: Vec<String>,
    /// How many are as they were.
    pub unchanged: usize,
}

impl Vendor {
    /// The folder of a project, which need not be there.
    #[must_use]
    pub fn new(project: &Path) -> Self {
        Self { folder: project.join("vendor") }
    }

    /// True when the project keeps files.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.folder.is_dir()
    }

    /// The bytes of a digest.
    ///
    /// # Errors
    /// When the folder or the file is there and cannot be read.
    pub fn get(&self, digest: &Digest) -> io::Result<Kept> {
        let hex = digest.hex();
        let part = format!("-{}.", hex.get(..DIGITS).unwrap_or_default());
        for name in self.names()? {
            if !name.contains(&part) {
                continue;
            }
            let bytes = fs::read(self.folder.join(name))?;
            let found = Digest::of(&bytes);
            return Ok(if found == *digest { Kept::Whole(bytes) } else { Kept::Damaged { found } });
        }
        Ok(Kept::Absent)
    }

    /// Keeps these files and removes those of earlier lock files. Files that hlc did not make stay.
    ///
    /// # Errors
    /// In the system's words; a part of it may be done then, each file whole.
    pub fn keep(&self, files: &[Vendored]) -> io::Result<VendorReport> {
        fs::create_dir_all(&self.folder)?;
        let mut report = VendorReport::default();
        let mut kept = BTreeSet::new();
        for file in files {
            let digest = Digest::of(&file.bytes);
            let hex = digest.hex();
            let name = format!("{}-{}.{}", plain(&file.stem), hex.get(..DIGITS).unwrap_or_default(), file.extension);
            let path = self.folder.join(&name);
            if fs::read(&path).is_ok_and(|bytes| bytes == file.bytes) {
                report.unchanged += 1;
            } else {
                let mut staged = NamedTempFile::new_in(&self.folder)?;
                staged.write_all(&file.bytes)?;
                staged.as_file().sync_all()?;
                staged.persist(&path).map_err(|error| error.error)?;
                report.written.push(name.clone());
            }
            kept.insert(name);
        }
        for name in self.names()? {
            if is_ours(&name) && !kept.contains(&name) {
                fs::remove_file(self.folder.join(&name))?;
                report.removed.push(name);
            }
        }
        Ok(report)
    }

    /// The names in the folder, sorted.
    fn names(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names: Vec<String> =
            entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        Ok(names)
    }
}

/// A name that is a file's name everywhere.
fn plain(stem: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+') { c } else { '_' };
    stem.chars().map(plain).collect::<String>().trim_start_matches('.').to_owned()
}

/// True for names as [`Vendor::keep`] makes them.
fn is_ours(name: &str) -> bool {
    let Some((stem, "tgz" | "yaml")) = name.rsplit_once('.') else { return false };
    stem.rsplit_once('-').is_some_and(|(_, hex)| {
        hex.len() == DIGITS && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(stem: &str, bytes: &[u8]) -> Vendored {
        Vendored { stem: stem.to_owned(), extension: "tgz", bytes: bytes.to_vec() }
    }

    #[test]
    fn files_follow_the_lock_file() {
        let project = tempfile::tempdir().unwrap();
        let vendor = Vendor::new(project.path());
        assert_eq!(vendor.get(&Digest::of(b"a")).unwrap(), Kept::Absent);
        let report = vendor.keep(&[file("web-1.0.0", b"a"), file("../db", b"b")]).unwrap();
        assert_eq!(report.written, ["web-1.0.0-ca978112ca1b.tgz", "_db-3e23e8160039.tgz"]);
        fs::write(project.path().join("vendor/README.md"), "mine").unwrap();
        let report = vendor.keep(&[file("web-1.0.0", b"a")]).unwrap();
        assert_eq!((report.unchanged, report.removed.as_slice()), (1, ["_db-3e23e8160039.tgz".to_owned()].as_slice()));
        assert_eq!(vendor.get(&Digest::of(b"a")).unwrap(), Kept::Whole(b"a".to_vec()));
        assert!(project.path().join("vendor/README.md").exists());
    }

    #[test]
    fn a_changed_file_is_not_given_out() {
        let project = tempfile::tempdir().unwrap();
        let vendor = Vendor::new(project.path());
        let report = vendor.keep(&[file("web", b"a")]).unwrap();
        fs::write(project.path().join("vendor").join(&report.written[0]), "c").unwrap();
        assert_eq!(vendor.get(&Digest::of(b"a")).unwrap(), Kept::Damaged { found: Digest::of(b"c") });
    }
}
