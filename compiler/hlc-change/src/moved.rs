//! Records that get another address.

use std::collections::{BTreeMap, BTreeSet};

use hlc_plan::{Address, PlannedStack};

use crate::state::State;

/// New addresses with those that the state has. A record moves once: to an address that has none, from one that nobody is called any
/// more.
#[must_use]
pub fn moved(plan: &PlannedStack, state: &State) -> BTreeMap<Address, Address> {
    let planned: BTreeSet<&Address> = plan.resources.iter().map(|resource| &resource.address).collect();
    let mut moved = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for resource in &plan.resources {
        let Some(was) = &resource.was else { continue };
        let is_same_kind = state.resources.get(&was.value).is_some_and(|recorded| recorded.kind == resource.kind.name);
        let is_free = !state.resources.contains_key(&resource.address) && !planned.contains(&was.value);
        if is_same_kind && is_free && taken.insert(&was.value) {
            moved.insert(resource.address.clone(), was.value.clone());
        }
    }
    moved
}
