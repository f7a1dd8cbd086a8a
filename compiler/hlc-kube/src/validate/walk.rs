//! The walk over an object beside its schema.

use std::fmt::Write;

use hlc_diag::{Diagnostic, Span};
use hlc_schema::{Data, DataValue, Kept, Map};

use super::{
    base64, duplicate, field, file_key, image, label, limits, missing, name, null, one_of, paths, pods, quantity,
};
use super::{range, schedule, types, word};
use crate::schema::{self, Definition, Keys, Type};

/// One step from an object into it.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    /// A field of the schema.
    Field(&'a str),
    /// A key of the author's choice.
    Key(&'a str),
    /// A position in a list.
    Item(usize),
}

/// Where the walk is and what it has found.
pub(super) struct Walk<'a> {
    group: &'a str,
    kind: &'a str,
    path: Vec<Step<'a>>,
    /// The maps the walk is in: their definitions and the lengths of their paths.
    pub(super) above: Vec<(&'static Definition, usize)>,
    found: Vec<Diagnostic>,
    /// Findings about missing fields: position in `found`, path of the field.
    missed: Vec<(usize, String)>,
    /// Paths of fields that stand somewhere else or under another name, so that nobody misses them.
    meant: Vec<String>,
}

impl<'a> Walk<'a> {
    /// Of an object of a kind in a group.
    pub(super) fn new(group: &'a str, kind: &'a str) -> Self {
        Self {
            group,
            kind,
            path: Vec::new(),
            above: Vec::new(),
            found: Vec::new(),
            missed: Vec::new(),
            meant: Vec::new(),
        }
    }

    /// An object of a kind with a schema.
    pub(super) fn root(&mut self, definition: &'static Definition, body: &'a Data) {
        self.object(definition, body);
        self.name_of(body);
    }

    /// An object of which only what all objects share is known.
    pub(super) fn root_without_schema(&mut self, body: &'a Data) {
        let Some(map) = body.as_map() else { return self.nulls(body) };
        // Every kind has the same metadata.
        let metadata = schema::named("meta.v1.ObjectMeta");
        for (key, entry) in map.iter() {
            self.path.push(Step::Field(key));
            match metadata {
                Some(definition) if key == "metadata" => self.object(definition, &entry.value),
                Some(_) | None => self.nulls(&entry.value),
            }
            self.path.pop();
        }
        self.name_of(body);
    }

    fn name_of(&mut self, body: &'a Data) {
        if let Some(finding) =
            body.at(&["metadata", "name"]).and_then(|data| name::object_name(self.group, self.kind, data))
        {
            self.report(finding);
        }
    }

    /// What was found, in the order of the text.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        let Self { found, missed, meant, .. } = self;
        let is_meant = |path: &str| meant.iter().any(|meant| leads_to(path, meant));
        let needless: Vec<usize> = missed.iter().filter(|(_, path)| is_meant(path)).map(|(at, _)| *at).collect();
        let mut found: Vec<_> = found
            .into_iter()
            .enumerate()
            .filter(|(at, _)| !needless.contains(at))
            .map(|(_, finding)| finding)
            .collect();
        found.sort_by_key(|finding| finding.primary.span);
        found
    }

    /// The kind of the object.
    pub(super) fn kind(&self) -> &'a str {
        self.kind
    }

    /// Where the walk is, as Kubernetes writes it: `spec.template.spec.containers[0].env[1]`.
    pub(super) fn path(&self) -> String {
        self.path_to(self.path.len())
    }

    /// The first `length` steps of the path.
    pub(super) fn path_to(&self, length: usize) -> String {
        let mut text = String::new();
        for step in self.path.iter().take(length) {
            match step {
                Step::Field(name) if text.is_empty() => text.push_str(name),
                Step::Field(name) => {
                    let _ = write!(text, ".{name}");
                }
                Step::Key(key) => {
                    let _ = write!(text, "[{key}]");
                }
                Step::Item(index) => {
                    let _ = write!(text, "[{index}]");
                }
            }
        }
        text
    }

    /// The path of a field of the map the walk is in.
    pub(super) fn path_of(&self, field: &str) -> String {
        let path = self.path();
        if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
    }

    /// The last field of the path, for showing how to write it; `items` at the very start.
    pub(super) fn field_name(&self) -> &'a str {
        let name = self.path.iter().rev().find_map(|step| match step {
            Step::Field(name) | Step::Key(name) => Some(*name),
            Step::Item(_) => None,
        });
        name.unwrap_or("items")
    }

    pub(super) fn report(&mut self, finding: Diagnostic) {
        self.found.push(finding);
    }

    /// Notes that a field at `path` is there in a way, so that it is not reported as missing.
    pub(super) fn meant(&mut self, path: String) {
        self.meant.push(path);
    }

    /// A value that must be a map with known fields.
    fn object(&mut self, definition: &'static Definition, data: &'a Data) {
        if is_judged(data) {
            return;
        }
        let Some(map) = data.as_map() else {
            return self.wrong(data, |walk, data| types::not_a_map(walk, definition, data));
        };
        self.above.push((definition, self.path.len()));
        let mut all_known = true;
        for (key, entry) in map.iter() {
            match definition.field(key) {
                Some(field) => {
                    self.path.push(Step::Field(field.name));
                    self.value(&field.takes, &entry.value);
                    self.path.pop();
                }
                None => {
                    let finding = field::unknown(self, definition, map, key, entry);
                    self.report(finding);
                    all_known = false;
                }
            }
        }
        // What seems to be missing may be what has the unknown name.
        if all_known {
            self.required(definition, map, data.span);
            one_of::find(self, definition, map, data.span);
        }
        self.together(definition.name, map);
        self.above.pop();
    }

    /// What holds between the fields of a map, or goes beyond the type of one.
    fn together(&mut self, definition: &'static str, map: &'a Map) {
        match definition {
            "core.v1.Container" | "core.v1.EphemeralContainer" => image::find(self, map.get("image")),
            "core.v1.ResourceRequirements" => limits::find(self, map),
            "core.v1.VolumeMount" => paths::mount(self, map),
            "core.v1.HostPathVolumeSource" => paths::host(self, map),
            "core.v1.PodSpec" => pods::names(self, map),
            "batch.v1.CronJobSpec" => schedule::find(self, map),
            "apps.v1.DaemonSetSpec"
            | "apps.v1.DeploymentSpec"
            | "apps.v1.ReplicaSetSpec"
            | "apps.v1.StatefulSetSpec"
            | "batch.v1.JobSpec" => pods::restart(self, definition, map),
            _ => {}
        }
    }

    fn required(&mut self, definition: &'static Definition, map: &Map, span: Span) {
        for field in definition.fields() {
            // hlc writes these three itself.
            let written = self.path.is_empty() && matches!(field.name, "apiVersion" | "kind" | "metadata");
            if field.required && !written && map.entry(field.name).is_none() {
                let path = self.path_of(field.name);
                self.missed.push((self.found.len(), path));
                let finding = missing::missing(self, definition, field, span);
                self.report(finding);
            }
        }
    }

    fn value(&mut self, takes: &'static Type, data: &'a Data) {
        if data.as_deferred().is_some() {
            return; // whatever it will be, it is not known yet
        }
        match takes {
            Type::Any => self.nulls(data),
            Type::Object(id) => match schema::definition(*id) {
                Some(definition) => self.object(definition, data),
                None => self.nulls(data),
            },
            Type::List { item, keys, named } => self.list(item, keys, *named, data),
            Type::Map { keys, item } => self.free_map(*keys, item, data),
            Type::Text => self.scalar(data, &DataValue::string(""), types::not_text, |_, _| None),
            Type::Time => self.scalar(data, &DataValue::string(""), types::not_text, |_, _| None),
            Type::Label(longest) => {
                let longest = *longest;
                self.scalar(data, &DataValue::string(""), types::not_text, |walk, data| {
                    name::label(walk, longest, data)
                });
            }
            Type::QualifiedName => {
                self.scalar(data, &DataValue::string(""), types::not_text, label::bad_name);
            }
            Type::LabelValue => {
                self.scalar(data, &DataValue::string(""), types::not_text, label::bad_value);
            }
            Type::Word(words) => {
                self.scalar(data, &DataValue::string(""), types::not_text, |walk, data| {
                    word::unknown(walk, words, data)
                });
            }
            Type::Base64 => self.scalar(data, &DataValue::string(""), types::not_text, base64::bad),
            Type::Bool => self.scalar(data, &DataValue::Bool(false), types::not_a_boolean, |_, _| None),
            Type::Int32 | Type::Int64 | Type::Port => {
                let limits = range::Limits::of(takes);
                self.scalar(data, &DataValue::integer(0), types::not_a_number, |walk, data| {
                    range::outside(walk, limits, data)
                });
            }
            Type::Number => {
                if !matches!(data.value, DataValue::Integer(_) | DataValue::Float(_)) {
                    self.wrong(data, types::not_a_number);
                }
            }
            Type::Quantity => match &data.value {
                DataValue::Integer(_) | DataValue::Float(_) => {}
                DataValue::String(_) => self.judge(data, quantity::bad),
                DataValue::Null
                | DataValue::Bool(_)
                | DataValue::List(_)
                | DataValue::Map(_)
                | DataValue::Deferred(_) => {
                    self.wrong(data, types::not_a_quantity);
                }
            },
            Type::IntOrText => match &data.value {
                DataValue::String(_) => {}
                DataValue::Integer(_) => {
                    let limits = range::Limits::of(&Type::Int32);
                    self.judge(data, |walk, data| range::outside(walk, limits, data));
                }
                DataValue::Null
                | DataValue::Bool(_)
                | DataValue::Float(_)
                | DataValue::List(_)
                | DataValue::Map(_)
                | DataValue::Deferred(_) => {
                    self.wrong(data, types::not_int_or_text);
                }
            },
        }
    }

    /// A value of one shape: `wrong` words another shape, `judge` looks closer at the right one.
    fn scalar(
        &mut self,
        data: &'a Data,
        shape: &DataValue,
        wrong: fn(&Self, &Data) -> Diagnostic,
        judge: impl FnOnce(&Self, &Data) -> Option<Diagnostic>,
    ) {
        if std::mem::discriminant(&data.value) == std::mem::discriminant(shape) {
            self.judge(data, judge);
        } else {
            self.wrong(data, wrong);
        }
    }

    fn judge(&mut self, data: &'a Data, judge: impl FnOnce(&Self, &Data) -> Option<Diagnostic>) {
        if let Some(finding) = judge(self, data) {
            self.report(finding);
        }
    }

    /// A value of the wrong shape; a null is always worded as such.
    fn wrong(&mut self, data: &Data, word: impl FnOnce(&Self, &Data) -> Diagnostic) {
        let finding = if data.value == DataValue::Null { null::null(self, data.span) } else { word(self, data) };
        self.report(finding);
    }

    fn list(
        &mut self,
        item: &'static Type,
        keys: &'static [Vec<&'static str>],
        named: Option<&'static str>,
        data: &'a Data,
    ) {
        let DataValue::List(items) = &data.value else {
            return self.wrong(data, |walk, data| types::not_a_list(walk, item, data));
        };
        for (index, data) in items.iter().enumerate() {
            self.path.push(Step::Item(index));
            self.value(item, data);
            self.path.pop();
        }
        if let Some(field) = named.filter(|_| items.len() > 1) {
            self.all_have(field, items);
        }
        for group in keys {
            duplicate::find(self, group, items);
        }
    }

    /// Items of which each needs a field, since there are others.
    fn all_have(&mut self, field: &'static str, items: &'a [Data]) {
        let list = self.field_name();
        for (index, item) in items.iter().enumerate() {
            if item.as_map().is_some_and(|map| map.entry(field).is_none()) {
                self.path.push(Step::Item(index));
                self.missed.push((self.found.len(), self.path_of(field)));
                let finding = missing::missing_among_several(self, list, field, item.span);
                self.report(finding);
                self.path.pop();
            }
        }
    }

    fn free_map(&mut self, keys: Keys, item: &'static Type, data: &'a Data) {
        let DataValue::Map(map) = &data.value else { return self.wrong(data, types::not_a_free_map) };
        for (key, entry) in map.iter() {
            let bad = match keys {
                Keys::Any => None,
                Keys::Label | Keys::Annotation => label::bad_key(self, keys, key, entry.key_span),
                Keys::File => file_key::bad(self, key, entry.key_span),
            };
            if let Some(finding) = bad {
                self.report(finding);
            }
            self.path.push(Step::Key(key));
            self.value(item, &entry.value);
            self.path.pop();
        }
    }

    /// Data without a schema: only nulls are wrong.
    fn nulls(&mut self, data: &'a Data) {
        match &data.value {
            DataValue::Null => {
                let finding = null::null(self, data.span);
                self.report(finding);
            }
            DataValue::List(items) => {
                for (index, data) in items.iter().enumerate() {
                    self.path.push(Step::Item(index));
                    self.nulls(data);
                    self.path.pop();
                }
            }
            DataValue::Map(_) if is_judged(data) => {}
            DataValue::Map(map) => {
                for (key, entry) in map.iter() {
                    self.path.push(Step::Field(key));
                    self.nulls(&entry.value);
                    self.path.pop();
                }
            }
            DataValue::Bool(_)
            | DataValue::Integer(_)
            | DataValue::Float(_)
            | DataValue::String(_)
            | DataValue::Deferred(_) => {}
        }
    }
}

/// True for what is kept and was judged before.
fn is_judged(data: &Data) -> bool {
    data.as_map().and_then(Map::as_kept).is_some_and(Kept::is_judged)
}

/// True when `target` is at or below `path`; `[]` in the target stands for every item.
fn leads_to(path: &str, target: &str) -> bool {
    let any_item = |text: &str| text.split_inclusive(['[', ']']).filter(|part| !is_index(part)).collect::<String>();
    let (path, target) = match target.contains("[]") {
        true => (any_item(path), any_item(target)),
        false => (path.to_owned(), target.to_owned()),
    };
    target.strip_prefix(&path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// `0]`, or the `]` of `[]`.
fn is_index(part: &str) -> bool {
    part.strip_suffix(']').is_some_and(|index| index.bytes().all(|b| b.is_ascii_digit()))
}
