//! `hlc.lock`: charts and manifests pinned by digest, and what each release makes.
//!
//! It is KDL, read by the same front end as everything else: findings point into it, comments and conflict markers are
//! told from content, and one fact stands on one line, so that two branches that lock different charts merge by
//! themselves. Everything in it is sorted, so that the same homelab gives the same bytes.

use hlc_diag::Span;

use crate::surface::SurfaceObject;
use crate::{ChartSource, Digest};

mod read;
mod write;

pub use read::{CODES, UNREADABLE};

/// The newest form of the file that is read and the one that is written.
pub const VERSION: u32 = 1;

/// The lock file's name for a root file: `hlc.lock` for `homelab.kdl`, `staging.lock` for `staging.kdl`, since another
/// environment releases other things.
#[must_use]
pub fn path(root: &str) -> String {
    match root.strip_suffix(".kdl").unwrap_or(root) {
        "homelab" => "hlc.lock".to_owned(),
        name => format!("{name}.lock"),
    }
}

/// What a lock file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    /// The charts.
    pub charts: Vec<LockedChart>,
    /// What stands at URLs.
    pub manifests: Vec<LockedManifests>,
    /// The releases of charts.
    pub releases: Vec<LockedRelease>,
}

/// A chart in one version.
#[derive(Clone, Debug, PartialEq)]
pub struct LockedChart {
    /// Where it is had from.
    pub source: ChartSource,
    /// The digest of its archive.
    pub digest: Digest,
    /// The versions of Kubernetes that it takes.
    pub kube_version: Option<String>,
    /// The charts within its archive.
    pub dependencies: Vec<LockedDependency>,
    /// Where it stands in the lock file; `None` before it is written.
    pub span: Option<Span>,
}

/// A chart within the archive of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedDependency {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A YAML file at a URL.
#[derive(Clone, Debug, PartialEq)]
pub struct LockedManifests {
    /// Where it is.
    pub url: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// What is kept of its objects.
    pub objects: Vec<SurfaceObject>,
    /// Where it stands in the lock file; `None` before it is written.
    pub span: Option<Span>,
}

/// A release of a chart, as it was when it was locked.
#[derive(Clone, Debug, PartialEq)]
pub struct LockedRelease {
    /// The node that it stands in: `workload.grafana`, `addon.cilium`.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// The digest of what it was rendered from ([`crate::RenderRequest::digest`]): another one now means that the objects are
    /// those of yesterday.
    pub inputs: Digest,
    /// What is kept of its objects.
    pub objects: Vec<SurfaceObject>,
    /// Where it stands in the lock file; `None` before it is written.
    pub span: Option<Span>,
}

impl Lock {
    /// The entry of a chart.
    #[must_use]
    pub fn chart(&self, source: &ChartSource) -> Option<&LockedChart> {
        self.charts.iter().find(|chart| chart.source == *source)
    }

    /// The entry of a URL.
    #[must_use]
    pub fn manifests(&self, url: &str) -> Option<&LockedManifests> {
        self.manifests.iter().find(|manifests| manifests.url == url)
    }

    /// The entry of a release.
    #[must_use]
    pub fn release(&self, owner: &str, name: &str) -> Option<&LockedRelease> {
        self.releases.iter().find(|release| release.owner == owner && release.name == name)
    }

    /// Puts everything in the order it is written in.
    pub fn sort(&mut self) {
        self.charts.sort_by(|a, b| a.source.cmp(&b.source));
        self.manifests.sort_by(|a, b| a.url.cmp(&b.url));
        self.releases.sort_by(|a, b| (&a.owner, &a.name).cmp(&(&b.owner, &b.name)));
        for chart in &mut self.charts {
            chart.dependencies.sort();
            chart.dependencies.dedup();
        }
        let releases = self.releases.iter_mut().map(|release| &mut release.objects);
        for objects in releases.chain(self.manifests.iter_mut().map(|manifests| &mut manifests.objects)) {
            objects.sort_by(|a, b| a.identity().cmp(&b.identity()));
        }
    }
}

#[cfg(test)]
mod tests;
