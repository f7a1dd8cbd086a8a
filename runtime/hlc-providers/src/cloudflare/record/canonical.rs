//! The form in which Cloudflare answers a record, and in which records are compared.

use std::net::{Ipv4Addr, Ipv6Addr};

use hlc_change::{Properties, Value};
use serde_json::Number;

use super::text;

/// Brings the properties of a record into that form. What is not known stays as it is.
pub(super) fn canonical(properties: &mut Properties) {
    each_text(properties, &["zone", "name"], host);
    let kind = properties.get("type").and_then(Value::as_text).unwrap_or_default().to_owned();
    each_text(properties, &["content"], |content| match kind.as_str() {
        "A" => content.parse::<Ipv4Addr>().map_or_else(|_| content.to_owned(), |ip| ip.to_string()),
        "AAAA" => content.parse::<Ipv6Addr>().map_or_else(|_| content.to_owned(), |ip| ip.to_string()),
        // Cloudflare leaves out the dot at the end (its answer in terraform-provider-cloudflare #154) and DNS knows no case.
        "CNAME" | "MX" | "NS" | "PTR" => host(content),
        "TXT" => text::canonical(content),
        _ => content.to_owned(),
    });
    if let Some(Value::Map(data)) = properties.get_mut("data") {
        data.values_mut().for_each(whole);
        match kind.as_str() {
            "SRV" => each_text(data, &["target"], host),
            "CAA" => each_text(data, &["tag"], str::to_ascii_lowercase),
            _ => {}
        }
    }
    for name in ["ttl", "priority"] {
        if let Some(number) = properties.get_mut(name) {
            whole(number);
        }
    }
    // Cloudflare answers itself then, for as long as it thinks fit.
    if properties.get("proxied") == Some(&Value::Bool(true)) {
        properties.insert("ttl".to_owned(), Value::Number(1.into()));
    }
    if properties.get("comment").and_then(Value::as_text) == Some("") {
        properties.insert("comment".to_owned(), Value::Null);
    }
    // A set, by its description.
    if let Some(Value::Map(extra)) = properties.get_mut("extra")
        && let Some(Value::List(tags)) = extra.get_mut("tags")
    {
        tags.sort_by(|a, b| a.as_text().cmp(&b.as_text()));
    }
}

/// A name of DNS: lower case, without the dot at its end. The root alone stays a dot.
pub(in crate::cloudflare) fn host(name: &str) -> String {
    let short = name.strip_suffix('.').filter(|short| !short.is_empty()).unwrap_or(name);
    short.to_ascii_lowercase()
}

fn each_text(values: &mut Properties, names: &[&str], change: impl Fn(&str) -> String) {
    for name in names {
        if let Some(Value::Text(text)) = values.get_mut(*name) {
            *text = change(text);
        }
    }
}

/// A whole number that was written with a fraction (the description says `number`), without it.
fn whole(value: &mut Value) {
    let Value::Number(number) = value else { return };
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else { return };
    // Ports, weights, priorities and times: far below what a float tells apart.
    if float.fract() == 0.0 && (0.0..4_294_967_296.0).contains(&float) {
        *number = Number::from(float as u64);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn made(json: Json) -> Json {
        let Value::Map(mut properties) = Value::from_api(json) else { panic!("not a map") };
        canonical(&mut properties);
        Value::Map(properties).into()
    }

    #[test]
    fn names_and_hosts() {
        assert_eq!(
            made(
                json!({"zone": "Example.net.", "name": "WWW.Example.net.", "type": "CNAME", "content": "Host.Example.org."})
            ),
            json!({"zone": "example.net", "name": "www.example.net", "type": "CNAME", "content": "host.example.org"})
        );
        assert_eq!(host("."), ".");
        assert_eq!(
            made(json!({"type": "SRV", "data": {"target": "Sip.Example.net.", "port": 5060.0, "weight": 5}})),
            json!({"type": "SRV", "data": {"target": "sip.example.net", "port": 5060, "weight": 5}})
        );
        let issuer = json!({"type": "CAA", "data": {"flags": 0, "tag": "issue", "value": "CA.example"}});
        assert_eq!(made(json!({"type": "CAA", "data": {"flags": 0, "tag": "Issue", "value": "CA.example"}})), issuer);
    }

    #[test]
    fn addresses() {
        // RFC 5952, section 4.
        let of = |kind: &str, content: &str| made(json!({"type": kind, "content": content})).get("content").cloned();
        assert_eq!(of("AAAA", "2001:0DB8:0:0:0:0:2:1"), Some(json!("2001:db8::2:1")));
        assert_eq!(of("AAAA", "2001:db8:0:1:1:1:1:1"), Some(json!("2001:db8:0:1:1:1:1:1")));
        assert_eq!(of("A", "203.0.113.10"), Some(json!("203.0.113.10")));
        assert_eq!(of("A", "(output) later"), Some(json!("(output) later")));
    }

    #[test]
    fn what_is_the_same_to_cloudflare() {
        assert_eq!(
            made(json!({"type": "A", "proxied": true, "ttl": 300, "comment": "", "extra": {"tags": ["b:1", "a:2"]}})),
            json!({"type": "A", "proxied": true, "ttl": 1, "comment": null, "extra": {"tags": ["a:2", "b:1"]}})
        );
        assert_eq!(
            made(json!({"type": "MX", "proxied": false, "ttl": 3600.0, "priority": 10, "comment": "a"})),
            json!({"type": "MX", "proxied": false, "ttl": 3600, "priority": 10, "comment": "a"})
        );
    }

    #[test]
    fn what_is_not_known_stays() {
        let unknown = Value::Unknown("(output)hetzner/server.edge#ipv4".to_owned());
        let mut properties = Properties::from([
            ("type".to_owned(), Value::text("A")),
            ("content".to_owned(), unknown.clone()),
            ("zone_id".to_owned(), unknown.clone()),
        ]);
        canonical(&mut properties);
        assert_eq!((properties.get("content"), properties.get("zone_id")), (Some(&unknown), Some(&unknown)));
    }
}
