//! Addresses lie where they should.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::{Node as _, ScopeId};

use super::{Check, Facts};
use crate::concept::Network;

pub(super) const CHECK: Check = Check { codes: &[&ADDRESS_OUTSIDE, &ADDRESS_TAKEN, &NETWORK_OVERLAP], run };

/// An address outside every network.
pub(crate) static ADDRESS_OUTSIDE: Code = Code {
    id: "HLC0616",
    name: "address-outside",
    severity: Severity::Error,
    summary: "an address that lies outside its network",
    explain: "The router of a network has an address in it, and a gateway's address lies in one of the homelab's networks: \
              nothing could reach it otherwise.",
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
    for network in &homelab.network {
        router(network, found);
    }
    overlaps(&homelab.network, found);
    let mut taken: BTreeMap<Ipv4Addr, (Span, String)> = BTreeMap::new();
    for network in &homelab.network {
        if let Some(router) = network.gateway {
            taken.insert(router.value, (router.span, format!("it is the router of network `{}`", network.name.name)));
        }
    }
    for (gateway, _) in facts.model.gateways() {
        let Some(ip) = gateway.ip.as_ref().and_then(|ip| facts.resolver.value(ip, ScopeId::default())) else {
            continue;
        };
        let outside = homelab.network.iter().all(|network| !network.cidr.value.contains(&ip.value));
        if outside && !homelab.network.is_empty() && !facts.model.faults.may_hide(Network::decl()) {
            let message = format!("the address {} of gateway `{}` lies in no network", ip.value, gateway.name.name);
            let mut diagnostic = Diagnostic::new(&ADDRESS_OUTSIDE, ip.span, message);
            for network in homelab.network.iter().take(3) {
                diagnostic = diagnostic.label(network.cidr.span, format!("network `{}`", network.name.name));
            }
            found.push(diagnostic);
        }
        if let Some((other, owner)) = taken.get(&ip.value) {
            found.push(
                Diagnostic::new(&ADDRESS_TAKEN, ip.span, format!("{} is taken", ip.value))
                    .label(*other, owner.as_str()),
            );
        } else {
            taken.insert(ip.value, (ip.span, format!("it is the address of gateway `{}`", gateway.name.name)));
        }
    }
}

/// The router of a network is a host in it.
fn router(network: &Network, found: &mut Vec<Diagnostic>) {
    let (cidr, Some(router)) = (network.cidr.value, network.gateway) else { return };
    // Networks of one or two addresses have no network and broadcast address (RFC 3021).
    let reserved = cidr.prefix_len() < 31 && (router.value == cidr.network() || router.value == cidr.broadcast());
    if cidr.contains(&router.value) && !reserved {
        return;
    }
    let fault = if reserved { "is no host in" } else { "lies outside" };
    let message = format!("the gateway {} {fault} network `{}`", router.value, network.name.name);
    found.push(
        Diagnostic::new(&ADDRESS_OUTSIDE, router.span, message)
            .label(network.cidr.span, format!("the network is {} to {}", cidr.network(), cidr.broadcast())),
    );
}

/// Each network that shares addresses with another is reported once.
fn overlaps(networks: &[Network], found: &mut Vec<Diagnostic>) {
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
                    .label(first.cidr.span, "the other network"),
            );
        }
        if reaching.is_none_or(|other| other.cidr.value.broadcast() < network.cidr.value.broadcast()) {
            reaching = Some(network);
        }
    }
}
