//! Puts the new folder in the place of the old one.

use std::fs::{self, File};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::stage::TREE;
use super::{Place, WriteError};

/// In the staging folder, where folders cannot be exchanged: the old one.
pub(super) const OLD: &str = "old";

/// Exchanges the staged folder and the output folder in one step, or moves the first to the place of the latter when
/// there is none yet.
pub(super) fn swap(place: &Place, exists: bool, step: &mut dyn FnMut(&str)) -> Result<(), WriteError> {
    let tree = place.staging.join(TREE);
    let out = &place.out;
    step("exchange the folders");
    let flags = if exists { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
    match renameat_with(CWD, &tree, CWD, out, flags) {
        Ok(()) => {}
        // The file system does not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            if exists {
                let old = place.staging.join(OLD);
                fs::rename(out, &old).map_err(WriteError::io("move", out))?;
                step("move the new folder in");
            }
            fs::rename(&tree, out).map_err(WriteError::io("move", &tree))?;
        }
        Err(errno @ (Errno::BUSY | Errno::XDEV)) => return Err(WriteError::CannotExchange(out.clone(), errno.into())),
        Err(errno) => return Err(WriteError::io("replace", out)(errno)),
    }
    step("write the exchange to the disk");
    // The exchange has happened; a disk that does not say so only matters when the power fails.
    let _ = File::open(&place.parent).and_then(|parent| parent.sync_all());
    Ok(())
}
