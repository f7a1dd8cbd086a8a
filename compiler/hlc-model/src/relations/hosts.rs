//! Who answers at which host.

use std::collections::{BTreeMap, BTreeSet};

use hlc_schema::ScopeId;

use super::Thing;
use crate::lower::Unit;
use crate::model::Model;
use crate::resolve::Resolver;
use crate::workload::workload_namespace;

/// Everything that a host can lead to.
pub(crate) struct Hosts<'m> {
    /// Hosts of routes.
    routes: BTreeMap<String, Thing<'m>>,
    /// What is in each namespace.
    namespaces: BTreeMap<&'m str, Vec<(Thing<'m>, Vec<String>)>>,
}

impl<'m> Hosts<'m> {
    pub(super) fn gather(model: &'m Model, resolver: &Resolver<'m>, units: &[Unit<'m>]) -> Self {
        let mut routes = BTreeMap::new();
        let mut namespaces: BTreeMap<&str, Vec<(Thing<'_>, Vec<String>)>> = BTreeMap::new();
        let addons: BTreeSet<ScopeId> = model.addons().map(|(scope, _)| scope).collect();
        let made: BTreeMap<ScopeId, &Unit<'m>> = units.iter().map(|unit| (unit.scope, unit)).collect();
        for (scope, source) in model.units().filter(|(_, source)| source.existing || source.is_made()) {
            let own = if addons.contains(&scope) {
                Thing::Addon(&source.name.name)
            } else {
                Thing::Workload(&source.name.name)
            };
            for route in &source.route {
                for host in route.hosts(resolver, scope).into_iter().flatten() {
                    routes.insert(host.value.as_str().to_owned(), own);
                }
            }
            let made = made.get(&scope).into_iter().flat_map(|unit| &unit.planned.objects);
            let services = made.filter(|object| object.kind == "Service").map(|object| object.name.clone());
            let endpoints = source.endpoint.iter().map(|endpoint| endpoint.service.value.clone());
            let services = services.chain(endpoints).collect();
            namespaces.entry(workload_namespace(source)).or_default().push((own, services));
        }
        for (scope, hetzner) in &model.hetzner {
            for route in &hetzner.route {
                let server =
                    hetzner.server.iter().find(|server| server.bundle.iter().any(|bundle| bundle.traefik.is_some()));
                let Some(server) = server.or(hetzner.server.first()) else { continue };
                for host in route.hosts(resolver, *scope).into_iter().flatten() {
                    routes.insert(host.value.as_str().to_owned(), Thing::Server(&server.name.name));
                }
            }
        }
        Self { routes, namespaces }
    }

    /// What answers at a host: of a route, or `SERVICE.NAMESPACE.svc` of the cluster.
    pub(crate) fn owner(&self, host: &str) -> Option<Thing<'m>> {
        if let Some(owner) = self.routes.get(host) {
            return Some(*owner);
        }
        let mut parts = host.split('.');
        let (service, namespace, word) = (parts.next()?, parts.next()?, parts.next()?);
        if word != "svc" {
            return None;
        }
        // Of several in one namespace the one that says that it has the Service.
        match self.namespaces.get(namespace)?.as_slice() {
            [(only, _)] => Some(*only),
            several => several.iter().find(|(_, services)| services.iter().any(|it| it == service)).map(|(it, _)| *it),
        }
    }

    /// True for the host of a route.
    pub(super) fn is_route(&self, host: &str) -> bool {
        self.routes.contains_key(host)
    }
}

/// The host of a URL, or of what begins with one: `harbor.example.net/library/x`.
pub(super) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
    rest.split(['/', ':', '?', '#']).next().unwrap_or_default()
}
