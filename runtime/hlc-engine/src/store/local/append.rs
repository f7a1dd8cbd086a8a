//! A document grows at its end.

use std::fs::File;
use std::io::Write as _;

use rustix::fs::OFlags;

use super::folder::{Folder, cannot};
use crate::store::StoreError;

/// Adds to a document; the folder is locked. One wait for the disk, and another where the document is made.
pub(super) fn append(folder: &Folder, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let failed =
        |error: std::io::Error| StoreError::Failed { place: folder.place(name), why: cannot("written", &error) };
    let Some(mut file) = folder.open(name, OFlags::WRONLY | OFlags::APPEND)? else {
        folder.step("make the document");
        let file = folder.create(name, bytes).map_err(|errno| folder.failed(name, "written", errno))?;
        folder.step("bring it to disk");
        if let Err(error) = file.sync_all() {
            let _ = folder.unlink(name);
            return Err(failed(error));
        }
        folder.step("bring the folder to disk");
        return folder.sync(name);
    };
    let length = file.metadata().map_err(failed)?.len();
    folder.step("append");
    let added = file.write_all(bytes).and_then(|()| {
        folder.step("bring it to disk");
        file.sync_data()
    });
    added.inspect_err(|_| cut(&file, length)).map_err(failed)
}

/// Takes back what was added. A failure of that is the lesser news.
fn cut(file: &File, length: u64) {
    let _ = file.set_len(length).and_then(|()| file.sync_data());
}
