//! Looking after a state: drift, taking over, other addresses, making it anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use hlc_change::{
    FieldChange, Object, Owner, Properties, Recorded, Seen, State, Value, World, drift, moved, outputs, wanted,
};
use hlc_plan::{Address, Change, Ownership, PlannedResource, Stack};

use super::{EngineError, How, Session, lineage, lock_name, state_name};
use crate::holder::Holder;
use crate::known::Known;
use crate::observe::{Observer, masked};
use crate::operate::Fault;
use crate::store::Store;

/// What somebody else has done to what was made.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    /// What differs from what was set last, by address.
    pub changed: BTreeMap<Address, Vec<FieldChange>>,
    /// What is gone.
    pub gone: Vec<Address>,
}

/// What making a state anew found.
#[derive(Clone, Debug, Default)]
pub struct Rebuilt {
    /// What is as the homelab says, and is ours again.
    pub taken: Vec<Address>,
    /// What is there and is not as the homelab says, with its ids: whose it is cannot be told.
    pub doubtful: BTreeMap<Address, Vec<String>>,
    /// What is not there.
    pub absent: Vec<Address>,
}

/// Why a state is not changed as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpkeepError {
    /// The homelab has no such resource.
    #[error("the homelab has no `{0}`")]
    NotPlanned(String),
    /// The state has no such resource.
    #[error("the state has no `{0}`")]
    NotRecorded(String),
    /// The state has it already.
    #[error("the state has `{0}` already")]
    Recorded(String),
    /// There is no such object.
    #[error("there is no {kind} `{id}`")]
    NoObject {
        /// The kind.
        kind: &'static str,
        /// What it was said to be called.
        id: String,
    },
    /// The object is another one.
    #[error("`{id}` is not `{address}`: {why}")]
    Another {
        /// The resource.
        address: String,
        /// The object.
        id: String,
        /// What differs.
        why: String,
    },
    /// A resource keeps its stack and its kind.
    #[error("`{from}` cannot become `{to}`: a resource keeps its stack and its kind")]
    OtherKind {
        /// What it is called.
        from: String,
        /// What it was to be called.
        to: String,
    },
    /// What the resource needs is not known.
    #[error("`{address}` cannot be looked for: {why}")]
    Unknown {
        /// The resource.
        address: String,
        /// What is not known.
        why: String,
    },
    /// The API does not answer.
    #[error("{0}")]
    Fault(Fault),
}

impl Session {
    /// A state of which nothing is known, under the lock, to be written over whatever there is. What there is is kept beside it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn fresh(store: Arc<dyn Store>, stack: Stack, what: &str) -> Result<Self, EngineError> {
        let guard = store.lock(&lock_name(stack), &Holder::this(what)).await?;
        let stored = store.read(&state_name(stack)).await?;
        // A line of states goes on where it can be read, so that plans of before are told from those of after.
        let old = stored.as_ref().and_then(|stored| State::read(stack, &stored.bytes).ok());
        let mut state = State::new(stack, lineage()?);
        if let Some(old) = old {
            state.serial = old.serial;
        }
        let version = stored.map(|stored| stored.version);
        let stored = State::new(stack, String::new());
        Ok(Self { store, stack, state, stored, version, has_journal: true, guard: Some(guard) })
    }

    /// What was made, as it is now. Outputs are taken into the state, and what is gone is taken out of it; what was set stays
    /// written down as it was, so that the next plan says what somebody else has changed.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub async fn refresh(&mut self, how: &How<'_>) -> Result<Drift, EngineError> {
        let world = self.look(how).await?;
        let kinds = how.provider.decls();
        let mut found = Drift::default();
        let moved = moved(how.plan, &self.state);
        let renamed: BTreeMap<&Address, &Address> = moved.iter().map(|(now, was)| (was, now)).collect();
        let addresses: Vec<Address> = self.state.resources.keys().cloned().collect();
        for address in addresses {
            let seen = world.at(renamed.get(&address).copied().unwrap_or(&address));
            match seen {
                Seen::Absent | Seen::Taken(_) | Seen::Foreign(_) => {
                    let looked_up = self.state.resources.get(&address).is_some_and(|it| it.owner == Owner::LookedUp);
                    if !looked_up {
                        found.gone.push(address.clone());
                    }
                    let has_leftover = self.state.resources.get(&address).is_some_and(|it| !it.leftover.is_empty());
                    if !has_leftover && (!matches!(seen, Seen::Foreign(_)) || !looked_up) {
                        self.state.resources.remove(&address);
                    }
                }
                Seen::Object(object) => {
                    if let Some(recorded) = self.state.resources.get_mut(&address) {
                        if let Some(kind) = kinds.get(recorded.kind.as_str()) {
                            let changed = drift(kind, &recorded.properties, &object.properties);
                            if !changed.is_empty() {
                                found.changed.insert(address.clone(), changed);
                            }
                        }
                        if let Some(kind) = kinds.get(recorded.kind.as_str()) {
                            recorded.outputs = outputs(kind, object, Some(recorded));
                        }
                    }
                }
                Seen::Unknowable | Seen::Unasked => {}
            }
        }
        Ok(found)
    }

    async fn look(&mut self, how: &How<'_>) -> Result<World, EngineError> {
        let known = Known::new(self.stack, how.vault, how.others);
        let observer = Observer { provider: how.provider, plan: how.plan, known: &known };
        Ok(observer.look(&mut self.state).await?)
    }

    /// Takes an object over as a resource of the homelab. Nothing is changed about it.
    ///
    /// # Errors
    /// See [`UpkeepError`], [`EngineError`].
    pub async fn import(&mut self, how: &How<'_>, address: &str, id: &str) -> Result<Address, UpkeepOr> {
        let resource = planned(how, address)?;
        if self.state.resources.contains_key(&resource.address) {
            return Err(UpkeepError::Recorded(resource.address.to_string()).into());
        }
        // What it lies in is looked at first: its id may be needed.
        let known = Known::new(self.stack, how.vault, how.others);
        let observer = Observer { provider: how.provider, plan: how.plan, known: &known };
        observer.look(&mut self.state).await.map_err(EngineError::from)?;
        let canonical = crate::observe::canonical(how.provider);
        let wanted = wanted(resource, &known, &canonical)
            .map_err(|(_, why)| UpkeepError::Unknown { address: resource.address.to_string(), why: why.message })?;
        let operate = how.provider.kind(resource.kind.name);
        let Some(operate) = operate else { return Err(UpkeepError::NotPlanned(address.to_owned()).into()) };
        let object = operate.read(id, &wanted).await.map_err(UpkeepError::Fault)?;
        let object = object.ok_or_else(|| UpkeepError::NoObject { kind: resource.kind.name, id: id.to_owned() })?;
        let taken = self.state.resources.iter().find(|(_, it)| it.kind == resource.kind.name && it.id == object.id);
        if let Some((owner, _)) = taken {
            let why = format!("it is `{owner}`");
            let (address, id) = (resource.address.to_string(), id.to_owned());
            return Err(UpkeepError::Another { address, id, why }.into());
        }
        let object = masked(how.vault, resource.kind, &object, &[&wanted]);
        if let Some(why) = other_identity(resource, &wanted, &object) {
            let (address, id) = (resource.address.to_string(), id.to_owned());
            return Err(UpkeepError::Another { address, id, why }.into());
        }
        let recorded = recorded(resource, &wanted, &object);
        self.state.resources.insert(resource.address.clone(), recorded);
        Ok(resource.address.clone())
    }

    /// Takes in everything that is there and is as the homelab says. For a state that was lost.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub async fn rebuild(&mut self, how: &How<'_>) -> Result<Rebuilt, EngineError> {
        let known = Known::new(self.stack, how.vault, how.others);
        let observer = Observer { provider: how.provider, plan: how.plan, known: &known };
        let world = observer.look(&mut self.state).await?;
        let canonical = crate::observe::canonical(how.provider);
        let mut rebuilt = Rebuilt::default();
        for resource in &how.plan.resources {
            let address = &resource.address;
            let objects = match world.at(address) {
                Seen::Foreign(objects) => objects.clone(),
                Seen::Object(object) => vec![object.clone()],
                Seen::Absent | Seen::Taken(_) | Seen::Unknowable | Seen::Unasked => {
                    rebuilt.absent.push(address.clone());
                    continue;
                }
            };
            let wanted = wanted(resource, &known, &canonical);
            let same = |object: &&Object, wanted: &Properties| {
                resource.ownership != Ownership::Managed || drift(resource.kind, wanted, &object.properties).is_empty()
            };
            match (&wanted, objects.as_slice()) {
                (Ok(wanted), [object]) if same(&object, wanted) => {
                    self.state.resources.insert(address.clone(), recorded(resource, wanted, object));
                    rebuilt.taken.push(address.clone());
                }
                _ => {
                    let ids = objects.iter().map(|object| object.id.clone()).collect();
                    rebuilt.doubtful.insert(address.clone(), ids);
                }
            }
        }
        Ok(rebuilt)
    }

    /// Gives a record another address.
    ///
    /// # Errors
    /// See [`UpkeepError`].
    pub fn rename(&mut self, from: &str, to: &str) -> Result<(Address, Address), UpkeepError> {
        let from = self.address(from)?;
        let to = Address::new(if to.contains('/') { to.to_owned() } else { format!("{}/{to}", self.stack) });
        let kind = |address: &Address| {
            let name = address.as_str().split_once('/').map_or("", |(_, name)| name);
            name.split('.').next().unwrap_or_default().to_owned()
        };
        if self.state.resources.contains_key(&to) {
            return Err(UpkeepError::Recorded(to.to_string()));
        }
        if kind(&from) != kind(&to) || !to.as_str().starts_with(&format!("{}/", self.stack)) {
            return Err(UpkeepError::OtherKind { from: from.to_string(), to: to.to_string() });
        }
        self.state.rename(&from, &to);
        Ok((from, to))
    }

    /// Forgets a record. The object stays.
    ///
    /// # Errors
    /// See [`UpkeepError`].
    pub fn forget(&mut self, address: &str) -> Result<Address, UpkeepError> {
        let address = self.address(address)?;
        self.state.resources.remove(&address);
        Ok(address)
    }

    /// The address of a record, with or without the stack's name.
    ///
    /// # Errors
    /// [`UpkeepError::NotRecorded`].
    pub fn address(&self, text: &str) -> Result<Address, UpkeepError> {
        let whole = [Address::new(text), Address::new(format!("{}/{text}", self.stack))];
        let found = whole.into_iter().find(|address| self.state.resources.contains_key(address));
        found.ok_or_else(|| UpkeepError::NotRecorded(text.to_owned()))
    }
}

/// Why a state is not changed, or cannot be.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepOr {
    /// It is not changed.
    #[error(transparent)]
    Upkeep(#[from] UpkeepError),
    /// It cannot be.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

fn planned<'p>(how: &How<'p>, address: &str) -> Result<&'p PlannedResource, UpkeepError> {
    let whole = format!("{}/{address}", how.plan.stack);
    let found = how.plan.resources.iter().find(|it| it.address.as_str() == address || it.address.as_str() == whole);
    found.ok_or_else(|| UpkeepError::NotPlanned(address.to_owned()))
}

/// What of an object says that it is not what is wanted.
fn other_identity(resource: &PlannedResource, wanted: &Properties, object: &Object) -> Option<String> {
    let found_by = resource.kind.properties.iter().filter(|property| property.change == Change::Identity);
    let mut differing = found_by.filter_map(|property| {
        let (wanted, there) = (wanted.get(property.name)?, object.properties.get(property.name)?);
        (wanted != there && wanted.is_known()).then(|| format!("its {} is {there}, not {wanted}", property.name))
    });
    differing.next()
}

/// The record of an object that is taken over: only what the homelab speaks of is written down as set.
fn recorded(resource: &PlannedResource, wanted: &Properties, object: &Object) -> Recorded {
    let set = wanted.keys().filter_map(|name| Some((name.clone(), object.properties.get(name)?.clone())));
    let set = set.filter(|(_, value)| *value != Value::Null);
    Recorded {
        kind: resource.kind.name.to_owned(),
        id: object.id.clone(),
        properties: set.collect(),
        outputs: object.outputs.clone(),
        depends_on: resource.depends_on.iter().map(|address| address.as_str().to_owned()).collect(),
        protected: resource.protected,
        owner: Owner::from(resource.ownership),
        leftover: Vec::new(),
    }
}
