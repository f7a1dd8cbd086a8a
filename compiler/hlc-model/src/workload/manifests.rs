//! Manifests that somebody else publishes.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::scalar::{DnsLabel, HttpUrl};
use hlc_schema::{Node, Spanned};

use super::Workload;
use crate::lower::Lower;

pub(crate) const CODES: &[&Code] = &[&NOT_FETCHED];

/// Manifests of a URL in a workload.
pub(crate) static NOT_FETCHED: Code = Code {
    id: "HLC0833",
    name: "manifests-not-fetched",
    severity: Severity::Error,
    summary: "manifests of a URL that hlc would have to write to Git",
    explain: "A build opens no network connection, so that hlc cannot write what stands at a URL. `hlc apply` can put it into the \
              cluster: in an `addon` of `platform`. A workload holds the objects themselves.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    manifests \"https://example.net/crds.yaml\"\n}",
    good: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"crds\" namespace=\"kube-system\" { manifests \
           \"https://example.net/crds.yaml\" }\n}",
};

/// A YAML file of Kubernetes objects that somebody else publishes, such as custom resource definitions.
///
/// Objects of the kinds it defines are put into the cluster after it.
#[derive(Debug, Node)]
#[node(
    name = "manifests",
    example = r#"manifests "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/experimental-install.yaml""#
)]
pub struct Manifests {
    /// Where the file is; the URL of one version, not of the newest.
    #[arg]
    pub url: Spanned<HttpUrl>,
    /// What hlc calls it, so that another URL is a newer version of the same; needed where an addon has several.
    #[prop(default = "the addon's name")]
    pub name: Option<Spanned<DnsLabel>>,
    /// The node's name.
    #[head]
    pub head: Span,
}

impl Manifests {
    /// What it is called.
    #[must_use]
    pub fn name<'w>(&'w self, unit: &'w Workload) -> &'w str {
        self.name.as_ref().map_or(unit.name.name.as_str(), |name| name.value.as_str())
    }

    /// In a workload there is nothing to make of it.
    pub(crate) fn refuse(&self, lower: &Lower<'_>) {
        lower.resolver.report(
            Diagnostic::new(&NOT_FETCHED, self.head, "a workload cannot hold manifests of a URL")
                .label(self.url.span, "a build does not open it")
                .help("move it to an `addon` in `platform`, or save the file and write its objects here"),
        );
    }
}
