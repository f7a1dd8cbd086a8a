//! A DNS record.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use crate::clock::rfc3339;

/// A DNS record as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) fields: Fields,
    pub(super) created: SystemTime,
    pub(super) modified: SystemTime,
    pub(super) commented: Option<SystemTime>,
    pub(super) tagged: Option<SystemTime>,
}

/// What a client can set.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fields {
    /// `A`
    pub(super) sort: String,
    /// In full, with the zone.
    pub(super) name: String,
    pub(super) content: String,
    pub(super) data: Option<Map<String, Value>>,
    pub(super) priority: Option<u64>,
    /// 1 is automatic.
    pub(super) ttl: u64,
    pub(super) proxied: bool,
    pub(super) comment: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) settings: Map<String, Value>,
}

/// Whether a sort of record can be proxied at all.
pub(super) fn proxiable(sort: &str) -> bool {
    matches!(sort, "A" | "AAAA" | "CNAME")
}

impl Record {
    /// As the API shows it. Shape: answers of the real API in github.com/caddyserver/caddy/issues/7301.
    pub(super) fn json(&self) -> Value {
        let fields = &self.fields;
        let mut json = json!({
            "id": self.id,
            "name": fields.name,
            "type": fields.sort,
            "content": fields.content,
            "proxiable": proxiable(&fields.sort),
            "proxied": fields.proxied,
            "ttl": fields.ttl,
            "settings": fields.settings,
            "meta": {},
            "comment": fields.comment,
            "tags": fields.tags,
            "created_on": rfc3339(self.created),
            "modified_on": rfc3339(self.modified),
        });
        if let Some(json) = json.as_object_mut() {
            let mut add = |name: &str, value: Option<Value>| {
                if let Some(value) = value {
                    json.insert(name.to_owned(), value);
                }
            };
            add("priority", fields.priority.map(Value::from));
            add("data", fields.data.clone().map(Value::from));
            add("comment_modified_on", self.commented.map(|at| rfc3339(at).into()));
            add("tags_modified_on", self.tagged.map(|at| rfc3339(at).into()));
        }
        json
    }
}
