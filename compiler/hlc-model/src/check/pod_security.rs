//! Pods keep to the security level of their namespace.

pub(crate) mod rules;

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::{Data, DataValue, Scalar as _};

use super::{Check, Facts, containers};
use crate::workload::{PodSecurityLevel, workload_namespace};

pub(super) const CHECK: Check = Check { codes: &[&HOST_ACCESS, &EXISTING_LEVEL, &POD_STANDARD], run };

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

/// A pod that the standards of its namespace do not allow.
pub(crate) static POD_STANDARD: Code = Code {
    id: "HLC0654",
    name: "pod-standard",
    severity: Severity::Error,
    summary: "a pod that does not keep to the pod-security level of its namespace",
    explain: "The API server refuses pods that breach the level (Kubernetes, \"Pod Security Standards\"); the Deployment is made, and has \
              no pods. `baseline` forbids capabilities beyond the usual, `Unconfined` profiles, unmasked `/proc`, unsafe sysctls, \
              SELinux users and probes of other hosts, beside what HLC0615 says. `restricted` wants of every container \
              `runAsNonRoot=#true` (or of the pod), `allowPrivilegeEscalation=#false`, a seccomp profile and all capabilities dropped, \
              and only volumes of cluster data.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\" pod-security=\"restricted\"\n    Pod \"web\" { spec { securityContext \
          runAsNonRoot=#true { seccompProfile type=RuntimeDefault }; containers { - name=web image=\"web:1\" } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\" pod-security=\"restricted\"\n    Pod \"web\" { spec { \
           securityContext runAsNonRoot=#true { seccompProfile type=RuntimeDefault }; containers { - name=web image=\"web:1\" { \
           securityContext allowPrivilegeEscalation=#false { capabilities { drop { - ALL } } } } } } }\n}",
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

/// The label that says what pods in a namespace must keep to.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (_, workload) in facts.model.units() {
        let Some(security) = workload.namespace.pod_security.as_ref().filter(|_| workload.namespace.existing) else {
            continue;
        };
        // A default does not matter here.
        if workload.holds(security.enforce.span) {
            let message = "the pod-security level of an `(existing)` namespace is not set";
            found.push(
                Diagnostic::new(&EXISTING_LEVEL, security.enforce.span, message)
                    .help("set it where the namespace is made, or remove `(existing)`"),
            );
        }
    }
    let levels = levels(facts);
    for workload in facts.sound_workloads() {
        let namespace = workload_namespace(workload.workload);
        let Some((level, set_at)) = levels.get(namespace).filter(|(level, _)| *level != PodSecurityLevel::Privileged)
        else {
            continue;
        };
        let label = format!("`{}` is enforced here", level.word());
        for (object, template) in workload.pod_templates() {
            let Some(spec) = template.get("spec") else { continue };
            for (what, at) in host_access(spec) {
                found.push(
                    Diagnostic::new(
                        &HOST_ACCESS,
                        at.span,
                        format!("{} `{}` {what}, which namespace `{namespace}` forbids", object.kind, object.name),
                    )
                    .label(*set_at, label.as_str())
                    .help("remove it, or write `pod-security=\"privileged\"`"),
                );
            }
            let mut breaches = rules::baseline(spec);
            if *level == PodSecurityLevel::Restricted {
                breaches.extend(rules::restricted(spec));
            }
            for breach in breaches {
                let message =
                    format!("{} `{}` {}, which namespace `{namespace}` forbids", object.kind, object.name, breach.what);
                found.push(
                    Diagnostic::new(&POD_STANDARD, breach.at.span, message)
                        .label(*set_at, label.as_str())
                        .help(breach.help),
                );
            }
        }
    }
}

/// What is enforced in each namespace that is made here, and where that stands.
fn levels<'m>(facts: &Facts<'m>) -> BTreeMap<&'m str, (PodSecurityLevel, Span)> {
    let namespaces = facts.objects().filter(|object| object.kind == "Namespace");
    let enforced = namespaces.filter_map(|namespace| {
        let label = namespace.body.at(&["metadata", "labels", ENFORCE])?;
        let level = PodSecurityLevel::from_value(&label.value).ok()?;
        Some((namespace.name.as_str(), (level, label.span)))
    });
    enforced.collect()
}

fn is_true(data: &Data) -> bool {
    data.value == DataValue::Bool(true)
}

/// What a pod does that the Baseline level forbids, and where it says so.
pub(crate) fn host_access(spec: &Data) -> Vec<(&'static str, &Data)> {
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
        let taken = ports.filter_map(|port| port.get("hostPort")).filter(|port| port.as_integer() != Some(0));
        found.extend(taken.map(|port| ("takes a port of its node", port)));
    }
    found
}
