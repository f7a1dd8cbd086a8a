//! What charts are told of the cluster: the API versions that definitions of custom kinds bring.

use std::collections::BTreeSet;

use hlc_chart::Lock;
use hlc_diag::Span;
use hlc_schema::free::FreeKind;
use hlc_schema::{Data, DataValue, Free, Map};

use crate::model::Model;

const DEFINITION: &str = "CustomResourceDefinition";

/// The API versions that charts and manifests of URLs bring, as far as a lock file knows them.
#[must_use]
pub fn api_versions(lock: &Lock) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let objects = lock.releases.iter().flat_map(|release| &release.objects);
    let objects = objects.chain(lock.manifests.iter().flat_map(|manifests| &manifests.objects));
    for object in objects.filter(|object| object.kind == DEFINITION) {
        brings(&object.body, &mut found);
    }
    found
}

/// The API versions of definitions that are written in the homelab. What is only known once references are resolved is left
/// out: that happens later, and may need what charts render.
pub(super) fn written(model: &Model) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (scope, unit) in model.workloads().chain(model.addons()) {
        if unit.existing || !unit.is_made() || model.faults.spoiled.contains(&scope) {
            continue;
        }
        for object in unit.objects.iter().filter(|object| object.kind.value == DEFINITION) {
            brings(&plain(&object.body), &mut found);
        }
    }
    found
}

/// Free data as far as it is written out; null in the place of everything else.
fn plain(free: &Free) -> Data {
    let span = free.span;
    match &free.kind {
        FreeKind::Literal(value) => Data::new(value.clone(), span),
        FreeKind::List(items) => Data::list(items.iter().map(plain).collect(), span),
        FreeKind::Map { bases, entries } => {
            let mut map = Map::new();
            for base in bases.iter().map(plain) {
                let DataValue::Map(base) = base.value else { continue };
                for (key, entry) in base.into_entries() {
                    map.insert(key, entry.key_span, entry.value);
                }
            }
            for entry in entries.iter().filter(|entry| wanted(&entry.key)) {
                map.insert(entry.key.clone(), entry.key_span, plain(&entry.value));
            }
            Data::new(DataValue::Map(map), span)
        }
        FreeKind::Yaml(text) => hlc_kube::data_from_yaml(text, span).unwrap_or_else(|_| null(span)),
        FreeKind::Ref(_) | FreeKind::Template(_) | FreeKind::Secret(_) | FreeKind::File(_) | FreeKind::Text { .. } => {
            null(span)
        }
    }
}

/// Schemas are most of a definition, and nothing of them is looked at.
fn wanted(key: &str) -> bool {
    key != "schema"
}

fn null(span: Span) -> Data {
    Data::new(DataValue::Null, span)
}

/// `GROUP/VERSION` and `GROUP/VERSION/KIND` of what a definition serves, as `.Capabilities.APIVersions` has them.
fn brings(definition: &Data, found: &mut BTreeSet<String>) {
    let text = |path: &[&str]| definition.at(path).and_then(Data::as_str);
    let (Some(group), Some(kind)) = (text(&["spec", "group"]), text(&["spec", "names", "kind"])) else { return };
    let versions = definition.at(&["spec", "versions"]).and_then(Data::as_list).unwrap_or_default();
    let is_served = |version: &&Data| version.get("served").is_none_or(|served| served.value == DataValue::Bool(true));
    for version in versions.iter().filter(is_served).filter_map(|version| version.get("name")?.as_str()) {
        found.insert(format!("{group}/{version}"));
        found.insert(format!("{group}/{version}/{kind}"));
    }
}
