//! DNS records at Cloudflare.

use std::net::Ipv4Addr;

use hlc_plan::{Address, Input, Kind, OutputDecl, Ownership, PlannedResource};
use hlc_schema::{Deferred, ScopeId};

use crate::concept::Zone;
use crate::resolve::Resolver;

/// A zone, looked up (Cloudflare API, `/zones`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "zone", stack = Cloudflare, identity = "name", outputs = ZONE_OUTPUTS)]
pub struct ZoneLookup {
    /// Its name.
    #[change(identity)]
    pub name: String,
}

const ZONE_OUTPUTS: &[OutputDecl] = &[OutputDecl { name: "id", doc: "Its id at Cloudflare.", secret: false }];

/// A DNS record (Cloudflare API, `/zones/{zone_id}/dns_records`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "record", stack = Cloudflare, identity = "zone, type, name and content", outputs = OUTPUTS)]
pub struct Record {
    /// The zone's name.
    #[change(identity)]
    pub zone: String,
    /// The zone's id.
    #[change(replace)]
    pub zone_id: Input<String>,
    /// `A`, `CNAME` …
    #[change(identity)]
    pub r#type: &'static str,
    /// The whole name, such as `*.example.net`.
    #[change(identity)]
    pub name: String,
    /// The address it leads to.
    #[change(update)]
    pub content: Input<Ipv4Addr>,
    /// Seconds that resolvers may keep it; 1 leaves it to Cloudflare.
    #[change(update)]
    pub ttl: u32,
    /// True when Cloudflare answers in its place.
    #[change(update)]
    pub proxied: bool,
    /// A note.
    #[change(update)]
    pub comment: Option<String>,
}

const OUTPUTS: &[OutputDecl] = &[OutputDecl { name: "id", doc: "Its id at Cloudflare.", secret: false }];

pub(crate) fn lower(resolver: &Resolver<'_>) -> Vec<PlannedResource> {
    let zones = || resolver.model.cloudflare.iter().flat_map(|cloudflare| &cloudflare.zone);
    zones().map(looked_up).chain(zones().flat_map(|zone| records(resolver, zone))).collect()
}

impl Zone {
    /// The address of the zone as a resource.
    pub(crate) fn address(&self) -> Address {
        Address::resource::<ZoneLookup>(&self.name.name)
    }

    /// Its id, as far as it is known.
    fn id(&self) -> Input<String> {
        let found = || Input::later(Deferred::output(self.address().as_str(), "id"), self.name.span);
        self.id.as_ref().map_or_else(found, Input::from)
    }
}

/// The zone itself, which is never made.
fn looked_up(zone: &Zone) -> PlannedResource {
    let kind = ZoneLookup { name: zone.name.name.clone() };
    PlannedResource::new(zone.address(), kind, zone.name.span).owned(Ownership::Existing)
}

fn records(resolver: &Resolver<'_>, zone: &Zone) -> Vec<PlannedResource> {
    let written = zone.a.iter().filter_map(|record| {
        let content = resolver.input(&record.to, ScopeId::default())?;
        let name = if record.name.value == "@" {
            zone.name.name.clone()
        } else {
            format!("{}.{}", record.name.value, zone.name.name)
        };
        let address = Address::resource::<Record>(&format!("A.{name}"));
        let kind = Record {
            zone: zone.name.name.clone(),
            zone_id: zone.id(),
            r#type: "A",
            name,
            content,
            ttl: 1,
            proxied: false,
            comment: record.comment.as_ref().map(|comment| comment.value.clone()),
        };
        Some(PlannedResource::new(address, kind, record.name.span))
    });
    written.collect()
}
