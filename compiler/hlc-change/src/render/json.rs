//! For programs.

use hlc_diag::Sources;
use hlc_plan::Address;
use serde_json::{Value as Json, json};

use super::visible;
use crate::change::{Change, ChangeSet, Effect, FieldChange};
use crate::value::Value;

/// Version of the document; a field that changes its meaning or goes raises it, a new field does not.
const VERSION: u32 = 1;

/// One document: every resource, also those that stay as they are.
#[must_use]
pub fn json(changes: &ChangeSet, sources: &Sources) -> Json {
    let counts = changes.counts();
    json!({
        "version": VERSION,
        "stack": changes.stack.name(),
        "counts": {
            "create": counts.create,
            "adopt": counts.adopt,
            "update": counts.update,
            "replace": counts.replace,
            "delete": counts.delete,
            "forget": counts.forget,
            "moved": counts.moved,
        },
        "changes": changes.changes.iter().map(|change| self::change(change, sources)).collect::<Vec<_>>(),
    })
}

fn change(change: &Change, sources: &Sources) -> Json {
    json!({
        "address": change.address.as_str(),
        "kind": change.kind.name,
        "action": change.action.word(),
        "reason": change.reason.to_string(),
        "was": change.moved_from.as_ref().map(Address::as_str),
        "id": change.id,
        "fields": change.fields.iter().map(|field| self::field(change, field)).collect::<Vec<_>>(),
        "drift": change.drift.iter().map(|field| self::field(change, field)).collect::<Vec<_>>(),
        "leftover": change.leftover,
        "after": change.after.iter().map(Address::as_str).collect::<Vec<_>>(),
        "protected": change.protected,
        "source": change.origin.map(|origin| sources.locate(origin)),
    })
}

fn field(change: &Change, field: &FieldChange) -> Json {
    let side = |side: &Option<Value>| {
        visible(change.kind, field, side.as_ref()).map(|value| {
            if let Value::Secret(_) = value {
                return json!({ "secret": true });
            }
            if let Value::Unknown(from) = value {
                return json!({ "unknown": from });
            }
            Json::from(value)
        })
    };
    json!({
        "path": field.path,
        "before": side(&field.before),
        "after": side(&field.after),
        "effect": match field.effect {
            Effect::Update => "update",
            Effect::Restart => "restart",
            Effect::Replace => "replace",
        },
    })
}
