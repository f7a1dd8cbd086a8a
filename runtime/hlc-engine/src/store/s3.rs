//! Documents as objects of an S3 bucket, for several people.
//!
//! | object | what it is |
//! |---|---|
//! | `NAME` | a document that is written |
//! | `NAME.bak` | its older writing |
//! | `NAME.parts/000001` … | a document that is appended to: what was appended, one object each |
//! | `NAME.lock` | who holds the lock, or that nobody does |
//!
//! Everything that must not be done twice is a conditional PUT (`If-None-Match: *`, `If-Match: "…"`), so that the server decides who was
//! first; one that does not heed conditions is found out before anything is locked.
//!
//! Appending writes a new object each time because Cloudflare's R2 lets one object be written once a second only
//! (developers.cloudflare.com/r2/platform/limits), and S3 cannot append. It takes one request; reading takes one for each.

mod connect;
mod document;
mod lease;
mod objects;
mod parts;
mod unique;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use async_trait::async_trait;
use object_store::ObjectStore;
use tokio::sync::Mutex;

pub use self::connect::{S3Keys, S3Settings};
use self::objects::Objects;
use super::{Guard, Store, StoreError, Stored, Version, name};
use crate::holder::Holder;

/// How long a lock lasts that is not renewed. It is renewed every third of that.
const LEASE: Duration = Duration::from_secs(30);

/// Keeps documents in an S3 bucket.
pub struct S3 {
    objects: Objects,
    /// How many parts there are of the documents that were appended to.
    parts: Mutex<BTreeMap<String, u64>>,
    lease: Duration,
    /// The server is known to heed conditions.
    proven: AtomicBool,
}

impl S3 {
    /// A store in a bucket. Nothing is sent yet.
    ///
    /// # Errors
    /// When the settings cannot be, or nothing says who logs in.
    pub fn connect(settings: &S3Settings) -> Result<Self, StoreError> {
        let (objects, place) = connect::connect(settings)?;
        Ok(Self::over(objects, place, &settings.prefix))
    }

    /// A store in whatever keeps objects and heeds conditions.
    #[doc(hidden)]
    #[must_use]
    pub fn over(objects: Arc<dyn ObjectStore>, place: String, prefix: &str) -> Self {
        let objects = Objects::new(objects, place, prefix);
        Self { objects, parts: Mutex::default(), lease: LEASE, proven: AtomicBool::new(false) }
    }

    /// With locks that last another time.
    #[doc(hidden)]
    #[must_use]
    pub fn lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    fn check(&self, name: &str) -> Result<(), StoreError> {
        name::check(name, || self.place(name))
    }

    /// The object of a lock.
    fn key(&self, name: &str) -> Result<String, StoreError> {
        name::lock(name, || self.place(name))
    }
}

#[async_trait]
impl Store for S3 {
    fn place(&self, name: &str) -> String {
        self.objects.place(name)
    }

    async fn read(&self, name: &str) -> Result<Option<Stored>, StoreError> {
        self.check(name)?;
        document::read(&self.objects, name).await
    }

    async fn write(&self, name: &str, bytes: &[u8], over: Option<&Version>) -> Result<Version, StoreError> {
        self.check(name)?;
        document::write(&self.objects, name, bytes, over).await
    }

    async fn remove(&self, name: &str) -> Result<(), StoreError> {
        self.check(name)?;
        let mut parts = self.parts.lock().await;
        parts.remove(name);
        document::remove(&self.objects, name).await
    }

    async fn append(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.check(name)?;
        // One after the other, in the order in which they were asked for.
        let mut counts = self.parts.lock().await;
        let known = counts.remove(name);
        let count = parts::append(&self.objects, name, bytes, known).await?;
        counts.insert(name.to_owned(), count);
        Ok(())
    }

    async fn lock(&self, name: &str, holder: &Holder) -> Result<Box<dyn Guard>, StoreError> {
        let guard = lease::lock(&self.objects, self.key(name)?, holder, self.lease, &self.proven).await?;
        Ok(Box::new(guard))
    }

    async fn holder(&self, name: &str) -> Result<Option<Holder>, StoreError> {
        lease::holder(&self.objects, &self.key(name)?).await
    }

    async fn unlock(&self, name: &str) -> Result<Option<Holder>, StoreError> {
        lease::unlock(&self.objects, &self.key(name)?).await
    }
}
