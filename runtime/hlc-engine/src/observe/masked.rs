//! Objects without what is secret in them.

use hlc_change::{Object, Properties, Value};
use hlc_plan::{KindDecl, Secrecy};

use crate::vault::Vault;

/// An object with fingerprints in place of what is secret in it. `like` is what it should be and what it was: of a property that may
/// have secrets in parts, they say where these are.
pub(crate) fn masked(vault: &Vault, kind: &KindDecl, object: &Object, like: &[&Properties]) -> Object {
    let mut masked = object.clone();
    for (name, value) in &mut masked.properties {
        match kind.property(name).map(|property| property.secrecy) {
            Some(Secrecy::Secret) => hide(vault, value),
            Some(Secrecy::Parts) => {
                let like: Vec<&Value> = like.iter().filter_map(|properties| properties.get(name)).collect();
                if like.iter().any(|value| has_secret(value)) {
                    hide_unknown(vault, value, &like);
                }
            }
            Some(Secrecy::Open) | None => {}
        }
    }
    for (name, value) in &mut masked.outputs {
        if kind.output(name).is_some_and(|output| output.secret) {
            hide(vault, value);
        }
    }
    masked
}

fn has_secret(value: &Value) -> bool {
    let mut found = false;
    value.each_secret(&mut |_| found = true);
    found
}

/// Puts fingerprints in place of all texts.
fn hide(vault: &Vault, value: &mut Value) {
    match value {
        Value::Text(text) => *value = Value::Secret(vault.keep(text.clone().into())),
        Value::List(items) => items.iter_mut().for_each(|item| hide(vault, item)),
        Value::Map(map) => map.values_mut().for_each(|item| hide(vault, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Secret(_) | Value::Unknown(_) => {}
    }
}

/// Puts fingerprints in place of all texts but those that stand at the same place in the clear: a secret may have moved, or be one of
/// before.
fn hide_unknown(vault: &Vault, value: &mut Value, like: &[&Value]) {
    match value {
        Value::Text(text) => {
            let is_open = like.iter().any(|like| like.as_text() == Some(text));
            if !is_open {
                hide(vault, value);
            }
        }
        Value::List(items) => {
            for (place, item) in items.iter_mut().enumerate() {
                let like: Vec<&Value> = like.iter().filter_map(|like| like.at(place)).collect();
                hide_unknown(vault, item, &like);
            }
        }
        Value::Map(map) => {
            for (key, item) in map {
                let like: Vec<&Value> = like.iter().filter_map(|like| like.get(key)).collect();
                hide_unknown(vault, item, &like);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Secret(_) | Value::Unknown(_) => {}
    }
}
