//! Addresses that the load balancer gives out are free.

use std::net::Ipv4Addr;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Node as _;

use super::{Check, Facts};
use crate::concept::{Addresses, Network};

pub(super) const CHECK: Check = Check { codes: &[&POOL_OUTSIDE, &POOL_TAKEN], run };

/// A pool outside every network.
pub(crate) static POOL_OUTSIDE: Code = Code {
    id: "HLC0836",
    name: "pool-outside",
    severity: Severity::Error,
    summary: "load balancer addresses that lie in no network",
    explain: "The load balancer answers for its addresses on the network of the nodes. From an address that lies in none of the \
              homelab's networks nothing would ever ask.",
    bad: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" }\nplatform {\n    addon \"cilium\" \
          namespace=\"kube-system\" { addresses \"lan\" range=\"192.168.2.240-192.168.2.250\" }\n}",
    good: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" }\nplatform {\n    addon \"cilium\" \
           namespace=\"kube-system\" { addresses \"lan\" range=\"192.168.1.240-192.168.1.250\" }\n}",
};

/// A pool with an address that something else has.
pub(crate) static POOL_TAKEN: Code = Code {
    id: "HLC0837",
    name: "pool-taken",
    severity: Severity::Error,
    summary: "load balancer addresses that something else has",
    explain: "The load balancer gives out every address of a pool sooner or later. One that a machine, a router or another pool \
              has would then be answered for by two: both are unreachable by turns.",
    bad: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" gateway=\"192.168.1.254\" }\nplatform {\n    \
          addon \"cilium\" namespace=\"kube-system\" { addresses \"lan\" range=\"192.168.1.250-192.168.1.254\" }\n}",
    good: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" gateway=\"192.168.1.254\" }\nplatform {\n    \
           addon \"cilium\" namespace=\"kube-system\" { addresses \"lan\" range=\"192.168.1.249-192.168.1.253\" }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(homelab) = &facts.model.homelab else { return };
    let mut pools: Vec<&Addresses> = facts.model.units().flat_map(|(_, unit)| &unit.addresses).collect();
    pools.sort_by_key(|pool| pool.range.span);
    let taken = taken(&homelab.network);
    for (index, pool) in pools.iter().enumerate() {
        if !facts.model.faults.may_hide(Network::decl()) {
            found.extend(outside(pool, &homelab.network));
        }
        found.extend(inside(pool, &taken));
        let earlier = pools.iter().take(index).find(|other| other.range.value.overlaps(pool.range.value));
        found.extend(earlier.map(|other| {
            let message = format!("pools `{}` and `{}` share addresses", other.name.name, pool.name.name);
            Diagnostic::new(&POOL_TAKEN, pool.range.span, message)
                .label(other.range.span, "the other pool")
                .help("let one end before the other begins")
        }));
    }
}

/// An address that is fixed, where it is written and what has it.
struct Fixed {
    address: Ipv4Addr,
    span: Span,
    owner: String,
}

/// Every address that no pool may hold.
fn taken(networks: &[Network]) -> Vec<Fixed> {
    let routers = networks.iter().filter_map(|network| {
        let router = network.gateway?;
        let owner = format!("the router of network `{}`", network.name.name);
        Some(Fixed { address: router.value, span: router.span, owner })
    });
    let servers = networks.iter().flat_map(|network| {
        let owner = format!("a name server of network `{}`", network.name.name);
        network.nameservers.iter().map(move |server| Fixed {
            address: server.value,
            span: server.span,
            owner: owner.clone(),
        })
    });
    routers.chain(servers).collect()
}

fn outside(pool: &Addresses, networks: &[Network]) -> Option<Diagnostic> {
    let range = pool.range.value;
    let whole = |network: &&Network| {
        let cidr = network.cidr.value;
        cidr.contains(&range.first()) && cidr.contains(&range.last())
    };
    if networks.is_empty() || networks.iter().any(|network| whole(&network)) {
        return None;
    }
    let message = format!("the addresses {range} of pool `{}` lie in no network", pool.name.name);
    let labelled = networks
        .iter()
        .take(3)
        .fold(Diagnostic::new(&POOL_OUTSIDE, pool.range.span, message), |diagnostic, network| {
            diagnostic.label(network.cidr.span, format!("network `{}`", network.name.name))
        });
    Some(labelled.help("choose addresses of the network that the nodes are in"))
}

/// All owners of addresses in a pool are one mistake.
fn inside(pool: &Addresses, taken: &[Fixed]) -> Option<Diagnostic> {
    let range = pool.range.value;
    let mut within: Vec<&Fixed> = taken.iter().filter(|fixed| range.contains(fixed.address)).collect();
    within.sort_by_key(|fixed| (fixed.address, fixed.span));
    within.dedup_by_key(|fixed| fixed.address);
    let first = within.first()?;
    let message = format!("pool `{}` holds {}, which is {}", pool.name.name, first.address, first.owner);
    let labelled =
        within.iter().take(5).fold(Diagnostic::new(&POOL_TAKEN, pool.range.span, message), |diagnostic, fixed| {
            diagnostic.label(fixed.span, format!("{} is {}", fixed.address, fixed.owner))
        });
    Some(match longest_free(range.first(), range.last(), &within) {
        Some((first, last)) => labelled.help(format!("{first}-{last} is free of them")),
        None => labelled.help("choose other addresses"),
    })
}

/// The longest run of a range without the addresses in it, which are sorted.
fn longest_free(first: Ipv4Addr, last: Ipv4Addr, within: &[&Fixed]) -> Option<(Ipv4Addr, Ipv4Addr)> {
    let mut runs = Vec::new();
    let mut start = u32::from(first);
    for fixed in within {
        let at = u32::from(fixed.address);
        runs.push((start, at.saturating_sub(1)));
        start = at.saturating_add(1);
    }
    runs.push((start, u32::from(last)));
    let longest =
        runs.into_iter().filter(|(from, to)| from <= to).max_by_key(|(from, to)| (to - from, u32::MAX - from));
    longest.map(|(from, to)| (Ipv4Addr::from(from), Ipv4Addr::from(to)))
}
