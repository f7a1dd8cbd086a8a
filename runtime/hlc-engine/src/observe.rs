//! Looking at what is there.

mod masked;
mod there;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use hlc_change::{
    Owner, Pending, Properties, Recorded, Seen, State, Value, World, is_as_wanted, moved, outputs, wanted,
};
use hlc_plan::{Address, Change, KindDecl, PlannedResource, PlannedStack};

use crate::known::Known;
use crate::operate::{Fault, Operate, Provider, Relation};

pub(crate) use masked::masked;
pub(crate) use there::There;

/// How many objects are asked for at once that a list does not have.
const AT_ONCE: usize = 10;

/// Looks at everything that is planned or was made.
pub(crate) struct Observer<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) plan: &'a PlannedStack,
    pub(crate) known: &'a Known<'a>,
}

/// Why nothing could be looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot look at the {kind}s that there are: {fault}")]
pub struct ObserveError {
    /// What was looked for.
    pub kind: &'static str,
    /// Why.
    pub fault: Fault,
}

impl Observer<'_> {
    /// Asks each kind once. What is found out about what was pending goes into the state.
    ///
    /// # Errors
    /// See [`ObserveError`].
    pub(crate) async fn look(&self, state: &mut State) -> Result<World, ObserveError> {
        let mut world = World::default();
        for operate in &self.provider.kinds {
            let kind = operate.kind();
            let look = self.look_at(&**operate, state, &mut world).await;
            look.map_err(|fault| ObserveError { kind: kind.name, fault })?;
        }
        // Whatever was to be changed or deleted has been looked at. What was to be made and is not there may still appear.
        state.pending.retain(|_, pending| matches!(pending, Pending::Create { .. }));
        Ok(world)
    }

    async fn look_at(&self, operate: &dyn Operate, state: &mut State, world: &mut World) -> Result<(), Fault> {
        let kind = operate.kind();
        let planned = self.plan.resources.iter().filter(|resource| std::ptr::eq(resource.kind, kind));
        let planned: Vec<(&PlannedResource, Option<Properties>)> =
            planned.map(|resource| (resource, self.wanted(operate, resource))).collect();
        let asked = asked(kind, &planned, state);
        if asked.is_empty() {
            planned.iter().for_each(|(it, _)| drop(world.seen.insert(it.address.clone(), Seen::Unknowable)));
            return Ok(());
        }
        let mut there = There::new(operate, operate.list(&asked.iter().collect::<Vec<_>>()).await?);
        self.ask_for_missing(operate, state, &mut there).await?;
        self.find_again(operate, state, &there);
        finish(kind, state, &there);
        let moved = moved(self.plan, state);
        let owners = owners(kind, state, &moved);
        let mut used = BTreeSet::new();
        for (resource, wanted) in &planned {
            let address = moved.get(&resource.address).unwrap_or(&resource.address);
            let recorded = state.resources.get(address);
            used.insert(address.clone());
            let seen = match (wanted, recorded) {
                (None, None) => Seen::Unknowable,
                (None, Some(it)) => self.seen(operate, &owners, &there, &resource.address, &it.properties, recorded),
                (Some(wanted), _) => self.seen(operate, &owners, &there, &resource.address, wanted, recorded),
            };
            if let (Some(wanted), Seen::Object(object)) = (wanted, &seen)
                && operate.relation(wanted, &object.properties) != Relation::Other
            {
                world.alone.insert(resource.address.clone());
            }
            world.seen.insert(resource.address.clone(), seen);
        }
        for (address, recorded) in &state.resources {
            if recorded.kind == kind.name && !used.contains(address) {
                let seen = self.seen(operate, &owners, &there, address, &recorded.properties, Some(recorded));
                world.seen.insert(address.clone(), seen);
            }
        }
        Ok(())
    }

    /// What a resource should be, if what it is found by is known.
    fn wanted(&self, operate: &dyn Operate, resource: &PlannedResource) -> Option<Properties> {
        // What cannot be had is reported by whoever decides.
        let wanted = wanted(resource, self.known, &|_, properties| operate.canonical(properties)).ok()?;
        let found_by = resource
            .kind
            .properties
            .iter()
            .filter(|property| matches!(property.change, Change::Identity | Change::Replace));
        let is_known = found_by.filter_map(|property| wanted.get(property.name)).all(Value::is_known);
        is_known.then_some(wanted)
    }

    /// Asks for recorded objects that the list does not have: it can be behind, or have been asked for other names than they have now.
    async fn ask_for_missing(&self, operate: &dyn Operate, state: &State, there: &mut There) -> Result<(), Fault> {
        let recorded = state.resources.values().filter(|recorded| recorded.kind == operate.kind().name);
        let missing: Vec<&Recorded> = recorded.filter(|recorded| !there.by_id.contains_key(&recorded.id)).collect();
        let mut found = stream::iter(missing)
            .map(|recorded| async { operate.read(&recorded.id, &recorded.properties).await })
            .buffered(AT_ONCE);
        while let Some(object) = found.next().await {
            match object {
                Ok(Some(object)) => there.insert(operate, object),
                // Where it cannot be asked for by itself, the list is believed.
                Ok(None) | Err(Fault::Gone | Fault::Refused { .. } | Fault::Denied { .. } | Fault::Exists(_)) => {}
                Err(fault @ (Fault::Unclear(_) | Fault::Unavailable(_))) => return Err(fault),
            }
        }
        Ok(())
    }

    /// What an unfinished run made belongs to its address. What is not as that run sent it was made by somebody else.
    fn find_again(&self, operate: &dyn Operate, state: &mut State, there: &There) {
        let kind = operate.kind();
        let mut found = Vec::new();
        let owned = owners(kind, state, &BTreeMap::new());
        for (address, about) in &state.pending {
            let Pending::Create { kind: name, properties, depends_on, protected } = about else { continue };
            if name != kind.name {
                continue;
            }
            let made = there.related(operate, properties, Relation::Same);
            let made = made.filter(|object| !owned.contains_key(object.id.as_str()));
            let made = made.map(|object| masked(self.known.vault, kind, object, &[properties]));
            let mut made = made.filter(|object| is_as_wanted(kind, properties, &object.properties, &Properties::new()));
            let (Some(object), None) = (made.next(), made.next()) else { continue };
            let old = state.resources.get(address);
            let leftover = old.map(|old| {
                // It was to replace what is still there.
                if there.by_id.contains_key(&old.id) { old.replaced() } else { old.leftover.clone() }
            });
            let recorded = Recorded {
                kind: kind.name.to_owned(),
                id: object.id,
                properties: properties.clone(),
                outputs: object.outputs,
                depends_on: depends_on.clone(),
                protected: *protected,
                owner: Owner::Ours,
                leftover: leftover.unwrap_or_default(),
            };
            found.push((address.clone(), recorded));
        }
        for (address, recorded) in found {
            state.pending.remove(&address);
            state.resources.insert(address, recorded);
        }
    }

    /// What is there of one resource.
    fn seen(
        &self,
        operate: &dyn Operate,
        owners: &BTreeMap<&str, Address>,
        there: &There,
        address: &Address,
        wanted: &Properties,
        recorded: Option<&Recorded>,
    ) -> Seen {
        let kind = operate.kind();
        let like: Vec<&Properties> =
            [wanted].into_iter().chain(recorded.map(|recorded| &recorded.properties)).collect();
        let seen = match recorded.and_then(|recorded| there.by_id.get(&recorded.id)) {
            Some(object) => Seen::Object(masked(self.known.vault, kind, object, &like)),
            None => self.in_the_way(operate, owners, there, address, &like),
        };
        match &seen {
            Seen::Object(object) => self.known.learn(address, &outputs(kind, object, recorded)),
            Seen::Foreign(objects) => {
                if let [object] = objects.as_slice() {
                    self.known.learn(address, &object.outputs);
                }
            }
            Seen::Absent | Seen::Taken(_) | Seen::Unknowable | Seen::Unasked => {}
        }
        seen
    }

    /// What stands where nothing of ours is. `like` begins with what is wanted.
    fn in_the_way(
        &self,
        operate: &dyn Operate,
        owners: &BTreeMap<&str, Address>,
        there: &There,
        address: &Address,
        like: &[&Properties],
    ) -> Seen {
        let kind = operate.kind();
        let Some(wanted) = like.first() else { return Seen::Absent };
        let mut foreign = Vec::new();
        let mut taken = BTreeSet::new();
        for (object, relation) in there.neighbours(operate, wanted) {
            match owners.get(object.id.as_str()) {
                Some(owner) if owner != address => drop(taken.insert(owner.clone())),
                Some(_) => {}
                None => foreign.push((relation, object)),
            }
        }
        // What is the very same comes before what only cannot stay beside it.
        if foreign.iter().any(|(relation, _)| *relation == Relation::Same) {
            foreign.retain(|(relation, _)| *relation == Relation::Same);
        }
        match (foreign.is_empty(), taken.is_empty()) {
            (false, _) => {
                let objects = foreign.iter().map(|(_, object)| masked(self.known.vault, kind, object, like));
                Seen::Foreign(objects.collect())
            }
            (true, false) => Seen::Taken(taken.into_iter().collect()),
            (true, true) => Seen::Absent,
        }
    }
}

/// What a kind's list is asked for: everything that is planned, was made, or may have been.
fn asked(kind: &KindDecl, planned: &[(&PlannedResource, Option<Properties>)], state: &State) -> Vec<Properties> {
    let wanted = planned.iter().filter_map(|(_, wanted)| wanted.clone());
    let recorded = state.resources.values().filter(|recorded| recorded.kind == kind.name);
    let lost = state.pending.values().filter_map(|pending| match pending {
        Pending::Create { kind: name, properties, .. } if name == kind.name => Some(properties.clone()),
        Pending::Create { .. } | Pending::Update { .. } | Pending::Delete { .. } => None,
    });
    wanted.chain(recorded.map(|recorded| recorded.properties.clone())).chain(lost).collect()
}

/// Whose the objects of a kind are, those that were replaced and are still there included, under the addresses that they get.
fn owners<'s>(kind: &KindDecl, state: &'s State, moved: &BTreeMap<Address, Address>) -> BTreeMap<&'s str, Address> {
    let now: BTreeMap<&Address, &Address> = moved.iter().map(|(now, was)| (was, now)).collect();
    let mut owners = BTreeMap::new();
    for (address, recorded) in state.resources.iter().filter(|(_, recorded)| recorded.kind == kind.name) {
        let address = now.get(address).copied().unwrap_or(address);
        owners.insert(recorded.id.as_str(), address.clone());
        owners.extend(recorded.leftover.iter().map(|leftover| (leftover.id.as_str(), address.clone())));
    }
    owners
}

/// What became of changes and deletions whose answer was lost.
fn finish(kind: &KindDecl, state: &mut State, there: &There) {
    for (address, pending) in &state.pending {
        let Some(recorded) = state.resources.get_mut(address).filter(|recorded| recorded.kind == kind.name) else {
            continue;
        };
        match pending {
            Pending::Create { .. } => {}
            // What the API does not tell may be the old or the new: it has to be sent again, whatever it is to be.
            Pending::Update { id, changed } if recorded.id == *id => {
                let told = there.by_id.get(id).map(|object| &object.properties);
                let is_told = |name: &String| told.is_some_and(|told| told.contains_key(name));
                recorded.properties.retain(|name, _| !changed.contains(name) || is_told(name));
            }
            Pending::Update { .. } => {}
            Pending::Delete { id } => {
                let is_gone = recorded.id == *id && !there.by_id.contains_key(id);
                if is_gone && recorded.leftover.is_empty() {
                    state.resources.remove(address);
                }
            }
        }
    }
}

/// Every kind with what it brings into canonical form.
pub(crate) fn canonical(provider: &Provider) -> impl Fn(&'static KindDecl, &mut Properties) {
    let kinds: BTreeMap<&'static str, Arc<dyn Operate>> =
        provider.kinds.iter().map(|kind| (kind.kind().name, kind.clone())).collect();
    move |decl, properties| {
        if let Some(kind) = kinds.get(decl.name) {
            kind.canonical(properties);
        }
    }
}
