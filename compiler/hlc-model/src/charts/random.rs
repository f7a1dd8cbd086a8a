//! What a chart makes up: found by rendering twice, kept when the homelab says so.

use std::sync::Arc;

use hlc_chart::Digest;
use hlc_chart::manifest::RenderedObject;
use hlc_diag::Diagnostic;
use hlc_schema::suggest::list_names;
use hlc_schema::{Data, DataValue};

use super::WantedRelease;
use super::codes::RANDOM;
use super::surfaces::place;
use crate::inputs::Branch;
use crate::resolve::Resolver;

/// A release whose random fields are looked at.
pub(super) struct Frozen<'c> {
    pub(super) release: &'c WantedRelease,
    /// The digest of what it was rendered from.
    pub(super) inputs: Digest,
}

/// Where two renderings of an object differ, as paths of keys and places in lists.
type Field = Vec<String>;

/// Reports the fields that differ between two renderings, or takes what was written last, where the homelab says `freeze`.
pub(super) fn freeze(
    mut objects: Vec<RenderedObject>,
    again: &[RenderedObject],
    frozen: &Frozen<'_>,
    resolver: &Resolver<'_>,
) -> Vec<RenderedObject> {
    let release = frozen.release;
    let mut named: Vec<String> = Vec::new();
    for (object, other) in objects.iter_mut().zip(again) {
        let mut fields = Vec::new();
        differences(&object.body, &other.body, &mut Vec::new(), &mut fields);
        if fields.is_empty() {
            continue;
        }
        let identity = format!("{}/{}", object.kind(), object.name());
        if release.freeze {
            let last = last_made(object, frozen, resolver);
            for field in &fields {
                let kept = last.as_ref().and_then(|last| at(last, field));
                if let (Some(kept), Some(value)) = (kept, at_mut(&mut object.body, field)) {
                    *value = kept.clone();
                    place(value, release.span);
                }
            }
        } else {
            named.extend(fields.iter().map(|field| format!("{identity}: {}", field.join("."))));
        }
    }
    if !named.is_empty() {
        named.sort();
        let message = format!(
            "release `{}` of chart `{}` renders other values each time: {}",
            release.name,
            release.source.name,
            list_names(&named, "and")
        );
        resolver.report(
            Diagnostic::new(&RANDOM, release.span, message).help(
                "give the values by a Secret, or write `freeze=#true` on the chart to keep what was written last",
            ),
        );
    }
    objects
}

/// The object as it was made last, if what it is rendered from is still the same: as it was published, which is what runs; else as it
/// was written to the output folder.
fn last_made(object: &RenderedObject, frozen: &Frozen<'_>, resolver: &Resolver<'_>) -> Option<Data> {
    let inputs = resolver.inputs();
    let repository = resolver.model.homelab.as_ref().and_then(|homelab| homelab.repository.as_ref());
    let branch =
        repository.map(|repository| Branch { url: repository.url.value.as_str(), name: &repository.manifests.value });
    let published = |path: &str| inputs.published(branch?, path);
    last(object, frozen, &published).or_else(|| last(object, frozen, &|path| inputs.written(path)))
}

/// The object in a tree of manifests that was made from the same.
fn last(object: &RenderedObject, frozen: &Frozen<'_>, read: &dyn Fn(&str) -> Option<Arc<str>>) -> Option<Data> {
    let release = frozen.release;
    let folder = release.owner.split_once('.')?.1;
    let mark = read(&format!("{folder}/{}", super::frozen_file(&release.name)))?;
    if mark.trim() != frozen.inputs.to_string() {
        return None;
    }
    let stem = hlc_kube::file_stem(object.kind(), object.name());
    let text = read(&format!("{folder}/{stem}.k8s.yaml"))?;
    hlc_kube::data_from_yaml(&text, release.span).ok()
}

fn differences(one: &Data, other: &Data, path: &mut Field, found: &mut Vec<Field>) {
    match (&one.value, &other.value) {
        (DataValue::Map(one), DataValue::Map(other)) => {
            for (key, entry) in one.iter() {
                path.push(key.to_owned());
                match other.get(key) {
                    Some(other) => differences(&entry.value, other, path, found),
                    None => found.push(path.clone()),
                }
                path.pop();
            }
        }
        (DataValue::List(one), DataValue::List(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                path.push(index.to_string());
                differences(one, other, path, found);
                path.pop();
            }
        }
        (one, other) if one == other => {}
        _ => found.push(path.clone()),
    }
}

fn at<'d>(data: &'d Data, field: &[String]) -> Option<&'d Data> {
    field.iter().try_fold(data, |data, key| match &data.value {
        DataValue::List(items) => items.get(key.parse::<usize>().ok()?),
        DataValue::Map(map) => map.get(key),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => None,
    })
}

fn at_mut<'d>(data: &'d mut Data, field: &[String]) -> Option<&'d mut Data> {
    field.iter().try_fold(data, |data, key| match &mut data.value {
        DataValue::List(items) => items.get_mut(key.parse::<usize>().ok()?),
        DataValue::Map(map) => map.get_mut(key),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => None,
    })
}
