//! Objects, and putting them on a condition.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion,
};

use super::unique::unique;
use crate::store::StoreError;

/// How often a conditional PUT is tried that the server refuses although its condition holds.
const ATTEMPTS: u32 = 5;

/// The objects below a prefix.
#[derive(Clone)]
pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    place: String,
    prefix: String,
}

/// An object as it was read.
pub(super) struct Object {
    pub(super) bytes: Vec<u8>,
    pub(super) tag: String,
    /// Which PUT made it.
    writing: Option<String>,
}

/// When an object is put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// If there is none.
    Absent,
    /// If it is still the one with this e-tag.
    Is(String),
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It is there, with this e-tag.
    Done(String),
    /// The condition does not hold, and what is there is not ours.
    Refused,
}

impl Objects {
    pub(super) fn new(store: Arc<dyn ObjectStore>, place: String, prefix: &str) -> Self {
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Self { store, place, prefix }
    }

    /// An object as people know it.
    pub(super) fn place(&self, key: &str) -> String {
        format!("{}/{key}", self.place)
    }

    pub(super) fn failed(&self, key: &str, why: impl Into<String>) -> StoreError {
        StoreError::Failed { place: self.place(key), why: why.into() }
    }

    fn path(&self, key: &str) -> Result<Path, StoreError> {
        Path::parse(format!("{}{key}", self.prefix)).map_err(|_| self.failed(key, "the prefix cannot be"))
    }

    /// Reads an object; `None` when there is none.
    pub(super) async fn get(&self, key: &str) -> Result<Option<Object>, StoreError> {
        let failed = |error: Error| self.failed(key, format!("cannot be read: {}", why(&error)));
        let got = match self.store.get(&self.path(key)?).await {
            Ok(got) => got,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let tag = got.meta.e_tag.clone().ok_or_else(|| self.failed(key, NO_TAG))?;
        let writing = got.attributes.get(&WRITING).map(|name| name.as_ref().to_owned());
        let bytes = got.bytes().await.map_err(failed)?.to_vec();
        Ok(Some(Object { bytes, tag, writing }))
    }

    /// True when there is such an object.
    pub(super) async fn is_there(&self, key: &str) -> Result<bool, StoreError> {
        match self.store.head(&self.path(key)?).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(self.failed(key, format!("cannot be read: {}", why(&error)))),
        }
    }

    /// Puts an object, whatever was there.
    pub(super) async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let put = self.store.put(&self.path(key)?, bytes.to_vec().into()).await;
        put.map(drop).map_err(|error| self.failed(key, format!("cannot be written: {}", why(&error))))
    }

    /// Puts an object on a condition.
    ///
    /// An answer that was lost, or that says the condition does not hold, may be about a PUT that was carried out and sent again. So
    /// what is there is read: each PUT has a name of its own, which the object keeps as metadata, so that the same written by
    /// somebody else is told apart.
    pub(super) async fn put_if(&self, key: &str, bytes: &[u8], when: &When) -> Result<Put, StoreError> {
        let writing = unique();
        let mut attempt = 0;
        loop {
            let error = match self.put_once(key, bytes, when, &writing).await? {
                Ok(tag) => return Ok(Put::Done(tag)),
                Err(error) => error,
            };
            let there = self.get(key).await?;
            if let Some(there) = there.as_ref().filter(|there| there.writing.as_ref() == Some(&writing)) {
                return Ok(Put::Done(there.tag.clone()));
            }
            let holds = match when {
                When::Absent => there.is_none(),
                When::Is(tag) => there.is_some_and(|there| there.tag == *tag),
            };
            attempt += 1;
            if is_refusal(&error) && !holds {
                return Ok(Put::Refused);
            }
            // S3 answers 409 while another conditional PUT is under way.
            if !is_refusal(&error) || attempt >= ATTEMPTS {
                return Err(self.failed(key, format!("cannot be written: {}", why(&error))));
            }
            tokio::time::sleep(Duration::from_millis(50) * attempt).await;
        }
    }

    async fn put_once(
        &self,
        key: &str,
        bytes: &[u8],
        when: &When,
        writing: &str,
    ) -> Result<Result<String, Error>, StoreError> {
        let mode = match when {
            When::Absent => PutMode::Create,
            When::Is(tag) => PutMode::Update(UpdateVersion { e_tag: Some(tag.clone()), version: None }),
        };
        let attributes = Attributes::from_iter([(WRITING, writing.to_owned())]);
        let options = PutOptions { mode, attributes, ..PutOptions::default() };
        match self.store.put_opts(&self.path(key)?, bytes.to_vec().into(), options).await {
            Ok(put) => put.e_tag.map(Ok).ok_or_else(|| self.failed(key, NO_TAG)),
            Err(error) => Ok(Err(error)),
        }
    }

    /// Sees to it that the server refuses what it has to. The object is there, and is what it was afterwards.
    pub(super) async fn prove_conditions(&self, key: &str, bytes: &[u8]) -> Result<(), StoreError> {
        for when in [When::Absent, When::Is(format!("\"{}\"", "0".repeat(32)))] {
            match self.put_once(key, bytes, &when, &unique()).await? {
                Err(error) if is_refusal(&error) => {}
                Err(error) => return Err(self.failed(key, format!("cannot be written: {}", why(&error)))),
                Ok(_) => {
                    let header = if when == When::Absent { "If-None-Match" } else { "If-Match" };
                    return Err(self.failed(
                        key,
                        format!("the server does not heed `{header}`: two could lock at once, so that no state can be kept there"),
                    ));
                }
            }
        }
        Ok(())
    }

    /// The names of the objects in a folder.
    pub(super) async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let path = self.path(folder)?;
        let found: Result<Vec<_>, Error> = self
            .store
            .list(Some(&path))
            .map_ok(|object| object.location.filename().map(str::to_owned))
            .try_collect()
            .await;
        let found = found.map_err(|error| self.failed(folder, format!("cannot be listed: {}", why(&error))))?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Removes objects in this order, as many at once as the server lets; what is not there is no error.
    pub(super) async fn remove(&self, keys: Vec<String>) -> Result<(), StoreError> {
        let Some(first) = keys.first().cloned() else { return Ok(()) };
        let paths = keys.iter().map(|key| self.path(key).map(Ok)).collect::<Result<Vec<Result<Path, Error>>, _>>()?;
        let removed = self.store.delete_stream(futures_util::stream::iter(paths).boxed());
        let removed = removed.map(|one| match one {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed(&first, format!("cannot be removed: {}", why(&error)))),
        });
        removed.try_collect().await
    }
}

/// The name of the PUT that made an object: `x-amz-meta-hlc-writing`.
const WRITING: Attribute = Attribute::Metadata(Cow::Borrowed("hlc-writing"));

const NO_TAG: &str = "the server gives no e-tag: nothing tells one writing from another";

fn is_refusal(error: &Error) -> bool {
    matches!(error, Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotModified { .. })
}

/// What happened, in one line: what S3 says in its answer, else the innermost cause. The outer ones are long, and name URLs.
fn why(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text = cause.to_string();
    let within = |tag: &str| Some(text.split_once(&format!("<{tag}>"))?.1.split_once(&format!("</{tag}>"))?.0);
    match (within("Code"), within("Message")) {
        (Some(code), Some(message)) => format!("the server says {code}: {}", message.trim_end_matches('.')),
        (Some(code), None) => format!("the server says {code}"),
        (None, _) => {
            let line = text.lines().next().unwrap_or_default();
            let line = line.split(" (os error").next().unwrap_or_default().trim_end_matches('.');
            let mut letters = line.chars().take(200);
            let first = letters.next().map(|first| first.to_ascii_lowercase());
            first.into_iter().chain(letters).collect()
        }
    }
}
