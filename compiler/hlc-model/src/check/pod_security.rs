//! Pods keep to the security level of their namespace.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, DataValue, Spanned};

use super::{Check, Facts, containers};
use crate::workload::{PodSecurityLevel, workload_namespace};

pub(super) const CHECK: Check = Check { codes: &[&HOST_ACCESS, &EXISTING_LEVEL], run };

/// A pod that its namespace forbids.
pub(crate) static HOST_ACCESS: Code = Code {
    id: "HLC0615",
    name: "host-access",
    severity: Severity::Error,
    summary: "a pod reaches into its node, which the pod-security level of its namespace forbids",
    explain: "With `pod-security=\"baseline\"` or `\"restricted\"` the API server refuses pods that use the node's network, \
              processes, files or ports, or run privileged (Pod Security Standards, Baseline). Either the pod does without, or \
              the namespace says `privileged`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\" pod-security=\"baseline\"\n    Pod \"web\" { spec \
          hostNetwork=#true { containers { - name=web image=\"web:1\" } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\" pod-security=\"privileged\"\n    Pod \"web\" { spec \
           hostNetwork=#true { containers { - name=web image=\"web:1\" } } }\n}",
};

/// A level for a namespace that somebody else makes.
pub(crate) static EXISTING_LEVEL: Code = Code {
    id: "HLC0620",
    name: "existing-level",
    severity: Severity::Warning,
    summary: "a pod-security level of a namespace that something else makes",
    explain: "The level is a label of the Namespace object, and hlc writes none for an `(existing)` namespace: the level would \
              be read here and be missing in the cluster.",
    bad: "workload \"web\" category=\"apps\" {\n    (existing)namespace \"web\" pod-security=\"baseline\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\" pod-security=\"baseline\"\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut levels: BTreeMap<&str, Spanned<PodSecurityLevel>> = BTreeMap::new();
    for (_, workload) in facts.model.units() {
        let namespace = &workload.namespace;
        let Some(security) = &namespace.pod_security else { continue };
        let span = security.enforce.span;
        let own = workload.holds(span);
        if namespace.existing && !own {
            continue; // a default that does not matter here
        }
        if namespace.existing {
            found.push(
                Diagnostic::new(
                    &EXISTING_LEVEL,
                    security.enforce.span,
                    "the pod-security level of an `(existing)` namespace is not set",
                )
                .help("set it where the namespace is made, or remove `(existing)`"),
            );
        } else if namespace.is_made(workload) {
            levels.insert(namespace.name.value.as_str(), security.enforce);
        }
    }
    for workload in facts.sound_workloads() {
        let namespace = workload_namespace(workload.workload);
        let Some(level) = levels.get(namespace).filter(|level| level.value != PodSecurityLevel::Privileged) else {
            continue;
        };
        for (object, template) in workload.pod_templates() {
            let Some(spec) = template.get("spec") else { continue };
            for (what, at) in host_access(spec) {
                found.push(
                    Diagnostic::new(
                        &HOST_ACCESS,
                        at.span,
                        format!("{} `{}` {what}, which namespace `{namespace}` forbids", object.kind, object.name),
                    )
                    .label(level.span, format!("`{}` is enforced here", level.value.word()))
                    .help("remove it, or write `pod-security=\"privileged\"`"),
                );
            }
        }
    }
}

fn is_true(data: &Data) -> bool {
    data.value == DataValue::Bool(true)
}

/// What a pod does that the Baseline level forbids, and where it says so.
fn host_access(spec: &Data) -> Vec<(&'static str, &Data)> {
    let mut found = Vec::new();
    let flags = [
        ("hostNetwork", "uses its node's network"),
        ("hostPID", "sees its node's processes"),
        ("hostIPC", "shares its node's memory"),
    ];
    for (field, what) in flags {
        found.extend(spec.get(field).filter(|flag| is_true(flag)).map(|flag| (what, flag)));
    }
    for volume in spec.get("volumes").and_then(Data::as_list).into_iter().flatten() {
        found.extend(volume.get("hostPath").map(|path| ("mounts its node's files", path)));
    }
    for container in containers(spec) {
        let privileged = container.at(&["securityContext", "privileged"]).filter(|flag| is_true(flag));
        found.extend(privileged.map(|flag| ("runs privileged", flag)));
        let ports = container.get("ports").and_then(Data::as_list).into_iter().flatten();
        found.extend(ports.filter_map(|port| port.get("hostPort")).map(|port| ("takes a port of its node", port)));
    }
    found
}
