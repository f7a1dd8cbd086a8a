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
              A warning where that is as good as the whole node: privileged, the node's processes, the credentials of its kubelet, the \
              socket of its container runtime, or a folder above these, `SYS_ADMIN` and the like. Drivers, storage and networking need it. `hlc audit` reports it.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec hostNetwork=#true { containers { - name=web \
          image=\"web:1\" } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec { containers { - name=web image=\"web:1\" } } }\n}",
};

/// Capabilities by which a process gets out of its container, whatever else it may: it mounts file systems and enters namespaces, loads
/// modules into the kernel, does I/O to ports, opens files by their handles past every folder (capabilities(7), of Linux man-pages
/// 6.03). `SYS_PTRACE` is only for processes that it sees, and `BPF` without `PERFMON` for none of the kernel's memory.
const FAR: &[&str] = &["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH"];

/// What is as good as the node: credentials of the kubelet and of control planes, tokens and Secrets of every pod, sockets of container
/// runtimes, what etcd holds (Kubernetes, "Role Based Access Control Good Practices", Persistent volume creation; the paths are
/// kubeadm's, `cmd/kubeadm/app/constants`, and Talos has the same), and what lies unmasked in `/proc` (Kubernetes, "Pod Security
/// Standards", `/proc` Mount Type).
const WHOLE: &[&str] = &[
    "/etc/kubernetes",
    "/proc",
    "/run/containerd/containerd.sock",
    "/run/cri-dockerd.sock",
    "/run/crio/crio.sock",
    "/run/docker.sock",
    "/var/lib/etcd",
    "/var/lib/kubelet/pki",
    "/var/lib/kubelet/pods",
];

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
        let far =
            path.is_some_and(is_whole) || matches!(what.as_str(), "runs privileged" | "sees its node's processes");
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

/// True when what is mounted holds, or is a part of, what is as good as the node.
fn is_whole(path: &str) -> bool {
    // Since long ago one is a link to the other (Filesystem Hierarchy Standard 3.0, section 5.13).
    let path = match path.strip_prefix("/var/run") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/run{rest}"),
        _ => path.to_owned(),
    };
    let within = |inner: &str, outer: &str| {
        let rest = inner.strip_prefix(outer.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    WHOLE.iter().any(|whole| within(&path, whole) || within(whole, &path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_above_and_below_are_as_good_as_the_node() {
        for path in
            ["/", "/var", "/var/run", "/run/", "/etc", "/etc/kubernetes/manifests", "/var/lib/kubelet", "/proc/sys"]
        {
            assert!(is_whole(path), "{path}");
        }
        assert!(is_whole("/var/run/containerd/containerd.sock"));
        for path in
            ["/var/lib/longhorn", "/dev/dri", "/etc/localtime", "/var/lib/kubelet/plugins", "/run/udev", "/procure"]
        {
            assert!(!is_whole(path), "{path}");
        }
    }
}
