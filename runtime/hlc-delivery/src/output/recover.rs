//! Clears the staging folder away, after a write as after a killed one.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::retire::{retire, tear_down};
use super::stage::{READY, TREE};
use super::swap::OLD;
use super::{Place, WriteError};

/// Leaves the output folder in place and nothing beside it, whatever a run left there. What it does depends on the disk
/// alone, so it can be stopped and started again at any moment.
pub(super) fn recover(place: &Place, step: &mut dyn FnMut(&str)) -> Result<(), WriteError> {
    let staging = &place.staging;
    match fs::symlink_metadata(staging) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(WriteError::StagingTaken(staging.clone())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(WriteError::io("open", staging)(source)),
    }
    let (tree, old, ready) = (staging.join(TREE), staging.join(OLD), staging.join(READY));
    if !place.out.exists() && old.exists() {
        // Stopped between the two moves that stand for an exchange.
        step("move the old folder back");
        fs::rename(&old, &place.out).map_err(WriteError::io("move", &old))?;
    }
    let exchanged = match fs::read_to_string(&ready) {
        Ok(number) => inode(&place.out).is_some_and(|inode| inode.to_string() == number),
        Err(_) => false,
    };
    for folder in [&tree, &old] {
        if fs::symlink_metadata(folder).is_ok() {
            if exchanged { retire(folder, &place.out, step)? } else { tear_down(folder, step)? }
        }
    }
    step("remove the staging folder");
    match fs::remove_file(&ready).or_else(missing_is_fine).and_then(|()| fs::remove_dir(staging)) {
        Ok(()) => Ok(()),
        // Something in it that hlc did not put there.
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
            Err(WriteError::StagingTaken(staging.clone()))
        }
        Err(source) => Err(WriteError::io("remove", staging)(source)),
    }
}

fn missing_is_fine(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn inode(path: &Path) -> Option<u64> {
    fs::symlink_metadata(path).ok().map(|metadata| metadata.ino())
}
