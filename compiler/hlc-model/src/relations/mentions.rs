//! What the data of a workload names: hosts, images, classes.

use std::collections::BTreeMap;

use hlc_diag::Span;
use hlc_schema::{Data, DataValue};

use super::hosts::host_of;
use super::{Gather, Need, Thing, thing};
use crate::lower::Unit;

/// Schemes and ports of databases (IANA, "Service Name and Transport Protocol Port Number Registry").
const DATABASES: [&str; 6] = ["postgres://", "postgresql://", "mysql://", "redis://", "rediss://", "mongodb://"];
const DATABASE_PORTS: [&str; 4] = [":5432", ":3306", ":6379", ":27017"];
/// Kinds of the whole cluster that workloads name.
const CLASSES: [&str; 2] = ["StorageClass", "RuntimeClass"];
/// Keys whose text is an image or a part of one.
const IMAGES: [&str; 5] = ["image", "registry", "repository", "imageRegistry", "systemDefaultRegistry"];

/// Every text in data, with the key that it stands behind.
fn each_text<'d>(data: &'d Data, visit: &mut dyn FnMut(&'d str, &'d str, Span)) {
    let mut open = vec![("", data)];
    while let Some((key, data)) = open.pop() {
        match &data.value {
            DataValue::String(text) => visit(key, text, data.span),
            DataValue::List(items) => open.extend(items.iter().map(|item| (key, item))),
            DataValue::Map(map) => open.extend(map.iter().map(|(key, entry)| (key, &entry.value))),
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Integer(_)
            | DataValue::Float(_)
            | DataValue::Deferred(_) => {}
        }
    }
}

/// The words of a text that may be hosts, which have a dot, each with what stands before and behind it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let mut rest = 0;
    std::iter::from_fn(move || {
        let dot = rest + text.get(rest..)?.find('.')?;
        let start = text.get(rest..dot)?.trim_end_matches(is_part).len() + rest;
        let from = text.get(dot..)?;
        let end = dot + from.find(|c| !is_part(c)).unwrap_or(from.len());
        rest = end;
        Some((text.get(..start)?, text.get(start..end)?, text.get(end..)?))
    })
}

/// What makes the classes of the cluster and installs charts; of several the first.
pub(super) struct Makers<'m> {
    classes: BTreeMap<(&'static str, String), Thing<'m>>,
    charts: BTreeMap<&'m str, Thing<'m>>,
}

impl<'m> Makers<'m> {
    pub(super) fn of(units: &[Unit<'m>]) -> Self {
        let (mut classes, mut charts) = (BTreeMap::new(), BTreeMap::new());
        for unit in units {
            for object in &unit.planned.objects {
                if let Some(kind) = CLASSES.into_iter().find(|kind| *kind == object.kind) {
                    classes.entry((kind, object.name.clone())).or_insert_with(|| thing(unit));
                }
            }
            for chart in &unit.source.chart {
                charts.entry(chart.name.value.as_str()).or_insert_with(|| thing(unit));
            }
        }
        Self { classes, charts }
    }

    /// What makes a class.
    fn class(&self, kind: &'static str, name: &str) -> Option<Thing<'m>> {
        self.classes.get(&(kind, name.to_owned())).copied()
    }

    /// What installs a chart.
    fn chart(&self, name: &str) -> Option<Thing<'m>> {
        self.charts.get(name).copied()
    }
}

impl<'m> Gather<'_, 'm> {
    pub(super) fn mentions(&mut self, unit: &Unit<'m>) {
        let own = thing(unit);
        // What these name is told by the routes and secrets that they were made of.
        // Definitions are about what others may say.
        let told = |kind: &str| {
            ["HTTPRoute", "InfisicalSecret", "SecretProviderClass", "CustomResourceDefinition"].contains(&kind)
        };
        for object in unit.planned.objects.iter().filter(|object| !told(&object.kind)) {
            // Values of a chart are looked at below, where each has its place.
            let is_chart = object.kind == "Application";
            each_text(&object.body, &mut |key, text, at| {
                if !(is_chart && key == "values") {
                    self.text(own, key, text, at);
                }
            });
        }
        for chart in &unit.source.chart {
            for release in chart.releases() {
                if !self.may_name_something(unit, release.name) {
                    continue;
                }
                if let Some(Some(values)) = chart.values(self.resolver, unit.scope, &release) {
                    each_text(&values, &mut |key, text, at| self.text(own, key, text, at));
                }
            }
            if let Some(repo) = chart.repo.repo(unit.source) {
                let owner = self.hosts.owner(host_of(repo.value.as_str()));
                self.add(own, owner, Need::Image, repo.span, format!("takes chart `{}` from it", chart.name.value));
            }
        }
        for database in &unit.source.database {
            if let Some(class) = &database.storage_class {
                self.text(own, "storageClassName", &class.value, class.span);
            }
            let operator = self.makers.chart("cloudnative-pg");
            self.add(own, operator, Need::Database, database.head, "has its database run by it");
        }
    }

    /// Whether the values of a release are worth resolving again: those of most name nothing.
    fn may_name_something(&self, unit: &Unit<'m>, release: &str) -> bool {
        let name = format!("{}-{release}", unit.source.name.name);
        let mut made = unit.planned.objects.iter();
        let Some(made) = made.find(|object| object.kind == "Application" && object.name == name) else { return true };
        let Some(values) = made.body.at(&["spec", "source", "helm", "values"]).and_then(Data::as_str) else {
            return false;
        };
        values.contains("storageClass")
            || values.contains("runtimeClassName")
            || words(values).any(|(_, word, _)| self.hosts.owner(word).is_some())
    }

    fn text(&mut self, own: Thing<'m>, key: &str, text: &str, at: Span) {
        match key {
            "storageClassName" | "storageClass" => {
                // Longhorn's chart makes a class of its name (`persistence.defaultClass`).
                let maker = self.makers.class("StorageClass", text).or_else(|| self.makers.chart(text));
                return self.add(own, maker, Need::Storage, at, format!("has volumes of its class `{text}`"));
            }
            "runtimeClassName" => {
                let maker = self.makers.class("RuntimeClass", text);
                return self.add(own, maker, Need::Runtime, at, format!("runs in its runtime `{text}`"));
            }
            key if IMAGES.contains(&key) && self.hosts.is_route(host_of(text)) => {
                let owner = self.hosts.owner(host_of(text));
                if own == owner.unwrap_or(own) {
                    self.found.extend(owner.map(|to| pulled(own, to, text, at)));
                }
                return self.add(own, owner, Need::Image, at, format!("pulls `{text}` from it"));
            }
            _ => {}
        }
        for (before, word, behind) in words(text) {
            let Some(owner) = self.hosts.owner(word) else { continue };
            let is_database = DATABASES.iter().any(|scheme| before.contains(scheme))
                || DATABASE_PORTS.iter().any(|port| behind.starts_with(port));
            let (need, why) = if is_database {
                (Need::Database, format!("keeps data in it, at `{word}`"))
            } else {
                (Need::Calls, format!("calls it at `{word}`"))
            };
            self.add(own, Some(owner), need, at, why);
        }
    }
}

/// What pulls an image from itself.
fn pulled<'m>(own: Thing<'m>, to: Thing<'m>, image: &str, at: Span) -> super::Relation<'m> {
    super::Relation { from: own, to, need: Need::Image, at, why: format!("pulls `{image}` from itself") }
}
