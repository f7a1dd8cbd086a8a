//! Hosts that the internet is to reach have a record.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Node as _;

use super::super::{Check, Facts};
use super::{Failing, together};
use crate::concept::{Cloudflare, Zone};
use crate::reach::dns::{Lookup, leads_inside};
use crate::stack::cloudflare::{By, Derived};

pub(in crate::check) const CHECK: Check = Check { codes: &[&NO_RECORD], run };

/// A host without a record.
pub(crate) static NO_RECORD: Code = Code {
    id: "HLC0626",
    name: "no-record",
    severity: Severity::Warning,
    summary: "a host that the internet is to reach, without a DNS record",
    explain: "Nobody finds a host without a record, and a `*` that leads into the LAN leads nobody from the internet. `from-routes` \
              in the zone makes a record for every route of the edge and every `public` one; a record can be written out too. \
              Nothing is said of hosts in zones that are not declared.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"*\" to=\"192.168.1.240\" } }\nworkload \"web\" \
          category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    route \"web\" \
          service=\"web\" port=80 { public auth=\"own\" }\n}",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"*\" to=\"192.168.1.240\"; from-routes to=\"203.0.113.10\" } \
           }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } \
           }\n    route \"web\" service=\"web\" port=80 { public auth=\"own\" }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let model = facts.model;
    if model.faults.may_hide(Zone::decl()) || model.faults.kinds.contains(Cloudflare::decl().name) {
        return;
    }
    let mut zones: BTreeMap<Span, Failing<'_, Zone>> = BTreeMap::new();
    let mut reached = Derived::all(facts.resolver);
    reached.sort_by_key(|host| host.span);
    for host in reached.into_iter().filter(|host| host.by != By::Wildcard) {
        let Some(zone) = model.zone_of(&host.host) else { continue };
        let missing = match facts.dns().look_up(&host.host) {
            Lookup::Nothing => true,
            Lookup::Answers(answers) => {
                let of_many = answers.first().is_some_and(|answer| answer.name.starts_with('*'));
                of_many && answers.last().is_some_and(|answer| leads_inside(answer))
            }
            Lookup::NoZone => false,
        };
        if missing {
            zones.entry(zone.name.span).or_insert((zone, Vec::new())).1.push((host.host, host.span));
        }
    }
    for (zone, mut hosts) in zones.into_values() {
        hosts.dedup();
        let name = zone.name.name.as_str();
        let hosts: Vec<(&str, Span)> = hosts.iter().map(|(host, at)| (host.as_str(), *at)).collect();
        let diagnostic = together(
            &NO_RECORD,
            &hosts,
            |host, at| {
                let message = format!("zone `{name}` has no record by which the internet finds `{host}`");
                Diagnostic::new(&NO_RECORD, at, message).label(zone.name.span, "this zone")
            },
            |hosts| (zone.name.span, format!("zone `{name}` has no records by which the internet finds {hosts}")),
        );
        found.extend(diagnostic.map(|diagnostic| {
            diagnostic
                .help("add `from-routes to=\"…\"` to the zone, with the address of the edge: `(ref)server.NAME.ipv4`")
        }));
    }
}
