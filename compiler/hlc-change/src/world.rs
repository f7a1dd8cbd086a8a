//! What is there.

use std::collections::BTreeMap;

use hlc_plan::Address;

use crate::value::{Properties, Value};

/// An object that an API has.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// What the API calls it for good.
    pub id: String,
    /// Its properties under the names of its kind, in canonical form. One that the API does not tell is left out; one that is
    /// unset is [`Value::Null`].
    pub properties: Properties,
    /// Its outputs.
    pub outputs: BTreeMap<String, Value>,
}

/// What was found at an address.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// Nothing.
    Absent,
    /// The object that is known, or that was to be looked up.
    Object(Object),
    /// Objects that stand in the way: they are what the address asks for, or cannot be beside it, and nobody here made them.
    Foreign(Vec<Object>),
    /// Nothing; but objects that this stack has at other addresses cannot stay beside it, and have to go first.
    Taken(Vec<Address>),
    /// It could not be looked for: what it lies in does not exist yet.
    Unknowable,
    /// Not looked at, as asked (`--refresh=false`): what the state says is believed.
    Unasked,
}

/// What is there, of everything that is planned or was made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct World {
    /// By address, under the address that the plan has for it, or the state where the plan has none.
    pub seen: BTreeMap<Address, Seen>,
}

impl World {
    /// What was found at an address.
    #[must_use]
    pub fn at(&self, address: &Address) -> &Seen {
        self.seen.get(address).unwrap_or(&Seen::Absent)
    }
}
