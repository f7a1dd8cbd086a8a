//! Documents that are written as a whole.

use super::objects::{Object, Objects, Put, When};
use super::parts;
use crate::store::name::BACKUP;
use crate::store::{StoreError, Stored, Version};

/// Reads a document, whichever kind it is.
pub(super) async fn read(objects: &Objects, name: &str) -> Result<Option<Stored>, StoreError> {
    match objects.get(name).await? {
        Some(Object { bytes, tag, .. }) => Ok(Some(Stored { bytes, version: Version(tag) })),
        None => parts::read(objects, name).await,
    }
}

/// Writes a document; before that its older writing is kept.
pub(super) async fn write(
    objects: &Objects,
    name: &str,
    bytes: &[u8],
    over: Option<&Version>,
) -> Result<Version, StoreError> {
    let moved = || StoreError::Moved { place: objects.place(name) };
    let when = match (objects.get(name).await?, over) {
        (Some(old), Some(over)) if old.tag == over.0 => {
            // Writing the same again would only lose the older writing.
            if old.bytes == bytes {
                return Ok(Version(old.tag));
            }
            objects.put(&format!("{name}{BACKUP}"), &old.bytes).await?;
            When::Is(old.tag)
        }
        (None, Some(over)) if parts::is_of_parts(over) => {
            return Err(objects.failed(name, "is appended to, and cannot be written as a whole"));
        }
        (None, None) if parts::count(objects, name).await? == 0 => When::Absent,
        (Some(_), _) | (None, _) => return Err(moved()),
    };
    match objects.put_if(name, bytes, &when).await? {
        Put::Done(tag) => Ok(Version(tag)),
        Put::Refused => Err(moved()),
    }
}

/// Removes a document. One that was written becomes its own older writing.
pub(super) async fn remove(objects: &Objects, name: &str) -> Result<(), StoreError> {
    if let Some(old) = objects.get(name).await? {
        objects.put(&format!("{name}{BACKUP}"), &old.bytes).await?;
        objects.remove(vec![name.to_owned()]).await?;
    }
    parts::remove(objects, name).await
}
