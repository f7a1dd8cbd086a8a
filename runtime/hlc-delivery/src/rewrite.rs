//! Writing a source file again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Replaces the text of a file in one step: a reader finds the old text or the new one, also after a crash. The mode is
/// kept; of a link, the target is replaced.
///
/// # Errors
/// In the system's words; the file is as it was then.
pub fn rewrite(path: &Path, text: &str) -> io::Result<()> {
    let target = path.canonicalize()?;
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut temporary = std::ffi::OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".hlc-{}", std::process::id()));
    let temporary = target.with_file_name(temporary);
    let written = write_new(&temporary, text, &target).and_then(|()| fs::rename(&temporary, &target));
    if written.is_err() {
        // What is left of the attempt goes; that this fails too is the lesser news.
        let _ = fs::remove_file(&temporary);
        return written;
    }
    match target.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn write_new(path: &Path, text: &str, like: &Path) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.set_permissions(fs::metadata(like)?.permissions())?;
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
