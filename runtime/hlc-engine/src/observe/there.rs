//! The objects of a kind, as they were listed.

use std::collections::BTreeMap;

use hlc_change::{Object, Properties};

use crate::operate::{Operate, Relation};

/// The objects of a kind.
pub(crate) struct There {
    pub(crate) by_id: BTreeMap<String, Object>,
    by_key: BTreeMap<String, Vec<String>>,
}

impl There {
    pub(crate) fn new(operate: &dyn Operate, objects: Vec<Object>) -> Self {
        let mut there = Self { by_id: BTreeMap::new(), by_key: BTreeMap::new() };
        objects.into_iter().for_each(|object| there.insert(operate, object));
        there
    }

    pub(crate) fn insert(&mut self, operate: &dyn Operate, object: Object) {
        let key = operate.key(&object.properties);
        // A page that moved while it was read can hold an object twice.
        if self.by_id.insert(object.id.clone(), object.clone()).is_none() {
            self.by_key.entry(key).or_default().push(object.id);
        }
    }

    pub(crate) fn neighbours<'t>(
        &'t self,
        operate: &dyn Operate,
        wanted: &Properties,
    ) -> impl Iterator<Item = (&'t Object, Relation)> {
        let ids = self.by_key.get(&operate.key(wanted)).into_iter().flatten();
        let objects: Vec<(&Object, Relation)> = ids
            .filter_map(|id| self.by_id.get(id))
            .map(|object| (object, operate.relation(wanted, &object.properties)))
            .filter(|(_, relation)| *relation != Relation::Other)
            .collect();
        objects.into_iter()
    }

    pub(crate) fn related<'t>(
        &'t self,
        operate: &dyn Operate,
        wanted: &Properties,
        relation: Relation,
    ) -> impl Iterator<Item = &'t Object> {
        self.neighbours(operate, wanted).filter(move |(_, found)| *found == relation).map(|(object, _)| object)
    }
}
