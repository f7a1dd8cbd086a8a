//! Whether the vendor takes a record.

use super::content;
use super::draft::Draft;
use super::envelope::Failure;
use super::records::{Fields, proxiable};
use super::settings::Plan;

/// The fields of a record that is made (`before` is `None`) or changed, as they will be kept.
pub(super) fn fields(before: Option<&Fields>, draft: &Draft, zone: &str, plan: Plan) -> Result<Fields, Failure> {
    let sort = draft.sort.clone().or_else(|| before.map(|it| it.sort.clone()));
    let sort = sort.ok_or_else(|| required("type"))?.to_ascii_uppercase();
    let written = draft.name.as_deref().or(before.map(|it| it.name.as_str())).ok_or_else(|| required("name"))?;
    // What another type said in its own way means nothing in this one.
    let kept = before.filter(|it| it.sort == sort);
    let mut fields = Fields {
        name: name(written, zone)?,
        content: draft.content.clone().or_else(|| kept.map(|it| it.content.clone())).unwrap_or_default(),
        data: draft.data.clone().or_else(|| kept.and_then(|it| it.data.clone())),
        priority: draft.priority.or_else(|| kept.and_then(|it| it.priority)),
        ttl: draft.ttl.or(before.map(|it| it.ttl)).unwrap_or(1),
        proxied: draft.proxied.or(before.map(|it| it.proxied)).unwrap_or(false),
        comment: draft.comment.clone().unwrap_or_else(|| before.and_then(|it| it.comment.clone())),
        tags: draft.tags.clone().or_else(|| before.map(|it| it.tags.clone())).unwrap_or_default(),
        settings: draft.settings.clone().or_else(|| before.map(|it| it.settings.clone())).unwrap_or_default(),
        sort,
    };
    if !matches!(fields.sort.as_str(), "MX" | "SRV" | "URI") {
        fields.priority = None;
    }
    content::settle(&mut fields)?;
    attributes(&mut fields, plan)?;
    Ok(fields)
}

fn required(field: &str) -> Failure {
    Failure::invalid(9207, format!("Request body is invalid. {field} is required."))
}

/// The full name. One outside the zone is taken for one below it: a record meant for another zone becomes
/// `mail.other.net.example.com` (github.com/NewFuture/DDNS/issues/21).
fn name(written: &str, zone: &str) -> Result<String, Failure> {
    let name = written.strip_suffix('.').unwrap_or(written).to_ascii_lowercase();
    let is_inside = name == zone || name.strip_suffix(zone).is_some_and(|front| front.ends_with('.'));
    let full = match name.as_str() {
        "@" | "" => zone.to_owned(),
        _ if is_inside => name,
        _ => format!("{name}.{zone}"),
    };
    let is_label = |(position, label): (usize, &str)| {
        let characters = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        (1..=63).contains(&label.len()) && (characters || (position == 0 && label == "*"))
    };
    let valid = full.len() <= 253 && full.split('.').enumerate().all(is_label);
    valid.then_some(full).ok_or_else(|| Failure::invalid(9000, "DNS name is invalid."))
}

/// What all types have.
///
/// Sources: 9021 github.com/LINKIWI/cloudflare-ddns-client/pull/30 with the bounds of the API description, 9041 as clients
/// know it, 9313 github.com/STRRL/cloudflare-tunnel-ingress-controller/issues/168, 9300
/// github.com/cloudflare/terraform-provider-cloudflare/issues/3217.
fn attributes(fields: &mut Fields, plan: Plan) -> Result<(), Failure> {
    if fields.ttl != 1 && !(60..=86_400).contains(&fields.ttl) {
        let message = "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.";
        return Err(Failure::invalid(9021, message));
    }
    if fields.proxied && !proxiable(&fields.sort) {
        return Err(Failure::invalid(9041, "This DNS record cannot be proxied."));
    }
    if fields.proxied {
        fields.ttl = 1;
    }
    let (length, longest) = (fields.comment.as_ref().map_or(0, |text| text.chars().count()), plan.longest_comment());
    if length > longest {
        let message = format!("DNS record comment exceeds the maximum length of {longest} characters.");
        return Err(Failure::invalid(9313, message));
    }
    let (tags, most) = (fields.tags.len(), plan.most_tags());
    if tags > most {
        return Err(Failure::invalid(9300, format!("DNS record has {tags} tags, exceeding the quota of {most}.")));
    }
    Ok(())
}
