//! Two sets of properties against each other.

use std::collections::BTreeSet;

use hlc_plan::{Change, KindDecl, PropertyDecl};

use crate::change::{Effect, FieldChange};
use crate::value::{Properties, Value};

/// What has to change so that `there` becomes `wanted`.
///
/// What `wanted` does not speak of is nobody's business, unless `recorded` says that it was set once: then it is unset. What `there`
/// does not speak of, because the API does not tell, is as it was recorded.
pub(crate) fn to_do(
    decl: &KindDecl,
    wanted: &Properties,
    there: &Properties,
    recorded: &Properties,
) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    for property in decl.properties {
        if property.change == Change::Create {
            continue;
        }
        let (wanted, recorded) = (wanted.get(property.name), recorded.get(property.name));
        let there = there.get(property.name).or(recorded);
        walk(property, property.name.to_owned(), wanted, there, recorded, &mut fields);
    }
    fields
}

/// True when an object is as wanted, as far as its API tells.
///
/// What `wanted` does not speak of must be unset where `recorded` says that it was set once.
#[must_use]
pub fn is_as_wanted(decl: &KindDecl, wanted: &Properties, object: &Properties, recorded: &Properties) -> bool {
    let mut fields = to_do(decl, wanted, object, recorded);
    fields.retain(|field| object.contains_key(field.property));
    fields.is_empty()
}

/// What somebody else has changed since it was recorded: `before` is ours, `after` is theirs.
#[must_use]
pub fn drift(decl: &KindDecl, recorded: &Properties, there: &Properties) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    for property in decl.properties {
        if property.change == Change::Create {
            continue;
        }
        if let (Some(recorded), Some(there)) = (recorded.get(property.name), there.get(property.name)) {
            walk(property, property.name.to_owned(), Some(there), Some(recorded), Some(recorded), &mut fields);
        }
    }
    // Only what was recorded is looked at: an API fills in what nobody asked for.
    fields.retain(|field| field.before.is_some());
    fields
}

fn walk(
    property: &'static PropertyDecl,
    path: String,
    wanted: Option<&Value>,
    there: Option<&Value>,
    recorded: Option<&Value>,
    fields: &mut Vec<FieldChange>,
) {
    if let (Some(Value::Map(wanted)), Some(Value::Map(there))) = (wanted, there) {
        let recorded = if let Some(Value::Map(recorded)) = recorded { Some(recorded) } else { None };
        let keys: BTreeSet<&String> = wanted.keys().chain(recorded.into_iter().flat_map(|map| map.keys())).collect();
        for key in keys {
            let recorded = recorded.and_then(|map| map.get(key));
            walk(property, format!("{path}.{key}"), wanted.get(key), there.get(key), recorded, fields);
        }
        return;
    }
    let is_set = |value: &&Value| **value != Value::Null;
    let (before, after) = (there.filter(is_set), wanted.filter(is_set));
    let unset_by_nobody = wanted.is_none() && recorded.filter(is_set).is_none();
    if before == after || unset_by_nobody {
        return;
    }
    let effect = effect(property, before, after);
    fields.push(FieldChange { property: property.name, path, before: before.cloned(), after: after.cloned(), effect });
}

fn effect(property: &PropertyDecl, before: Option<&Value>, after: Option<&Value>) -> Effect {
    match property.change {
        Change::Update | Change::Create => Effect::Update,
        Change::Restart => Effect::Restart,
        Change::Identity | Change::Replace => Effect::Replace,
        Change::Grow => match (before, after) {
            (Some(Value::Number(before)), Some(Value::Number(after))) => {
                let grows = match (before.as_i128(), after.as_i128()) {
                    (Some(before), Some(after)) => after > before,
                    _ => after.as_f64() > before.as_f64(),
                };
                if grows { Effect::Update } else { Effect::Replace }
            }
            (None, _) | (_, Some(Value::Unknown(_))) => Effect::Update,
            _ => Effect::Replace,
        },
    }
}
