//! Pods that reach into their node.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Data;

use super::unseen::in_namespace;
use crate::check::pod_references::items;
use crate::check::pod_security::host_access;
use crate::check::pod_security::rules::CAPABILITIES;
use crate::check::{Facts, containers, pod_template};

/// A pod that gets out of its container.
pub(super) static HOST_REACH: Code = Code {
    id: "HLC1053",
    name: "host-reach",
    severity: Severity::Hint,
    summary: "pods that reach into their node",
    explain: "Whoever takes over such a pod has a part of the node: its network, its files, its processes, or more of the kernel than others. \
              A warning where that is as good as the whole node: privileged, the node's processes, its root folder, `SYS_ADMIN` and the \
              like. Drivers, storage and networking need it. `hlc audit` reports it.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec hostNetwork=#true { containers { - name=web \
          image=\"web:1\" } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec { containers { - name=web image=\"web:1\" } } }\n}",
};

/// Capabilities by which a process gets out of its container (capabilities(7)).
const FAR: &[&str] = &["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF"];

/// Folders that are as good as the node (Kubernetes, "Volumes", hostPath).
const WHOLE: &[&str] = &["/", "/etc", "/root", "/run", "/var/run", "/var/lib/kubelet", "/proc", "/dev"];

/// One way into the node.
struct Access {
    what: String,
    at: Span,
    far: bool,
}

pub(super) fn find(facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for object in facts.objects() {
        let Some(spec) = pod_template(object).and_then(|template| template.get("spec")) else { continue };
        let accesses = accesses(spec);
        let Some(first) = accesses.first() else { continue };
        let mut said: Vec<&str> = Vec::new();
        for access in &accesses {
            if !said.contains(&access.what.as_str()) {
                said.push(&access.what);
            }
        }
        let message = format!("{} `{}`{} {}", object.kind, object.name, in_namespace(object), said.join(", "));
        let mut finding = Diagnostic::new(&HOST_REACH, first.at, message);
        for access in accesses.iter().skip(1).filter(|access| access.at != first.at) {
            finding = finding.label(access.at, access.what.as_str());
        }
        if accesses.iter().any(|access| access.far) {
            finding.severity = Severity::Warning;
        }
        found.push(finding);
    }
    found
}

fn accesses(spec: &Data) -> Vec<Access> {
    let mut found: Vec<Access> = Vec::new();
    for (what, at) in host_access(spec) {
        // Of a volume the path says more.
        let path = at.get("path").and_then(Data::as_str);
        let what = match path {
            Some(path) => format!("mounts `{path}` of its node"),
            None => what.to_owned(),
        };
        let is_whole = path.is_some_and(|path| WHOLE.contains(&path) || path.ends_with(".sock"));
        let far = is_whole || matches!(what.as_str(), "runs privileged" | "sees its node's processes");
        found.push(Access { what, at: at.span, far });
    }
    for added in containers(spec).filter_map(|container| container.at(&["securityContext", "capabilities"])) {
        for capability in items(added, "add") {
            let Some(name) = capability.as_str().map(|name| name.trim_start_matches("CAP_")) else { continue };
            if !CAPABILITIES.contains(&name) {
                let far = FAR.contains(&name);
                found.push(Access { what: format!("has the capability {name}"), at: capability.span, far });
            }
        }
    }
    // The gravest first: its place is the finding's.
    found.sort_by_key(|access| !access.far);
    found
}
