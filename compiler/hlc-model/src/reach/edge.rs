//! From the internet to the edge: record, address, firewall, proxy, and what the proxy asks and shows.

use hlc_diag::Span;
use hlc_plan::Input;
use hlc_schema::{Deferred, ScopeId};

use super::cluster::ADDRESS_OF_GATEWAY;
use super::dns::{Answer, Lookup};
use super::hop::{Chain, Draft};
use super::{Asked, Draw, Finder, Guard, HopKind, View};
use crate::check::Facts;
use crate::concept::compose::Protocol;
use crate::concept::{EdgeRoute, Gateway, Hetzner, Server, Traefik};
use crate::model::Model;
use crate::workload::{Auth, Public};

/// The port that browsers open (RFC 9110, section 4.2.2).
pub(super) const HTTPS: u16 = 443;

/// A proxy on a server at the edge.
#[derive(Clone, Copy)]
pub(crate) struct Edge<'m> {
    pub(crate) scope: ScopeId,
    pub(crate) hetzner: &'m Hetzner,
    pub(crate) server: &'m Server,
    pub(crate) traefik: &'m Traefik,
}

/// Every proxy at the edge, in the order of the sources.
pub(crate) fn edges(model: &Model) -> Vec<Edge<'_>> {
    let mut edges = Vec::new();
    for (scope, hetzner) in &model.hetzner {
        for server in &hetzner.server {
            for bundle in &server.bundle {
                let traefik = bundle.traefik.as_ref();
                edges.extend(traefik.map(|traefik| Edge { scope: *scope, hetzner, server, traefik }));
            }
        }
    }
    edges.sort_by_key(|edge| edge.traefik.head);
    edges
}

/// What has an address.
#[derive(Clone, Copy)]
pub(crate) enum Target<'m> {
    Server(&'m Server),
    Gateway(&'m Gateway),
    /// Nothing of the homelab, or something that is known later.
    Elsewhere,
}

/// What a record leads to.
pub(crate) fn target<'m>(facts: &Facts<'m>, to: &Input<String>) -> Target<'m> {
    let servers = facts.model.hetzner.iter().flat_map(|(_, hetzner)| &hetzner.server);
    let is_of = |server: &&Server| match (server.ipv4(), to.as_known(), to.as_later()) {
        (Some(stated), Some(known), _) => stated.value.to_string() == *known,
        (None, _, Some(later)) => *later == Deferred::output(server.resource().as_str(), "ipv4"),
        _ => false,
    };
    if let Some(server) = servers.into_iter().find(is_of) {
        return Target::Server(server);
    }
    let gateway = facts.model.gateways().map(|(gateway, _)| gateway).find(|gateway| {
        let ip = gateway.ip.as_ref().and_then(|ip| facts.resolver.value(ip, ScopeId::default()));
        ip.is_some_and(|ip| to.as_known().is_some_and(|to| *to == ip.value.to_string()))
    });
    gateway.map_or(Target::Elsewhere, Target::Gateway)
}

impl<'m> Finder<'_, 'm> {
    /// The way from the internet to a public host of a workload.
    pub(super) fn public(&self, asked: Asked<'_, 'm>, public: &'m Public) -> Draw<'m> {
        let host = asked.host.value.as_str();
        let own_gateway = asked.route.gateway(self.facts.model).map(|(gateway, _)| gateway);
        let mut chain = Chain::new();
        let server = self.address(&mut chain, host, &[asked.host.span, public.head], View::Internet);
        let here = edges(self.facts.model).into_iter().filter(|edge| edge.traefik.to_cluster.is_some());
        let edge = here.into_iter().find(|edge| server.is_none_or(|server| std::ptr::eq(server, edge.server)));
        let auth = public.auth.map_or(Auth::Sso, |auth| auth.value);
        let said = public.auth.map_or(public.head, |auth| auth.span);
        match edge {
            Some(edge) => {
                self.firewall(&mut chain, edge.server);
                self.proxy(&mut chain, edge, host, &format!("sends {host} to the cluster"), &[public.head]);
                if auth == Auth::Sso {
                    self.single_sign_on(&mut chain, edge, host, &[public.head, asked.host.span]);
                }
                chain.beside(certificate(edge.traefik));
            }
            None => chain.then(
                Draft::unknown(HopKind::Router, "edge", no_edge(self.facts.model))
                    .at(public.head)
                    .shared([public.head])
                    .shared(server.map(|server| server.name.span))
                    .shared(edges(self.facts.model).iter().map(|edge| edge.traefik.head)),
            ),
        }
        let to = edge.and_then(|edge| edge.traefik.to_cluster.as_ref());
        let named = |reference: &&hlc_schema::Ref<Gateway>| {
            own_gateway.is_none_or(|gateway| gateway.name.name == reference.name)
        };
        let same = to.filter(named);
        self.cluster(&mut chain, asked, View::Internet, same.or(to).map(|reference| reference.span));
        let client = self.logins(&mut chain, asked);
        let (guard, guarded_at) = match (auth, client) {
            (Auth::Sso, _) => (Guard::SingleSignOn, said),
            (Auth::Own, Some((client, at))) => (Guard::Oidc(client), at),
            (Auth::Own, None) => (Guard::Own, said),
            (Auth::None, _) => (Guard::Open, said),
        };
        Draw { view: View::Internet, guard, guarded_at: Some(guarded_at), drafts: chain.into_drafts(), note: None }
    }

    /// The way to a host that the edge answers by itself.
    pub(super) fn edge_route(
        &self,
        scope: ScopeId,
        hetzner: &'m Hetzner,
        route: &'m EdgeRoute,
        host: &str,
        at: Span,
    ) -> Draw<'m> {
        let mut chain = Chain::new();
        let server = self.address(&mut chain, host, &[at], View::Internet);
        let here = edges(self.facts.model).into_iter().filter(|edge| edge.scope == scope);
        let edge = here.into_iter().find(|edge| server.is_none_or(|server| std::ptr::eq(server, edge.server)));
        let (service, port) = (route.service.value.as_str(), route.port.value.0);
        if let Some(edge) = edge {
            self.firewall(&mut chain, edge.server);
            let passed = if route.passes_through() { ", TLS and all" } else { "" };
            self.proxy(&mut chain, edge, host, &format!("sends {host} to {service}{passed}"), &[at]);
            if let Some(auth) = route.auth.filter(|auth| auth.value == Auth::Sso) {
                self.single_sign_on(&mut chain, edge, host, &[at, auth.span]);
            }
            if !route.passes_through() {
                chain.beside(certificate(edge.traefik));
            }
        } else {
            let reason = "no `traefik` of a server of this project writes its routes";
            chain.then(Draft::unknown(HopKind::Router, "edge", reason).at(route.head).shared([at]));
        }
        let proxy = chain.last();
        let rules = route.rule.iter().map(|rule| (&rule.service, rule.port.value.0, rule.paths.len()));
        let all = std::iter::once((&route.service, port, 0)).chain(rules);
        let mut seen: Vec<(&str, u16)> = Vec::new();
        for (service, port, paths) in all {
            if seen.contains(&(service.value.as_str(), port)) {
                continue;
            }
            seen.push((&service.value, port));
            let known = hetzner.server.iter().flat_map(|server| &server.bundle).any(|bundle| bundle.compose.is_some());
            let compose = self.facts.edges.iter().filter(|edge| edge.scope == scope);
            let declared = compose.filter_map(|edge| edge.compose.services.get(&service.value)).next();
            let name = format!("{}:{port}", service.value);
            let detail = if paths > 0 {
                format!("a Compose service, for {paths} paths")
            } else {
                "a Compose service".to_owned()
            };
            let hop = match declared {
                Some(declared) => Draft::new(HopKind::Service, name, detail, declared.name),
                None if known => Draft::unknown(HopKind::Service, name, "no Compose file that could be read has it"),
                None => Draft::unknown(HopKind::Service, name, "no Compose file is declared"),
            };
            let hop = if declared.is_none() { hop.at(service.span) } else { hop };
            let index = chain.put(hop.own([service.span]), proxy);
            if paths == 0 {
                chain.stand_at(index);
            }
        }
        let client = self.edge_logins(&mut chain, scope, route, host);
        let is_login = self.is_login_page(host);
        let said = route.auth.map(|auth| auth.span);
        let (guard, guarded_at) = match (route.auth.map(|auth| auth.value), client) {
            (Some(Auth::Sso), _) => (Guard::SingleSignOn, said),
            (Some(Auth::None), _) => (Guard::Open, said),
            (_, Some((client, at))) => (Guard::Oidc(client), Some(at)),
            (Some(Auth::Own), None) => (Guard::Own, said),
            (None, None) if is_login => {
                (Guard::LoginPage, self.facts.model.authentik.first().map(|(_, authentik)| authentik.url.span()))
            }
            (None, None) => (Guard::Unsaid, None),
        };
        Draw { view: View::Internet, guard, guarded_at, drafts: chain.into_drafts(), note: None }
    }

    /// Record and address; gives back the server that the address is of.
    pub(super) fn address(&self, chain: &mut Chain<'m>, host: &str, asked: &[Span], view: View) -> Option<&'m Server> {
        // A zone may lack records for what comes from the internet.
        let zones = || self.facts.dns().zones().filter(|_| view == View::Internet);
        let shared = asked.iter().copied();
        let answers = match self.facts.dns().look_up(host) {
            Lookup::Answers(answers) => answers,
            Lookup::Nothing => {
                let reason = "its zone has no record for it here";
                chain.then(record_unknown(host, reason, asked).shared(shared).shared(zones()));
                return None;
            }
            Lookup::NoZone => {
                let reason = "no zone that is declared here holds it";
                chain.then(record_unknown(host, reason, asked).shared(shared).shared(zones()));
                return None;
            }
        };
        for answer in &answers {
            // Where one for many answers, its zone is what lacks one.
            let zones = zones().filter(|_| answer.name.starts_with('*'));
            chain.then(record(answer).shared(asked.iter().copied()).shared(zones));
        }
        let answer = answers.last()?;
        let Some(to) = &answer.to else {
            let reason = "what the record leads to cannot be told";
            chain.then(Draft::unknown(HopKind::Address, "address", reason).at(answer.value).own([answer.value]));
            return None;
        };
        let name = to.as_known().cloned().unwrap_or_else(|| "known after apply".to_owned());
        let target = target(self.facts, to);
        let (detail, at) = match target {
            Target::Server(server) => {
                (format!("of server {}", server.name.name), server.ipv4().map_or(server.name.span, |ip| ip.span))
            }
            Target::Gateway(gateway) => (
                format!("{ADDRESS_OF_GATEWAY} {}", gateway.name.name),
                gateway.ip.as_ref().map_or(gateway.name.span, hlc_schema::Expr::span),
            ),
            Target::Elsewhere => ("of nothing that is declared here".to_owned(), answer.value),
        };
        let detail = if answer.proxied { format!("{detail}; Cloudflare answers in its place") } else { detail };
        chain.then(Draft::new(HopKind::Address, name, detail, at).own([answer.value]));
        match target {
            Target::Server(server) => Some(server),
            Target::Gateway(_) | Target::Elsewhere => None,
        }
    }

    fn firewall(&self, chain: &mut Chain<'m>, server: &'m Server) {
        let projects = self.facts.model.hetzner.iter().map(|(_, hetzner)| hetzner);
        let firewalls = projects.flat_map(|hetzner| &hetzner.firewall);
        let applied: Vec<_> = firewalls
            .filter(|firewall| server.firewall.iter().any(|reference| reference.name == firewall.name.name))
            .collect();
        let references = server.firewall.iter().map(|reference| reference.span);
        let published = self.published(server);
        let Some(first) = applied.first() else {
            let detail = "there is none: everything is let in";
            chain.then(Draft::new(HopKind::Firewall, "none", detail, server.name.span).own(references));
            return;
        };
        let rules = applied.iter().flat_map(|firewall| firewall.allow.iter().map(move |rule| (*firewall, rule)));
        let open = rules.into_iter().find_map(|(firewall, rule)| {
            let tcp = rule.tcp.filter(|tcp| tcp.value.contains(HTTPS))?;
            Some((firewall, rule, tcp))
        });
        let hop = match open {
            Some((firewall, rule, tcp)) => {
                let detail = match rule.from.as_slice() {
                    [] => format!("lets tcp {} in", tcp.value),
                    [only] => format!("lets tcp {} in from {}", tcp.value, only.value),
                    [first, rest @ ..] => {
                        format!("lets tcp {} in from {} and {} more", tcp.value, first.value, rest.len())
                    }
                };
                Draft::new(HopKind::Firewall, &firewall.name.name, detail, rule.name.span).own([firewall.name.span])
            }
            None => Draft::new(HopKind::Firewall, &first.name.name, "", first.name.span)
                .because(format!("no rule of it lets tcp {HTTPS} in")),
        };
        chain.then(hop.own(references).shared(published));
    }

    /// Where the port of HTTPS is published on a server.
    fn published(&self, server: &Server) -> Vec<Span> {
        let here = self.facts.edges.iter().filter(|edge| std::ptr::eq(edge.server, server));
        let ports = here.flat_map(|edge| edge.compose.services.values()).flat_map(|service| &service.published);
        let is_https =
            |port: &&crate::concept::compose::Published| port.protocol == Protocol::Tcp && port.ports.contains(HTTPS);
        ports.filter(is_https).map(|port| port.span).collect()
    }

    fn proxy(&self, chain: &mut Chain<'m>, edge: Edge<'m>, host: &str, detail: &str, asked: &[Span]) {
        let traefik = edge.traefik;
        let name = format!("Traefik on {}", edge.server.name.name);
        let rules = edge.hetzner.firewall.iter().flat_map(|firewall| &firewall.allow);
        let of_https = rules.filter_map(|rule| rule.tcp).filter(|tcp| tcp.value.contains(HTTPS));
        let more = [
            Some(traefik.path.span),
            traefik.static_file.as_ref().map(|file| file.span),
            traefik.entry_point.as_ref().map(|name| name.span),
        ];
        let detail = if detail.is_empty() { host } else { detail };
        let hop = Draft::new(HopKind::Router, name, detail, traefik.head)
            .own(more.into_iter().flatten())
            .shared(of_https.map(|tcp| tcp.span))
            .shared(asked.iter().copied());
        chain.then(hop);
    }

    fn single_sign_on(&self, chain: &mut Chain<'m>, edge: Edge<'m>, host: &str, asked: &[Span]) {
        let Some(auth) = &edge.traefik.forward_auth else {
            let hop = Draft::unknown(HopKind::Middleware, "forward-auth", "the edge has nobody to ask");
            chain.beside(hop.at(edge.traefik.head).shared([edge.traefik.head]).shared(asked.iter().copied()));
            return;
        };
        let detail = format!("asks {}:{}{}", auth.service.value, auth.port.value.0, auth.path.path.value.as_str());
        let hop = Draft::new(HopKind::Middleware, &auth.name.name, detail, auth.name.span)
            .own([auth.service.span, auth.port.span, auth.path.path.span])
            .shared(asked.iter().copied());
        let middleware = chain.beside(hop);
        chain.put(self.forward_auth_app(host).shared(asked.iter().copied()), Some(middleware));
    }
}

fn no_edge(model: &Model) -> &'static str {
    if model.hetzner.iter().any(|(_, hetzner)| !hetzner.server.is_empty()) {
        "no `traefik` of the server that it leads to sends hosts to the cluster"
    } else {
        "no server that would send it to the cluster is declared here"
    }
}

fn record_unknown<'m>(host: &str, reason: &str, asked: &[Span]) -> Draft<'m> {
    let hop = Draft::unknown(HopKind::Record, host, reason);
    match asked.first() {
        Some(at) => hop.at(*at),
        None => hop,
    }
}

fn record<'m>(answer: &Answer) -> Draft<'m> {
    let to = match answer.to.as_ref().and_then(Input::as_known) {
        Some(to) => format!("leads to {to}"),
        None => "leads to an address that is known after apply".to_owned(),
    };
    let detail = if answer.derived { format!("{to}, made from the route") } else { to };
    Draft::new(HopKind::Record, format!("{} {}", answer.kind, answer.name), detail, answer.at)
}

fn certificate<'m>(traefik: &'m Traefik) -> Draft<'m> {
    let resolver = &traefik.certificates;
    Draft::new(HopKind::Certificate, &resolver.value, "got and shown by Traefik", resolver.span)
}
