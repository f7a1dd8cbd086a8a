//! Who has which address.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use hlc_diag::Span;
use hlc_plan::PlannedObject;
use hlc_schema::scalar::Ipv4Range;
use hlc_schema::{Data, DataValue, Scalar as _, ScopeId, Spanned};
use ipnet::Ipv4Net;

use super::Facts;
use super::pod_references::items;
use crate::concept::Network;
use crate::relations::{service_at, wanted_addresses};
use crate::stack::talos::Cluster;

/// Something that has an address.
pub(super) struct Owner<'m> {
    pub(super) ip: Spanned<Ipv4Addr>,
    /// In words: "machine `k8s-worker1`".
    pub(super) what: String,
    pub(super) claim: Claim,
    /// The network it has to lie in; none when it may lie in any of them.
    pub(super) within: Option<&'m Network>,
}

/// What an address is to the one that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// It is set there, whatever else is in the network.
    Fixed,
    /// The load balancer gives it out of a pool.
    FromPool,
    /// It is that of something which may be described elsewhere: a router that is a name server too.
    Named,
}

/// Addresses that the load balancer gives out.
#[derive(Clone, Copy)]
pub(super) struct Pool<'m> {
    pub(super) name: &'m str,
    pub(super) range: Spanned<Ipv4Range>,
}

/// The kinds of pools that are written out as objects.
const POOLS: [&str; 2] = ["CiliumLoadBalancerIPPool", "IPAddressPool"];

/// Every pool of the load balancer, in the order of the sources; those that are written out as objects too.
pub(super) fn pools<'m>(facts: &Facts<'m>) -> Vec<Pool<'m>> {
    let nodes = || facts.model.units().flat_map(|(_, unit)| &unit.addresses);
    let declared = nodes().map(|node| Pool { name: node.name.name.as_str(), range: node.range });
    let made: BTreeSet<Span> = nodes().map(|node| node.name.span).collect();
    let objects = facts.objects().filter(|object| POOLS.contains(&object.kind.as_str()));
    let objects = objects.filter(|object| !made.contains(&object.origin));
    let written = objects.flat_map(|object| {
        let ranges = ranges(object);
        ranges.into_iter().map(move |range| Pool { name: object.name.as_str(), range })
    });
    let mut pools: Vec<Pool<'_>> = declared.chain(written).collect();
    pools.sort_by_key(|pool| pool.range.span);
    pools
}

/// The addresses of a pool as the load balancer knows it: Cilium's blocks, MetalLB's list.
fn ranges(object: &PlannedObject) -> Vec<Spanned<Ipv4Range>> {
    let Some(spec) = object.body.get("spec") else { return Vec::new() };
    let between = |first: &str, last: &str, at| {
        let text = DataValue::string(format!("{}-{}", first.trim(), last.trim()));
        Some(Spanned::new(Ipv4Range::from_value(&text).ok()?, at))
    };
    let network = |text: &str, at| {
        let network: Ipv4Net = text.trim().parse().ok()?;
        between(&network.network().to_string(), &network.broadcast().to_string(), at)
    };
    match object.kind.as_str() {
        "CiliumLoadBalancerIPPool" => {
            let of_block = |block: &Data| match (block.get("cidr"), block.get("start")) {
                (Some(cidr), _) => network(cidr.as_str()?, cidr.span),
                (None, Some(start)) => {
                    // Without an end it is that one address.
                    let stop = block.get("stop").unwrap_or(start);
                    between(start.as_str()?, stop.as_str()?, start.span)
                }
                (None, None) => None,
            };
            items(spec, "blocks").filter_map(of_block).collect()
        }
        "IPAddressPool" => {
            let of_text = |text: &Data| match text.as_str()?.split_once('-') {
                Some((first, last)) => between(first, last, text.span),
                None => network(text.as_str()?, text.span),
            };
            items(spec, "addresses").filter_map(of_text).collect()
        }
        _ => Vec::new(),
    }
}

/// Everything with an address that is written down, those that can least be changed first.
pub(super) fn owners<'m>(facts: &Facts<'m>) -> Vec<Owner<'m>> {
    let model = facts.model;
    let networks = || model.homelab.iter().flat_map(|homelab| &homelab.network);
    let mut owners = Vec::new();
    for network in networks() {
        let what = format!("the router of network `{}`", network.name.name);
        owners.extend(network.gateway.map(|ip| Owner { ip, what, claim: Claim::Fixed, within: Some(network) }));
    }
    for proxmox in &model.proxmox {
        // A host that is given by its address; one by its name is known to DNS alone.
        let host = proxmox.url.value.as_str().split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or("").parse::<Ipv4Addr>();
        let what = format!("Proxmox `{}`", proxmox.name.name);
        let inside = |ip: &Ipv4Addr| networks().any(|network| network.cidr.value.contains(ip));
        let host = host.ok().filter(inside);
        let ip = host.map(|ip| Spanned::new(ip, proxmox.url.span));
        owners.extend(ip.map(|ip| Owner { ip, what, claim: Claim::Fixed, within: None }));
    }
    for cluster in Cluster::all(model) {
        let within = Some(cluster.network);
        owners.extend(cluster.machines.iter().map(|machine| {
            let what = format!("machine `{}`", machine.name.name);
            Owner { ip: machine.ip, what, claim: Claim::Fixed, within }
        }));
        let what = format!("the control planes of cluster `{}`", cluster.name());
        owners.extend(cluster.talos.vip.map(|ip| Owner { ip, what, claim: Claim::Fixed, within }));
    }
    for (gateway, _) in model.gateways() {
        let ip = gateway.ip.as_ref().and_then(|ip| facts.resolver.value(ip, ScopeId::default()));
        let what = format!("gateway `{}`", gateway.name.name);
        owners.extend(ip.map(|ip| Owner { ip, what, claim: Claim::FromPool, within: None }));
    }
    let services: Vec<Owner<'_>> = services(facts).collect();
    let served: BTreeSet<Ipv4Addr> = services.iter().map(|owner| owner.ip.value).collect();
    owners.extend(services);
    let pools = pools(facts);
    for network in networks() {
        let what = format!("a name server of network `{}`", network.name.name);
        let named = |ip: &Spanned<Ipv4Addr>| {
            // One in the cluster has its address from the load balancer.
            let pooled = pools.iter().any(|pool| pool.range.value.contains(ip.value));
            let pooled = pooled && service_at(facts.units, facts.resolver, ip.value).is_some();
            let claim = if pooled { Claim::FromPool } else { Claim::Named };
            Owner { ip: *ip, what: what.clone(), claim, within: None }
        };
        owners.extend(network.nameservers.iter().filter(|ip| !served.contains(&ip.value)).map(named));
    }
    owners
}

/// Services that want an address of their own from the load balancer.
fn services<'m>(facts: &Facts<'m>) -> impl Iterator<Item = Owner<'m>> {
    /// Services with one of these share an address on purpose (Cilium, MetalLB).
    const SHARED: [&str; 3] =
        ["lbipam.cilium.io/sharing-key", "io.cilium/lb-ipam-sharing-key", "metallb.io/allow-shared-ip"];
    let is_shared =
        |service: &PlannedObject| SHARED.iter().any(|key| service.body.at(&["metadata", "annotations", key]).is_some());
    let is_balanced =
        |service: &PlannedObject| service.body.at(&["spec", "type"]).and_then(Data::as_str) == Some("LoadBalancer");
    let services = facts.objects().filter(|object| object.kind == "Service");
    let services = services.filter(move |service| is_balanced(service) && !is_shared(service));
    services.flat_map(|service| {
        let what = format!("Service `{}`", service.name);
        let wanted = wanted_addresses(&service.body).into_iter();
        wanted.map(move |ip| Owner { ip, what: what.clone(), claim: Claim::FromPool, within: None })
    })
}

/// Why an address is none of a host in a network; `None` when it is one.
pub(super) fn is_no_host(network: &Network, ip: Ipv4Addr) -> Option<&'static str> {
    let cidr = network.cidr.value;
    // Networks of one or two addresses have no network and broadcast address (RFC 3021).
    let reserved = cidr.prefix_len() < 31 && (ip == cidr.network() || ip == cidr.broadcast());
    match (cidr.contains(&ip), reserved) {
        (true, false) => None,
        (true, true) => Some("is no host in network"),
        (false, _) => Some("lies outside network"),
    }
}

/// The first and the last address of a network, in words.
pub(super) fn range(network: &Network) -> String {
    let cidr = network.cidr.value;
    format!("{} to {}", cidr.network(), cidr.broadcast())
}
