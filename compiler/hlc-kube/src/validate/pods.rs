//! What controllers ask of the pods they make, and pods of their containers.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, Map};

use super::walk::Walk;

/// A restart policy that a controller does not take.
pub(super) static RESTART_POLICY: Code = Code {
    id: "HLC0518",
    name: "restart-policy",
    severity: Severity::Error,
    summary: "pods with a `restartPolicy` that their controller does not take",
    explain: "Pods of a Job end: their `restartPolicy` is `Never` (a failed pod is followed by a new one) or `OnFailure` (the same pod \
              tries again), and has to be said, since without it a pod's is `Always`. Pods of a Deployment, StatefulSet, DaemonSet \
              or ReplicaSet run for ever: theirs is `Always`. The API server refuses anything else.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Job "web" { spec { template { spec { containers { - name=web image="web:1" } } } } }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Job "web" { spec { template { spec restartPolicy=Never { containers { - name=web image="web:1" } } } } }
}"#,
};

/// A container that is called like another of its pod.
pub(super) static SAME_NAME: Code = Code {
    id: "HLC0519",
    name: "same-container-name",
    severity: Severity::Error,
    summary: "an init container that is called like a container of its pod",
    explain: "Containers and init containers of a pod share their names: the API server refuses a pod in which two are the same.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" {
        spec {
            initContainers { - name=web image="web:1" }
            containers { - name=web image="web:1" }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" {
        spec {
            initContainers { - name=prepare image="web:1" }
            containers { - name=web image="web:1" }
        }
    }
}"#,
};

/// Judges the pods of a controller whose `spec` is a definition of this name (pkg/apis/apps/validation, ValidatePodTemplateSpec*;
/// pkg/apis/batch/validation, validateJobSpec).
pub(super) fn restart(walk: &mut Walk<'_>, definition: &str, map: &Map) {
    let Some(spec) = map.get("template").and_then(|template| template.get("spec")) else { return };
    let policy = spec.get("restartPolicy");
    let given = policy.and_then(Data::as_str);
    let path = walk.path_of("template.spec.restartPolicy");
    if definition == "batch.v1.JobSpec" {
        let (at, message) = match (policy, given) {
            (None, _) => (spec.span, format!("the pods of a Job need `{path}`")),
            (Some(policy), Some("Always")) => (policy.span, "the pods of a Job do not run always".to_owned()),
            _ => return,
        };
        walk.report(
            Diagnostic::new(&RESTART_POLICY, at, message)
                .help("write `restartPolicy=Never` or `restartPolicy=OnFailure`"),
        );
        return;
    }
    if let (Some(policy), Some(given @ ("Never" | "OnFailure"))) = (policy, given) {
        let kind = walk.kind().to_owned();
        walk.report(
            Diagnostic::new(&RESTART_POLICY, policy.span, format!("the pods of this {kind} cannot have `{given}`"))
                .help("leave `restartPolicy` out, or write a Job for what ends"),
        );
    }
}

/// Judges the names of all containers of a pod; within one list the list does.
pub(super) fn names(walk: &mut Walk<'_>, map: &Map) {
    let named = |list: &str| {
        let items = map.get(list).and_then(Data::as_list).unwrap_or_default();
        items.iter().filter_map(|item| item.get("name")).filter_map(|name| Some((name.as_str()?, name)))
    };
    let containers: BTreeMap<&str, &Data> = named("containers").collect();
    let mut found = Vec::new();
    for (text, name) in named("initContainers") {
        if let Some(other) = containers.get(text) {
            let message = format!("there is already a container `{text}` in this pod");
            found.push(Diagnostic::new(&SAME_NAME, name.span, message).label(other.span, "this one"));
        }
    }
    found.into_iter().for_each(|finding| walk.report(finding));
}
