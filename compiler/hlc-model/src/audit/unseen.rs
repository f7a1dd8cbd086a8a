//! What an audit cannot look into.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_plan::PlannedObject;

use crate::check::Facts;

/// Something whose objects are not known.
pub(super) static NOT_LOOKED_INTO: Code = Code {
    id: "HLC1056",
    name: "not-looked-into",
    severity: Severity::Hint,
    summary: "a chart or manifests whose pods and rights an audit does not know",
    explain: "What Argo CD or `hlc apply` renders in the cluster is not there to be looked at: its images, its rights, its access to nodes and \
              to secrets may be anything. `deliver=\"rendered\"` writes the objects out, so that they are looked at like any other. \
              The lock file keeps what others depend on, and no pods. `hlc audit` reports it.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.2.3\" \
          repo=\"https://charts.example.net\" deliver=\"argocd\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"ghcr.io/example/web:1.2.3\"\n}",
};

pub(super) fn find(facts: &Facts<'_>) -> Vec<Diagnostic> {
    let releases = facts.charts.unseen().map(|release| {
        let owner = release.owner.replacen('.', " `", 1);
        let message = format!("release `{}` of {owner}` was not looked into: it is rendered elsewhere", release.name);
        Diagnostic::new(&NOT_LOOKED_INTO, release.chart_span, message)
    });
    let manifests = facts.charts.manifests.iter().map(|manifests| {
        let message = format!("`{}` was not looked into", manifests.url);
        Diagnostic::new(&NOT_LOOKED_INTO, manifests.span, message)
    });
    releases.chain(manifests).collect()
}

/// Where an object is, in words behind its name.
pub(super) fn in_namespace(object: &PlannedObject) -> String {
    object.namespace.as_ref().map_or_else(String::new, |namespace| format!(" in namespace `{namespace}`"))
}
