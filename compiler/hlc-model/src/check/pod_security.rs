//! Pods keep to the security level of their namespace.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, DataValue};

use super::{Check, Facts, containers, pod_template};
use crate::workload::PodSecurityLevel;

pub(super) const CHECK: Check = Check { codes: &[&HOST_ACCESS], run };

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

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.whole_workloads() {
        let Some(security) = &workload.workload.namespace.pod_security else { continue };
        if security.enforce.value == PodSecurityLevel::Privileged {
            continue;
        }
        let namespace = workload.workload.namespace.name.value.as_str();
        for object in workload.objects.iter().filter(|object| object.namespace.as_deref() == Some(namespace)) {
            let Some(spec) = pod_template(object).and_then(|template| template.get("spec")) else { continue };
            for (what, at) in host_access(spec) {
                found.push(
                    Diagnostic::new(
                        &HOST_ACCESS,
                        at.span,
                        format!("{} `{}` {what}, which namespace `{namespace}` forbids", object.kind, object.name),
                    )
                    .label(security.enforce.span, format!("`{}` is enforced here", security.enforce.value.word()))
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
