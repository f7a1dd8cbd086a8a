//! Zones: `GET /zones`, `GET /zones/{zone_id}`.

use serde_json::{Value, json};

use super::envelope::Failure;
use super::page::Page;
use super::settings::Token;
use super::world::{World, Zone};
use crate::clock::rfc3339;
use crate::exchange::{Answer, Asked, Bent};
use crate::ids::hex32;

/// As the API shows it. The fields are those that its description requires, and the status.
pub(super) fn json(zone: &Zone, seed: &str) -> Value {
    let account = hex32(seed, "account", 0);
    json!({
        "id": zone.id,
        "name": zone.name,
        "status": "active",
        "paused": false,
        "type": "full",
        "development_mode": 0,
        "name_servers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
        "original_name_servers": null,
        "original_registrar": null,
        "original_dnshost": null,
        "created_on": rfc3339(zone.created),
        "modified_on": rfc3339(zone.created),
        "activated_on": rfc3339(zone.created),
        "meta": { "step": 2, "custom_certificate_quota": 0, "page_rule_quota": 3, "phishing_detected": false },
        "owner": { "id": hex32(seed, "user", 0), "type": "user" },
        "account": { "id": account, "name": "Simulated" },
    })
}

/// The zones that the token may read, filtered and in pages.
pub(super) fn list(world: &World, token: &Token, seed: &str, asked: &Asked, bent: Bent) -> Result<Answer, Failure> {
    let page = Page::read(asked, 20, 5..=50)?;
    let mut zones: Vec<(String, Value)> = world.with_zones(|zones| {
        let readable = zones.iter().filter(|zone| token.reads_zones && token.covers(&zone.name));
        let wanted = readable.filter(|zone| asked.parameter("name").is_none_or(|filter| named(&zone.name, filter)));
        // All zones are active.
        let status = asked.parameter("status").is_none_or(|status| status == "active");
        wanted.filter(|_| status).map(|zone| (zone.name.clone(), json(zone, seed))).collect()
    });
    zones.sort_by(|(one, _), (other, _)| one.cmp(other));
    if asked.parameter("direction") == Some("desc") {
        zones.reverse();
    }
    Ok(page.answer(zones.into_iter().map(|(_, zone)| zone).collect(), bent.page))
}

/// Whether a name is what a filter asks for: `example.com`, or `starts_with:dev`.
fn named(name: &str, filter: &str) -> bool {
    match filter.split_once(':') {
        Some(("equal", wanted)) => name.eq_ignore_ascii_case(wanted),
        Some(("not_equal", wanted)) => !name.eq_ignore_ascii_case(wanted),
        Some(("starts_with", wanted)) => name.starts_with(&wanted.to_ascii_lowercase()),
        Some(("ends_with", wanted)) => name.ends_with(&wanted.to_ascii_lowercase()),
        Some(("contains", wanted)) => name.contains(&wanted.to_ascii_lowercase()),
        Some(("starts_with_case_sensitive", wanted)) => name.starts_with(wanted),
        Some(("ends_with_case_sensitive", wanted)) => name.ends_with(wanted),
        Some(("contains_case_sensitive", wanted)) => name.contains(wanted),
        _ => name.eq_ignore_ascii_case(filter),
    }
}
