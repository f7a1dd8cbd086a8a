//! Two objects compared field by field, by what Kubernetes knows of their lists.

use hlc_kube::schema::{self, Definition, Field, Type};
use hlc_kube::{Lookup, lookup};
use hlc_schema::{Data, DataValue, Map};

use crate::lists;
use crate::manifests::NOWHERE;
use crate::{Difference, FieldChange, FieldPath, Step};

/// The changes from one object to another.
pub(crate) fn between(old: &Data, new: &Data) -> Vec<FieldChange> {
    let text = |key| new.get(key).and_then(Data::as_str);
    let found = text("kind").map(|kind| lookup(kind, text("apiVersion")));
    let shape = match found {
        Some(Lookup::Found(info)) => schema::of_kind(&info).map_or(Shape::Unknown, Shape::Object),
        Some(Lookup::Ambiguous(_) | Lookup::Unknown { .. }) | None => Shape::Unknown,
    };
    let mut walk = Walk { path: FieldPath::default(), found: Vec::new() };
    walk.value(shape, old, new);
    walk.found
}

/// What is known of a value.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    Unknown,
    /// A map with known fields.
    Object(&'static Definition),
    /// A map with keys of the author's choice.
    Map(&'static Type),
    /// A list, and the groups of keys that tell its items apart.
    List(&'static Type, &'static [Vec<&'static str>]),
}

impl Shape {
    fn of(takes: &'static Type) -> Self {
        if let Type::Object(id) = takes {
            return schema::definition(*id).map_or(Self::Unknown, Self::Object);
        }
        if let Type::Map { item, .. } = takes {
            return Self::Map(item);
        }
        if let Type::List { item, keys, .. } = takes {
            return Self::List(item, keys);
        }
        Self::Unknown
    }

    fn field(self, key: &str) -> Self {
        match self {
            Self::Object(definition) => {
                definition.field(key).map_or(Self::Unknown, |Field { takes, .. }| Self::of(takes))
            }
            Self::Map(item) => Self::of(item),
            Self::List(..) | Self::Unknown => Self::Unknown,
        }
    }

    /// What is known of the items of a list.
    pub(crate) fn item(self) -> Self {
        if let Self::List(item, _) = self { Self::of(item) } else { Self::Unknown }
    }
}

/// True when two values mean the same: places, the order of keys and the spelling of numbers aside.
pub(crate) fn same(old: &Data, new: &Data) -> bool {
    match (&old.value, &new.value) {
        (DataValue::List(old), DataValue::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        }
        (DataValue::Map(old), DataValue::Map(new)) => {
            old.len() == new.len()
                && old.iter().all(|(key, entry)| new.get(key).is_some_and(|new| same(&entry.value, new)))
        }
        // JSON has one kind of number.
        (DataValue::Integer(whole), DataValue::Float(float)) | (DataValue::Float(float), DataValue::Integer(whole)) => {
            whole.to_string().parse() == Ok(float.value())
        }
        (old, new) => old == new,
    }
}

/// Compares, with the way to where it is.
pub(crate) struct Walk {
    path: FieldPath,
    found: Vec<FieldChange>,
}

impl Walk {
    pub(crate) fn value(&mut self, shape: Shape, old: &Data, new: &Data) {
        if same(old, new) {
            return;
        }
        match (&old.value, &new.value) {
            (DataValue::Map(old), DataValue::Map(new)) => self.map(shape, old, new),
            (DataValue::List(old), DataValue::List(new)) => lists::compare(self, shape, old, new),
            _ => self.note(Difference::Changed { old: old.clone(), new: new.clone() }, Some(new)),
        }
    }

    fn map(&mut self, shape: Shape, old: &Map, new: &Map) {
        let keys = old.iter().chain(new.iter()).map(|(key, _)| key);
        let mut keys: Vec<&str> = keys.collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            self.step(Step::Key(key.to_owned()), |walk| match (old.get(key), new.get(key)) {
                (Some(old), Some(new)) => walk.value(shape.field(key), old, new),
                (old, new) => walk.one(old, new),
            });
        }
    }

    /// What stands on one side only.
    pub(crate) fn one(&mut self, old: Option<&Data>, new: Option<&Data>) {
        if let Some(old) = old {
            self.note(Difference::Removed(old.clone()), None);
        }
        if let Some(new) = new {
            self.note(Difference::Added(new.clone()), Some(new));
        }
    }

    pub(crate) fn step(&mut self, step: Step, inside: impl FnOnce(&mut Self)) {
        self.path.push(step);
        inside(self);
        self.path.pop();
    }

    pub(crate) fn note(&mut self, difference: Difference, at: Option<&Data>) {
        let origin = at.map(|new| new.span).filter(|span| *span != NOWHERE);
        self.found.push(FieldChange { path: self.path.clone(), difference, origin });
    }
}
