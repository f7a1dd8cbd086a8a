//! HTTP repositories.

use std::sync::Arc;

use hlc_chart::{ChartSource, Digest, Limits};
use hlc_net::Progress;

use super::index::{Index, IndexEntry};
use super::{INDEX_LIMIT, Sources};
use crate::error::FetchError;

impl Sources {
    /// The index of a repository, asked for once.
    pub(super) async fn index(&self, repo: &str) -> Result<Arc<Index>, FetchError> {
        let cell = self.indexes.lock().await.entry(repo.to_owned()).or_default().clone();
        let index = cell
            .get_or_try_init(|| async {
                let url = format!("{repo}/index.yaml");
                let answer = self.get(&url, |request| request.limit(INDEX_LIMIT)).await?;
                Index::read(&url, &answer.body).map(Arc::new)
            })
            .await?;
        Ok(index.clone())
    }

    /// The archive of a chart in a repository.
    pub(super) async fn repository_archive(
        &self,
        repo: &str,
        source: &ChartSource,
        progress: Option<Progress>,
    ) -> Result<Vec<u8>, FetchError> {
        let index = self.index(repo).await?;
        let entry = index.version(repo, &source.name, &source.version)?;
        let url = place(repo, source, entry)?;
        let limit = Limits::default().packed;
        let answer = self.get(&url, |request| request.limit(limit).progress(progress)).await?;
        let announced = entry.digest.as_deref().map(|digest| digest.trim_start_matches("sha256:"));
        let announced = announced.and_then(|hex| format!("sha256:{hex}").parse::<Digest>().ok());
        let found = Digest::of(&answer.body);
        match announced {
            Some(expected) if expected != found => Err(FetchError::Digest {
                what: source.to_string(),
                expected_by: "the repository's index says",
                expected,
                found,
            }),
            Some(_) | None => Ok(answer.body),
        }
    }
}

/// Where the archive is: its first URL, which is absolute or below the repository's.
fn place(repo: &str, source: &ChartSource, entry: &IndexEntry) -> Result<String, FetchError> {
    let malformed = |what: &str| FetchError::Malformed { url: format!("{repo}/index.yaml"), what: what.to_owned() };
    let Some(url) = entry.urls.first() else {
        return Err(malformed(&format!("an index that does not say where {source} is")));
    };
    match url.split_once("://") {
        Some(("https" | "http", _)) => Ok(url.clone()),
        Some(_) => Err(malformed(&format!("an index that keeps {source} at something else than a web server"))),
        None => Ok(format!("{repo}/{}", url.trim_start_matches('/'))),
    }
}
