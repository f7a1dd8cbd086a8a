//! Addresses that the load balancer gives out are free.

use std::net::Ipv4Addr;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::free::{FreeRange, free_range};
use super::owners::{Claim, Owner, Pool, owners, pools};
use super::{Check, Facts};
use crate::concept::Network;

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
        let around = Around { pool, pools: &pools, owners: &owners, networks: networks(facts, pool, &homelab.network) };
        if !facts.model.faults.may_hide(Network::decl()) {
            found.extend(around.outside(&homelab.network));
        }
        found.extend(around.inside());
        let earlier = pools.iter().take(index).find(|other| other.range.value.overlaps(pool.range.value));
        found.extend(earlier.map(|other| {
            let message = format!("pools `{}` and `{}` share addresses", other.name, pool.name);
            Diagnostic::new(&POOL_TAKEN, pool.range.span, message)
                .label(other.range.span, "the other pool")
                .help(around.way_out(&[]))
        }));
    }
}

/// The networks that a pool's addresses could be in, the likeliest first: the one that they begin in, those of nodes.
fn networks<'m>(facts: &Facts<'m>, pool: &Pool<'_>, all: &'m [Network]) -> Vec<&'m Network> {
    let has_nodes = |network: &Network| facts.model.talos.iter().any(|talos| talos.network.name == network.name.name);
    let mut networks: Vec<&Network> = all.iter().collect();
    networks.sort_by_key(|network| {
        (!network.cidr.value.contains(&pool.range.value.first()), !has_nodes(network), network.cidr.span)
    });
    networks
}

/// A pool with what is around it.
struct Around<'p, 'm> {
    pool: &'p Pool<'m>,
    pools: &'p [Pool<'m>],
    owners: &'p [Owner<'m>],
    networks: Vec<&'m Network>,
}

impl Around<'_, '_> {
    fn outside(&self, networks: &[Network]) -> Option<Diagnostic> {
        let range = self.pool.range.value;
        let whole = |network: &Network| {
            let cidr = network.cidr.value;
            cidr.contains(&range.first()) && cidr.contains(&range.last())
        };
        if networks.is_empty() || networks.iter().any(whole) {
            return None;
        }
        let message = format!("the addresses {range} of pool `{}` lie in no network", self.pool.name);
        let diagnostic = Diagnostic::new(&POOL_OUTSIDE, self.pool.range.span, message);
        let diagnostic = networks.iter().take(3).fold(diagnostic, |diagnostic, network| {
            diagnostic.label(network.cidr.span, format!("network `{}`", network.name.name))
        });
        Some(diagnostic.help(self.way_out(&self.gateways())))
    }

    /// Those that have an address of the pool, as they are meant to.
    fn gateways(&self) -> Vec<&Owner<'_>> {
        self.held().filter(|owner| owner.claim == Claim::FromPool).collect()
    }

    fn held(&self) -> impl Iterator<Item = &Owner<'_>> {
        self.owners.iter().filter(|owner| self.pool.range.value.contains(owner.ip.value))
    }

    /// All owners of addresses in a pool are one mistake. A gateway's address is meant to come from it.
    fn inside(&self) -> Option<Diagnostic> {
        let mut others: Vec<&Owner<'_>> = self.held().filter(|owner| owner.claim != Claim::FromPool).collect();
        others.sort_by_key(|owner| owner.ip.value);
        others.dedup_by_key(|owner| owner.ip.value);
        let (first, more) = others.split_first()?;
        let name = self.pool.name;
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
        Some(
            Diagnostic::new(&POOL_TAKEN, self.pool.range.span, message)
                .here(here)
                .label(first.ip.span, format!("{} has {}", first.what, first.ip.value))
                .help(self.way_out(&self.gateways())),
        )
    }

    /// Which addresses the pool could have instead: as many, or as many as there are in a row. Those in it that move along hold none.
    fn way_out(&self, moving: &[&Owner<'_>]) -> String {
        let pool = self.pool.range;
        let count = u32::from(pool.value.last()).abs_diff(pool.value.first().into()).saturating_add(1);
        let free = |ip: Ipv4Addr| {
            let moves = |owner: &Owner<'_>| moving.iter().any(|gateway| std::ptr::eq(*gateway, owner));
            let in_another =
                self.pools.iter().any(|other| other.range.span != pool.span && other.range.value.contains(ip));
            !in_another && self.owners.iter().all(|owner| owner.ip.value != ip || moves(owner))
        };
        let of = |network: &&Network| free_range(network, pool.value.first(), count, free);
        let Some(free) = self.networks.iter().find_map(of) else {
            return "no address of a network is free".to_owned();
        };
        match moving.iter().find(|gateway| !FreeRange::contains(free, gateway.ip.value)) {
            Some(gateway) => {
                format!("{free} is free; {}, which has {} now, needs one of these then", gateway.what, gateway.ip.value)
            }
            None => format!("{free} is free"),
        }
    }
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
