//! What is asked of a renderer, and what it answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use hlc_diag::{FileId, Span};

use crate::manifest::{ManifestError, RenderError, objects};
use crate::{ChartSource, Digest, Digester, Packed};

/// One release to be rendered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RenderRequest {
    /// The digest of the chart's archive.
    pub chart: Digest,
    /// `.Release.Name`
    pub release: String,
    /// `.Release.Namespace`
    pub namespace: String,
    /// The values as a YAML file; the same values always give the same text. Empty for none.
    pub values: String,
    /// What the cluster can do.
    pub capabilities: Capabilities,
    /// True when what lies in `crds/` is wanted too.
    pub include_crds: bool,
    /// True when the chart may write random material, so that it is to be rendered twice.
    pub twice: bool,
}

/// What `.Capabilities` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Capabilities {
    /// The version of Kubernetes, such as `1.34.0`; without one, the renderer's own default.
    pub kubernetes: Option<String>,
    /// API versions beside those of Kubernetes itself, as `.Capabilities.APIVersions` has them: `GROUP/VERSION` and
    /// `GROUP/VERSION/KIND`.
    pub api_versions: BTreeSet<String>,
}

impl RenderRequest {
    /// What the answer depends on, the renderer itself aside. Whoever keeps answers adds the renderer's name and version.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let Self { chart, release, namespace, values, capabilities, include_crds, twice: _ } = self;
        let mut digester = Digester::new("hlc render request 1");
        for text in [chart.to_string().as_str(), release, namespace, values] {
            digester.text(text);
        }
        digester.text(if *include_crds { "crds" } else { "" });
        digester.text(capabilities.kubernetes.as_deref().unwrap_or_default());
        for version in &capabilities.api_versions {
            digester.text(version);
        }
        digester.finish()
    }

    /// What the release is made of, whatever the cluster can do.
    #[must_use]
    pub fn made_of(&self) -> Digest {
        let Self { chart, release, namespace, values, capabilities: _, include_crds: _, twice: _ } = self;
        let mut digester = Digester::new("hlc release 1");
        for text in [chart.to_string().as_str(), release, namespace, values] {
            digester.text(text);
        }
        digester.finish()
    }
}

/// What came of rendering a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendering {
    /// The objects.
    pub objects: Packed,
    /// Those of the second time, if it was asked twice and the renderer wrote something else.
    pub again: Option<Packed>,
}

impl Rendering {
    /// Reads what a renderer wrote: YAML documents, each under a line `# Source: CHART/templates/FILE`; and what it wrote the second
    /// time, if that was something else.
    ///
    /// # Errors
    /// See [`objects`].
    pub fn read(manifest: &str, again: Option<&str>) -> Result<Self, ManifestError> {
        let nowhere = Span::new(FileId::new(0), 0, 0);
        let packed = |manifest: &str| Ok(Packed::of(&objects(manifest, nowhere)?));
        Ok(Self { objects: packed(manifest)?, again: again.map(packed).transpose()? })
    }
}

/// Why nothing came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderFailure {
    /// There is no renderer, or none that can be used.
    NoRenderer {
        /// What was looked for and found, in one line without a full stop.
        reason: String,
        /// How to get one.
        help: String,
    },
    /// The chart's archive cannot be had.
    Unavailable(Unavailable),
    /// Nobody renders now, for an answer in no time: an editor asks, and the answer is not known from before.
    NotNow,
    /// The chart refused.
    Refused(RenderError),
    /// What came of it are no objects.
    NoObjects(ManifestError),
    /// Anything else, in the system's words.
    Other(String),
}

/// Why the archive of a chart cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// It is at hand nowhere.
    NotFetched,
    /// The archive at hand is not the one that is wanted.
    Damaged {
        /// Its digest.
        found: Digest,
    },
    /// Anything else, in the system's words.
    Other(String),
}

/// Where the archives of charts are kept.
pub trait Archives {
    /// The bytes of the archive with this digest.
    ///
    /// # Errors
    /// See [`Unavailable`]. Bytes with another digest are never given out.
    fn archive(&self, chart: &Digest) -> Result<Arc<[u8]>, Unavailable>;

    /// True when the files of a chart of the project are no longer those of its archive with this digest; false as well where nobody
    /// can tell.
    fn is_changed(&self, source: &ChartSource, chart: &Digest) -> bool {
        let _ = (source, chart);
        false
    }
}

/// Remembers what was worked out, for the next time. What is given out is what was kept, or nothing.
pub trait Memory: Sync {
    /// What was kept under a key.
    fn recall(&self, kind: &str, key: &Digest) -> Option<Vec<u8>>;
    /// Keeps something under a key. What cannot be kept is worked out again.
    fn remember(&self, kind: &str, key: &Digest, bytes: &[u8]);
}

/// Renders releases. The first implementation runs `helm template`.
pub trait Renderer {
    /// Renders releases, in parallel if it can; the answers stand in the order of the requests.
    fn render(&self, requests: &[RenderRequest]) -> Vec<Result<Rendering, RenderFailure>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_changes_the_answer_changes_the_digest() {
        let request = RenderRequest {
            chart: Digest::of(b"chart"),
            release: "web".into(),
            namespace: "apps".into(),
            values: "a: 1\n".into(),
            capabilities: Capabilities::default(),
            include_crds: true,
            twice: false,
        };
        let with = |change: &dyn Fn(&mut RenderRequest)| {
            let mut other = request.clone();
            change(&mut other);
            other.digest()
        };
        let changed = [
            request.digest(),
            with(&|request| request.chart = Digest::of(b"other")),
            with(&|request| request.release = "other".into()),
            with(&|request| request.namespace = "other".into()),
            with(&|request| request.values = "a: 2\n".into()),
            with(&|request| request.include_crds = false),
            with(&|request| request.capabilities.kubernetes = Some("1.34.0".into())),
            with(&|request| request.capabilities.api_versions = ["a/v1".into()].into()),
        ];
        assert_eq!(changed.iter().collect::<BTreeSet<_>>().len(), changed.len());
        assert_eq!(with(&|request| request.twice = true), request.digest());
        let cluster = RenderRequest {
            capabilities: Capabilities { kubernetes: Some("1.34.0".into()), ..Capabilities::default() },
            ..request.clone()
        };
        let values = RenderRequest { values: "a: 2\n".into(), ..request.clone() };
        assert_eq!(cluster.made_of(), request.made_of());
        assert_ne!(values.made_of(), request.made_of());
    }
}
