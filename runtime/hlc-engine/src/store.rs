//! Where states are kept.

mod local;
mod name;
mod s3;

use async_trait::async_trait;

pub use self::local::Local;
pub use self::s3::{S3, S3Keys, S3Settings};
use crate::holder::Holder;

/// Names one writing of a document: another writing has another version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub String);

/// A document as it was read.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What it says.
    pub bytes: Vec<u8>,
    /// Which writing of it that is.
    pub version: Version,
}

/// Why a store did not do as it was told.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Reading or writing failed.
    #[error("{place}: {why}")]
    Failed {
        /// The document, as people know it.
        place: String,
        /// One line, lower case, no full stop.
        why: String,
    },
    /// Somebody else has written the document since it was read.
    #[error("{place} was changed by somebody else in the meantime")]
    Moved {
        /// The document, as people know it.
        place: String,
    },
    /// Somebody else works on it.
    #[error("{place} is locked by {holder}")]
    Locked {
        /// The lock, as people know it.
        place: String,
        /// Who.
        holder: Holder,
    },
}

/// Keeps documents by flat names such as `cloudflare.json`: letters, digits, `.`, `_` and `-`, beginning with a letter or digit and
/// not ending in `.bak`, `.lock` or `.parts`.
///
/// What is written is written as a whole and for good before the answer comes: after a crash at any moment a document is the old
/// one or the new one. The older writing of a document is kept beside it as `NAME.bak`, for people.
///
/// A document is written or appended to, never both as long as it is there: not every store can do that in one step.
#[async_trait]
pub trait Store: Send + Sync {
    /// A document as people know it: a path, a URL.
    fn place(&self, name: &str) -> String;

    /// Reads a document; `None` when there is none. One that cannot be read is an error.
    ///
    /// # Errors
    /// See [`StoreError`].
    async fn read(&self, name: &str) -> Result<Option<Stored>, StoreError>;

    /// Writes a document if it still is of that version; with `None`, if there is none.
    ///
    /// # Errors
    /// See [`StoreError`]. What was there is there then, unless it is the answer that was lost: whoever goes on reads first.
    async fn write(&self, name: &str, bytes: &[u8], over: Option<&Version>) -> Result<Version, StoreError>;

    /// Removes a document, of which a store may keep the older writing; one that is not there is no error.
    ///
    /// # Errors
    /// See [`StoreError`].
    async fn remove(&self, name: &str) -> Result<(), StoreError>;

    /// Adds to the end of a document, which is made if it is not there. After a crash a part of what was added may be there: who
    /// finds one appends behind it, so that lines should begin on a new one.
    ///
    /// # Errors
    /// See [`StoreError`]; nothing of it is there then, as far as the store can see to that.
    async fn append(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError>;

    /// Locks a name for as long as the guard is held; `.lock` at its end goes without saying. The lock of a holder that is surely dead is taken over.
    ///
    /// # Errors
    /// See [`StoreError`].
    async fn lock(&self, name: &str, holder: &Holder) -> Result<Box<dyn Guard>, StoreError>;

    /// Who holds a lock; `None` when nobody does, or somebody who is surely dead.
    ///
    /// # Errors
    /// See [`StoreError`].
    async fn holder(&self, name: &str) -> Result<Option<Holder>, StoreError>;

    /// Takes a lock away. Gives from whom; `None` when there was none.
    ///
    /// One that lasts for a time is taken away whoever holds it: the holder's guard finds out at the next renewal. One that the
    /// system holds for a living process cannot be: stopping the process frees it.
    ///
    /// # Errors
    /// See [`StoreError`]; [`StoreError::Locked`] when only the end of the process frees it.
    async fn unlock(&self, name: &str) -> Result<Option<Holder>, StoreError>;
}

/// A lock that is held. Dropping it frees it as far as that can be done without waiting; [`Guard::free`] does it in any case.
#[async_trait]
pub trait Guard: Send + Sync {
    /// Frees the lock.
    ///
    /// # Errors
    /// See [`StoreError`].
    async fn free(self: Box<Self>) -> Result<(), StoreError>;

    /// True as long as the lock is surely held: one that has to be renewed can be lost.
    fn is_held(&self) -> bool;
}
