//! Looking at what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hlc_change::{Object, Owner, Pending, Properties, Recorded, Seen, State, Value, World, resolve_all};
use hlc_plan::{Address, Change, KindDecl, PlannedResource, PlannedStack, Secrecy};

use crate::known::Known;
use crate::operate::{Fault, Operate, Provider, Relation};
use crate::vault::Vault;

/// Looks at everything that is planned or was made.
pub(crate) struct Observer<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) plan: &'a PlannedStack,
    pub(crate) known: &'a Known<'a>,
}

/// What was found.
pub(crate) struct Observed {
    pub(crate) world: World,
    /// Objects that an earlier run made without being able to write it down.
    pub(crate) found_again: Vec<(Address, Recorded)>,
    /// What an earlier run was about to delete, and is gone.
    pub(crate) surely_deleted: Vec<Address>,
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

/// Something to look for.
struct Sought<'a> {
    address: Address,
    /// What it should be; what it was, if it is no longer planned.
    wanted: Properties,
    id: Option<&'a str>,
}

impl Observer<'_> {
    /// Asks each kind once.
    ///
    /// # Errors
    /// See [`ObserveError`].
    pub(crate) async fn look(
        &self,
        state: &State,
        pending: &BTreeMap<Address, Pending>,
    ) -> Result<Observed, ObserveError> {
        let mut observed = Observed { world: World::default(), found_again: Vec::new(), surely_deleted: Vec::new() };
        for operate in &self.provider.kinds {
            self.look_at(&**operate, state, pending, &mut observed).await?;
        }
        Ok(observed)
    }

    async fn look_at(
        &self,
        operate: &dyn Operate,
        state: &State,
        pending: &BTreeMap<Address, Pending>,
        observed: &mut Observed,
    ) -> Result<(), ObserveError> {
        let kind = operate.kind();
        let mut sought = Vec::new();
        let mut used = BTreeSet::new();
        for resource in self.plan.resources.iter().filter(|resource| std::ptr::eq(resource.kind, kind)) {
            let recorded = recorded_of(resource, state);
            used.extend(recorded.map(|(address, _)| address));
            match (self.wanted(operate, resource), recorded) {
                (Some(wanted), recorded) => sought.push(Sought {
                    address: resource.address.clone(),
                    wanted,
                    id: recorded.map(|(_, recorded)| recorded.id.as_str()),
                }),
                (None, Some((_, recorded))) => sought.push(Sought {
                    address: resource.address.clone(),
                    wanted: recorded.properties.clone(),
                    id: Some(&recorded.id),
                }),
                (None, None) => drop(observed.world.seen.insert(resource.address.clone(), Seen::Unknowable)),
            }
        }
        for (address, recorded) in &state.resources {
            if recorded.kind == kind.name && !used.contains(address) {
                let wanted = recorded.properties.clone();
                sought.push(Sought { address: address.clone(), wanted, id: Some(&recorded.id) });
            }
        }
        let lost: Vec<(&Address, &Pending)> = pending.iter().filter(|(_, about)| is_of(about, kind, state)).collect();
        if sought.is_empty() && lost.is_empty() {
            return Ok(());
        }
        let mut asked: Vec<&Properties> = sought.iter().map(|sought| &sought.wanted).collect();
        asked.extend(lost.iter().filter_map(|(_, about)| match about {
            Pending::Create { properties, .. } => Some(properties),
            Pending::Update { .. } | Pending::Delete { .. } => None,
        }));
        let objects = operate.list(&asked).await.map_err(|fault| ObserveError { kind: kind.name, fault })?;
        let there = There::new(operate, objects);
        let mut owners: BTreeMap<&str, &Address> = state
            .resources
            .iter()
            .filter(|(_, recorded)| recorded.kind == kind.name)
            .map(|(address, recorded)| (recorded.id.as_str(), address))
            .collect();
        // What an unfinished run made belongs to its address before anything else is looked at.
        let mut found: BTreeMap<Address, Object> = BTreeMap::new();
        for (address, about) in &lost {
            match about {
                Pending::Create { properties, depends_on, protected, .. } => {
                    let made = there.related(operate, properties, Relation::Same);
                    let mut made = made.filter(|object| !owners.contains_key(object.id.as_str()));
                    if let (Some(object), None) = (made.next(), made.next()) {
                        let object = masked(self.known.vault, kind, object, properties);
                        observed.found_again.push((
                            (*address).clone(),
                            Recorded {
                                kind: kind.name.to_owned(),
                                id: object.id.clone(),
                                properties: properties.clone(),
                                outputs: object.outputs.clone(),
                                depends_on: depends_on.clone(),
                                protected: *protected,
                                owner: Owner::Ours,
                                leftover: leftover(state, address),
                            },
                        ));
                        found.insert((*address).clone(), object);
                    }
                }
                Pending::Delete { id } => {
                    let recorded = state.resources.get(*address);
                    if recorded.is_some_and(|recorded| recorded.id == *id) && !there.by_id.contains_key(id.as_str()) {
                        observed.surely_deleted.push((*address).clone());
                    }
                }
                Pending::Update { .. } => {}
            }
        }
        for (address, object) in &found {
            owners.insert(&object.id, address);
        }
        for sought in &sought {
            let object = sought.id.and_then(|id| there.by_id.get(id));
            let seen = match (found.get(&sought.address), object) {
                (Some(object), _) => Seen::Object(object.clone()),
                (None, Some(object)) => Seen::Object(masked(self.known.vault, kind, object, &sought.wanted)),
                (None, None) => self.in_the_way(operate, &there, sought, &owners),
            };
            match &seen {
                Seen::Object(object) => self.known.learn(&sought.address, &object.outputs),
                Seen::Foreign(objects) => {
                    if let [object] = objects.as_slice() {
                        self.known.learn(&sought.address, &object.outputs);
                    }
                }
                Seen::Absent | Seen::Taken(_) | Seen::Unknowable | Seen::Unasked => {}
            }
            observed.world.seen.insert(sought.address.clone(), seen);
        }
        Ok(())
    }

    /// What a resource should be, if what it is found by is known.
    fn wanted(&self, operate: &dyn Operate, resource: &PlannedResource) -> Option<Properties> {
        // What cannot be had is reported by whoever decides.
        let mut wanted = resolve_all(&resource.properties, self.known).ok()?;
        operate.canonical(&mut wanted);
        let found_by = resource
            .kind
            .properties
            .iter()
            .filter(|property| matches!(property.change, Change::Identity | Change::Replace));
        let is_known = found_by.filter_map(|property| wanted.get(property.name)).all(Value::is_known);
        is_known.then_some(wanted)
    }

    /// What stands where nothing of ours is.
    fn in_the_way(
        &self,
        operate: &dyn Operate,
        there: &There,
        sought: &Sought<'_>,
        owners: &BTreeMap<&str, &Address>,
    ) -> Seen {
        let mut foreign = Vec::new();
        let mut taken = Vec::new();
        for (object, relation) in there.neighbours(operate, &sought.wanted) {
            match owners.get(object.id.as_str()) {
                Some(owner) if **owner != sought.address => taken.push((*owner).clone()),
                Some(_) => {}
                None => foreign.push((relation, object)),
            }
        }
        // What is the very same comes before what only cannot stay beside it.
        if foreign.iter().any(|(relation, _)| *relation == Relation::Same) {
            foreign.retain(|(relation, _)| *relation == Relation::Same);
        }
        let kind = operate.kind();
        match (foreign.is_empty(), taken.is_empty()) {
            (false, _) => Seen::Foreign(
                foreign.iter().map(|(_, object)| masked(self.known.vault, kind, object, &sought.wanted)).collect(),
            ),
            (true, false) => Seen::Taken(taken),
            (true, true) => Seen::Absent,
        }
    }
}

fn leftover(state: &State, address: &Address) -> Vec<String> {
    state.resources.get(address).map(|recorded| recorded.leftover.clone()).unwrap_or_default()
}

/// What the state says of a planned resource, under its address or the one that it had.
fn recorded_of<'s>(resource: &PlannedResource, state: &'s State) -> Option<(&'s Address, &'s Recorded)> {
    state
        .resources
        .get_key_value(&resource.address)
        .or_else(|| resource.was.as_ref().and_then(|was| state.resources.get_key_value(&was.value)))
}

fn is_of(pending: &Pending, decl: &KindDecl, state: &State) -> bool {
    match pending {
        Pending::Create { kind, .. } => kind == decl.name,
        Pending::Update { id } | Pending::Delete { id } => {
            state.resources.values().any(|recorded| recorded.kind == decl.name && recorded.id == *id)
        }
    }
}

/// The objects of a kind.
pub(crate) struct There {
    pub(crate) by_id: BTreeMap<String, Object>,
    by_key: BTreeMap<String, Vec<String>>,
}

impl There {
    pub(crate) fn new(operate: &dyn Operate, objects: Vec<Object>) -> Self {
        let mut by_key: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut by_id = BTreeMap::new();
        for object in objects {
            let key = operate.key(&object.properties);
            // A page that moved while it was read can hold an object twice.
            if by_id.insert(object.id.clone(), object.clone()).is_none() {
                by_key.entry(key).or_default().push(object.id);
            }
        }
        Self { by_id, by_key }
    }

    fn neighbours<'t>(
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

/// An object with fingerprints in place of what is secret in it.
pub(crate) fn masked(vault: &Vault, kind: &KindDecl, object: &Object, wanted: &Properties) -> Object {
    let mut masked = object.clone();
    for (name, value) in &mut masked.properties {
        match kind.property(name).map(|property| property.secrecy) {
            Some(Secrecy::Secret) => hide(vault, value, None),
            Some(Secrecy::Parts) => {
                if let Some(wanted) = wanted.get(name) {
                    hide(vault, value, Some(wanted));
                }
            }
            Some(Secrecy::Open) | None => {}
        }
    }
    for (name, value) in &mut masked.outputs {
        if kind.output(name).is_some_and(|output| output.secret) {
            hide(vault, value, None);
        }
    }
    masked
}

/// Puts fingerprints in place of texts: of all, or of those that are secret in `like`.
fn hide(vault: &Vault, value: &mut Value, like: Option<&Value>) {
    match (value, like) {
        (value @ Value::Text(_), None | Some(Value::Secret(_))) => {
            if let Some(text) = value.as_text() {
                *value = Value::Secret(vault.keep(text.to_owned().into()));
            }
        }
        (Value::List(items), None) => items.iter_mut().for_each(|item| hide(vault, item, None)),
        (Value::Map(map), None) => map.values_mut().for_each(|item| hide(vault, item, None)),
        (Value::List(items), Some(Value::List(like))) => {
            items.iter_mut().zip(like).for_each(|(item, like)| hide(vault, item, Some(like)));
        }
        (Value::Map(map), Some(Value::Map(like))) => {
            for (key, item) in map {
                if let Some(like) = like.get(key) {
                    hide(vault, item, Some(like));
                }
            }
        }
        _ => {}
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
