//! The fields that are sent of a record.

use hlc_engine::Body;
use serde_json::{Map, Value};

/// The properties that are fields of the API under the same name, besides those that say where the record is.
const OWN: [&str; 6] = ["content", "data", "priority", "ttl", "proxied", "comment"];
/// What names the record: never changed, and sent all the same, since Cloudflare's own clients do (it was required once).
const NAME: [&str; 2] = ["type", "name"];

/// All fields of a new record.
pub(super) fn all(wanted: &Body) -> Map<String, Value> {
    let mut fields = extra(wanted);
    for name in NAME.iter().chain(&OWN) {
        if let Some(value) = wanted.0.get(*name).filter(|value| !value.is_null()) {
            fields.insert((*name).to_owned(), value.clone());
        }
    }
    automatic(wanted, &mut fields);
    fields
}

/// The fields of what changed. What was stated in `extra` and no longer is stays as it is: it has no other value.
pub(super) fn changed(wanted: &Body, changed: &[String]) -> Map<String, Value> {
    let is_changed = |name: &str| changed.iter().any(|changed| changed == name);
    let mut fields = if is_changed("extra") { extra(wanted) } else { Map::new() };
    for name in NAME {
        if let Some(value) = wanted.0.get(name) {
            fields.insert(name.to_owned(), value.clone());
        }
    }
    for name in OWN.into_iter().filter(|name| is_changed(name)) {
        match wanted.0.get(name).filter(|value| !value.is_null()) {
            Some(value) => fields.insert(name.to_owned(), value.clone()),
            // An empty comment empties it (cloudflare-go, `UpdateDNSRecordParams`); null is no string, which it has to be by its
            // description.
            None if name == "comment" => fields.insert(name.to_owned(), Value::String(String::new())),
            None => fields.insert(name.to_owned(), Value::Null),
        };
    }
    automatic(wanted, &mut fields);
    fields
}

fn extra(wanted: &Body) -> Map<String, Value> {
    wanted.0.get("extra").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Of a record that Cloudflare answers itself the time to live is its own.
fn automatic(wanted: &Body, fields: &mut Map<String, Value>) {
    if wanted.0.get("proxied") == Some(&Value::Bool(true)) && fields.contains_key("ttl") {
        fields.insert("ttl".to_owned(), 1.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(json: Value) -> Body {
        let Value::Object(map) = json else { panic!("not a map") };
        Body(map)
    }

    fn record() -> Body {
        body(json!({
            "zone": "example.net", "zone_id": "0a", "type": "A", "name": "www.example.net", "content": "203.0.113.10", "ttl": 300,
            "proxied": true, "comment": null, "extra": {"tags": ["a:b"], "settings": {"ipv4_only": true}}
        }))
    }

    #[test]
    fn a_new_record_has_all_that_is_stated() {
        assert_eq!(
            Value::Object(all(&record())),
            json!({"type": "A", "name": "www.example.net", "content": "203.0.113.10", "ttl": 1, "proxied": true, "tags": ["a:b"],
                "settings": {"ipv4_only": true}})
        );
    }

    #[test]
    fn a_change_names_what_changed() {
        let of = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            Value::Object(changed(&record(), &names))
        };
        let name = json!({"type": "A", "name": "www.example.net"});
        let with = |more: Value| {
            let mut all = name.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        assert_eq!(of(&["content"]), with(json!({"content": "203.0.113.10"})));
        assert_eq!(of(&["ttl", "comment"]), with(json!({"ttl": 1, "comment": ""})));
        assert_eq!(of(&["extra"]), with(json!({"tags": ["a:b"], "settings": {"ipv4_only": true}})));
        assert_eq!(of(&[]), name);
    }

    #[test]
    fn what_hlc_knows_wins_over_extra() {
        let wanted =
            body(json!({"type": "A", "name": "a.example.net", "content": "203.0.113.10", "extra": {"content": "x"}}));
        assert_eq!(all(&wanted).get("content"), Some(&json!("203.0.113.10")));
    }
}
