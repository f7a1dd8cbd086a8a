//! Data: what free blocks mean after every reference is resolved.

use std::sync::Arc;

use ecow::EcoString;
use hlc_diag::Span;

use crate::keyed::{Kept, Key, Keyed};
use crate::{Deferred, Float, Integer};

/// Text of data. A short one needs no memory of its own, and copies of a long one share it: what is written in a file becomes part
/// of objects as it is.
pub type Text = EcoString;

/// A value of free data with the place it came from. The JSON data model, with integers apart from floats.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    /// The value.
    pub value: DataValue,
    /// Where it is written; for what hlc makes by itself, the node that asked for it.
    pub span: Span,
}

/// The shapes a [`Data`] can have.
#[derive(Clone, Debug, PartialEq)]
pub enum DataValue {
    /// `#null`
    Null,
    /// `#true`, `#false`
    Bool(bool),
    /// A whole number.
    Integer(Integer),
    /// A finite number with a fraction or an exponent.
    Float(Float),
    /// Text.
    String(Text),
    /// A list.
    List(Vec<Data>),
    /// A map; keeps the order it was written in.
    Map(Map),
    /// A value that is only known while the plan is carried out. Never in a manifest.
    Deferred(Box<Deferred>),
}

/// One entry of a [`Map`].
#[derive(Clone, Debug, PartialEq)]
pub struct MapEntry {
    /// Where the key is written.
    pub key_span: Span,
    /// Its value.
    pub value: Data,
}

/// A map with text keys, each at most once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    entries: Keyed<MapEntry>,
}

impl Map {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty map with room for so many entries.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { entries: Keyed::with_capacity(capacity) }
    }

    /// A map that is kept in another form until somebody looks into it.
    #[must_use]
    pub fn kept(kept: Arc<dyn Kept<MapEntry>>) -> Self {
        Self { entries: Keyed::kept(kept) }
    }

    /// The form in which it is kept, as long as nothing in it was changed.
    #[must_use]
    pub fn as_kept(&self) -> Option<&dyn Kept<MapEntry>> {
        self.entries.as_kept()
    }

    /// True for one that is kept and that nobody has looked into.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.entries.is_closed()
    }

    /// Puts a value under a key; an older one under the same key is given back.
    pub fn insert(&mut self, key: impl Into<Key>, key_span: Span, value: Data) -> Option<MapEntry> {
        self.entries.insert(key.into(), MapEntry { key_span, value })
    }

    /// The entry of a key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&MapEntry> {
        self.entries.get(key)
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Data> {
        self.entries.get(key).map(|entry| &entry.value)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Data> {
        self.entries.get_mut(key).map(|entry| &mut entry.value)
    }

    /// Takes a key out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<MapEntry> {
        self.entries.remove(key)
    }

    /// Keys and entries in written order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &MapEntry)> {
        self.entries.iter()
    }

    /// Keys and entries in written order, taken out.
    pub fn into_entries(self) -> impl Iterator<Item = (Key, MapEntry)> {
        self.entries.into_entries()
    }

    /// Gives every key the place `span` and visits every value.
    pub fn place(&mut self, span: Span, visit: &mut dyn FnMut(&mut Data)) {
        for (_, entry) in self.entries.iter_mut() {
            entry.key_span = span;
            visit(&mut entry.value);
        }
    }

    /// Visits every value with its key, to change it.
    pub fn each_value(&mut self, visit: &mut dyn FnMut(&str, &mut Data)) {
        for (key, entry) in self.entries.iter_mut() {
            visit(key, &mut entry.value);
        }
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True without entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }
}

impl DataValue {
    /// Text.
    #[must_use]
    pub fn string(text: impl Into<Text>) -> Self {
        Self::String(text.into())
    }

    /// A whole number.
    #[must_use]
    pub fn integer(number: impl Into<i128>) -> Self {
        Self::Integer(Integer::new(number.into()))
    }
}

impl Data {
    /// A value at a place.
    #[must_use]
    pub const fn new(value: DataValue, span: Span) -> Self {
        Self { value, span }
    }

    /// Text at a place.
    #[must_use]
    pub fn string(text: impl Into<Text>, span: Span) -> Self {
        Self::new(DataValue::string(text), span)
    }

    /// A whole number at a place.
    #[must_use]
    pub fn integer(number: impl Into<i128>, span: Span) -> Self {
        Self::new(DataValue::integer(number), span)
    }

    /// A truth value at a place.
    #[must_use]
    pub const fn bool(value: bool, span: Span) -> Self {
        Self::new(DataValue::Bool(value), span)
    }

    /// A value at a place that is not known yet.
    #[must_use]
    pub fn deferred(value: Deferred, span: Span) -> Self {
        Self::new(DataValue::Deferred(Box::new(value)), span)
    }

    /// What it will be known from, if it is not known yet.
    #[must_use]
    pub fn as_deferred(&self) -> Option<&Deferred> {
        if let DataValue::Deferred(value) = &self.value { Some(value) } else { None }
    }

    /// A list at a place.
    #[must_use]
    pub const fn list(items: Vec<Self>, span: Span) -> Self {
        Self::new(DataValue::List(items), span)
    }

    /// A map of which every key stands at the same place.
    #[must_use]
    pub fn map<K: Into<Key>>(entries: impl IntoIterator<Item = (K, Self)>, span: Span) -> Self {
        let mut map = Map::new();
        for (key, value) in entries {
            map.insert(key, span, value);
        }
        Self::new(DataValue::Map(map), span)
    }

    /// The text, if it is text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let DataValue::String(text) = &self.value { Some(text) } else { None }
    }

    /// The number, if it is a whole one.
    #[must_use]
    pub fn as_integer(&self) -> Option<i128> {
        if let DataValue::Integer(number) = self.value { Some(number.get()) } else { None }
    }

    /// The items, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        if let DataValue::List(items) = &self.value { Some(items) } else { None }
    }

    /// The map, if it is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        if let DataValue::Map(map) = &self.value { Some(map) } else { None }
    }

    /// The map, to be changed, if it is one.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        if let DataValue::Map(map) = &mut self.value { Some(map) } else { None }
    }

    /// The value under a key, if it is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.get(key)
    }

    /// The value at the end of a path of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |data, key| data.get(key))
    }

    /// The kind of value in words: "text", "a list" …
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match self.value {
            DataValue::Null => "null",
            DataValue::Bool(_) => "a boolean",
            DataValue::Integer(_) => "a whole number",
            DataValue::Float(_) => "a decimal number",
            DataValue::String(_) => "text",
            DataValue::List(_) => "a list",
            DataValue::Map(_) => "a map",
            DataValue::Deferred(_) => "a value that is not known yet",
        }
    }
}
