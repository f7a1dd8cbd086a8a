//! Records made from the routes of the homelab.

use std::collections::BTreeMap;

use hlc_diag::Span;
use hlc_plan::{Address, PlannedResource};
use hlc_schema::{ScopeId, Spanned};

use super::record::{AUTOMATIC, Record};
use crate::concept::{FromRoutes, Zone};
use crate::model::Model;
use crate::resolve::Resolver;

/// A host that the internet reaches.
pub(crate) struct Derived {
    /// The host; `*.HOST` for the names below it.
    pub(crate) host: String,
    /// Where it is said.
    pub(crate) span: Span,
    /// Why it is reached.
    pub(crate) by: By,
}

/// Why a host is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// A route of the edge.
    Edge,
    /// Names below a route of the edge.
    Wildcard,
    /// A public route of a workload.
    Public,
}

impl Derived {
    /// Every host that the internet reaches, in no particular order.
    pub(crate) fn all(resolver: &Resolver<'_>) -> Vec<Self> {
        let mut all = Vec::new();
        for (scope, hetzner) in &resolver.model.hetzner {
            for route in &hetzner.route {
                for host in route.hosts(resolver, *scope).into_iter().flatten() {
                    let (name, span) = (host.value.as_str(), host.span);
                    if route.is_wildcard() {
                        all.push(Self { host: format!("*.{name}"), span, by: By::Wildcard });
                    }
                    all.push(Self { host: name.to_owned(), span, by: By::Edge });
                }
            }
        }
        for (scope, unit) in resolver.model.units() {
            for route in unit.route.iter().filter(|route| route.public.is_some()) {
                for host in route.hosts(resolver, scope).into_iter().flatten() {
                    all.push(Self { host: host.value.as_str().to_owned(), span: host.span, by: By::Public });
                }
            }
        }
        all
    }
}

impl Model {
    /// Every zone.
    pub(crate) fn zones(&self) -> impl Iterator<Item = &Zone> {
        self.cloudflare.iter().flat_map(|cloudflare| &cloudflare.zone)
    }

    /// The zone that a host belongs to: the one with the longest name.
    pub(crate) fn zone_of(&self, host: &str) -> Option<&Zone> {
        self.zones().filter(|zone| zone.holds(host)).max_by_key(|zone| zone.name.name.len())
    }
}

/// The records of the routes whose hosts lie in the zone and have no record that is written out.
pub(super) fn lower(resolver: &Resolver<'_>, zone: &Zone) -> Vec<PlannedResource> {
    let Some(from_routes) = &zone.from_routes else { return Vec::new() };
    let Some(to) = resolver.input(&from_routes.to, ScopeId::default()) else { return Vec::new() };
    let in_zone = |host: &str| resolver.model.zone_of(host).is_some_and(|found| found.name.span == zone.name.span);
    let is_written = |host: &str| {
        let mut records = zone.records().filter(|record| record.leads_somewhere());
        records.any(|record| record.name().value.within(&zone.name.name) == host)
    };
    // Two routes with one host are reported (`check/duplicate_host.rs`); here the first by place is as good as any.
    let mut hosts: BTreeMap<String, Derived> = BTreeMap::new();
    for derived in Derived::all(resolver) {
        if in_zone(&derived.host) && !is_written(&derived.host) {
            let first = hosts.get(&derived.host).is_none_or(|known| derived.span < known.span);
            if first {
                hosts.insert(derived.host.clone(), derived);
            }
        }
    }
    let resource = |derived: Derived| {
        let address = Address::resource::<Record>(&format!("A.{}", derived.host));
        let kind = Record {
            zone: zone.name.name.clone(),
            zone_id: zone.known_id(),
            r#type: "A",
            name: derived.host,
            content: Some(to.clone().map(|ip| ip.to_string())),
            data: None,
            priority: None,
            ttl: AUTOMATIC,
            proxied: false,
            comment: from_routes.comment(derived.by).map(|comment| comment.value.clone()),
            extra: None,
        };
        PlannedResource::new(address, kind, derived.span)
    };
    hosts.into_values().map(resource).collect()
}

impl FromRoutes {
    /// The note on records of a kind.
    fn comment(&self, by: By) -> Option<&Spanned<String>> {
        match by {
            By::Edge => self.edge.as_ref(),
            By::Wildcard => self.wildcard.as_ref().or(self.edge.as_ref()),
            By::Public => self.public.as_ref(),
        }
    }
}
