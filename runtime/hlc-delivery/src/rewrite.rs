//! Writing a source file again: one file in place of another, in one step.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::{Path, PathBuf};

/// Gives a file another text. Whoever reads it meanwhile, and after a crash, finds the old or the new one, whole.
///
/// A link stays; what it leads to is replaced. Mode and owner stay.
///
/// # Errors
/// In the system's words; the file is as it was then.
pub fn rewrite(path: &Path, text: &str) -> io::Result<()> {
    let target = path.canonicalize()?;
    let (staged, file) = stage(&target)?;
    let written = fill(&file, &target, text).and_then(|()| fs::rename(&staged, &target));
    if written.is_err() {
        // What cannot be removed either is left; the first reason is the one to tell.
        let _ = fs::remove_file(&staged);
        return written;
    }
    // The file is whole whatever happens here; without this an old one could come back after a power cut.
    if let Some(folder) = target.parent().and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Makes a new file beside the target. Its name is hidden, so that no include and no other run takes it for a source.
fn stage(target: &Path) -> io::Result<(PathBuf, File)> {
    const TRIES: u32 = 16;
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..TRIES {
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".hlc.{}.{number}", std::process::id()));
        let staged = target.with_file_name(name);
        match File::options().write(true).create_new(true).open(&staged) {
            Ok(file) => return Ok((staged, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
            Err(error) => return Err(error),
        }
    }
    Err(taken)
}

fn fill(mut file: &File, target: &Path, text: &str) -> io::Result<()> {
    let (old, new) = (fs::metadata(target)?, file.metadata()?);
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        // Only root may, and for others the file stays as usable as one that they saved in an editor.
        let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    }
    file.set_permissions(old.permissions())?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn mode_and_link_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.kdl"), folder.path().join("link.kdl"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a.kdl", &link).unwrap();
        rewrite(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        assert!(rewrite(&folder.path().join("a.kdl"), "new").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
