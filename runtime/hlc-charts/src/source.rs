//! Where charts and manifests come from.

mod challenge;
mod dependencies;
mod folder;
mod http;
mod index;
mod oci;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hlc_chart::lock::LockedDependency;
use hlc_chart::{Archive, Chart, ChartSource, Digest, Limits, Origin};
use hlc_net::{Answer, Client, Login, Progress, Request, Url};
use tokio::sync::{Mutex, OnceCell};

use crate::error::FetchError;
use crate::logins::Logins;
use crate::mirror::Mirrors;
use index::Index;

pub(crate) use dependencies::is_changed;

/// The largest `index.yaml` that is read, in bytes; those of the largest public repositories have about 20 MB.
const INDEX_LIMIT: u64 = 128 << 20;
/// The largest file of manifests that is read, in bytes.
const MANIFESTS_LIMIT: u64 = 32 << 20;

/// A chart as it came.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its archive.
    pub bytes: Vec<u8>,
    /// What is in it.
    pub chart: Arc<Chart>,
}

/// The charts within a chart.
pub(crate) fn dependencies(chart: &Chart) -> Vec<LockedDependency> {
    let mut found = Vec::new();
    let mut open: Vec<&Chart> = chart.subcharts.iter().collect();
    while let Some(chart) = open.pop() {
        found.push(LockedDependency { name: chart.metadata.name.clone(), version: chart.metadata.version.clone() });
        open.extend(&chart.subcharts);
    }
    found.sort();
    found.dedup();
    found
}

/// Asks repositories, registries and web servers. One serves a whole command: what was asked once is remembered.
pub struct Sources {
    client: Client,
    mirrors: Mirrors,
    logins: Logins,
    /// The project's folder, for charts that lie in it.
    project: PathBuf,
    indexes: Mutex<BTreeMap<String, Arc<OnceCell<Arc<Index>>>>>,
    tokens: Mutex<BTreeMap<String, Login>>,
}

impl Sources {
    /// Sources for a project.
    #[must_use]
    pub fn new(client: Client, mirrors: Mirrors, logins: Logins, project: &Path) -> Self {
        let (indexes, tokens) = (Mutex::default(), Mutex::default());
        Self { client, mirrors, logins, project: project.to_owned(), indexes, tokens }
    }

    /// The archive of a chart. `locked` are the digest that it has to have, and the versions of the charts within it.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn chart(
        &self,
        source: &ChartSource,
        locked: Option<(Digest, &[LockedDependency])>,
        progress: Option<Progress>,
    ) -> Result<Fetched, FetchError> {
        let limits = Limits::default();
        let expected = locked.map(|(digest, _)| digest);
        let what = source.to_string();
        let refused = |error| FetchError::Archive { what: what.clone(), error };
        let (bytes, mut archive) = match source.origin() {
            Origin::Http(repo) => (Some(self.repository_archive(repo, source, progress).await?), None),
            Origin::Oci(registry) => (Some(self.registry_archive(registry, source, expected, progress).await?), None),
            Origin::Folder(_) => (None, Some(folder::read(&self.project, source, &limits)?)),
        };
        if let Some(bytes) = &bytes {
            archive = Some(Archive::read(bytes, &limits).map_err(|error| refused(error.into()))?);
        }
        let archive = archive.unwrap_or_default();
        let chart = Chart::of(&archive, &limits).map_err(refused)?;
        is_wanted(source, &chart)?;
        let missing = dependencies::missing(&chart);
        let (bytes, chart) = match bytes {
            Some(bytes) if missing.is_empty() => (bytes, chart),
            _ => {
                let versions = locked.map(|(_, dependencies)| dependencies);
                let whole = self.complete(source, archive, &missing, versions).await?;
                let chart = Chart::of(&whole, &limits).map_err(refused)?;
                let bytes = crate::pack(&whole).map_err(|error| FetchError::Io { what: what.clone(), error })?;
                (bytes, chart)
            }
        };
        let found = Digest::of(&bytes);
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            return Err(FetchError::Digest { what, expected_by: "the lock file says", expected, found });
        }
        Ok(Fetched { bytes, chart: Arc::new(chart) })
    }

    /// The versions of a chart that its repository has, as they are written there; none for a chart of the project.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn versions(&self, source: &ChartSource) -> Result<Vec<String>, FetchError> {
        match source.origin() {
            Origin::Http(repo) => {
                let index = self.index(repo).await?;
                Ok(index.chart(repo, &source.name)?.iter().map(|entry| entry.version.clone()).collect())
            }
            Origin::Oci(registry) => self.tags(registry, &source.name).await,
            Origin::Folder(_) => Ok(Vec::new()),
        }
    }

    /// The bytes at a URL.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn manifests(
        &self,
        url: &str,
        locked: Option<Digest>,
        progress: Option<Progress>,
    ) -> Result<Vec<u8>, FetchError> {
        let answer = self.get(url, |request| request.limit(MANIFESTS_LIMIT).progress(progress)).await?;
        let found = Digest::of(&answer.body);
        match locked {
            Some(expected) if expected != found => {
                let what = url.to_owned();
                Err(FetchError::Digest { what, expected_by: "the lock file says", expected, found })
            }
            Some(_) | None => Ok(answer.body),
        }
    }

    /// What a web server has under a URL, by way of the mirrors and with the login for where it really is.
    async fn get(&self, url: &str, with: impl FnOnce(Request) -> Request) -> Result<Answer, FetchError> {
        let asked = self.mirrors.apply(url);
        let parsed = parse(&asked)?;
        let login = self.logins.of(&asked).cloned();
        let with_login = login.is_some();
        let answer = self.client.send(&with(Request::get(parsed)).login(login)).await?;
        judge(answer, with_login)
    }
}

fn parse(url: &str) -> Result<Url, FetchError> {
    Url::parse(url).map_err(|error| FetchError::Malformed { url: url.to_owned(), what: format!("no URL: {error}") })
}

/// The answer, if it says yes.
fn judge(answer: Answer, with_login: bool) -> Result<Answer, FetchError> {
    let (url, status) = (hlc_net::shown(&answer.url), answer.status.as_u16());
    match status {
        200 => Ok(answer),
        401 | 403 => Err(FetchError::Login { url, status, with_login }),
        _ => Err(FetchError::Status { url, status }),
    }
}

/// Refuses an archive that holds something else.
fn is_wanted(source: &ChartSource, chart: &Chart) -> Result<(), FetchError> {
    let found = &chart.metadata;
    if found.name == source.name && same_version(&found.version, &source.version) {
        return Ok(());
    }
    let what = match source.folder() {
        Some(folder) => format!("the folder `{folder}`"),
        None => format!("the archive of {source}"),
    };
    Err(FetchError::OtherChart { what, found: format!("{} {}", found.name, found.version) })
}

/// True for `1.2.3` and `v1.2.3`, which Helm takes for the same.
fn same_version(a: &str, b: &str) -> bool {
    a.trim_start_matches('v') == b.trim_start_matches('v')
}
