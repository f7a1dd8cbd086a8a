//! Writing a file in one step.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Gives a path these bytes, whether or not a file is there. Whoever reads it meanwhile, and after a crash, finds the old file or
/// the new one, whole.
///
/// # Errors
/// In the system's words; the file is as it was then.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut staged = tempfile::Builder::new().prefix(".hlc.").tempfile_in(folder)?;
    let mode = fs::metadata(path).map_or(Permissions::from_mode(0o644), |metadata| metadata.permissions());
    staged.as_file().set_permissions(mode)?;
    staged.write_all(bytes)?;
    staged.as_file().sync_all()?;
    staged.persist(path).map_err(|error| error.error)?;
    // The file is whole whatever happens here; without this an old one could come back after a power cut.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}
