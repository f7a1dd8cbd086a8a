//! Addresses that the load balancer gives out are free.

use std::net::Ipv4Addr;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;
use hlc_schema::scalar::Ipv4Range;

use super::owners::{Claim, Owner, free_range, owners, pools};
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
              has would then be answered for by two: both are unreachable by turns. A gateway's `ip` is no such address: it is \
              given out of the pool.",
    bad: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" gateway=\"192.168.1.254\" }\nplatform {\n    \
          addon \"cilium\" namespace=\"kube-system\" { addresses \"lan\" range=\"192.168.1.250-192.168.1.254\" }\n}",
    good: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" gateway=\"192.168.1.254\" }\nplatform {\n    \
           addon \"cilium\" namespace=\"kube-system\" { addresses \"lan\" range=\"192.168.1.249-192.168.1.253\" }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(homelab) = &facts.model.homelab else { return };
    let (owners, pools) = (owners(facts), pools(facts));
    for (index, pool) in pools.iter().enumerate() {
        if !facts.model.faults.may_hide(Network::decl()) {
            found.extend(outside(pool, &homelab.network));
        }
        found.extend(inside(pool, &pools, &owners, &homelab.network));
        let earlier = pools.iter().take(index).find(|other| other.range.value.overlaps(pool.range.value));
        found.extend(earlier.map(|other| {
            let message = format!("pools `{}` and `{}` share addresses", other.name.name, pool.name.name);
            Diagnostic::new(&POOL_TAKEN, pool.range.span, message)
                .label(other.range.span, "the other pool")
                .help("let one end before the other begins")
        }));
    }
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

/// All owners of addresses in a pool are one mistake. A gateway's address is meant to come from it.
fn inside(pool: &Addresses, pools: &[&Addresses], owners: &[Owner<'_>], networks: &[Network]) -> Option<Diagnostic> {
    let held: Vec<&Owner<'_>> = owners.iter().filter(|owner| pool.range.value.contains(owner.ip.value)).collect();
    let (gateways, mut others): (Vec<_>, Vec<_>) = held.into_iter().partition(|owner| owner.claim == Claim::FromPool);
    others.sort_by_key(|owner| owner.ip.value);
    others.dedup_by_key(|owner| owner.ip.value);
    let (first, more) = others.split_first()?;
    let name = &pool.name.name;
    let (message, here) = match more.len() {
        0 => (format!("pool `{name}` holds the address of {}", first.what), format!("{} is taken", first.ip.value)),
        count => (
            format!(
                "pool `{name}` holds the addresses of {} and {count} other{}",
                first.what,
                if count == 1 { "" } else { "s" }
            ),
            format!("taken are {}", listed(&others)),
        ),
    };
    let diagnostic = Diagnostic::new(&POOL_TAKEN, pool.range.span, message)
        .here(here)
        .label(first.ip.span, format!("{} has {}", first.what, first.ip.value));
    let free = |ip: Ipv4Addr| {
        let moves = |owner: &Owner<'_>| gateways.iter().any(|gateway| std::ptr::eq(*gateway, owner));
        let in_another =
            pools.iter().any(|other| other.range.span != pool.range.span && other.range.value.contains(ip));
        !in_another && owners.iter().all(|owner| owner.ip.value != ip || moves(owner))
    };
    let Some((from, to)) = free_range_like(pool.range.value, networks, free) else {
        return Some(diagnostic.help("choose other addresses"));
    };
    let stays = |gateway: &&&Owner<'_>| (from..=to).contains(&gateway.ip.value);
    Some(match gateways.iter().find(|gateway| !stays(gateway)) {
        Some(gateway) => diagnostic.help(format!(
            "{from}-{to} is free; {}, which has {} now, needs one of these then",
            gateway.what, gateway.ip.value
        )),
        None => diagnostic.help(format!("{from}-{to} is free")),
    })
}

/// A few addresses in words.
fn listed(owners: &[&Owner<'_>]) -> String {
    const MOST: usize = 4;
    let mut words: Vec<String> = owners.iter().take(MOST).map(|owner| owner.ip.value.to_string()).collect();
    if let Some(more) = owners.len().checked_sub(MOST).filter(|more| *more > 0) {
        words.push(format!("{more} more"));
    }
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// Free addresses near a range, as many as it has, or as many as there are.
fn free_range_like(
    range: Ipv4Range,
    networks: &[Network],
    free: impl Fn(Ipv4Addr) -> bool,
) -> Option<(Ipv4Addr, Ipv4Addr)> {
    let network = networks.iter().find(|network| network.cidr.value.contains(&range.first()))?;
    let count = u32::from(range.last()).abs_diff(range.first().into()).saturating_add(1);
    std::iter::successors(Some(count), |count| Some(count / 2).filter(|count| *count > 0))
        .find_map(|count| free_range(network, range.first(), count, &free))
}
