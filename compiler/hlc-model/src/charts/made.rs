//! What a chart renders, as objects of the workload: tests left out, hooks as stated, changed as written.

use std::collections::BTreeSet;

use hlc_chart::manifest::RenderedObject;
use hlc_diag::Diagnostic;
use hlc_kube::Lookup;
use hlc_plan::{Address, PlannedObject, Rendered};
use hlc_schema::suggest::{list_names, nearest};
use hlc_schema::{Data, DataValue, Map, Spanned};

use super::bring::Brought;
use super::codes::{HOOKS, UNMATCHED};
use super::random::RandomField;
use super::{Knowledge, Unrendered, WantedRelease, hook, random};
use crate::lower::Lower;
use crate::resolve::{Place, merge};
use crate::workload::{Chart, Hooks, ObjectName};

/// The objects of every release of a chart that could be rendered.
pub(crate) fn made(lower: &Lower<'_>, chart: &Chart) -> Vec<PlannedObject> {
    let releases = chart.releases();
    let brought: Vec<(&WantedRelease, &Brought)> =
        releases.iter().filter_map(|release| lower.charts.brought(lower.scope, chart, release)).collect();
    let complete = brought.len() == releases.len();
    let mut made: Vec<PlannedObject> =
        brought.iter().flat_map(|(wanted, brought)| of_release(lower, chart, wanted, brought)).collect();
    let rendered: Vec<String> = made.iter().map(named).collect();
    for remove in &chart.remove {
        let before = made.len();
        made.retain(|object| !is(object, &remove.object.value));
        if complete && made.len() == before {
            report_unmatched(lower, chart, "remove", &remove.object, &rendered);
        }
    }
    let mut given: Vec<(&ObjectName, Data)> = Vec::new();
    for patch in &chart.patch {
        let matched: Vec<&mut PlannedObject> =
            made.iter_mut().filter(|object| is(object, &patch.object.value)).collect();
        if complete && matched.is_empty() {
            match chart.remove.iter().find(|remove| remove.object.value == patch.object.value) {
                Some(remove) if rendered.contains(&name_of(&patch.object.value)) => {
                    report_removed(lower, &patch.object, &remove.object);
                }
                _ => report_unmatched(lower, chart, "patch", &patch.object, &rendered),
            }
        }
        let Some(over) = lower.resolver.data(&patch.over(), lower.scope, Place::Manifest) else { continue };
        for object in matched {
            let _ = merge(&mut object.body, over.clone(), lower.resolver);
        }
        given.push((&patch.object.value, over));
    }
    for (wanted, brought) in &brought {
        let is_left = |random: &&RandomField| {
            let name = ObjectName { kind: random.kind.clone(), name: random.name.clone() };
            let is_made = made.iter().any(|object| is(object, &name) && is_of(object, wanted));
            is_made && !given.iter().any(|(object, over)| **object == name && random.is_given(over))
        };
        random::report(wanted, &brought.random.iter().filter(is_left).collect::<Vec<_>>(), lower.resolver);
    }
    made
}

/// Reports changes to objects that a chart which is rendered elsewhere does not make, where the lock file knows what it makes.
pub(crate) fn hold_against_surface(lower: &Lower<'_>, chart: &Chart) {
    let is_of = |release: &WantedRelease| release.scope == lower.scope && release.head == chart.head;
    let known: Vec<Unrendered<'_>> = lower
        .charts
        .unrendered()
        .filter(|unrendered| is_of(unrendered.release) && unrendered.known == Knowledge::Whole)
        .collect();
    if known.len() != chart.releases().len() {
        return;
    }
    let rendered: Vec<String> =
        known.iter().flat_map(|unrendered| &unrendered.surface).map(|object| named(object)).collect();
    let changed = chart.patch.iter().map(|patch| ("patch", &patch.object));
    let changed = changed.chain(chart.remove.iter().map(|remove| ("remove", &remove.object)));
    for (what, object) in changed.filter(|(_, object)| !rendered.contains(&name_of(&object.value))) {
        report_unmatched(lower, chart, what, object, &rendered);
    }
}

fn is_of(object: &PlannedObject, release: &WantedRelease) -> bool {
    object.rendered.as_ref().is_some_and(|rendered| rendered.release == release.name)
}

fn named(object: &PlannedObject) -> String {
    format!("{}/{}", object.kind, object.name)
}

fn is(object: &PlannedObject, name: &ObjectName) -> bool {
    object.kind == name.kind && object.name == name.name
}

fn name_of(object: &ObjectName) -> String {
    format!("{}/{}", object.kind, object.name)
}

fn report_removed(lower: &Lower<'_>, patched: &Spanned<ObjectName>, removed: &Spanned<ObjectName>) {
    let message = format!("`{}` is left out, so that this `patch` changes nothing", name_of(&patched.value));
    lower.resolver.report(
        Diagnostic::new(&UNMATCHED, patched.span, message)
            .label(removed.span, "left out here")
            .help("write one of the two"),
    );
}

fn report_unmatched(lower: &Lower<'_>, chart: &Chart, what: &str, object: &Spanned<ObjectName>, rendered: &[String]) {
    let wanted = name_of(&object.value);
    let message = format!("chart `{}` renders no `{wanted}`, so that this `{what}` changes nothing", chart.name.value);
    let found = Diagnostic::new(&UNMATCHED, object.span, message).label(chart.name.span, "this chart");
    let of_kind: Vec<&String> =
        rendered.iter().filter(|name| name.split('/').next() == Some(object.value.kind.as_str())).collect();
    lower.resolver.report(match nearest(&wanted, rendered.iter().map(String::as_str)) {
        Some(meant) => found.help(format!("did you mean `{meant}`?")).suggest(
            format!("write `{meant}`"),
            object.span,
            format!("\"{meant}\""),
        ),
        None if of_kind.is_empty() => {
            found.help(format!("it renders no {} at all; remove this `{what}`", object.value.kind))
        }
        None => found.help(format!("it renders {}", list_names(&of_kind, "and"))),
    });
}

fn of_release(lower: &Lower<'_>, chart: &Chart, wanted: &WantedRelease, brought: &Brought) -> Vec<PlannedObject> {
    let labels =
        chart.labels.as_ref().and_then(|labels| lower.resolver.data(&labels.value, lower.scope, Place::Manifest));
    let objects = brought.objects(wanted.span);
    let cluster_wide = cluster_wide(&objects);
    let mut hooks: Vec<String> = Vec::new();
    let mut made = Vec::new();
    for mut object in objects {
        let events = hook::events(&object);
        if hook::is_test(&events) {
            continue;
        }
        if !events.is_empty() {
            match chart.hooks.map(|hooks| hooks.value) {
                None => hooks.push(format!("{}/{}", object.kind(), object.name())),
                Some(Hooks::Keep) => {}
                Some(Hooks::Drop) => continue,
                Some(Hooks::Argocd) => {
                    if !hook::as_argocd(&mut object.body, &events, wanted.span) {
                        continue;
                    }
                }
            }
        }
        made.push(planned(lower, wanted, object, &cluster_wide, labels.as_ref()));
    }
    if !hooks.is_empty() {
        hooks.sort();
        let message = format!(
            "release `{}` of chart `{}` renders hooks: {}",
            wanted.name,
            wanted.source.name,
            list_names(&hooks, "and")
        );
        lower.resolver.report(
            Diagnostic::new(&HOOKS, wanted.chart_span, message)
                .here("nothing says what becomes of them")
                .help("write `hooks=\"argocd\"`, `hooks=\"keep\"` or `hooks=\"drop\"`; once for all charts in `defaults { chart hooks=… }`"),
        );
    }
    made
}

fn planned(
    lower: &Lower<'_>,
    wanted: &WantedRelease,
    object: RenderedObject,
    cluster_wide: &BTreeSet<(String, String)>,
    labels: Option<&Data>,
) -> PlannedObject {
    let text = |path: &[&str]| object.text(path).unwrap_or_default().to_owned();
    let (api_version, kind, name) = (text(&["apiVersion"]), text(&["kind"]), text(&["metadata", "name"]));
    let RenderedObject { template, mut body } = object;
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    let namespaced = match hlc_kube::lookup(&kind, Some(&api_version)) {
        Lookup::Found(info) => info.namespaced,
        Lookup::Ambiguous(_) | Lookup::Unknown { .. } => !cluster_wide.contains(&(group.to_owned(), kind.clone())),
    };
    let span = wanted.span;
    let mut namespace = None;
    if let Some(metadata) = body.as_map_mut().and_then(|body| body.get_mut("metadata")).and_then(Data::as_map_mut) {
        let given = metadata.get("namespace").and_then(Data::as_str).filter(|given| !given.is_empty());
        if namespaced {
            let own = given.unwrap_or(&wanted.namespace).to_owned();
            metadata.insert("namespace", span, Data::string(own.as_str(), span));
            namespace = Some(own);
        } else {
            metadata.remove("namespace");
        }
        for key in ["labels", "annotations"] {
            if metadata.get(key).and_then(Data::as_map).is_some_and(Map::is_empty) {
                metadata.remove(key);
            }
        }
        if let Some(common) = labels.and_then(Data::as_map) {
            let mut all = metadata.get("labels").and_then(Data::as_map).cloned().unwrap_or_default();
            for (key, entry) in common.iter() {
                all.insert(key, entry.key_span, entry.value.clone());
            }
            metadata.insert("labels", span, Data::new(DataValue::Map(all), span));
        }
    }
    PlannedObject {
        address: Address::object(&lower.workload.name.name, &kind, &name),
        api_version,
        kind,
        name,
        namespace,
        body,
        origin: span,
        rendered: Some(Rendered { release: wanted.name.clone(), template }),
    }
}

/// Custom kinds that belong to the whole cluster, by group and kind, as the definitions among the objects say.
fn cluster_wide(objects: &[RenderedObject]) -> BTreeSet<(String, String)> {
    let definitions = objects.iter().filter(|object| object.kind() == "CustomResourceDefinition");
    definitions
        .filter(|object| object.text(&["spec", "scope"]) == Some("Cluster"))
        .filter_map(|object| {
            Some((object.text(&["spec", "group"])?.to_owned(), object.text(&["spec", "names", "kind"])?.to_owned()))
        })
        .collect()
}
