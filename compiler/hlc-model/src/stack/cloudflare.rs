//! DNS records at Cloudflare.

use hlc_plan::{Address, Input, Kind, OutputDecl, Ownership, PlannedResource};
use hlc_schema::{Deferred, ScopeId, Spanned};

use crate::concept::{self, Zone};
use crate::resolve::Resolver;

mod derived;
mod record;

pub(crate) use derived::{By, Derived};
pub use record::{CaaData, Record, RecordData, SrvData};
pub(crate) use record::{Value, value};

/// A zone, looked up (Cloudflare API, `/zones`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "zone", stack = Cloudflare, identity = "name", outputs = ZONE_OUTPUTS)]
pub struct ZoneLookup {
    /// Its name.
    #[change(identity)]
    pub name: String,
    /// Its id at Cloudflare, where the homelab states it; else it is looked up by name.
    #[change(identity)]
    pub id: Option<Spanned<String>>,
}

const ZONE_OUTPUTS: &[OutputDecl] = &[OutputDecl { name: "id", doc: "Its id at Cloudflare.", secret: false }];

pub(crate) fn lower(resolver: &Resolver<'_>) -> Vec<PlannedResource> {
    let zones = || resolver.model.zones();
    let records = zones().flat_map(|zone| written(resolver, zone).into_iter().chain(derived::lower(resolver, zone)));
    zones().map(looked_up).chain(records).collect()
}

impl Zone {
    /// The address of the zone as a resource.
    pub(crate) fn address(&self) -> Address {
        Address::resource::<ZoneLookup>(&self.name.name)
    }

    /// Its id, as far as it is known.
    fn known_id(&self) -> Input<String> {
        let found = || Input::later(Deferred::output(self.address().as_str(), "id"), self.name.span);
        self.id.as_ref().map_or_else(found, Input::from)
    }
}

/// The zone itself, which is never made.
fn looked_up(zone: &Zone) -> PlannedResource {
    let kind = ZoneLookup { name: zone.name.name.clone(), id: zone.id.clone() };
    PlannedResource::new(zone.address(), kind, zone.name.span).owned(Ownership::Existing)
}

/// The records that are written out.
fn written(resolver: &Resolver<'_>, zone: &Zone) -> Vec<PlannedResource> {
    let values = zone.records().filter_map(|record| Some((record, value(resolver, record)?)));
    let values: Vec<(concept::Record<'_>, Value)> = values.collect();
    let mut resources = Vec::new();
    for (record, value) in &values {
        let name = record.name().value.within(&zone.name.name);
        let several = || {
            let same = |(other, _): &&(concept::Record<'_>, Value)| {
                other.kind() == record.kind() && other.name().value == record.name().value
            };
            values.iter().filter(same).count() > 1
        };
        let Some(extra) = super::extra(resolver, ScopeId::default(), record.extra()) else { continue };
        let kind = Record {
            zone: zone.name.name.clone(),
            zone_id: zone.known_id(),
            r#type: record.kind(),
            name: name.clone(),
            content: value.content.clone(),
            data: value.data.clone(),
            priority: value.priority,
            ttl: record.ttl().map_or(record::AUTOMATIC, |ttl| ttl.value.seconds()),
            proxied: record.proxied().is_some(),
            comment: record.comment().map(|comment| comment.value.clone()),
            extra,
        };
        // Most names have one address, which can change; of the other types a name often has several records, and adding one
        // must not rename the others.
        let address = match record.leads_somewhere() && !several() {
            true => format!("{}.{name}", record.kind()),
            false => format!("{}.{name}:{}", record.kind(), value.key),
        };
        resources.push(PlannedResource::new(Address::resource::<Record>(&address), kind, record.name().span));
    }
    resources
}
