//! A map in written order, made for many small ones.
//!
//! Nearly every map of a homelab has fewer than ten keys, most of them short. One allocation holds all of such a map, and
//! looking at each key is faster than hashing. Long maps get a table, so that hostile ones cost no more than their length.

use std::collections::HashMap;

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
    /// Where each key is; there when the map is long.
    #[expect(clippy::box_collection, reason = "nearly no map has one, and every value is as large as a map")]
    table: Option<Box<HashMap<Key, usize, RandomState>>>,
}

impl<V> Default for Keyed<V> {
    fn default() -> Self {
        Self { entries: Vec::new(), table: None }
    }
}

impl<V> Keyed<V> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), table: None }
    }

    fn position(&self, key: &str) -> Option<usize> {
        match &self.table {
            Some(table) => table.get(key).copied(),
            None => self.entries.iter().position(|(other, _)| other == key),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(self.position(key)?).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        let at = self.position(key)?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Puts a value under a key; an older one keeps its place in the order and is given back.
    pub(crate) fn insert(&mut self, key: Key, value: V) -> Option<V> {
        if let Some(old) = self.get_mut(&key) {
            return Some(std::mem::replace(old, value));
        }
        if let Some(table) = &mut self.table {
            table.insert(key.clone(), self.entries.len());
        }
        self.entries.push((key, value));
        if self.table.is_none() && self.entries.len() > LONG {
            self.tabulate();
        }
        None
    }

    /// Takes a key out; the others keep their order.
    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        let at = self.position(key)?;
        let (_, value) = self.entries.remove(at);
        if self.table.take().is_some() {
            self.tabulate();
        }
        Some(value)
    }

    fn tabulate(&mut self) {
        let places = self.entries.iter().enumerate().map(|(at, (key, _))| (key.clone(), at));
        self.table = Some(Box::new(places.collect()));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut V)> {
        self.entries.iter_mut().map(|(key, value)| (key.as_str(), value))
    }

    pub(crate) fn into_entries(self) -> impl Iterator<Item = (Key, V)> {
        self.entries.into_iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
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
