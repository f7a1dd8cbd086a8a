//! Bringing what is not at hand.

use std::sync::Arc;

use hlc_chart::lock::LockedDependency;
use hlc_chart::{Chart, ChartSource, Digest, Limits, Origin};
use hlc_net::Progress;
use tokio::task::{JoinSet, spawn_blocking};

use crate::at_hand::AtHand;
use crate::error::FetchError;
use crate::source::{Fetched, Sources};
use crate::store::Kept;

/// Something that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// A chart.
    Chart {
        /// Which.
        source: ChartSource,
        /// The digest of its archive and the charts within it, if it is locked.
        locked: Option<(Digest, Vec<LockedDependency>)>,
    },
    /// What stands at a URL.
    Manifests {
        /// Which.
        url: String,
        /// Its digest, if it is locked.
        locked: Option<Digest>,
    },
}

impl Want {
    /// What it is called in messages.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Chart { source, .. } => source.to_string(),
            Self::Manifests { url, .. } => url.clone(),
        }
    }

    fn locked(&self) -> Option<Digest> {
        match self {
            Self::Chart { locked, .. } => locked.as_ref().map(|(digest, _)| *digest),
            Self::Manifests { locked, .. } => *locked,
        }
    }
}

/// What was brought, or was at hand.
#[derive(Clone, Debug)]
pub struct Brought {
    /// The bytes, which the cache has now.
    pub bytes: Vec<u8>,
    /// What is in them, of a chart.
    pub chart: Option<Arc<Chart>>,
    /// True when somebody was asked for it.
    pub came: bool,
}

impl Brought {
    /// The digest of the bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }

    /// The charts within it.
    #[must_use]
    pub fn dependencies(&self) -> Vec<LockedDependency> {
        self.chart.as_deref().map(crate::source::dependencies).unwrap_or_default()
    }
}

/// Is told how it goes on.
pub trait Watch: Send + Sync {
    /// Somebody is asked for this; the result is told how many bytes are there.
    fn started(&self, name: &str) -> Option<Progress>;
    /// It is there, or will not come.
    fn ended(&self, name: &str);
}

/// Brings everything that is wanted into the cache, at once as far as servers allow. The answers stand in the order of the
/// wants. What is locked and at hand is not asked for.
///
/// # Errors
/// Each has its own.
pub async fn bring(
    sources: &Arc<Sources>,
    at_hand: &AtHand,
    wants: &[Want],
    watch: &Arc<dyn Watch>,
) -> Vec<Result<Brought, FetchError>> {
    let mut tasks = JoinSet::new();
    for (index, want) in wants.iter().cloned().enumerate() {
        let (sources, at_hand, watch) = (sources.clone(), at_hand.clone(), watch.clone());
        tasks.spawn(async move { (index, one(&sources, &at_hand, want, &*watch).await) });
    }
    let mut answers: Vec<Option<_>> = wants.iter().map(|_| None).collect();
    while let Some(done) = tasks.join_next().await {
        if let Ok((index, answer)) = done
            && let Some(place) = answers.get_mut(index)
        {
            *place = Some(answer);
        }
    }
    let broken =
        |want: &Want| FetchError::Malformed { url: want.name(), what: "not to be had: fetching broke off".to_owned() };
    answers.into_iter().zip(wants).map(|(answer, want)| answer.unwrap_or_else(|| Err(broken(want)))).collect()
}

async fn one(sources: &Sources, at_hand: &AtHand, want: Want, watch: &dyn Watch) -> Result<Brought, FetchError> {
    let io = |error| FetchError::Io { what: "the cache".to_owned(), error };
    // Held to the end, so that nobody else brings the same.
    let mut claim = None;
    if let Some(digest) = want.locked() {
        if let Some(bytes) = whole(at_hand, &digest).map_err(io)? {
            return read(&want, bytes, false);
        }
        let store = at_hand.store().clone();
        let claimed = spawn_blocking(move || store.claim(&digest)).await;
        claim = Some(claimed.unwrap_or_else(|error| Err(std::io::Error::other(error))).map_err(io)?);
        if let Some(bytes) = whole(at_hand, &digest).map_err(io)? {
            return read(&want, bytes, false);
        }
    }
    let name = want.name();
    let is_asked = !matches!(&want, Want::Chart { source, .. } if matches!(source.origin(), Origin::Folder(_)));
    let progress = if is_asked { watch.started(&name) } else { None };
    let fetched = match &want {
        Want::Chart { source, locked } => {
            let locked = locked.as_ref().map(|(digest, dependencies)| (*digest, dependencies.as_slice()));
            let fetched = sources.chart(source, locked, progress).await;
            fetched.map(|Fetched { bytes, chart }| Brought { bytes, chart: Some(chart), came: is_asked })
        }
        Want::Manifests { url, locked } => {
            let bytes = sources.manifests(url, *locked, progress).await;
            bytes.map(|bytes| Brought { bytes, chart: None, came: true })
        }
    };
    watch.ended(&name);
    let brought = fetched?;
    at_hand.store().put(&brought.bytes).map_err(io)?;
    drop(claim);
    Ok(brought)
}

/// The bytes of a digest; what is damaged is brought again.
fn whole(at_hand: &AtHand, digest: &Digest) -> std::io::Result<Option<Vec<u8>>> {
    Ok(match at_hand.get(digest)? {
        Kept::Whole(bytes) => Some(bytes),
        Kept::Absent | Kept::Damaged { .. } => None,
    })
}

fn read(want: &Want, bytes: Vec<u8>, came: bool) -> Result<Brought, FetchError> {
    let chart = match want {
        Want::Chart { source, .. } => {
            let refused = |error| FetchError::Archive { what: source.to_string(), error };
            Some(Arc::new(Chart::read(&bytes, &Limits::default()).map_err(refused)?))
        }
        Want::Manifests { .. } => None,
    };
    Ok(Brought { bytes, chart, came })
}
