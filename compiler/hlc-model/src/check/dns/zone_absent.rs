//! Hosts that the internet reaches lie in a zone.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Node as _;
use hlc_schema::suggest::list_names;

use crate::check::exposure::together;
use crate::check::{Check, Facts};
use crate::concept::{Cloudflare, Zone};
use crate::stack::cloudflare::{By, Derived};

pub(in crate::check) const CHECK: Check = Check { codes: &[&ZONE_ABSENT], run };

/// A public host outside every zone.
pub(crate) static ZONE_ABSENT: Code = Code {
    id: "HLC0908",
    name: "zone-absent",
    severity: Severity::Error,
    summary: "a host that the internet is to reach, in no zone",
    explain: "A host is found by its DNS record, and records are made in the zones that are declared.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.org\" { from-routes to=\"203.0.113.10\" } \
          }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - \
          port=80 } } }\n    route \"web\" service=\"web\" port=80 { public auth=\"own\" }\n}",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { from-routes to=\"203.0.113.10\" } \
           }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - \
           port=80 } } }\n    route \"web\" service=\"web\" port=80 { public auth=\"own\" }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let model = facts.model;
    let names: Vec<&str> = model.zones().map(|zone| zone.name.name.as_str()).collect();
    let Some(homelab) = model.homelab.as_ref().filter(|_| !names.is_empty()) else { return };
    if model.faults.may_hide(Zone::decl()) || model.faults.kinds.contains(Cloudflare::decl().name) {
        return;
    }
    let domain = homelab.domain.value.as_str();
    let mut reached = Derived::all(facts.resolver);
    // A public host outside the homelab's domain is reported as such, and names below a host with the host.
    reached.retain(|reached| {
        let host = reached.host.as_str();
        let foreign = reached.by == By::Public && host != domain && !host.ends_with(&format!(".{domain}"));
        reached.by != By::Wildcard && !foreign && model.zone_of(host).is_none()
    });
    reached.sort_by_key(|reached| reached.span);
    let hosts: Vec<(&str, Span)> = reached.iter().map(|reached| (reached.host.as_str(), reached.span)).collect();
    let Some(zone) = model.zones().map(|zone| zone.name.span).min() else { return };
    let diagnostic = together(
        &ZONE_ABSENT,
        &hosts,
        |host, at| {
            let message = format!("`{host}` lies in no zone, so it gets no DNS record");
            Diagnostic::new(&ZONE_ABSENT, at, message)
        },
        |hosts| (zone, format!("{hosts} lie in no zone, so they get no DNS records")),
    );
    let help = format!("the zones are {}; declare its zone in `cloudflare`", list_names(&names, "and"));
    found.extend(diagnostic.map(|diagnostic| diagnostic.help(help)));
}
