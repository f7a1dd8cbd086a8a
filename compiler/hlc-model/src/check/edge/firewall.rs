//! What services publish and what the firewall lets in are the same.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::{EdgeFacts, edge_example};
use crate::check::{Check, Facts};
use crate::concept::compose::Protocol;
use crate::concept::{Firewall, PortRange};

pub(in crate::check) const CHECK: Check = Check { codes: &[&CLOSED_PORT, &OPEN_PORT, &OPEN_SSH], run };

/// A published port that the firewall closes.
pub(crate) static CLOSED_PORT: Code = Code {
    id: "HLC0867",
    name: "closed-port",
    severity: Severity::Error,
    summary: "a port that a service publishes and the firewall closes",
    explain: "A firewall of Hetzner drops everything that it does not allow. A port that is to be reached from the server alone is \
              published for `127.0.0.1`.",
    bad: edge_example!("compose \"mail.yml\"\n        }\n    }\n}"),
    good: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN (secret)EDGE_TOKEN }\n        }\n    }\n}"
    ),
};

/// An open port that nothing serves.
pub(crate) static OPEN_PORT: Code = Code {
    id: "HLC0868",
    name: "open-port",
    severity: Severity::Warning,
    summary: "a port that the firewall opens and no service publishes",
    explain: "What nothing serves needs no way in. A service that listens by itself, in the network of its host, is not seen here: \
              where one is there, ports count as served.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    firewall \"edge\" {\n        allow \"http\" \
          tcp=80\n        allow \"https\" tcp=443\n        allow \"relay\" udp=3478\n    }\n    server \"edge\" type=\"cpx21\" \
          image=\"ubuntu-24.04\" location=\"ash\" firewall=\"edge\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" \
          from=\"edge\" to=\"/etc/edge\" {\n            compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN \
          (secret)EDGE_TOKEN }\n        }\n    }\n}",
    good: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN (secret)EDGE_TOKEN }\n        }\n    }\n}"
    ),
};

/// SSH open to the whole internet.
pub(crate) static OPEN_SSH: Code = Code {
    id: "HLC0875",
    name: "open-ssh",
    severity: Severity::Hint,
    summary: "SSH that the whole internet can reach",
    explain: "Keys keep strangers out, and every weakness of the SSH server is theirs to try. With `from` only some networks can \
              reach it. A server without a firewall is open at every port.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    firewall \"edge\" { allow \"ssh\" tcp=22 }\n}",
    good: "hetzner token=(secret)HCLOUD_TOKEN {\n    firewall \"edge\" { allow \"ssh\" tcp=22 { from \"203.0.113.0/24\" } }\n}",
};

/// The port of SSH (RFC 4253, section 4.1).
const SSH: u16 = 22;

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let faulty = facts.model.faults.may_hide(Firewall::decl());
    for firewall in facts.model.hetzner.iter().filter(|_| !faulty).flat_map(|(_, hetzner)| &hetzner.firewall) {
        for rule in &firewall.allow {
            let Some(tcp) = rule.tcp.filter(|tcp| tcp.value.contains(SSH) && rule.is_worldwide()) else { continue };
            found.push(
                Diagnostic::new(&OPEN_SSH, tcp.span, "the whole internet can reach SSH")
                    .help("name the networks that may: `allow \"ssh\" tcp=22 { from \"203.0.113.0/24\" }`"),
            );
        }
    }
    for (_, hetzner) in &facts.model.hetzner {
        found.extend(hetzner.server.iter().filter(|server| server.firewall.is_empty()).map(|server| {
            let message = format!("the whole internet can reach SSH of server `{}`", server.name.name);
            Diagnostic::new(&OPEN_SSH, server.name.span, message)
                .here("it has no firewall")
                .help("declare one and name it: `firewall=\"NAME\"`; it drops everything that it does not allow")
        }));
    }
    for edge in &facts.edges {
        closed(edge, found);
    }
    for (_, hetzner) in &facts.model.hetzner {
        for firewall in &hetzner.firewall {
            let behind = |server: &crate::concept::Server| {
                server.firewall.iter().any(|reference| reference.name == firewall.name.name)
            };
            let servers = hetzner.server.iter().filter(|server| behind(server)).count();
            let edges: Vec<_> = facts.edges.iter().filter(|edge| behind(edge.server)).collect();
            // Where a server has no Compose file that can be read, what it serves is not known.
            if servers > 0 && edges.len() >= servers {
                unserved(firewall, &edges, found);
            }
        }
    }
}

/// The firewalls of an edge's server.
fn firewalls<'m>(edge: &EdgeFacts<'m>) -> Vec<&'m Firewall> {
    let named = |firewall: &&Firewall| edge.server.firewall.iter().any(|name| name.name == firewall.name.name);
    edge.hetzner.firewall.iter().filter(named).collect()
}

/// The first port of a range that no firewall lets in.
fn first_closed(firewalls: &[&Firewall], protocol: Protocol, ports: PortRange) -> Option<u16> {
    let rules = || firewalls.iter().flat_map(|firewall| &firewall.allow);
    let ranges = rules().filter_map(|rule| match protocol {
        Protocol::Tcp => rule.tcp,
        Protocol::Udp => rule.udp,
    });
    let mut open: Vec<PortRange> = ranges.map(|range| range.value).collect();
    open.sort_by_key(|range| (range.first, range.last));
    let mut port = ports.first;
    for range in open.into_iter().filter(|range| range.last >= ports.first) {
        if range.first > port {
            break;
        }
        port = port.max(range.last.checked_add(1)?);
    }
    (port <= ports.last).then_some(port)
}

fn closed(edge: &EdgeFacts<'_>, found: &mut Vec<Diagnostic>) {
    let firewalls = firewalls(edge);
    let Some(first) = firewalls.first() else { return }; // without a firewall everything is open
    for (name, service) in &edge.compose.services {
        for published in service.published.iter().filter(|published| published.outside) {
            if let Some(port) = first_closed(&firewalls, published.protocol, published.ports) {
                let protocol = published.protocol.word();
                found.push(
                    Diagnostic::new(
                        &CLOSED_PORT,
                        published.span,
                        format!("service `{name}` publishes {protocol} {port}, which the firewall closes"),
                    )
                    .label(first.name.span, "this firewall does not allow it")
                    .help(format!(
                        "allow it there: `allow \"{name}\" {protocol}={port}`; or publish it for the server alone: `127.0.0.1:{port}:…`"
                    )),
                );
            }
        }
    }
}

fn unserved(firewall: &Firewall, edges: &[&EdgeFacts<'_>], found: &mut Vec<Diagnostic>) {
    if edges.iter().any(|edge| edge.compose.services.values().any(|service| service.host_network)) {
        return;
    }
    let served = |protocol: Protocol, range: PortRange| {
        let published = edges.iter().flat_map(|edge| edge.compose.services.values()).flat_map(|s| &s.published);
        published.into_iter().any(|port| port.outside && port.protocol == protocol && range.overlaps(port.ports))
    };
    for rule in &firewall.allow {
        for (protocol, range) in [(Protocol::Tcp, rule.tcp), (Protocol::Udp, rule.udp)] {
            let Some(range) = range else { continue };
            let is_ssh = protocol == Protocol::Tcp && range.value.contains(SSH);
            if !is_ssh && !served(protocol, range.value) {
                let message = format!("{} {} is open, and no service publishes it", protocol.word(), range.value);
                found.push(
                    Diagnostic::new(&OPEN_PORT, range.span, message)
                        .help("remove the rule, or publish the port in the Compose file"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_several_rules_open() {
        let firewall = |text: &str| {
            let text = format!(
                "hetzner token=(secret)T {{ firewall \"x\" {{ {text} }} }}\nhomelab \"h\" domain=\"example.net\""
            );
            let mut inputs = crate::MemoryInputs::default();
            inputs.insert("homelab.kdl", text);
            crate::compile(&inputs, "homelab.kdl").model
        };
        let model = firewall(
            "allow \"a\" tcp=\"10-19\"; allow \"b\" tcp=\"15-30\"; allow \"c\" tcp=\"40-65535\"; allow \"d\" udp=35;",
        );
        let firewalls: Vec<&Firewall> = model.hetzner.iter().flat_map(|(_, hetzner)| &hetzner.firewall).collect();
        let closed = |first, last| first_closed(&firewalls, Protocol::Tcp, PortRange { first, last });
        assert_eq!(closed(12, 30), None);
        assert_eq!(closed(12, 31), Some(31));
        assert_eq!(closed(35, 50), Some(35));
        assert_eq!(closed(1, 65535), Some(1));
        assert_eq!(closed(50, 65535), None);
        assert_eq!(first_closed(&firewalls, Protocol::Udp, PortRange { first: 35, last: 36 }), Some(36));
    }
}
