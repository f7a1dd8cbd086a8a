//! What can be read without asking anybody: the project's `vendor/` and the user's cache.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hlc_chart::render::{Archives, Memory, Unavailable};
use hlc_chart::{Archive, ChartSource, Digest, Limits};

use crate::store::{Kept, Store};
use crate::vendor::Vendor;

/// The files at hand, those of the project before those of the cache.
#[derive(Clone, Debug)]
pub struct AtHand {
    project: PathBuf,
    vendor: Vendor,
    store: Store,
}

impl AtHand {
    /// The files of a project and of a cache.
    #[must_use]
    pub fn new(project: &Path, store: Store) -> Self {
        Self { project: project.to_owned(), vendor: Vendor::new(project), store }
    }

    /// The cache.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The bytes of a digest. A damaged file does not count where another place has the right one.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn get(&self, digest: &Digest) -> io::Result<Kept> {
        match self.vendor.get(digest)? {
            whole @ Kept::Whole(_) => Ok(whole),
            Kept::Absent => self.store.get(digest),
            damaged @ Kept::Damaged { .. } => match self.store.get(digest)? {
                whole @ Kept::Whole(_) => Ok(whole),
                Kept::Absent | Kept::Damaged { .. } => Ok(damaged),
            },
        }
    }
}

impl Archives for AtHand {
    fn archive(&self, chart: &Digest) -> Result<Arc<[u8]>, Unavailable> {
        match self.get(chart) {
            Ok(Kept::Whole(bytes)) => Ok(bytes.into()),
            Ok(Kept::Absent) => Err(Unavailable::NotFetched),
            Ok(Kept::Damaged { found }) => Err(Unavailable::Damaged { found }),
            Err(error) => Err(Unavailable::Other(error.to_string())),
        }
    }

    fn is_changed(&self, source: &ChartSource, chart: &Digest) -> bool {
        if source.folder().is_none() {
            return false;
        }
        let Ok(Kept::Whole(bytes)) = self.get(chart) else { return false };
        Archive::read(&bytes, &Limits::default())
            .is_ok_and(|packed| crate::source::is_changed(&self.project, source, &packed))
    }
}

impl Memory for AtHand {
    fn recall(&self, kind: &str, key: &Digest) -> Option<Vec<u8>> {
        self.store.recall(kind, key)
    }

    fn remember(&self, kind: &str, key: &Digest, bytes: &[u8]) {
        self.store.remember(kind, key, bytes);
    }
}
