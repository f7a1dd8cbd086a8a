//! Which API groups well-known charts and manifests bring along, and need to be there before.
//!
//! Facts about vendors, used for the order of a plan, and to say that nothing brings a kind: a custom object waits for what brings its kind. Of a group that is
//! not listed here, what stands in the same addon is taken to bring it.

use hlc_plan::PlannedResource;
use hlc_schema::{Data, DataValue};

/// Groups whose definitions a chart of this name holds.
const CHARTS: &[(&str, &[&str])] = &[
    ("argo-cd", &["argoproj.io"]),
    ("cert-manager", &["acme.cert-manager.io", "cert-manager.io"]),
    ("cilium", &["cilium.io"]),
    ("cloudnative-pg", &["postgresql.cnpg.io"]),
    ("external-secrets", &["external-secrets.io"]),
    ("gateway-helm", &["gateway.envoyproxy.io", "gateway.networking.k8s.io"]),
    ("kube-prometheus-stack", &["monitoring.coreos.com"]),
    ("kyverno", &["kyverno.io", "policies.kyverno.io"]),
    ("longhorn", &["longhorn.io"]),
    ("metallb", &["metallb.io"]),
    ("prometheus-operator-crds", &["monitoring.coreos.com"]),
    ("secrets-operator", &["secrets.infisical.com"]),
    ("secrets-store-csi-driver", &["secrets-store.csi.x-k8s.io"]),
    ("traefik", &["traefik.io"]),
    ("traefik-crds", &["traefik.io"]),
    ("victoria-metrics-k8s-stack", &["operator.victoriametrics.com"]),
    ("victoria-metrics-operator", &["operator.victoriametrics.com"]),
];

/// Groups whose definitions are in files of a repository of this name.
const REPOSITORIES: &[(&str, &[&str])] = &[
    ("argo-cd", &["argoproj.io"]),
    ("cert-manager", &["acme.cert-manager.io", "cert-manager.io"]),
    ("gateway-api", &["gateway.networking.k8s.io"]),
    ("metallb", &["metallb.io"]),
    ("prometheus-operator", &["monitoring.coreos.com"]),
];

/// Charts that bring no definitions at all (seen in each, as of the end of 2025).
const WITHOUT: &[&str] = &[
    "argocd-image-updater",
    "authentik",
    "coredns",
    "csi-driver-smb",
    "falco",
    "grafana",
    "harbor",
    "headlamp",
    "homepage",
    "ingress-nginx",
    "jellyfin",
    "kubernetes-dashboard",
    "metrics-server",
    "n8n",
    "ollama",
    "openbao",
    "opentelemetry-collector",
    "postgresql",
    "redis",
    "reloader",
    "vault",
    "vaultwarden",
    "victoria-logs-single",
    "victoria-metrics-cluster",
    "victoria-metrics-single",
];

/// Groups that a chart looks for while it is installed, and the value that makes it: what is not there then is not watched
/// (Cilium, "Gateway API Support", prerequisites; cert-manager, "Annotated Gateway resource").
const WANTED: &[(&str, &[&str], &str)] = &[
    ("cert-manager", &["config", "enableGatewayAPI"], "gateway.networking.k8s.io"),
    ("cilium", &["gatewayAPI", "enabled"], "gateway.networking.k8s.io"),
    ("traefik", &["providers", "kubernetesGateway", "enabled"], "gateway.networking.k8s.io"),
];

/// Charts that bring a GatewayClass of a name.
const CLASSES: &[(&str, &str)] = &[("cilium", "cilium"), ("istio", "istiod"), ("traefik", "traefik")];

/// Charts that bring the network of pods: without it no pod of another chart starts.
const NETWORKS: &[&str] = &["cilium", "flannel", "tigera-operator"];

/// True when a release brings the network of pods.
pub(super) fn brings_network(resource: &PlannedResource) -> bool {
    text(resource, "chart").is_some_and(|chart| NETWORKS.contains(&chart))
}

/// True when a release or manifests bring the kinds of a group.
pub(super) fn brings(resource: &PlannedResource, group: &str) -> bool {
    let listed = |table: &[(&str, &[&str])], name: &str| {
        table.iter().any(|(listed, groups)| *listed == name && groups.contains(&group))
    };
    text(resource, "chart").is_some_and(|chart| listed(CHARTS, chart))
        || text(resource, "url").is_some_and(|url| url.split('/').any(|part| listed(REPOSITORIES, part)))
}

/// True unless it is known what a chart brings, and the group is not among that.
pub(crate) fn chart_may_bring(chart: &str, group: &str) -> bool {
    match CHARTS.iter().find(|(listed, _)| *listed == chart) {
        Some((_, groups)) => groups.contains(&group),
        None => !WITHOUT.contains(&chart),
    }
}

/// True unless it is known what the files of a URL hold, and the group is not among that.
pub(crate) fn url_may_bring(url: &str, group: &str) -> bool {
    match REPOSITORIES.iter().find(|(listed, _)| url.split('/').any(|part| part == *listed)) {
        Some((_, groups)) => groups.contains(&group),
        None => true,
    }
}

/// The charts that are known to bring the kinds of a group.
pub(crate) fn charts_with(group: &str) -> Vec<&'static str> {
    CHARTS.iter().filter(|(_, groups)| groups.contains(&group)).map(|(chart, _)| *chart).collect()
}

/// True for a chart of which it is known that it gives no addresses to Services, but for Cilium's own pools.
pub(crate) fn is_no_load_balancer(chart: &str) -> bool {
    chart != "metallb" && (CHARTS.iter().any(|(listed, _)| *listed == chart) || WITHOUT.contains(&chart))
}

/// True when a release looks for the kinds of a group while it is installed.
pub(super) fn wants(resource: &PlannedResource, group: &str) -> bool {
    let Some(chart) = text(resource, "chart") else { return false };
    let on = |path: &[&str]| {
        let value = resource.properties.get("values").and_then(|values| values.at(path));
        matches!(value, Some(Data { value: DataValue::Bool(true), .. }))
    };
    WANTED.iter().any(|(wanting, path, wanted)| *wanting == chart && *wanted == group && on(path))
}

/// Every group that some chart looks for.
pub(super) fn wanted_groups() -> impl Iterator<Item = &'static str> {
    let mut groups: Vec<_> = WANTED.iter().map(|(_, _, group)| *group).collect();
    groups.dedup();
    groups.into_iter()
}

/// True when a release brings the GatewayClass of this name.
pub(super) fn brings_class(resource: &PlannedResource, class: &str) -> bool {
    let Some(chart) = text(resource, "chart") else { return false };
    CLASSES.contains(&(class, chart))
}

fn text<'r>(resource: &'r PlannedResource, property: &str) -> Option<&'r str> {
    resource.properties.get(property).and_then(Data::as_str)
}
