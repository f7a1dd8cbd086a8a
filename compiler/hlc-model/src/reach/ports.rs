//! Open ports of servers.

use hlc_diag::Span;

use crate::check::Facts;
use crate::concept::compose::{Protocol, Published};
use crate::concept::{Firewall, FirewallRule, PortRange, Server};

/// A port of a server, or a range of them, that its firewall lets in or a service publishes.
#[derive(Clone, Debug)]
pub struct OpenPort {
    /// The server's name.
    pub server: String,
    /// `tcp` or `udp`.
    pub protocol: &'static str,
    /// The ports.
    pub ports: PortRange,
    /// What the firewall's rule is for; `None` without a firewall.
    pub rule: Option<String>,
    /// Networks that are let in; the whole internet when empty.
    pub from: Vec<String>,
    /// Compose services that publish it, by name.
    pub services: Vec<String>,
    /// True when all of it is reachable: it is let in, and something answers that is known here.
    pub answers: bool,
    /// Where the firewall lets it in.
    pub opened: Option<Span>,
    /// Where the first of the services publishes it.
    pub published: Option<Span>,
}

/// Every open port of every server.
pub(super) fn open(facts: &Facts<'_>) -> Vec<OpenPort> {
    let mut ports = Vec::new();
    for (_, hetzner) in &facts.model.hetzner {
        for server in &hetzner.server {
            let behind = |firewall: &&Firewall| server.firewall.iter().any(|name| name.name == firewall.name.name);
            let firewalls: Vec<&Firewall> = hetzner.firewall.iter().filter(behind).collect();
            if server.firewall.is_empty() {
                ports.extend(without_firewall(facts, server));
            }
            for rule in firewalls.iter().flat_map(|firewall| &firewall.allow) {
                for (protocol, range) in [(Protocol::Tcp, rule.tcp), (Protocol::Udp, rule.udp)] {
                    let Some(range) = range else { continue };
                    let mut port = OpenPort {
                        rule: Some(rule.name.value.clone()),
                        from: networks(rule),
                        opened: Some(range.span),
                        ..closed(server, protocol, range.value)
                    };
                    for (name, published) in published(facts, server) {
                        if published.protocol == protocol && range.value.overlaps(published.ports) {
                            port.services.push(name.to_owned());
                            port.published = port.published.or(Some(published.span));
                            port.answers = true;
                        }
                    }
                    ports.push(port);
                }
            }
        }
    }
    ports.sort_by(|a, b| {
        let key = |port: &OpenPort| (port.ports.first, port.protocol, port.ports.last, port.opened);
        (&a.server, key(a)).cmp(&(&b.server, key(b)))
    });
    ports
}

/// The networks that a rule lets in; none for the whole internet.
fn networks(rule: &FirewallRule) -> Vec<String> {
    let all = rule.is_worldwide();
    rule.from.iter().filter(|_| !all).map(|network| network.value.to_string()).collect()
}

fn closed(server: &Server, protocol: Protocol, ports: PortRange) -> OpenPort {
    OpenPort {
        server: server.name.name.clone(),
        protocol: protocol.word(),
        ports,
        rule: None,
        from: Vec::new(),
        services: Vec::new(),
        answers: false,
        opened: None,
        published: None,
    }
}

/// Without a firewall everything that is published is open.
fn without_firewall(facts: &Facts<'_>, server: &Server) -> Vec<OpenPort> {
    let open = published(facts, server).into_iter().map(|(name, published)| OpenPort {
        services: vec![name.to_owned()],
        answers: true,
        published: Some(published.span),
        ..closed(server, published.protocol, published.ports)
    });
    open.collect()
}

/// What the services of a server publish to the outside.
fn published<'f>(facts: &'f Facts<'_>, server: &Server) -> Vec<(&'f str, &'f Published)> {
    let here = facts.edges.iter().filter(|edge| std::ptr::eq(edge.server, server));
    let services = here.flat_map(|edge| &edge.compose.services);
    let ports = services.flat_map(|(name, service)| service.published.iter().map(move |port| (name.as_str(), port)));
    ports.filter(|(_, port)| port.outside).collect()
}
