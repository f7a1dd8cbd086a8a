//! The Pod Security Standards (Kubernetes, "Pod Security Standards", Baseline and Restricted), but for what reaches into the node.
//!
//! The lists are those of the code that enforces them, at its newest policy: `k8s.io/pod-security-admission` v0.37.1, `policy/check_*.go`.
//!
//! A breach is what stands there and must not, at its place; or what has to stand there and does not, once for each container.

use hlc_schema::{Data, DataValue};

use super::super::containers;
use super::super::pod_references::items;

/// A breach: what the pod does, in words behind its name, and where.
pub(super) struct Breach<'d> {
    pub(super) what: String,
    pub(super) at: &'d Data,
    /// How to keep to the level.
    pub(super) help: String,
}

fn breach<'d>(at: &'d Data, what: impl Into<String>, help: impl Into<String>) -> Breach<'d> {
    Breach { what: what.into(), at, help: help.into() }
}

/// What may be added at Baseline.
pub(crate) const CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

const SELINUX_TYPES: &[&str] = &["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

const SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

/// Where a container is asked or asks (since Kubernetes 1.34 without a `host`).
const ASKED: &[&[&str]] = &[
    &["livenessProbe"],
    &["readinessProbe"],
    &["startupProbe"],
    &["lifecycle", "postStart"],
    &["lifecycle", "preStop"],
];

/// The security contexts of a pod: its own, and those of its containers.
fn contexts(spec: &Data) -> impl Iterator<Item = &Data> {
    let own = spec.get("securityContext").into_iter();
    own.chain(containers(spec).filter_map(|container| container.get("securityContext")))
}

fn is(data: Option<&Data>, value: bool) -> bool {
    data.is_some_and(|data| data.value == DataValue::Bool(value))
}

fn word<'d>(data: &'d Data, path: &[&str]) -> Option<(&'d Data, &'d str)> {
    let data = data.at(path)?;
    Some((data, data.as_str()?))
}

/// True for a pod in a user namespace, of which some things are not asked (since Kubernetes 1.35).
fn has_own_users(spec: &Data) -> bool {
    is(spec.get("hostUsers"), false)
}

/// What a pod does that Baseline forbids.
pub(super) fn baseline(spec: &Data) -> Vec<Breach<'_>> {
    let mut found = Vec::new();
    for context in contexts(spec) {
        if let Some(flag) = context.at(&["windowsOptions", "hostProcess"]).filter(|flag| is(Some(flag), true)) {
            found.push(breach(flag, "runs as a process of its node", "remove `hostProcess`"));
        }
        for field in ["appArmorProfile", "seccompProfile"] {
            if let Some((kind, "Unconfined")) = word(context, &[field, "type"]) {
                found.push(breach(kind, format!("has no {}", profile(field)), "write `RuntimeDefault`"));
            }
        }
        if let Some((kind, name)) =
            word(context, &["seLinuxOptions", "type"]).filter(|(_, name)| !SELINUX_TYPES.contains(name))
        {
            found.push(breach(kind, format!("has the SELinux type `{name}`"), "remove it, or take `container_t`"));
        }
        for field in ["user", "role"] {
            if let Some((at, _)) = word(context, &["seLinuxOptions", field]).filter(|(_, text)| !text.is_empty()) {
                found.push(breach(at, format!("sets its SELinux {field}"), "remove it"));
            }
        }
        if let Some((at, "Unmasked")) = word(context, &["procMount"]).filter(|_| !has_own_users(spec)) {
            found.push(breach(at, "sees all of `/proc`", "remove `procMount`"));
        }
        for sysctl in items(context, "sysctls") {
            if let Some((at, name)) = word(sysctl, &["name"]).filter(|(_, name)| !SYSCTLS.contains(name)) {
                found.push(breach(at, format!("sets `{name}` of the kernel"), "remove it"));
            }
        }
    }
    for container in containers(spec) {
        for added in added(container) {
            if let Some(name) = added.as_str().filter(|name| !CAPABILITIES.contains(name)) {
                found.push(breach(added, format!("takes the capability `{name}`"), "remove it"));
            }
        }
        for probe in ASKED.iter().filter_map(|path| container.at(path)) {
            for way in ["httpGet", "tcpSocket"] {
                if let Some((host, _)) = word(probe, &[way, "host"]).filter(|(_, host)| !host.is_empty()) {
                    found.push(breach(
                        host,
                        "lets its node ask another host",
                        "remove `host`: the pod itself is asked",
                    ));
                }
            }
        }
    }
    found
}

fn profile(field: &str) -> &'static str {
    if field == "appArmorProfile" { "AppArmor profile" } else { "seccomp profile" }
}

fn added(container: &Data) -> impl Iterator<Item = &Data> {
    container.at(&["securityContext", "capabilities"]).into_iter().flat_map(|held| items(held, "add"))
}

/// The sources that volumes may have at Restricted; `image` is one of files alone too.
const VOLUMES: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "name",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// What a pod does, or leaves out, that Restricted forbids beyond Baseline.
pub(super) fn restricted(spec: &Data) -> Vec<Breach<'_>> {
    let mut found = Vec::new();
    let windows = spec.at(&["os", "name"]).and_then(Data::as_str) == Some("windows");
    for volume in items(spec, "volumes") {
        for (kind, entry) in volume.as_map().into_iter().flat_map(hlc_schema::Map::iter) {
            // Baseline says so of a hostPath.
            if !VOLUMES.contains(&kind) && kind != "hostPath" {
                found.push(breach(
                    &entry.value,
                    format!("has a volume of kind `{kind}`"),
                    "claim it with a PersistentVolumeClaim",
                ));
            }
        }
    }
    let own_users = has_own_users(spec);
    for context in contexts(spec).filter(|_| !own_users) {
        if let Some(user) = context.get("runAsUser").filter(|user| user.as_integer() == Some(0)) {
            found.push(breach(user, "runs as root", "take another user than 0"));
        }
    }
    let pod = spec.get("securityContext");
    let of_pod = |field: &str| pod.and_then(|context| context.get(field));
    for container in containers(spec) {
        let context = container.get("securityContext");
        let own = |field: &str| context.and_then(|context| context.get(field));
        let mut lacking: Vec<&str> = Vec::new();
        let non_root = own("runAsNonRoot");
        if own_users {
            // Its root is none of the node's.
        } else if let Some(flag) = non_root.filter(|flag| is(Some(flag), false)) {
            found.push(breach(flag, "may run as root", "write `runAsNonRoot=#true`"));
        } else if non_root.or_else(|| of_pod("runAsNonRoot")).is_none_or(|flag| is(Some(flag), false)) {
            lacking.push("runAsNonRoot=#true");
        }
        if !windows {
            match own("allowPrivilegeEscalation") {
                Some(flag) if is(Some(flag), true) => {
                    found.push(breach(flag, "may gain privileges", "write `allowPrivilegeEscalation=#false`"));
                }
                Some(_) => {}
                None => lacking.push("allowPrivilegeEscalation=#false"),
            }
            if own("seccompProfile").or_else(|| of_pod("seccompProfile")).is_none() {
                lacking.push("seccompProfile type=RuntimeDefault");
            }
            let dropped = own("capabilities").into_iter().flat_map(|held| items(held, "drop"));
            if !dropped.filter_map(Data::as_str).any(|name| name == "ALL") {
                lacking.push("capabilities { drop { - ALL } }");
            }
            for added in added(container) {
                // What Baseline forbids has been said.
                let name = added.as_str().filter(|name| CAPABILITIES.contains(name) && *name != "NET_BIND_SERVICE");
                if let Some(name) = name {
                    found.push(breach(added, format!("takes the capability `{name}`"), "remove it"));
                }
            }
        }
        if !lacking.is_empty() {
            let name = container.get("name").and_then(Data::as_str).unwrap_or_default();
            let what = format!("does not say of container `{name}` that it is confined");
            let help = format!("in its `securityContext`: `{}`", lacking.join("; "));
            found.push(breach(context.unwrap_or(container), what, help));
        }
    }
    found
}
