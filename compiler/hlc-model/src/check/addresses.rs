//! Addresses lie where they should.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::{Node as _, ScopeId};
use ipnet::Ipv4Net;

use super::cluster_networks;
use super::free::{free_network, free_range};
use super::owners::{Claim, Owner, Pool, is_no_host, owners, pools, range};
use super::{Check, Facts};
use crate::concept::Network;
use crate::relations::service_at;
use crate::stack::talos::Cluster;

pub(super) const CHECK: Check = Check { codes: &[&ADDRESS_OUTSIDE, &ADDRESS_TAKEN, &NETWORK_OVERLAP], run };

/// An address outside every network.
pub(crate) static ADDRESS_OUTSIDE: Code = Code {
    id: "HLC0616",
    name: "address-outside",
    severity: Severity::Error,
    summary: "an address that lies outside its network",
    explain: "The router of a network has an address in it; machines, the address that control planes share and the next hops of \
              machines lie in their cluster's network, and a gateway's address lies in one of the homelab's networks: nothing \
              could reach it otherwise.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\" gateway=\"192.168.2.1\"\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\" gateway=\"192.168.1.1\"\n}",
};

/// One address for two.
pub(crate) static ADDRESS_TAKEN: Code = Code {
    id: "HLC0617",
    name: "address-taken",
    severity: Severity::Error,
    summary: "an address that something else has",
    explain: "Two owners of one address answer in turn, or not at all.",
    bad: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" gateway=\"192.168.1.1\" }\nplatform { \
          addon \"gateway\" namespace=\"kube-system\" { gateway \"main\" class=\"cilium\" ip=\"192.168.1.1\" { listener \"http\" \
          protocol=\"HTTP\" port=80 } } }",
    good: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" gateway=\"192.168.1.1\" }\nplatform { \
           addon \"gateway\" namespace=\"kube-system\" { gateway \"main\" class=\"cilium\" ip=\"192.168.1.2\" { listener \"http\" \
           protocol=\"HTTP\" port=80 } } }",
};

/// Networks that share addresses.
pub(crate) static NETWORK_OVERLAP: Code = Code {
    id: "HLC0618",
    name: "network-overlap",
    severity: Severity::Error,
    summary: "two networks share addresses",
    explain: "A machine with an address in both would not know which way to send, and routes between them cannot be told apart.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\"\n    network \"vpn\" \
          cidr=\"192.168.0.0/16\"\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\"\n    network \"vpn\" \
           cidr=\"10.8.0.0/16\"\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(homelab) = &facts.model.homelab else { return };
    overlaps(facts, &homelab.network, found);
    let (owners, pools) = (owners(facts), pools(facts));
    let owners: Vec<_> = owners.into_iter().filter(|owner| owner.claim != Claim::Named).collect();
    for owner in &owners {
        // One that no pool holds is reported as such.
        let is_of_pool = owner.claim == Claim::FromPool && !pools.is_empty();
        if let Some(diagnostic) = owner.outside(facts, &homelab.network).filter(|_| !is_of_pool) {
            let networks = owner.within.map_or(homelab.network.as_slice(), std::slice::from_ref);
            found.push(diagnostic.help(owner.way_out(facts, networks, &owners, &pools)));
        }
    }
    found.extend(next_hops(facts));
    let mut taken: BTreeMap<Ipv4Addr, &Owner<'_>> = BTreeMap::new();
    for owner in &owners {
        match taken.get(&owner.ip.value) {
            Some(first) if owner.is_held_with(first, &pools) => {}
            Some(first) => {
                let way_out = owner.way_out(facts, &homelab.network, &owners, &pools);
                found.push(owner.taken(first).help(way_out));
            }
            None => {
                taken.insert(owner.ip.value, owner);
            }
        }
    }
}

/// Next hops of machines outside of the network that the machines are in. Of a pool it is one place for all of them.
fn next_hops(facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut found: BTreeMap<Span, Diagnostic> = BTreeMap::new();
    for cluster in Cluster::all(facts.model) {
        let (cidr, name) = (cluster.network.cidr.span, &cluster.network.name.name);
        for route in cluster.machines.iter().flat_map(|machine| &machine.route) {
            let Some(via) = facts.resolver.value(&route.via, ScopeId::default()) else { continue };
            let Some(fault) = is_no_host(cluster.network, via.value) else { continue };
            let message = format!("the next hop {} to network `{}` {fault} `{name}`", via.value, route.network.name);
            found.entry(via.span).or_insert_with(|| {
                Diagnostic::new(&ADDRESS_OUTSIDE, via.span, message)
                    .label(cidr, format!("the network is {}", range(cluster.network)))
                    .help("name something that the machines reach directly: `via=(ref)machine.NAME.ip`")
            });
        }
    }
    found.into_values().collect()
}

impl Owner<'_> {
    /// The finding that it has no place in its network, or in any when it may be in each.
    fn outside(&self, facts: &Facts<'_>, networks: &[Network]) -> Option<Diagnostic> {
        let (ip, what) = (self.ip.value, &self.what);
        if let Some(network) = self.within {
            let fault = is_no_host(network, ip)?;
            let message = format!("the address {ip} of {what} {fault} `{}`", network.name.name);
            return Some(
                Diagnostic::new(&ADDRESS_OUTSIDE, self.ip.span, message)
                    .label(network.cidr.span, format!("the network is {}", range(network))),
            );
        }
        let outside = networks.iter().all(|network| !network.cidr.value.contains(&ip));
        if !outside || networks.is_empty() || facts.model.faults.may_hide(Network::decl()) {
            return None;
        }
        let message = format!("the address {ip} of {what} lies in no network");
        let mut diagnostic = Diagnostic::new(&ADDRESS_OUTSIDE, self.ip.span, message);
        for network in networks.iter().take(3) {
            diagnostic = diagnostic.label(network.cidr.span, format!("network `{}`", network.name.name));
        }
        Some(diagnostic)
    }

    /// True when a pool holds what is also another's: then the pool is the mistake, and reported as such.
    fn is_held_with(&self, first: &Self, pools: &[Pool<'_>]) -> bool {
        let held = || pools.iter().any(|pool| pool.range.value.contains(self.ip.value));
        self.claim == Claim::FromPool && first.claim == Claim::Fixed && held()
    }

    /// The finding that its address is another's.
    fn taken(&self, first: &Self) -> Diagnostic {
        let message = format!("{} is taken", self.ip.value);
        let diagnostic = Diagnostic::new(&ADDRESS_TAKEN, self.ip.span, message);
        // Two machines may take one address from their pool.
        if first.ip.span == self.ip.span {
            diagnostic.here(format!("it is that of {} and of {}", first.what, self.what))
        } else {
            diagnostic.label(first.ip.span, format!("it is that of {}", first.what))
        }
    }

    /// Which address it could have: the one nearest to its own, in its network, else in the first in which one is free.
    fn way_out(&self, facts: &Facts<'_>, networks: &[Network], owners: &[Self], pools: &[Pool<'_>]) -> String {
        // What the load balancer gives out comes from a pool, and nothing else may.
        let from_pool = self.claim == Claim::FromPool && !pools.is_empty();
        let suits = |ip| {
            let in_pool = pools.iter().any(|pool| pool.range.value.contains(ip));
            in_pool == from_pool
                && owners.iter().all(|owner| owner.ip.value != ip)
                && (!from_pool || service_at(facts.units, facts.resolver, ip).is_none())
        };
        let mut ordered: Vec<&Network> = networks.iter().collect();
        ordered.sort_by_key(|network| (!network.cidr.value.contains(&self.ip.value), network.cidr.span));
        let free = ordered.iter().find_map(|network| free_range(network, self.ip.value, 1, suits));
        match (free, from_pool, ordered.as_slice()) {
            (Some(free), ..) => format!("{free} is free"),
            (None, true, _) => "no address of a pool is free: widen one".to_owned(),
            (None, false, [only]) => format!("no address of network `{}` is free", only.name.name),
            (None, false, _) => "no address of a network is free".to_owned(),
        }
    }
}

/// Each network that shares addresses with another is reported once.
fn overlaps(facts: &Facts<'_>, networks: &[Network], found: &mut Vec<Diagnostic>) {
    let inside = facts.model.talos.iter().map(cluster_networks::inside);
    let inside = inside.flat_map(|((pods, _), (services, _))| [pods, services]);
    let taken: Vec<Ipv4Net> = networks.iter().map(|network| network.cidr.value).chain(inside).collect();
    let mut ordered: Vec<&Network> = networks.iter().collect();
    ordered.sort_by_key(|network| (network.cidr.value.network(), network.cidr.value.broadcast()));
    let mut reaching: Option<&Network> = None;
    for network in ordered {
        if let Some(other) = reaching.filter(|other| other.cidr.value.contains(&network.cidr.value.network())) {
            let (first, second) =
                if other.cidr.span <= network.cidr.span { (other, network) } else { (network, other) };
            let message = format!("networks `{}` and `{}` share addresses", first.name.name, second.name.name);
            found.push(
                Diagnostic::new(&NETWORK_OVERLAP, second.cidr.span, message)
                    .label(first.cidr.span, "the other network")
                    .help(match free_network(&second.cidr.value, &taken) {
                        Some(free) => format!("{free} is free"),
                        None => "no private network is free".to_owned(),
                    }),
            );
        }
        if reaching.is_none_or(|other| other.cidr.value.broadcast() < network.cidr.value.broadcast()) {
            reaching = Some(network);
        }
    }
}
