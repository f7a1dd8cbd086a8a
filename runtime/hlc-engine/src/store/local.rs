//! Documents as files of a folder.
//!
//! | file | what it is |
//! |---|---|
//! | `NAME` | the document |
//! | `NAME.bak` | its older writing |
//! | `NAME.lock` | who holds its lock, as JSON; there as long as it is held |
//! | `.NAME.new`, `.NAME.old` | left by a write that was killed; the next one clears them away |
//! | `.writing` | empty; whoever writes locks it for that moment |
//! | `.gitignore` | keeps all of this out of Git |
//!
//! Locks are those of the system (`flock`), so that the end of a process frees them. On NFS they hold across machines as long as its
//! lock service runs (flock(2)); elsewhere on networks it is up to the file system.

mod append;
mod folder;
mod lock;
mod write;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use super::{Guard, Store, StoreError, Stored, Version, name};
use crate::holder::Holder;
use folder::Folder;

/// Keeps documents in a folder, which is made when something is written. Only the user can read what is in it.
#[derive(Clone)]
pub struct Local {
    path: PathBuf,
    step: Step,
}

/// Is told what is done next.
type Step = Arc<dyn Fn(&'static str) + Send + Sync>;

impl Local {
    /// A store in that folder.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::stepwise(path, |_| {})
    }

    /// [`Local::new`], telling `step` before each thing that is done on disk, so that a test can stop it there.
    #[doc(hidden)]
    #[must_use]
    pub fn stepwise(path: impl Into<PathBuf>, step: impl Fn(&'static str) + Send + Sync + 'static) -> Self {
        Self { path: path.into(), step: Arc::new(step) }
    }

    /// Works on a document where waiting for the disk stops nothing else. Once begun it is finished, even when nobody waits any more.
    async fn work<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Self, &str) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        name::check(name, || self.place(name))?;
        self.work_on(name.to_owned(), work).await
    }

    /// [`Local::work`], on a lock.
    async fn work_lock<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Self, &str) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.work_on(name::lock(name, || self.place(name))?, work).await
    }

    async fn work_on<T: Send + 'static>(
        &self,
        name: String,
        work: impl FnOnce(&Self, &str) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (this, of) = (self.clone(), name.clone());
        let done = tokio::task::spawn_blocking(move || work(&this, &of)).await;
        done.unwrap_or_else(|error| Err(StoreError::Failed { place: self.place(&name), why: error.to_string() }))
    }
}

/// A file's version is what it holds, so that it holds for a file that was copied or put back too.
fn version(bytes: &[u8]) -> Version {
    Version(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[async_trait]
impl Store for Local {
    fn place(&self, name: &str) -> String {
        self.path.join(name).display().to_string()
    }

    async fn read(&self, name: &str) -> Result<Option<Stored>, StoreError> {
        let read = |this: &Self, name: &str| {
            let Some(folder) = Folder::find(this)? else { return Ok(None) };
            let bytes = folder.read(name)?;
            Ok(bytes.map(|bytes| Stored { version: version(&bytes), bytes }))
        };
        self.work(name, read).await
    }

    async fn write(&self, name: &str, bytes: &[u8], over: Option<&Version>) -> Result<Version, StoreError> {
        let (bytes, over) = (bytes.to_vec(), over.cloned());
        self.work(name, move |this, name| write::write(&Folder::alone(this)?, name, &bytes, over.as_ref())).await
    }

    async fn remove(&self, name: &str) -> Result<(), StoreError> {
        self.work(name, |this, name| match Folder::find(this)? {
            Some(folder) => write::remove(&folder.lock()?, name),
            None => Ok(()),
        })
        .await
    }

    async fn append(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let bytes = bytes.to_vec();
        self.work(name, move |this, name| append::append(&Folder::alone(this)?, name, &bytes)).await
    }

    async fn lock(&self, name: &str, holder: &Holder) -> Result<Box<dyn Guard>, StoreError> {
        let holder = holder.clone();
        let guard = self.work_lock(name, move |this, name| lock::lock(Folder::make(this)?, name, &holder)).await?;
        Ok(Box::new(guard))
    }

    async fn holder(&self, name: &str) -> Result<Option<Holder>, StoreError> {
        self.work_lock(name, |this, name| match Folder::find(this)? {
            Some(folder) => lock::holder(&folder, name),
            None => Ok(None),
        })
        .await
    }

    async fn unlock(&self, name: &str) -> Result<Option<Holder>, StoreError> {
        self.work_lock(name, |this, name| match Folder::find(this)? {
            Some(folder) => lock::unlock(&folder, name),
            None => Ok(None),
        })
        .await
    }
}
