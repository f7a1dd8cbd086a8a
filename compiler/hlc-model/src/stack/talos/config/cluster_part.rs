//! The part `cluster` of a machine's configuration.

use hlc_schema::Data;

use super::Section;
use crate::concept::{Cni, Machine, Role};
use crate::stack::talos::Cluster;

/// What all machines of a cluster know of it; `None` when its API has no address, which a check reports.
pub(super) fn part(cluster: &Cluster<'_>, machine: &Machine) -> Option<Data> {
    let talos = cluster.talos;
    let at = talos.name.span;
    let is_control_plane = machine.role.value == Role::ControlPlane;
    let mut part = Section::new(at);
    part.secret("id", cluster, "cluster-id");
    part.secret("secret", cluster, "cluster-secret");
    part.put("controlPlane", Data::map([("endpoint", Data::string(talos.api()?, at))], at));
    part.text("clusterName", cluster.name());
    part.put("network", network(cluster));
    part.secret("token", cluster, "bootstrap-token");
    if is_control_plane {
        part.secret("secretboxEncryptionSecret", cluster, "secretbox-secret");
    }
    part.authority("ca", cluster, "kubernetes-ca", is_control_plane);
    if is_control_plane {
        part.authority("aggregatorCA", cluster, "aggregator-ca", true);
        let key = Data::deferred(cluster.secret("service-account-key"), at);
        part.put("serviceAccount", Data::map([("key", key)], at));
        part.put("apiServer", api_server(cluster)?);
        part.put("controllerManager", image(cluster, "registry.k8s.io/kube-controller-manager").finish());
    }
    if let Some(proxy) = proxy(cluster, is_control_plane) {
        part.put("proxy", proxy);
    }
    if is_control_plane {
        part.put("scheduler", image(cluster, "registry.k8s.io/kube-scheduler").finish());
    }
    let disabled = Data::map([("disabled", Data::bool(true, at))], at);
    let registries = Data::map([("kubernetes", disabled), ("service", Section::new(at).finish())], at);
    part.put("discovery", Data::map([("enabled", Data::bool(true, at)), ("registries", registries)], at));
    if is_control_plane {
        let mut etcd = Section::new(at);
        etcd.authority("ca", cluster, "etcd-ca", true);
        part.put("etcd", etcd.finish());
    }
    Some(part.finish())
}

/// A part that says which image a component of Kubernetes comes from.
fn image(cluster: &Cluster<'_>, name: &str) -> Section {
    let version = &cluster.talos.kubernetes_version;
    let mut section = Section::new(version.span);
    section.text("image", format!("{name}:{}", version.value.as_str()));
    section
}

fn network(cluster: &Cluster<'_>) -> Data {
    let talos = cluster.talos;
    let at = talos.name.span;
    let mut network = Section::new(at);
    if talos.cni.as_ref().is_some_and(|cni| cni.value == Cni::None) {
        network.put("cni", Data::map([("name", Data::string("none", at))], at));
    }
    network.text("dnsDomain", "cluster.local");
    network.put("podSubnets", Data::list(vec![Data::string(talos.pods().to_string(), at)], at));
    network.put("serviceSubnets", Data::list(vec![Data::string(talos.services().to_string(), at)], at));
    network.finish()
}

fn proxy(cluster: &Cluster<'_>, is_control_plane: bool) -> Option<Data> {
    let off = cluster.talos.kube_proxy.filter(|on| !on.value);
    let mut proxy = match (is_control_plane, off) {
        (true, _) => image(cluster, "registry.k8s.io/kube-proxy"),
        (false, Some(off)) => Section::new(off.span),
        (false, None) => return None,
    };
    if off.is_some() {
        proxy.flags(&["disabled"]);
    }
    Some(proxy.finish())
}

fn api_server(cluster: &Cluster<'_>) -> Option<Data> {
    let talos = cluster.talos;
    let at = talos.name.span;
    let text = |text: &str| Data::string(text, at);
    let texts = |items: &[&str]| Data::list(items.iter().map(|item| text(item)).collect(), at);
    let mut server = image(cluster, "registry.k8s.io/kube-apiserver");
    if !talos.version.value.is_at_least(1, 12) {
        let api = talos.api()?;
        let host = api.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or("");
        server.put("certSANs", texts(&[host]));
        server.flags(&["disablePodSecurityPolicy"]);
    }
    let defaults = ["audit", "enforce", "warn"].iter().flat_map(|mode| {
        let level = if *mode == "enforce" { "baseline" } else { "restricted" };
        [((*mode).to_owned(), text(level)), (format!("{mode}-version"), text("latest"))]
    });
    let exemptions =
        [("namespaces", texts(&["kube-system"])), ("runtimeClasses", texts(&[])), ("usernames", texts(&[]))];
    let pod_security = Data::map(
        [
            ("apiVersion", text("pod-security.admission.config.k8s.io/v1alpha1")),
            ("kind", text("PodSecurityConfiguration")),
            ("defaults", Data::map(defaults, at)),
            ("exemptions", Data::map(exemptions, at)),
        ],
        at,
    );
    let plugin = Data::map([("name", text("PodSecurity")), ("configuration", pod_security)], at);
    server.put("admissionControl", Data::list(vec![plugin], at));
    let rule = Data::map([("level", text("Metadata"))], at);
    let policy =
        [("apiVersion", text("audit.k8s.io/v1")), ("kind", text("Policy")), ("rules", Data::list(vec![rule], at))];
    server.put("auditPolicy", Data::map(policy, at));
    Some(server.finish())
}
