//! Charts that a chart needs and its archive does not carry.

use std::path::Path;
use std::sync::Arc;

use hlc_chart::lock::LockedDependency;
use hlc_chart::range::{parsed, takes};
use hlc_chart::{Archive, Chart, ChartSource, Dependency, Limits};
use serde::Deserialize;

use super::{Sources, folder};
use crate::error::FetchError;

/// Files by their paths.
type Files = Vec<(String, Arc<[u8]>)>;

/// The dependencies that are named and not there.
pub(super) fn missing(chart: &Chart) -> Vec<Dependency> {
    let is_there = |dependency: &Dependency| chart.subchart(dependency).is_some();
    chart.metadata.dependencies.iter().filter(|dependency| !is_there(dependency)).cloned().collect()
}

/// What is read of `Chart.lock`.
#[derive(Default, Deserialize)]
struct ChartLock {
    #[serde(default)]
    dependencies: Vec<ChartLockEntry>,
}

#[derive(Deserialize)]
struct ChartLockEntry {
    name: String,
    #[serde(default)]
    version: String,
}

impl Sources {
    /// The archive with what is missing put into `charts/`: in the version that the lock file has, else the one of `Chart.lock`,
    /// else the newest that the chart takes.
    pub(super) async fn complete(
        &self,
        source: &ChartSource,
        archive: Archive,
        missing: &[Dependency],
        locked: Option<&[LockedDependency]>,
    ) -> Result<Archive, FetchError> {
        let mut files: Files = archive.files().map(|(path, bytes)| (path.to_owned(), Arc::from(bytes))).collect();
        let lock = archive.text("Chart.lock").or_else(|| archive.text("requirements.lock"));
        let lock: ChartLock = lock.and_then(|text| serde_yaml::from_str(text).ok()).unwrap_or_default();
        for dependency in missing {
            let fail = |reason: String| FetchError::Dependency {
                what: source.to_string(),
                name: dependency.name.clone(),
                version: dependency.version.clone(),
                reason,
            };
            // A chart beside this one, as Helm counts it: from the chart's own folder.
            if let Some(path) = dependency.repository.strip_prefix("file://") {
                let own =
                    source.folder().ok_or_else(|| fail("`file://` means nothing outside a project".to_owned()))?;
                let beside = beside(&own, path).ok_or_else(|| fail(format!("`{path}` leads out of the project")))?;
                files.extend(files_beside(&self.project, &beside)?);
                continue;
            }
            let fitting = |version: &str| takes(&dependency.version, version) == Some(true);
            let locked = locked.into_iter().flatten().filter(|entry| entry.name == dependency.name);
            let known = locked.map(|entry| entry.version.as_str()).find(|version| fitting(version));
            let in_chart =
                || lock.dependencies.iter().find(|entry| entry.name == dependency.name && fitting(&entry.version));
            let mut wanted = ChartSource {
                name: dependency.name.clone(),
                version: known
                    .or_else(|| in_chart().map(|entry| entry.version.as_str()))
                    .unwrap_or_default()
                    .to_owned(),
                repo: dependency.repository.trim_end_matches('/').to_owned(),
            };
            if !["https://", "http://", "oci://"].iter().any(|scheme| wanted.repo.starts_with(scheme)) {
                return Err(fail(format!("its repository `{}` is no URL", dependency.repository)));
            }
            if wanted.version.is_empty() {
                let versions = self.versions(&wanted).await.map_err(|error| fail(error.to_string()))?;
                wanted.version = newest(&dependency.version, &versions)
                    .ok_or_else(|| fail("its repository has no version that fits".to_owned()))?
                    .to_owned();
            }
            let fetched = Box::pin(self.chart(&wanted, None, None)).await.map_err(|error| fail(error.to_string()))?;
            files.push((format!("charts/{}-{}.tgz", wanted.name, wanted.version), fetched.bytes.into()));
        }
        Ok(Archive::of(archive.folder.as_str(), files))
    }
}

/// The files of a chart that lies beside the one that needs it, as files of that one.
fn files_beside(project: &Path, folder: &str) -> Result<Files, FetchError> {
    let (repo, name) = folder.rsplit_once('/').unwrap_or(("", folder));
    let local = ChartSource { name: name.to_owned(), version: String::new(), repo: format!("./{repo}") };
    let inner = folder::read(project, &local, &Limits::default())?;
    let inside = inner.files().map(|(path, bytes)| (format!("charts/{}/{path}", inner.folder), Arc::from(bytes)));
    Ok(inside.collect())
}

/// True when a chart of the project is no longer what was packed; what was fetched for it is.
pub(crate) fn is_changed(project: &Path, source: &ChartSource, packed: &Archive) -> bool {
    let Some(own) = source.folder() else { return false };
    let Some(now) = as_it_is(project, source, &own) else { return true };
    let is_same = |(path, bytes): (&str, &[u8])| packed.get(path) == Some(bytes);
    let is_there = |path: &str| now.get(path).is_some() || path.starts_with("charts/");
    !now.files().all(is_same) || !packed.files().all(|(path, _)| is_there(path))
}

/// A chart of the project with those that lie beside it; `None` when one cannot be read.
fn as_it_is(project: &Path, source: &ChartSource, own: &str) -> Option<Archive> {
    let archive = folder::read(project, source, &Limits::default()).ok()?;
    let chart = Chart::of(&archive, &Limits::default()).ok()?;
    let mut files: Files = archive.files().map(|(path, bytes)| (path.to_owned(), Arc::from(bytes))).collect();
    for dependency in missing(&chart) {
        if let Some(path) = dependency.repository.strip_prefix("file://") {
            files.extend(files_beside(project, &beside(own, path)?).ok()?);
        }
    }
    Some(Archive::of(archive.folder.as_str(), files))
}

/// The folder that a relative path leads to from another; `None` when it leads out.
fn beside(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The newest version that a range takes.
pub(crate) fn newest<'v>(range: &str, versions: &'v [String]) -> Option<&'v str> {
    let fitting = versions.iter().filter(|version| takes(range, version) == Some(true));
    fitting.max_by_key(|version| parsed(version)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_that_fits() {
        let versions = ["1.9.0", "1.10.0", "2.0.0", "1.11.0-rc.1", "odd"].map(str::to_owned);
        assert_eq!(newest("1.x", &versions), Some("1.10.0"));
    }

    #[test]
    fn paths_beside() {
        assert_eq!(beside("charts/web", "../lib").as_deref(), Some("charts/lib"));
        assert_eq!(beside("web", "../../lib"), None);
        assert_eq!(beside("web", "charts/x").as_deref(), Some("web/charts/x"));
    }
}
