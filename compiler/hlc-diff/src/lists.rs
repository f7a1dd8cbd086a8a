//! Lists compared by what tells their items apart.
//!
//! Where Kubernetes says by which keys items are merged (containers by name, ports of Services by port and protocol), items are
//! found by these whatever their order. Items of other lists are found by `name` if each has one of its own; else the lists are
//! laid side by side, as texts are by their lines.

use std::collections::BTreeMap;

use hlc_schema::{Data, DataValue};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::fields::{Shape, Walk};
use crate::{Difference, Step};

/// Larger lists (old items times new ones) without keys are compared place by place: laying them side by side could take
/// long.
const MOST: usize = 4_000_000;

pub(crate) fn compare(walk: &mut Walk, shape: Shape, old: &[Data], new: &[Data]) {
    let named = [vec!["name"]];
    let groups = if let Shape::List(_, groups) = shape { groups } else { &[] };
    for keys in groups.iter().chain(&named) {
        if let Some((old, new)) = keyed(old, keys).zip(keyed(new, keys)) {
            return by_keys(walk, shape, &old, &new);
        }
    }
    by_place(walk, shape, old, new);
}

/// An item's keys with their values.
type ItemKeys = Vec<(String, String)>;

/// The items with their keys; `None` where some item has none, or shares them.
fn keyed<'a>(items: &'a [Data], keys: &[&str]) -> Option<Vec<(ItemKeys, &'a Data)>> {
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        item.as_map()?;
        let values = keys.iter().map(|key| Some(((*key).to_owned(), value(item, key)?)));
        found.push((values.collect::<Option<ItemKeys>>()?, item));
    }
    let mut all: Vec<&ItemKeys> = found.iter().map(|(keys, _)| keys).collect();
    all.sort_unstable();
    all.windows(2).all(|pair| pair.first() != pair.last()).then_some(found)
}

fn value(item: &Data, key: &str) -> Option<String> {
    match item.get(key).map(|data| &data.value) {
        Some(DataValue::String(text)) => Some(text.as_str().to_owned()),
        Some(DataValue::Integer(number)) => Some(number.to_string()),
        // The API server fills it in before it merges (core/v1, ContainerPort and ServicePort).
        None if key == "protocol" => Some("TCP".to_owned()),
        Some(
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Float(_)
            | DataValue::List(_)
            | DataValue::Map(_)
            | DataValue::Deferred(_),
        )
        | None => None,
    }
}

fn by_keys(walk: &mut Walk, shape: Shape, old: &[(ItemKeys, &Data)], new: &[(ItemKeys, &Data)]) {
    let before: BTreeMap<&ItemKeys, &Data> = old.iter().map(|(keys, item)| (keys, *item)).collect();
    let after: BTreeMap<&ItemKeys, &Data> = new.iter().map(|(keys, item)| (keys, *item)).collect();
    let gone = old.iter().filter(|(keys, _)| !after.contains_key(keys));
    for (keys, item) in gone {
        walk.step(Step::Item(keys.clone()), |walk| walk.one(Some(item), None));
    }
    for (keys, item) in new {
        walk.step(Step::Item(keys.clone()), |walk| match before.get(keys) {
            Some(old) => walk.value(shape.item(), old, item),
            None => walk.one(None, Some(item)),
        });
    }
    // The order of what stays: environment variables and init containers depend on it.
    let stays = |side: &[(ItemKeys, &Data)], other: &BTreeMap<&ItemKeys, &Data>| -> Vec<String> {
        let kept = side.iter().filter(|(keys, _)| other.contains_key(keys));
        kept.map(|(keys, _)| keys.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("/")).collect()
    };
    let (old, new) = (stays(old, &after), stays(new, &before));
    if old != new {
        walk.note(Difference::Reordered { old, new }, None);
    }
}

fn by_place(walk: &mut Walk, shape: Shape, old: &[Data], new: &[Data]) {
    let text = |data: &Data| hlc_kube::data_to_json(data).to_string();
    let ops = if old.len().saturating_mul(new.len()) > MOST {
        vec![DiffOp::Replace { old_index: 0, old_len: old.len(), new_index: 0, new_len: new.len() }]
    } else {
        let (before, after): (Vec<_>, Vec<_>) = (old.iter().map(text).collect(), new.iter().map(text).collect());
        capture_diff_slices(Algorithm::Myers, &before, &after)
    };
    for op in ops.into_iter().filter(|op| !matches!(op, DiffOp::Equal { .. })) {
        let (old_range, new_range) = (op.old_range(), op.new_range());
        let (old_at, new_at) = (old_range.start, new_range.start);
        let mut before = old.get(old_range).unwrap_or_default().iter();
        let mut after = new.get(new_range).unwrap_or_default().iter();
        for offset in 0.. {
            match (before.next(), after.next()) {
                (Some(old), Some(new)) => {
                    walk.step(Step::Index(new_at + offset), |walk| walk.value(shape.item(), old, new));
                }
                (None, Some(new)) => walk.step(Step::Index(new_at + offset), |walk| walk.one(None, Some(new))),
                (Some(old), None) => walk.step(Step::Index(old_at + offset), |walk| walk.one(Some(old), None)),
                (None, None) => break,
            }
        }
    }
}
