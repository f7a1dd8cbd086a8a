//! The versions of Kubernetes that a chart takes.

use std::collections::BTreeSet;

use hlc_chart::range::takes;
use hlc_diag::{Code, Diagnostic, Severity};

use super::{Charts, WantedRelease};
use crate::resolve::Resolver;

/// A chart for another Kubernetes.
pub(crate) static KUBE_VERSION: Code = Code {
    id: "HLC0876",
    name: "chart-kube-version",
    severity: Severity::Error,
    summary: "a chart that does not take the version of Kubernetes",
    explain: "`kubeVersion` in `Chart.yaml` says which versions of Kubernetes a chart takes, and the lock file keeps it. Helm and Argo CD \
              refuse to install it on others. The version is the one that `talos` declares, or the chart's own `kube-version`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
          repo=\"https://charts.example.net\" deliver=\"rendered\" kube-version=\"1.19.0\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
           repo=\"https://charts.example.net\" deliver=\"rendered\" kube-version=\"1.34.0\"\n}",
};

/// Reports charts that do not take the version of Kubernetes, and gives back the places of their releases: rendering them would only
/// say the same.
pub(super) fn check(charts: &Charts, resolver: &Resolver<'_>) -> BTreeSet<usize> {
    let mut refused = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for (at, release) in charts.releases.iter().enumerate().filter(|(_, release)| release.made) {
        let Some((range, version)) = conflict(charts, release) else { continue };
        refused.insert(at);
        if !seen.insert(release.head) {
            continue;
        }
        let source = &release.source;
        let message = format!("chart `{}` {} takes Kubernetes {range}, not {version}", source.name, source.version);
        let mut found = Diagnostic::new(&KUBE_VERSION, release.chart_span, message);
        if let Some(at) = release.kubernetes_span {
            found = found.label(at, format!("Kubernetes is {version} here"));
        }
        resolver.report(
            found
                .note("its Chart.yaml says so (`kubeVersion`)")
                .help("take a version of the chart that knows this Kubernetes; `hlc outdated` lists the newer ones"),
        );
    }
    refused
}

/// The range that a chart takes and the version that is not in it.
fn conflict<'c>(charts: &'c Charts, release: &'c WantedRelease) -> Option<(&'c str, &'c str)> {
    let range = charts.lock.as_ref()?.chart(&release.source)?.kube_version.as_deref()?;
    let version = release.capabilities.kubernetes.as_deref()?;
    (takes(range, version) == Some(false)).then_some((range, version))
}
