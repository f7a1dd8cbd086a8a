//! What an audit cannot look into.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_plan::PlannedObject;

use crate::charts::{Knowledge, Unrendered};
use crate::check::{Facts, pod_template};

/// Something of whose objects not everything is known.
pub(super) static NOT_LOOKED_INTO: Code = Code {
    id: "HLC1056",
    name: "not-looked-into",
    severity: Severity::Hint,
    summary: "a chart or manifests of which an audit does not know everything",
    explain: "What Argo CD or `hlc apply` renders in the cluster is not there to be looked at. Of a release that `hlc lock` has rendered, the lock \
              file keeps pods with what they reach on their nodes and which Secrets they read, but neither images nor what roles and \
              bindings give; of others nothing is known. `deliver=\"rendered\"` writes the objects out, so that they are looked at like any \
              other. `hlc audit` reports it.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.2.3\" \
          repo=\"https://charts.example.net\" deliver=\"argocd\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"ghcr.io/example/web:1.2.3\"\n}",
};

pub(super) fn find(facts: &Facts<'_>) -> Vec<Diagnostic> {
    let releases = facts.charts.unrendered().filter_map(|release| of_release(&release));
    let manifests = facts.charts.manifests.iter().map(|manifests| {
        let message = format!("`{}` was not looked into", manifests.url);
        Diagnostic::new(&NOT_LOOKED_INTO, manifests.span, message)
    });
    releases.chain(manifests).collect()
}

/// What is not known of a release; `None` when what the lock file keeps of it is all that an audit looks at.
fn of_release(unrendered: &Unrendered<'_>) -> Option<Diagnostic> {
    let release = unrendered.release;
    let owner = release.owner.replacen('.', " `", 1);
    let name = format!("release `{}` of {owner}`", release.name);
    let finding = |message: String| Diagnostic::new(&NOT_LOOKED_INTO, release.chart_span, message);
    let mend = "`hlc lock` renders it and keeps its pods; `deliver=\"rendered\"` writes out everything";
    match unrendered.known {
        Knowledge::Nothing => Some(finding(format!("{name} was not looked into: nothing is locked of it")).help(mend)),
        Knowledge::Stale => {
            Some(finding(format!("{name} was not looked into: what is locked of it is of other values")).help(mend))
        }
        Knowledge::Whole => {
            let pods = unrendered.surface.iter().filter(|object| pod_template(object).is_some()).count();
            let rights = unrendered.surface.iter().filter(|object| is_about_rights(object)).count();
            let lacks = match (pods, rights) {
                (0, 0) => return None,
                (_, 0) => "the images of its pods are".to_owned(),
                (0, _) => format!("what its {} {}", roles(rights), if rights == 1 { "gives is" } else { "give is" }),
                (_, _) => format!(
                    "the images of its pods and what its {} {} are",
                    roles(rights),
                    if rights == 1 { "gives" } else { "give" }
                ),
            };
            let finding = finding(format!("of {name} {lacks} not known"));
            let seen = if pods == 0 { "no pods" } else { "its pods, as far as they reach nodes and Secrets" };
            Some(
                finding
                    .note(format!("looked at was {seen}: the lock file keeps that"))
                    .help("`deliver=\"rendered\"` writes out everything"),
            )
        }
    }
}

fn roles(count: usize) -> String {
    if count == 1 { "role or binding".to_owned() } else { format!("{count} roles and bindings") }
}

fn is_about_rights(object: &PlannedObject) -> bool {
    matches!(object.kind.as_str(), "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding")
}

/// Where an object is, in words behind its name.
pub(super) fn in_namespace(object: &PlannedObject) -> String {
    object.namespace.as_ref().map_or_else(String::new, |namespace| format!(" in namespace `{namespace}`"))
}
