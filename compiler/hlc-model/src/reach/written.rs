//! Hosts of routes that are written as Kubernetes objects.

use hlc_plan::PlannedObject;
use hlc_schema::scalar::Port;
use hlc_schema::{Data, Spanned};

use super::hop::{Chain, Draft};
use super::login::OfRoute;
use super::{Draw, Finder, Found, Guard, HopKind, Owner, View, put_together};
use crate::concept::{Gateway, ListenerProtocol};
use crate::lower::{Carrier, Unit};

impl<'m> Finder<'_, 'm> {
    /// Hosts of objects that route requests, where they are not made of a `route`.
    pub(super) fn written(&self) -> Vec<Found<'m>> {
        let mut found = Vec::new();
        for unit in self.facts.units.iter().filter(|unit| !unit.idle) {
            let is_written = |object: &&PlannedObject| {
                let same =
                    |node: &hlc_schema::ObjectNode| node.kind.value == object.kind && node.name.value == object.name;
                unit.source.objects.iter().any(same)
            };
            for object in unit.planned.objects.iter().filter(is_written) {
                for (host, backends) in routed(object) {
                    let Some(name) = host.as_str() else { continue };
                    let owner = match unit.carrier {
                        Carrier::ArgoCd => Owner::Workload(unit.source.name.name.clone()),
                        Carrier::Apply => Owner::Addon(unit.source.name.name.clone()),
                    };
                    let way = self.way(unit, object, name, host, &backends);
                    found.push(put_together(name.to_owned(), host.span, owner, &object.name, vec![way]));
                }
            }
        }
        found
    }

    fn way(
        &self,
        unit: &'m Unit<'m>,
        object: &'m PlannedObject,
        name: &str,
        host: &Data,
        backends: &[&Data],
    ) -> Draw<'m> {
        let mut chain = Chain::new();
        self.address(&mut chain, name, &[host.span], View::Lan);
        let parent = object.body.at(&["spec", "parentRefs"]).and_then(Data::as_list).and_then(<[Data]>::first);
        if let Some(parent) = parent {
            let called = parent.get("name").and_then(Data::as_str).unwrap_or_default();
            let within = parent.get("namespace").and_then(Data::as_str).or(object.namespace.as_deref());
            let meant =
                |(gateway, namespace): &(&Gateway, &str)| gateway.name.name == called && Some(*namespace) == within;
            match self.facts.model.gateways().find(meant) {
                Some((gateway, _)) => {
                    let at = parent.get("name").map(|name| name.span);
                    self.gateway(&mut chain, gateway, at.into_iter(), []);
                    self.listening(&mut chain, (object, parent), gateway, name, host);
                }
                None => chain.then(
                    Draft::unknown(HopKind::Gateway, called, "no gateway of this name is declared here")
                        .at(parent.span),
                ),
            }
        } else {
            let class = object.body.at(&["spec", "ingressClassName"]).and_then(Data::as_str).unwrap_or("the default");
            let reason = "which address its class answers at is not known here";
            chain.then(Draft::unknown(HopKind::Gateway, class, reason).at(object.origin));
        }
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let detail = format!("{} {} in namespace {namespace}", article(&object.kind), object.kind);
        chain.then(Draft::new(HopKind::Route, &object.name, detail, object.origin).made_of([object]));
        let behind = chain.last();
        let mut first = None;
        for backend in backends {
            let Some((service, port)) = backend_of(backend) else { continue };
            let last = self.service(&mut chain, unit.scope, unit.source, (&service, port), behind);
            first = first.or(Some(last));
        }
        if let Some(first) = first {
            chain.stand_at(first);
        }
        let client = self.clients(&mut chain, OfRoute { scope: unit.scope, name: "", host: name });
        let (guard, guarded_at) = match client {
            Some((client, at)) => (Guard::Oidc(client), Some(at)),
            None => (Guard::Unsaid, None),
        };
        Draw { view: View::Lan, guard, guarded_at, drafts: chain.into_drafts(), note: None }
    }

    fn listening(
        &self,
        chain: &mut Chain<'m>,
        (object, parent): (&PlannedObject, &Data),
        gateway: &'m Gateway,
        name: &str,
        host: &Data,
    ) {
        if object.kind != "TLSRoute" {
            return self.listener(chain, gateway, name, host.span, View::Lan);
        }
        let passing = gateway.listener.iter().find(|listener| listener.protocol.value == ListenerProtocol::Tls);
        chain.then(match passing {
            Some(listener) => {
                let detail = format!("TLS, port {}", listener.port.value.0);
                Draft::new(HopKind::Listener, &listener.name.value, detail, listener.name.span)
            }
            None => Draft::unknown(HopKind::Listener, "listener", "no listener of the gateway passes TLS through")
                .at(gateway.name.span)
                .shared(parent.get("name").map(|name| name.span)),
        });
    }
}

/// The hosts of an object with what they lead to; nothing of one that routes no requests, or all that come.
fn routed(object: &PlannedObject) -> Vec<(&Data, Vec<&Data>)> {
    let list = |path: &[&str]| object.body.at(path).and_then(Data::as_list).unwrap_or_default();
    match object.kind.as_str() {
        "HTTPRoute" | "GRPCRoute" | "TLSRoute" => {
            let rules = list(&["spec", "rules"]).iter();
            let backends: Vec<&Data> = rules.filter_map(|rule| rule.get("backendRefs")?.as_list()).flatten().collect();
            list(&["spec", "hostnames"]).iter().map(|host| (host, backends.clone())).collect()
        }
        "Ingress" => {
            let rules = list(&["spec", "rules"]).iter();
            let hosts = rules.filter_map(|rule| {
                let paths = rule.at(&["http", "paths"]).and_then(Data::as_list).unwrap_or_default();
                let backends = paths.iter().filter_map(|path| path.at(&["backend", "service"])).collect();
                Some((rule.get("host")?, backends))
            });
            hosts.collect()
        }
        _ => Vec::new(),
    }
}

/// Service and port of a `backendRef`, or of what an Ingress calls so.
fn backend_of(backend: &Data) -> Option<(Spanned<String>, Spanned<Port>)> {
    if backend.get("namespace").is_some() || backend.get("kind").is_some_and(|kind| kind.as_str() != Some("Service")) {
        return None;
    }
    let name = backend.get("name")?;
    let port = backend.get("port")?;
    let port = port.get("number").unwrap_or(port);
    let number = u16::try_from(port.as_integer()?).ok()?;
    Some((Spanned::new(name.as_str()?.to_owned(), name.span), Spanned::new(Port(number), port.span)))
}

fn article(kind: &str) -> &'static str {
    if kind.starts_with(['H', 'I']) { "an" } else { "a" }
}
