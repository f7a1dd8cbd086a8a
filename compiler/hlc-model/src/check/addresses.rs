//! Addresses lie where they should.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::ScopeId;
use ipnet::Ipv4Net;

use super::{Check, Facts};

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
    for (index, network) in homelab.network.iter().enumerate() {
        let cidr = network.cidr.value;
        if let Some(gateway) = network.gateway.filter(|gateway| !cidr.contains(&gateway.value)) {
            found.push(
                Diagnostic::new(
                    &ADDRESS_OUTSIDE,
                    gateway.span,
                    format!("the gateway {} lies outside network `{}`", gateway.value, network.name.name),
                )
                .label(network.cidr.span, format!("the network is {} to {}", cidr.network(), cidr.broadcast())),
            );
        }
        for earlier in homelab.network.iter().take(index) {
            if overlap(earlier.cidr.value, cidr) {
                found.push(
                    Diagnostic::new(
                        &NETWORK_OVERLAP,
                        network.cidr.span,
                        format!("networks `{}` and `{}` share addresses", earlier.name.name, network.name.name),
                    )
                    .label(earlier.cidr.span, "the other network"),
                );
            }
        }
    }
    for (_, gateway, _) in &facts.model.gateways {
        let Some(ip) = gateway.ip.as_ref().and_then(|ip| facts.resolver.value(ip, ScopeId::default())) else {
            continue;
        };
        if !homelab.network.is_empty() && homelab.network.iter().all(|network| !network.cidr.value.contains(&ip.value))
        {
            let mut diagnostic = Diagnostic::new(
                &ADDRESS_OUTSIDE,
                ip.span,
                format!("the address {} of gateway `{}` lies in no network", ip.value, gateway.name.name),
            );
            for network in &homelab.network {
                diagnostic = diagnostic.label(network.cidr.span, format!("network `{}`", network.name.name));
            }
            found.push(diagnostic);
        }
        for network in &homelab.network {
            if let Some(router) = network.gateway.filter(|router| router.value == ip.value) {
                found.push(
                    Diagnostic::new(&ADDRESS_TAKEN, ip.span, format!("{} is taken", ip.value))
                        .label(router.span, format!("it is the router of network `{}`", network.name.name)),
                );
            }
        }
    }
}

fn overlap(a: Ipv4Net, b: Ipv4Net) -> bool {
    a.contains(&b.network()) || b.contains(&a.network())
}
