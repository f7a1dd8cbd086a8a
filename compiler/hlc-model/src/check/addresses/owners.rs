//! Who has which address.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use hlc_schema::{ScopeId, Spanned};

use super::Facts;
use crate::concept::Network;
use crate::stack::talos::Cluster;

/// Something that has an address.
pub(super) struct Owner<'m> {
    pub(super) ip: Spanned<Ipv4Addr>,
    /// In words: "machine `k8s-worker1`".
    pub(super) what: String,
    /// The network it has to lie in; none when it may lie in any of them.
    pub(super) within: Option<&'m Network>,
}

/// Everything with an address that is written down, those that can least be changed first.
pub(super) fn owners<'m>(facts: &Facts<'m>) -> Vec<Owner<'m>> {
    let model = facts.model;
    let networks = || model.homelab.iter().flat_map(|homelab| &homelab.network);
    let mut owners = Vec::new();
    for network in networks() {
        let what = format!("the router of network `{}`", network.name.name);
        owners.extend(network.gateway.map(|ip| Owner { ip, what, within: Some(network) }));
    }
    for proxmox in &model.proxmox {
        // A host that is given by its address; one by its name is known to DNS alone.
        let host = proxmox.url.value.as_str().split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or("").parse::<Ipv4Addr>();
        let what = format!("Proxmox `{}`", proxmox.name.name);
        let inside = |ip: &Ipv4Addr| networks().any(|network| network.cidr.value.contains(ip));
        let host = host.ok().filter(inside);
        owners.extend(host.map(|ip| Owner { ip: Spanned::new(ip, proxmox.url.span), what, within: None }));
    }
    for cluster in Cluster::all(model) {
        let within = Some(cluster.network);
        owners.extend(cluster.machines.iter().map(|machine| {
            let what = format!("machine `{}`", machine.name.name);
            Owner { ip: machine.ip, what, within }
        }));
        let what = format!("the control planes of cluster `{}`", cluster.name());
        owners.extend(cluster.talos.vip.map(|ip| Owner { ip, what, within }));
    }
    for (gateway, _) in model.gateways() {
        let ip = gateway.ip.as_ref().and_then(|ip| facts.resolver.value(ip, ScopeId::default()));
        let what = format!("gateway `{}`", gateway.name.name);
        owners.extend(ip.map(|ip| Owner { ip, what, within: None }));
    }
    owners
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

/// The first run of so many addresses of a network that nobody has.
pub(super) fn free_range(network: &Network, owners: &[Owner<'_>], count: usize) -> Option<(Ipv4Addr, Ipv4Addr)> {
    /// As many as are looked at: the hosts of a network with the prefix 16.
    const MOST: usize = 1 << 16;
    let taken: BTreeSet<Ipv4Addr> = owners.iter().map(|owner| owner.ip.value).collect();
    let mut run: Vec<Ipv4Addr> = Vec::new();
    for ip in network.cidr.value.hosts().take(MOST) {
        if taken.contains(&ip) {
            run.clear();
            continue;
        }
        run.push(ip);
        if run.len() == count {
            return Some((*run.first()?, ip));
        }
    }
    None
}
