//! Resources that should exist.

use std::collections::BTreeSet;

use hlc_diag::Span;
use hlc_schema::{Data, DataValue, Later, Map, Spanned};

use crate::{Address, Kind, KindDecl};

/// What may be done to a resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ownership {
    /// It is made, changed and deleted.
    #[default]
    Managed,
    /// `(adopt)`: only the stated properties of what is there are changed; it is never deleted.
    Adopted,
    /// `(existing)`: it is looked up, and never changed.
    Existing,
}

/// A resource that should exist.
#[derive(Clone, Debug)]
pub struct PlannedResource {
    /// `hetzner/server.bifrost`
    pub address: Address,
    /// What it is.
    pub kind: &'static KindDecl,
    /// Its values, by the names of the kind's properties.
    pub properties: Map,
    /// What may be done to it.
    pub ownership: Ownership,
    /// True when deleting it needs an explicit word: all of its kind do, or this one holds what is hard to get back.
    pub protected: bool,
    /// The resources that have to exist before it, ordered; those whose outputs it uses among them.
    pub depends_on: BTreeSet<Address>,
    /// The address it had before it was renamed, and where that is said.
    pub was: Option<Spanned<Address>>,
    /// The node that asked for it.
    pub origin: Span,
}

impl PlannedResource {
    /// A resource of a kind. What it takes from other resources makes it depend on them.
    #[must_use]
    pub fn new<K: Kind>(address: Address, kind: K, origin: Span) -> Self {
        let properties = kind.into_properties(origin);
        let mut depends_on = BTreeSet::new();
        for (_, entry) in properties.iter() {
            sources(&entry.value, &mut depends_on);
        }
        let (kind, ownership, was) = (K::decl(), Ownership::default(), None);
        Self { address, protected: kind.protected, kind, properties, ownership, depends_on, was, origin }
    }

    /// The same, made after another resource.
    #[must_use]
    pub fn after(mut self, address: Address) -> Self {
        self.depends_on.insert(address);
        self
    }

    /// The same, deleted only by an explicit word.
    #[must_use]
    pub fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    /// The same, owned otherwise.
    #[must_use]
    pub fn owned(mut self, ownership: Ownership) -> Self {
        self.ownership = ownership;
        self
    }
}

/// Adds the resources whose outputs a value uses.
fn sources(data: &Data, found: &mut BTreeSet<Address>) {
    match &data.value {
        DataValue::Deferred(value) => found.extend(value.parts().filter_map(|later| match later {
            Later::Secret(_) => None,
            Later::Output { address, .. } => Some(Address::new(address.as_str())),
        })),
        DataValue::List(items) => items.iter().for_each(|item| sources(item, found)),
        DataValue::Map(map) => map.iter().for_each(|(_, entry)| sources(&entry.value, found)),
        DataValue::Null | DataValue::Bool(_) | DataValue::Integer(_) | DataValue::Float(_) | DataValue::String(_) => {}
    }
}
