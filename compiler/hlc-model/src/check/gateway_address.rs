//! The address of a gateway or a Service is one that the load balancer can give it.

use std::net::Ipv4Addr;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::owners::{Claim, Owner, Pool, owners, pools};
use super::{Check, Facts};
use crate::concept::Addresses;
use crate::relations::service_at;

pub(super) const CHECK: Check = Check { codes: &[&NOT_IN_A_POOL], run };

/// A gateway's address outside every pool.
pub(crate) static NOT_IN_A_POOL: Code = Code {
    id: "HLC0838",
    name: "gateway-not-in-a-pool",
    severity: Severity::Error,
    summary: "an address of a gateway or a Service that no pool of the load balancer holds",
    explain: "The load balancer gives out the addresses of its pools and no others. A gateway that asks for another one never gets \
              an address, nor does a Service (`loadBalancerIP`, or the annotations of Cilium and MetalLB).",
    bad: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" }\nplatform {\n    addon \"gateway\" \
          namespace=\"kube-system\" {\n        addresses \"lan\" range=\"192.168.1.240-192.168.1.250\"\n        gateway \"main\" \
          class=\"cilium\" ip=\"192.168.1.220\" { listener \"http\" protocol=\"HTTP\" port=80 }\n    }\n}",
    good: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" }\nplatform {\n    addon \"gateway\" \
           namespace=\"kube-system\" {\n        addresses \"lan\" range=\"192.168.1.240-192.168.1.250\"\n        gateway \"main\" \
           class=\"cilium\" ip=\"192.168.1.240\" { listener \"http\" protocol=\"HTTP\" port=80 }\n    }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let pools = pools(facts);
    if pools.is_empty() || facts.model.faults.may_hide(Addresses::decl()) {
        return; // something else than hlc makes the pools
    }
    let owners = owners(facts);
    let is_held = |ip: Ipv4Addr| pools.iter().any(|pool| pool.range.value.contains(ip));
    for owner in owners.iter().filter(|owner| owner.claim == Claim::FromPool && !is_held(owner.ip.value)) {
        let ip = owner.ip;
        let message = format!("no pool holds {}, the address of {}", ip.value, owner.what);
        let diagnostic =
            pools.iter().take(3).fold(Diagnostic::new(&NOT_IN_A_POOL, ip.span, message), |diagnostic, pool| {
                diagnostic.label(pool.range.span, format!("pool `{}`", pool.name))
            });
        found.push(diagnostic.help(match free(facts, &owners, &pools, ip.value) {
            Some((free, pool)) => format!("{free} of pool `{}` is free", pool.name),
            None => "no address of a pool is free: widen one".to_owned(),
        }));
    }
}

/// The address of a pool that nothing has and that is nearest to another.
fn free<'m>(
    facts: &Facts<'m>,
    owners: &[Owner<'_>],
    pools: &[Pool<'m>],
    near: Ipv4Addr,
) -> Option<(Ipv4Addr, Pool<'m>)> {
    /// How many of a pool are looked at.
    const MOST: usize = 1 << 12;
    let of = |pool: &Pool<'m>| {
        let (first, last) = (u32::from(pool.range.value.first()), u32::from(pool.range.value.last()));
        let pool = *pool;
        (first..=last).take(MOST).map(move |at| (Ipv4Addr::from(at), pool))
    };
    let is_free = |ip: Ipv4Addr| {
        owners.iter().all(|owner| owner.ip.value != ip) && service_at(facts.units, facts.resolver, ip).is_none()
    };
    let mut all: Vec<_> = pools.iter().flat_map(of).collect();
    all.sort_by_key(|(ip, _)| (u32::from(*ip).abs_diff(near.into()), *ip));
    all.into_iter().find(|(ip, _)| is_free(*ip))
}
