//! Where states are kept.

use async_trait::async_trait;

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

/// Keeps documents by flat names such as `cloudflare.json`.
///
/// What is written is written as a whole and for good before the answer comes: after a crash at any moment a document is the old
/// one or the new one. The older writing of a document is kept beside it.
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
    /// See [`StoreError`]; what was there is still there then.
    async fn write(&self, name: &str, bytes: &[u8], over: Option<&Version>) -> Result<Version, StoreError>;

    /// Removes a document; one that is not there is no error.
    ///
    /// # Errors
    /// See [`StoreError`].
    async fn remove(&self, name: &str) -> Result<(), StoreError>;

    /// Adds to the end of a document, which is made if it is not there. After a crash a part of what was added may be there.
    ///
    /// # Errors
    /// See [`StoreError`].
    async fn append(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError>;

    /// Locks a name for as long as the guard is held. The lock of a holder that is surely dead is taken over.
    ///
    /// # Errors
    /// See [`StoreError`].
    async fn lock(&self, name: &str, holder: &Holder) -> Result<Box<dyn Guard>, StoreError>;

    /// Who holds a lock; `None` when nobody does.
    ///
    /// # Errors
    /// See [`StoreError`].
    async fn holder(&self, name: &str) -> Result<Option<Holder>, StoreError>;

    /// Frees a lock, whoever holds it. Gives whom it was taken from.
    ///
    /// # Errors
    /// See [`StoreError`].
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
