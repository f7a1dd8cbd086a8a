//! The part `machine` of a machine's configuration.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::scalar::Mismatch;
use hlc_schema::setting::mismatched;
use hlc_schema::suggest::{list_names, nearest};
use hlc_schema::{Data, DataValue, FreeBlock, ScopeId};

use super::Section;
use crate::concept::{Machine, MachineRoute, Role};
use crate::resolve::{Place, Resolver};
use crate::stack::talos::Cluster;

/// A taint without one of the three effects.
pub(crate) static TAINT: Code = Code {
    id: "HLC0817",
    name: "taint",
    severity: Severity::Error,
    summary: "a taint without an effect that Kubernetes knows",
    explain: "A taint is written `KEY=\"VALUE:EFFECT\"`, or `KEY=\":EFFECT\"` without a value. Its effect is `NoSchedule`, \
              `PreferNoSchedule` or `NoExecute`.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        \
          taints dedicated=\"ai:noschedule\"\n    }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        \
           taints dedicated=\"ai:NoSchedule\"\n    }\n}",
};

/// The effects of taints (Kubernetes API, `TaintEffect`).
const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// The label that keeps load balancers of outside from sending to a node.
const NO_LOAD_BALANCER: &str = "node.kubernetes.io/exclude-from-external-load-balancers";

/// What a machine knows of itself; `None` after reporting.
pub(super) fn part(resolver: &Resolver<'_>, cluster: &Cluster<'_>, machine: &Machine) -> Option<Data> {
    let at = machine.name.span;
    let is_control_plane = machine.role.value == Role::ControlPlane;
    let mut part = Section::new(at);
    part.text("type", if is_control_plane { "controlplane" } else { "worker" });
    part.secret("token", cluster, "machine-token");
    part.authority("ca", cluster, "os-ca", is_control_plane);
    let mut kubelet = Section::new(cluster.talos.kubernetes_version.span);
    let version = cluster.talos.kubernetes_version.value.as_str();
    kubelet.text("image", format!("ghcr.io/siderolabs/kubelet:{version}"));
    kubelet.flags(&["defaultRuntimeSeccompProfileEnabled", "disableManifestsDirectory"]);
    part.put("kubelet", kubelet.finish());
    part.put("network", network(resolver, cluster, machine)?);
    part.put("features", features(cluster));
    if !machine.kernel_modules.is_empty() {
        let name = |name: &hlc_schema::Spanned<String>| {
            Data::map([("name", Data::string(name.value.as_str(), name.span))], name.span)
        };
        let modules = Data::list(machine.kernel_modules.iter().map(name).collect(), at);
        part.put("kernel", Data::map([("modules", modules)], at));
    }
    let labels = texts(resolver, machine.labels.as_ref());
    let taints = texts(resolver, machine.taints.as_ref());
    let (mut labels, taints) = (labels?, taints?);
    check_taints(resolver, &taints)?;
    if is_control_plane && !labels.iter().any(|(key, _)| key == NO_LOAD_BALANCER) {
        labels.push((NO_LOAD_BALANCER.to_owned(), Data::string("", at)));
    }
    if !labels.is_empty() {
        part.put("nodeLabels", Data::map(labels, at));
    }
    if !taints.is_empty() {
        part.put("nodeTaints", Data::map(taints, at));
    }
    Some(part.finish())
}

/// What later versions of Talos always do is said to earlier ones.
fn features(cluster: &Cluster<'_>) -> Data {
    let at = cluster.talos.version.span;
    let on = |more: &[(&str, Data)]| {
        let entries = std::iter::once(("enabled", Data::bool(true, at))).chain(more.iter().cloned());
        Data::map(entries, at)
    };
    let mut features = Section::new(at);
    if !cluster.talos.version.value.is_at_least(1, 12) {
        features.flags(&["rbac", "stableHostname", "apidCheckExtKeyUsage"]);
    }
    features.flags(&["diskQuotaSupport"]);
    features.put("kubePrism", on(&[("port", Data::integer(7445, at))]));
    features.put("hostDNS", on(&[("forwardKubeDNSToHost", Data::bool(true, at))]));
    features.finish()
}

/// The static address, in the place of the one that DHCP gave for the first boot.
fn network(resolver: &Resolver<'_>, cluster: &Cluster<'_>, machine: &Machine) -> Option<Data> {
    let (ip, lan) = (machine.ip, cluster.network);
    let at = ip.span;
    let mut routes = Vec::new();
    if let Some(router) = lan.gateway {
        routes.push(Data::map([("gateway", Data::string(router.value.to_string(), router.span))], router.span));
    }
    let mut whole = true;
    for extra in &machine.route {
        match route(resolver, machine, extra) {
            Some(route) => routes.extend(route),
            None => whole = false,
        }
    }
    let mut interface = Section::new(at);
    let physical = Data::map([("physical", Data::bool(true, at))], at);
    interface.put("deviceSelector", physical);
    interface.put("dhcp", Data::bool(false, at));
    let address = format!("{}/{}", ip.value, lan.cidr.value.prefix_len());
    interface.put("addresses", Data::list(vec![Data::string(address, at)], at));
    if !routes.is_empty() {
        interface.put("routes", Data::list(routes, at));
    }
    if let Some(vip) = cluster.talos.vip.filter(|_| machine.role.value == Role::ControlPlane) {
        interface.put("vip", Data::map([("ip", Data::string(vip.value.to_string(), vip.span))], vip.span));
    }
    let mut network = Section::new(at);
    network.put("hostname", Data::string(machine.name.name.as_str(), machine.name.span));
    network.put("interfaces", Data::list(vec![interface.finish()], at));
    if !lan.nameservers.is_empty() {
        let servers = lan.nameservers.iter().map(|server| Data::string(server.value.to_string(), server.span));
        network.put("nameservers", Data::list(servers.collect(), at));
    }
    whole.then(|| network.finish())
}

/// A route of a machine; none on the machine that it leads by.
fn route(resolver: &Resolver<'_>, machine: &Machine, route: &MachineRoute) -> Option<Option<Data>> {
    let via = resolver.value(&route.via, ScopeId::default())?;
    let mut networks = resolver.model.homelab.iter().flat_map(|homelab| &homelab.network);
    let network = networks.find(|network| network.name.name == route.network.name)?;
    if via.value == machine.ip.value {
        return Some(None);
    }
    let mut section = Section::new(route.network.span);
    section.text("network", network.cidr.value.to_string());
    section.put("gateway", Data::string(via.value.to_string(), via.span));
    if let Some(metric) = route.metric {
        section.put("metric", Data::integer(metric.value, metric.span));
    }
    Some(Some(section.finish()))
}

/// The entries of labels or taints, all of which are text.
fn texts(resolver: &Resolver<'_>, block: Option<&FreeBlock>) -> Option<Vec<(String, Data)>> {
    let Some(block) = block else { return Some(Vec::new()) };
    let data = resolver.data(&block.value, ScopeId::default(), Place::Plan)?;
    let DataValue::Map(map) = data.value else { return Some(Vec::new()) };
    let mut whole = true;
    let mut entries = Vec::new();
    for (key, entry) in map.into_entries() {
        if entry.value.as_str().is_none() && entry.value.as_deferred().is_none() {
            let (value, span) = (&entry.value.value, entry.value.span);
            let why = <String as hlc_schema::Scalar>::from_value(value).err().unwrap_or_else(Mismatch::default);
            resolver.report(mismatched::<String>(value, span, &why));
            whole = false;
        }
        entries.push((key.into(), entry.value));
    }
    whole.then_some(entries)
}

fn check_taints(resolver: &Resolver<'_>, taints: &[(String, Data)]) -> Option<()> {
    let mut whole = Some(());
    for (key, taint) in taints {
        let Some(text) = taint.as_str() else { continue };
        let (value, effect) = text.rsplit_once(':').map_or((None, text), |(value, effect)| (Some(value), effect));
        if EFFECTS.contains(&effect) {
            continue;
        }
        whole = None;
        let message = format!("the taint `{key}` has no effect that Kubernetes knows");
        let diagnostic = Diagnostic::new(&TAINT, taint.span, message)
            .here(format!("it ends with `:` and {}", list_names(&EFFECTS, "or")));
        resolver.report(match EFFECTS.iter().find(|known| known.eq_ignore_ascii_case(effect)).copied() {
            None => match nearest(effect, EFFECTS) {
                Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
                None => diagnostic,
            },
            Some(meant) => {
                let right = value.map_or_else(|| format!("\"{meant}\""), |value| format!("\"{value}:{meant}\""));
                diagnostic.help(format!("write `{right}`")).suggest(format!("write `{right}`"), taint.span, right)
            }
        });
    }
    whole
}
