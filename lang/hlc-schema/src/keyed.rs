//! A map in written order, made for many small ones.
//!
//! Nearly every map of a homelab has fewer than ten keys, most of them short. One allocation holds all of such a map, and
//! looking at each key is faster than hashing. Long maps get a table, so that hostile ones cost no more than their length. What is
//! large and seldom looked at can be [kept](Kept) in another form.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use ecow::EcoString;
use foldhash::fast::RandomState;

/// A key of data. Short ones need no memory of their own.
pub type Key = EcoString;

/// From how many entries on there is a table.
const LONG: usize = 16;

/// Keys with values, each key once, in the order they came.
#[derive(Clone, Debug)]
pub(crate) struct Keyed<V> {
    entries: Vec<(Key, V)>,
    /// What nearly no map has, and every value would be larger for.
    more: Option<Box<More<V>>>,
}

#[derive(Clone, Debug)]
enum More<V> {
    /// Where each key is, when the map is long.
    Table(HashMap<Key, usize, RandomState>),
    /// What the entries will be, and those that were looked at.
    Kept(Arc<dyn Kept<V>>, OnceLock<Keyed<V>>),
}

/// Entries in another form, which are read when somebody looks at them.
pub trait Kept<V>: fmt::Debug + Send + Sync {
    /// The entries: each key once, and the same ones each time.
    fn entries(&self) -> Vec<(Key, V)>;

    /// The map as YAML, from behind the colon of its key to the end of its last line, and the column in which its entries stand there.
    fn yaml(&self) -> Option<(usize, &str)>;

    /// True when the object that it is a part of has been held against its schema, which had nothing to say.
    fn is_judged(&self) -> bool;
}

impl<V> Default for Keyed<V> {
    fn default() -> Self {
        Self { entries: Vec::new(), more: None }
    }
}

impl<V> FromIterator<(Key, V)> for Keyed<V> {
    fn from_iter<I: IntoIterator<Item = (Key, V)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut keyed = Self::with_capacity(entries.size_hint().0);
        for (key, value) in entries {
            keyed.insert(key, value);
        }
        keyed
    }
}

impl<V> Keyed<V> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), more: None }
    }

    pub(crate) fn kept(kept: Arc<dyn Kept<V>>) -> Self {
        Self { entries: Vec::new(), more: Some(Box::new(More::Kept(kept, OnceLock::new()))) }
    }

    /// The form in which it is kept, as long as nothing in it was changed.
    pub(crate) fn as_kept(&self) -> Option<&dyn Kept<V>> {
        match self.more.as_deref()? {
            More::Kept(kept, _) => Some(kept.as_ref()),
            More::Table(_) => None,
        }
    }

    /// True for one that is kept and that nobody has looked into.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.more.as_deref(), Some(More::Kept(_, opened)) if opened.get().is_none())
    }

    /// The one that has the entries.
    fn opened(&self) -> &Self {
        match self.more.as_deref() {
            None | Some(More::Table(_)) => self,
            Some(More::Kept(kept, opened)) => opened.get_or_init(|| kept.entries().into_iter().collect()),
        }
    }

    /// The same, for whoever changes something: it is no longer what is kept.
    fn opened_mut(&mut self) -> &mut Self {
        if let Some(More::Kept(kept, opened)) = self.more.as_deref_mut() {
            *self = opened.take().unwrap_or_else(|| kept.entries().into_iter().collect());
        }
        self
    }

    fn position(&self, key: &str) -> Option<usize> {
        match self.more.as_deref() {
            Some(More::Table(table)) => table.get(key).copied(),
            None | Some(More::Kept(..)) => self.entries.iter().position(|(other, _)| other == key),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        let opened = self.opened();
        opened.entries.get(opened.position(key)?).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        let opened = self.opened_mut();
        let at = opened.position(key)?;
        opened.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Puts a value under a key; an older one keeps its place in the order and is given back.
    pub(crate) fn insert(&mut self, key: Key, value: V) -> Option<V> {
        let opened = self.opened_mut();
        if let Some(at) = opened.position(&key)
            && let Some((_, old)) = opened.entries.get_mut(at)
        {
            return Some(std::mem::replace(old, value));
        }
        match opened.more.as_deref_mut() {
            Some(More::Table(table)) => {
                table.insert(key.clone(), opened.entries.len());
                opened.entries.push((key, value));
            }
            None | Some(More::Kept(..)) => {
                opened.entries.push((key, value));
                if opened.entries.len() > LONG {
                    opened.tabulate();
                }
            }
        }
        None
    }

    /// Takes a key out; the others keep their order.
    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        let opened = self.opened_mut();
        let at = opened.position(key)?;
        let (_, value) = opened.entries.remove(at);
        if opened.more.take().is_some() {
            opened.tabulate();
        }
        Some(value)
    }

    fn tabulate(&mut self) {
        let places = self.entries.iter().enumerate().map(|(at, (key, _))| (key.clone(), at));
        self.more = Some(Box::new(More::Table(places.collect())));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.opened().entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut V)> {
        self.opened_mut().entries.iter_mut().map(|(key, value)| (key.as_str(), value))
    }

    pub(crate) fn into_entries(mut self) -> impl Iterator<Item = (Key, V)> {
        std::mem::take(self.opened_mut()).entries.into_iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.opened().entries.len()
    }
}

/// Maps are equal whatever the order of their keys.
impl<V: PartialEq> PartialEq for Keyed<V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Short or long, it does what a list of pairs does.
        #[test]
        fn like_a_list(steps in prop::collection::vec((0u8..40, any::<bool>(), any::<u8>()), 0..200)) {
            let mut keyed = Keyed::default();
            let mut list: Vec<(String, u8)> = Vec::new();
            for (key, put, value) in steps {
                let key = format!("a-key-that-is-long-{key}");
                let at = list.iter().position(|(other, _)| *other == key);
                if put {
                    let old = match at.and_then(|at| list.get_mut(at)) {
                        Some((_, old)) => Some(std::mem::replace(old, value)),
                        None => {
                            list.push((key.clone(), value));
                            None
                        }
                    };
                    prop_assert_eq!(keyed.insert(key.as_str().into(), value), old);
                } else {
                    prop_assert_eq!(keyed.remove(&key), at.map(|at| list.remove(at).1));
                }
                let pairs: Vec<(String, u8)> = keyed.iter().map(|(key, value)| (key.to_owned(), *value)).collect();
                prop_assert_eq!(&pairs, &list);
                prop_assert!(list.iter().all(|(key, value)| keyed.get(key) == Some(value)));
            }
        }
    }
}
