//! A store in memory that counts, fails on order, and remembers everything that was ever in it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use crate::holder::Holder;
use crate::store::{Guard, Store, StoreError, Stored, Version};

/// What is done to a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// It is written as a whole.
    Write,
    /// Something is added to it.
    Append,
    /// It is removed.
    Remove,
}

/// Says whether an operation fails, and how many bytes of it are there all the same.
type Fails = Box<dyn Fn(Operation, &str) -> Option<usize> + Send>;

/// A store in memory.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    documents: BTreeMap<String, Vec<u8>>,
    locks: BTreeMap<String, Holder>,
    counts: BTreeMap<Operation, usize>,
    /// Everything that was written or appended.
    kept: Vec<u8>,
    fails: Option<Fails>,
    held: Vec<Arc<AtomicBool>>,
}

impl Memory {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a document says.
    #[must_use]
    pub fn document(&self, name: &str) -> Option<Vec<u8>> {
        self.inner().documents.get(name).cloned()
    }

    /// Puts a document there, or takes it away, past all rules.
    pub fn put(&self, name: &str, bytes: Option<Vec<u8>>) {
        let mut inner = self.inner();
        match bytes {
            Some(bytes) => drop(inner.documents.insert(name.to_owned(), bytes)),
            None => drop(inner.documents.remove(name)),
        }
    }

    /// How often something was done.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        self.inner().counts.get(&operation).copied().unwrap_or(0)
    }

    /// How often anything was done.
    #[must_use]
    pub fn count_all(&self) -> usize {
        self.inner().counts.values().sum()
    }

    /// Everything that was kept since this was asked last.
    #[must_use]
    pub fn take_kept(&self) -> Vec<u8> {
        std::mem::take(&mut self.inner().kept)
    }

    /// Lets operations fail, with so many bytes of them done; `None` lets them pass.
    pub fn fails(&self, fails: impl Fn(Operation, &str) -> Option<usize> + Send + 'static) {
        self.inner().fails = Some(Box::new(fails));
    }

    /// Lets everything pass again.
    pub fn heal(&self) {
        self.inner().fails = None;
    }

    /// Lets every lock be lost without anybody freeing it.
    pub fn lose_locks(&self) {
        self.inner().held.iter().for_each(|held| held.store(false, Ordering::SeqCst));
    }

    fn begin(&self, operation: Operation, name: &str, bytes: &[u8]) -> Result<MutexGuard<'_, Inner>, StoreError> {
        let mut inner = self.inner();
        *inner.counts.entry(operation).or_default() += 1;
        if let Some(done) = inner.fails.as_ref().and_then(|fails| fails(operation, name)) {
            if operation == Operation::Append {
                let part = bytes.get(..done.min(bytes.len())).unwrap_or_default();
                inner.documents.entry(name.to_owned()).or_default().extend_from_slice(part);
            }
            return Err(StoreError::Failed { place: self.place(name), why: "no space left on device".to_owned() });
        }
        inner.kept.extend_from_slice(bytes);
        Ok(inner)
    }
}

fn version(bytes: &[u8]) -> Version {
    Version(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[async_trait]
impl Store for Memory {
    fn place(&self, name: &str) -> String {
        format!("memory/{name}")
    }

    async fn read(&self, name: &str) -> Result<Option<Stored>, StoreError> {
        let document = self.document(name);
        Ok(document.map(|bytes| Stored { version: version(&bytes), bytes }))
    }

    async fn write(&self, name: &str, bytes: &[u8], over: Option<&Version>) -> Result<Version, StoreError> {
        let mut inner = self.begin(Operation::Write, name, bytes)?;
        let there = inner.documents.get(name).map(|bytes| version(bytes));
        if there.as_ref() != over {
            return Err(StoreError::Moved { place: self.place(name) });
        }
        inner.documents.insert(name.to_owned(), bytes.to_vec());
        Ok(version(bytes))
    }

    async fn remove(&self, name: &str) -> Result<(), StoreError> {
        self.begin(Operation::Remove, name, &[])?.documents.remove(name);
        Ok(())
    }

    async fn append(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let mut inner = self.begin(Operation::Append, name, bytes)?;
        inner.documents.entry(name.to_owned()).or_default().extend_from_slice(bytes);
        Ok(())
    }

    async fn lock(&self, name: &str, holder: &Holder) -> Result<Box<dyn Guard>, StoreError> {
        let mut inner = self.inner();
        if let Some(holder) = inner.locks.get(name) {
            return Err(StoreError::Locked { place: self.place(name), holder: holder.clone() });
        }
        inner.locks.insert(name.to_owned(), holder.clone());
        let held = Arc::new(AtomicBool::new(true));
        inner.held.push(held.clone());
        Ok(Box::new(Held { store: self.clone(), name: name.to_owned(), held }))
    }

    async fn holder(&self, name: &str) -> Result<Option<Holder>, StoreError> {
        Ok(self.inner().locks.get(name).cloned())
    }

    async fn unlock(&self, name: &str) -> Result<Option<Holder>, StoreError> {
        Ok(self.inner().locks.remove(name))
    }
}

struct Held {
    store: Memory,
    name: String,
    held: Arc<AtomicBool>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.store.inner().locks.remove(&self.name);
    }
}

#[async_trait]
impl Guard for Held {
    async fn free(self: Box<Self>) -> Result<(), StoreError> {
        Ok(())
    }

    fn is_held(&self) -> bool {
        self.held.load(Ordering::SeqCst)
    }
}
