//! What is there.

use std::collections::{BTreeMap, BTreeSet};

use hlc_plan::{Address, KindDecl};

use crate::state::Recorded;
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
    /// Addresses whose object cannot stay beside one that takes its place.
    pub alone: BTreeSet<Address>,
}

/// The outputs of an object. Secrets that an API only tells once are as they were recorded of the same object.
#[must_use]
pub fn outputs(kind: &KindDecl, object: &Object, recorded: Option<&Recorded>) -> BTreeMap<String, Value> {
    let recorded = recorded.filter(|recorded| recorded.id == object.id);
    let once = recorded.into_iter().flat_map(|recorded| &recorded.outputs);
    let once = once.filter(|(name, _)| kind.output(name).is_some_and(|output| output.secret));
    let mut outputs: BTreeMap<String, Value> = once.map(|(name, value)| (name.clone(), value.clone())).collect();
    outputs.extend(object.outputs.iter().map(|(name, value)| (name.clone(), value.clone())));
    outputs
}

impl World {
    /// What was found at an address.
    #[must_use]
    pub fn at(&self, address: &Address) -> &Seen {
        self.seen.get(address).unwrap_or(&Seen::Absent)
    }
}
