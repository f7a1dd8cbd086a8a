//! A record of the API under the names of its kind.

use std::collections::BTreeMap;

use hlc_change::{Object, Properties, Value};
use serde_json::{Map, Value as Json};

use super::canonical::canonical;
use crate::cloudflare::answer::Record;
use crate::cloudflare::request::Zone;

/// What Cloudflare says about a record and nobody can set (`readOnly` in its description; the last three were told until 2024).
const READ_ONLY: [&str; 9] = [
    "created_on",
    "modified_on",
    "comment_modified_on",
    "tags_modified_on",
    "meta",
    "proxiable",
    "zone_id",
    "zone_name",
    "locked",
];

/// The object that a record is.
pub(super) fn object(zone: &Zone, record: Record) -> Object {
    let mut properties = Properties::from([
        ("zone".to_owned(), Value::text(zone.name.clone())),
        ("zone_id".to_owned(), Value::text(zone.id.as_str())),
        ("name".to_owned(), Value::text(record.name)),
        ("comment".to_owned(), record.comment.map_or(Value::Null, Value::Text)),
    ]);
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            properties.insert(name.to_owned(), value);
        }
    };
    // Cloudflare also says both in one text, and a priority, of types that have it in their data.
    match parts(&record.r#type) {
        Some(parts) => set("data", record.data.map(|data| kept(data, parts))),
        None => set("content", record.content.map(Value::Text)),
    }
    if record.r#type == "MX" {
        set("priority", record.priority.map(Value::Number));
    }
    set("type", Some(Value::Text(record.r#type)));
    set("ttl", record.ttl.map(Value::Number));
    set("proxied", record.proxied.map(Value::Bool));
    let rest = record.rest.into_iter().filter(|(name, _)| !READ_ONLY.contains(&name.as_str()));
    set("extra", Some(Value::from_api(Json::Object(rest.collect()))));
    canonical(&mut properties);
    let outputs = BTreeMap::from([("id".to_owned(), Value::text(record.id.clone()))]);
    Object { id: record.id, properties, outputs }
}

/// The parts of the data of a type that hlc knows; `None` for the others, which have a content.
fn parts(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "SRV" => Some(&["priority", "weight", "port", "target"]),
        "CAA" => Some(&["flags", "tag", "value"]),
        _ => None,
    }
}

fn kept(data: Map<String, Json>, parts: &[&str]) -> Value {
    let parts = data.into_iter().filter(|(name, _)| parts.contains(&name.as_str()));
    Value::from_api(Json::Object(parts.collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloudflare::request::Id;

    fn told(json: Json) -> (String, Json) {
        let zone = Zone { id: Id::new("0a").unwrap(), name: "example.net".to_owned() };
        let object = object(&zone, serde_json::from_value(json).unwrap());
        assert_eq!(object.outputs.get("id"), Some(&Value::text(object.id.clone())));
        (object.id, Value::Map(object.properties).into())
    }

    #[test]
    fn an_address() {
        let (id, properties) = told(json!({
            "id": "372e67954025e0ba6aaa6d586b9e0b59", "name": "www.example.net", "type": "A", "content": "198.51.100.4", "ttl": 1,
            "proxied": true, "proxiable": true, "comment": null, "tags": ["owner:dns"], "settings": {"ipv4_only": true}, "meta": {},
            "created_on": "2014-01-01T05:20:00.12345Z", "modified_on": "2014-01-01T05:20:00.12345Z", "new_field": 1
        }));
        assert_eq!(id, "372e67954025e0ba6aaa6d586b9e0b59");
        assert_eq!(
            properties,
            json!({"zone": "example.net", "zone_id": "0a", "name": "www.example.net", "type": "A", "content": "198.51.100.4", "ttl": 1,
                "proxied": true, "comment": null, "extra": {"tags": ["owner:dns"], "settings": {"ipv4_only": true}, "new_field": 1}})
        );
    }

    #[test]
    fn what_is_said_twice_is_taken_once() {
        let (_, properties) = told(json!({
            "id": "a", "name": "_sip._tcp.example.net", "type": "SRV", "content": "5 8806 sip.example.net", "priority": 10, "ttl": 300,
            "data": {"priority": 10, "weight": 5, "port": 8806, "target": "sip.example.net", "service": "_sip"}, "proxied": false
        }));
        assert_eq!(
            properties,
            json!({"zone": "example.net", "zone_id": "0a", "name": "_sip._tcp.example.net", "type": "SRV", "ttl": 300, "proxied": false,
                "comment": null, "data": {"priority": 10, "weight": 5, "port": 8806, "target": "sip.example.net"}, "extra": {}})
        );
    }

    #[test]
    fn a_type_that_hlc_does_not_know_is_read() {
        let (_, properties) =
            told(json!({"id": "a", "name": "example.net", "type": "LOC", "content": "51 30 12.748 N", "data": {}}));
        assert_eq!(properties.get("content"), Some(&json!("51 30 12.748 N")));
    }
}
