//! A run over one stack: state, lock, plan, execution, in this order.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hlc_change::{Action, ChangeSet, Problem, Question, Scope, Seen, State, StateError, Value, World, changes, moved};
use hlc_plan::{Address, PlannedStack, Stack};

use crate::execute::{Execution, Halt, Now};
use crate::holder::Holder;
use crate::journal::{Entry, Journal, JournalError, recover};
use crate::known::{Known, Others, stack_of};
use crate::observe::{ObserveError, Observer, canonical};
use crate::operate::Provider;
use crate::store::{Guard, Store, StoreError, Stored, Version};
use crate::vault::{Vault, VaultError, random};
use crate::watch::{Ended, Stop, Watch};

mod upkeep;

pub use upkeep::{Drift, Rebuilt, UpkeepError, UpkeepOr};

/// The state of a stack as it is kept, with what an unfinished run left behind.
pub struct Session {
    store: Arc<dyn Store>,
    stack: Stack,
    /// What was made.
    pub state: State,
    /// The state as the store has it.
    stored: State,
    version: Option<Version>,
    /// True when there is a journal.
    has_journal: bool,
    guard: Option<Box<dyn Guard>>,
}

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store does not do as it is told.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state cannot be used.
    #[error("{place} cannot be used: {error}")]
    State {
        /// The document, as people know it.
        place: String,
        /// Why.
        error: StateError,
    },
    /// The journal cannot be used.
    #[error("{place} cannot be used: {error}")]
    Journal {
        /// The document, as people know it.
        place: String,
        /// Why.
        error: JournalError,
    },
    /// Secrets cannot be used.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// What is there cannot be looked at.
    #[error(transparent)]
    Observe(#[from] ObserveError),
    /// Something stands against it.
    #[error("{} things stand against it", .0.len())]
    Problems(Vec<Problem>),
    /// What was planned is no longer what has to be done.
    #[error("something has changed since this was planned")]
    Moved {
        /// What would have to be done now.
        now: Box<ChangeSet>,
    },
}

impl EngineError {
    /// What to do, where that follows from the error alone. Nothing that is there is ever lost by it: states can be found again.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::State { error: StateError::Newer(_), .. } => Some("use the newer hlc"),
            Self::State { error: StateError::OtherStack(_), .. } => Some("put the state of this stack there"),
            Self::State { error: StateError::Malformed(_) | StateError::Checksum, .. } => Some(
                "put the older writing back that is kept beside it, or make it anew from what is there with `hlc state rebuild`",
            ),
            Self::Journal { error: JournalError::OlderState { .. } | JournalError::OtherState, .. } => Some(
                "put the state back that it follows on, or move it away and make the state anew with `hlc state rebuild`",
            ),
            Self::Journal { error: JournalError::Damaged(_), .. } => Some(
                "move it away and run again: what that run made and the state does not know yet is then found, and can be taken over \
                 with `hlc import`",
            ),
            Self::Store(_) | Self::Vault(_) | Self::Observe(_) | Self::Problems(_) | Self::Moved { .. } => None,
        }
    }
}

/// How a run is made.
pub struct How<'a> {
    /// The vendor's API.
    pub provider: &'a Provider,
    /// What should exist.
    pub plan: &'a PlannedStack,
    /// Plain values of secrets.
    pub vault: &'a Vault,
    /// What other stacks have.
    pub others: &'a Others,
    /// Which part of the stack it is about.
    pub scope: &'a Scope,
    /// False when the state is believed and nothing is looked at.
    pub refresh: bool,
}

/// How a run is carried out.
pub struct Carrying<'a> {
    /// How many requests are under way at once.
    pub parallel: usize,
    /// Is told how far it is.
    pub watch: &'a dyn Watch,
    /// Ends it.
    pub stop: &'a Stop,
    /// How long the first wait is before an answer is looked for again.
    pub patience: Duration,
}

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// How each change ended; what was nothing to do is left out.
    pub ended: BTreeMap<Address, Ended>,
    /// Why nothing more was begun.
    pub halted: Option<Halt>,
    /// Why the state could not be written. The journal has what was done, and the next run takes it from there.
    pub unsaved: Option<StoreError>,
}

impl Outcome {
    /// True when everything was carried out and written down.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.unsaved.is_none() && self.halted.is_none() && self.ended.values().all(|ended| *ended == Ended::Done)
    }
}

impl Session {
    /// Reads the state of a stack and takes in what an unfinished run left in the journal. Nothing is locked or written.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub async fn open(store: Arc<dyn Store>, stack: Stack) -> Result<Self, EngineError> {
        let name = state_name(stack);
        let (stored, journal) = read(&*store, stack).await?;
        let mut state = match &stored {
            Some(stored) => State::read(stack, &stored.bytes)
                .map_err(|error| EngineError::State { place: store.place(&name), error })?,
            None => State::new(stack, lineage()?),
        };
        let before = state.clone();
        if let Some(journal) = &journal {
            recover(&mut state, stored.is_some(), &journal.bytes)
                .map_err(|error| EngineError::Journal { place: store.place(&journal_name(stack)), error })?;
        }
        let version = stored.map(|stored| stored.version);
        Ok(Self { store, stack, state, stored: before, version, has_journal: journal.is_some(), guard: None })
    }

    /// [`Session::open`] under the lock of the stack, which is held until [`Session::close`].
    ///
    /// # Errors
    /// See [`EngineError`]; [`StoreError::Locked`] names whoever holds the lock.
    pub async fn locked(store: Arc<dyn Store>, stack: Stack, what: &str) -> Result<Self, EngineError> {
        let guard = store.lock(&lock_name(stack), &Holder::this(what)).await?;
        let opened = Self::open(store, stack).await;
        match opened {
            Ok(session) => Ok(Self { guard: Some(guard), ..session }),
            Err(error) => {
                guard.free().await?;
                Err(error)
            }
        }
    }

    /// Frees the lock.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn close(mut self) -> Result<(), EngineError> {
        if let Some(guard) = self.guard.take() {
            guard.free().await?;
        }
        Ok(())
    }

    /// What an unfinished run was about to do, and nobody knows whether it did.
    pub fn unfinished(&self) -> impl Iterator<Item = &Address> {
        self.state.pending.keys()
    }

    /// The key of the fingerprints, as the state keeps it.
    #[must_use]
    pub fn sealed_key(&self) -> Option<&str> {
        self.state.key.as_deref()
    }

    /// What has to be done. What an unfinished run has made is found on the way.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub async fn plan(&mut self, how: &How<'_>) -> Result<ChangeSet, EngineError> {
        self.unseal(how.vault);
        let known = Known::new(self.stack, how.vault, how.others);
        let world = if how.refresh {
            let observer = Observer { provider: how.provider, plan: how.plan, known: &known };
            observer.look(&mut self.state).await?
        } else {
            self.believed(how.plan, &known)
        };
        let canonical = canonical(how.provider);
        let question = Question {
            plan: how.plan,
            state: &self.state,
            world: &world,
            lookup: &known,
            kinds: &how.provider.decls(),
            canonical: &canonical,
            scope: how.scope,
        };
        changes(&question).map_err(EngineError::Problems)
    }

    /// Opens what the state keeps sealed: an API may have told it only once.
    fn unseal(&self, vault: &Vault) {
        for (secret, sealed) in &self.state.sealed {
            if vault.plain(secret).is_none() {
                vault.open(sealed);
            }
        }
    }

    /// The world as the state has it.
    fn believed(&self, plan: &PlannedStack, known: &Known<'_>) -> World {
        let planned = plan.resources.iter().map(|resource| &resource.address);
        let seen = planned.chain(self.state.resources.keys()).map(|address| (address.clone(), Seen::Unasked));
        for (address, recorded) in &self.state.resources {
            known.learn(address, &recorded.outputs);
        }
        for (address, was) in moved(plan, &self.state) {
            if let Some(recorded) = self.state.resources.get(&was) {
                known.learn(&address, &recorded.outputs);
            }
        }
        World { seen: seen.collect(), ..World::default() }
    }

    /// Carries out what was planned: looks again first, and when that gives anything else than what was planned, does nothing.
    ///
    /// # Errors
    /// See [`EngineError`]; nothing was done then.
    pub async fn apply(
        &mut self,
        how: &How<'_>,
        planned: &ChangeSet,
        carrying: &Carrying<'_>,
    ) -> Result<Outcome, EngineError> {
        let now = self.plan(how).await?;
        if hlc_change::digest(&now) != hlc_change::digest(planned) {
            return Err(EngineError::Moved { now: Box::new(now) });
        }
        self.carry_out(how, &now, carrying).await
    }

    async fn carry_out(
        &mut self,
        how: &How<'_>,
        changes: &ChangeSet,
        carrying: &Carrying<'_>,
    ) -> Result<Outcome, EngineError> {
        let known = Known::new(self.stack, how.vault, how.others);
        if uses_secrets(changes) {
            let key = how.vault.sealed_key()?;
            self.state.key.get_or_insert(key);
        }
        self.take_up().await?;
        let begin = Entry::Begin {
            lineage: self.state.lineage.clone(),
            serial: self.state.serial,
            key: self.state.key.clone(),
        };
        let (journal, writing) = Journal::new(self.store.clone(), journal_name(self.stack), &begin);
        let execution = Execution {
            provider: how.provider,
            planned: how.plan.resources.iter().map(|resource| (&resource.address, resource)).collect(),
            known: &known,
            journal,
            watch: carrying.watch,
            stop: carrying.stop,
            parallel: carrying.parallel.max(1),
            guard: self.guard.as_deref(),
            patience: carrying.patience,
            now: Mutex::new(Now::new(self.state.clone())),
        };
        let running = async {
            execution.run(changes).await;
            // The writer ends with the journal.
            let Execution { now, journal, .. } = execution;
            (now.into_inner().unwrap_or_else(PoisonError::into_inner), journal.is_used())
        };
        let ((now, is_journal_used), ()) = tokio::join!(running, writing);
        let Now { mut state, ended, halted, .. } = now;
        state.tidy();
        self.state = state;
        self.has_journal |= is_journal_used;
        let unsaved = self.settle().await.err();
        Ok(Outcome { ended, halted, unsaved })
    }

    /// Brings what an unfinished run left behind into the state, so that the next journal follows on it.
    async fn take_up(&mut self) -> Result<(), StoreError> {
        if self.has_journal {
            self.settle().await?;
        }
        if self.has_journal { self.drop_journal().await } else { Ok(()) }
    }

    /// Writes the state if it says something new, and removes the journal.
    async fn settle(&mut self) -> Result<(), StoreError> {
        if self.state != self.stored {
            return self.save().await;
        }
        if self.has_journal {
            // It says nothing that the state does not, and the next run removes it.
            let _ = self.drop_journal().await;
        }
        Ok(())
    }

    async fn drop_journal(&mut self) -> Result<(), StoreError> {
        self.store.remove(&journal_name(self.stack)).await?;
        self.has_journal = false;
        Ok(())
    }

    /// Writes the state, and then removes the journal.
    ///
    /// # Errors
    /// Those of the store; the journal is still there then.
    pub async fn save(&mut self) -> Result<(), StoreError> {
        self.state.serial += 1;
        let name = state_name(self.stack);
        match self.store.write(&name, &self.state.write(), self.version.as_ref()).await {
            Ok(version) => self.version = Some(version),
            Err(error) => {
                self.state.serial -= 1;
                return Err(error);
            }
        }
        self.stored = self.state.clone();
        // A journal that stays is of an older writing, and the next run removes it.
        let _ = self.drop_journal().await;
        Ok(())
    }
}

/// A state and the journal that follows on it. Without a lock another run may be writing both: they are read until the state did not
/// change in between.
async fn read(store: &dyn Store, stack: Stack) -> Result<(Option<Stored>, Option<Stored>), StoreError> {
    const TRIES: u32 = 5;
    let name = state_name(stack);
    let mut stored = store.read(&name).await?;
    for _ in 0..TRIES {
        let journal = store.read(&journal_name(stack)).await?;
        let again = store.read(&name).await?;
        let is_same = again.as_ref().map(|stored| &stored.version) == stored.as_ref().map(|stored| &stored.version);
        if is_same {
            return Ok((stored, journal));
        }
        stored = again;
    }
    let why = "another run keeps writing it".to_owned();
    Err(StoreError::Failed { place: store.place(&name), why })
}

/// Whether carrying changes out puts secrets, or fingerprints of them, into the state.
fn uses_secrets(changes: &ChangeSet) -> bool {
    let mut found = false;
    for change in &changes.changes {
        change.wanted.values().for_each(|value| value.each_secret(&mut |_| found = true));
        let goes = matches!(change.action, Action::Delete | Action::Forget);
        found |= !goes && change.kind.outputs.iter().any(|output| output.secret);
    }
    found
}

/// What the stacks have that a stack asks for, from their states.
///
/// # Errors
/// When a state is there and cannot be read.
pub async fn others(store: &Arc<dyn Store>, plan: &PlannedStack, vault: &Vault) -> Result<Others, EngineError> {
    let mut others = Others::default();
    let asked = plan.resources.iter().flat_map(|resource| &resource.depends_on).filter_map(stack_of);
    for stack in asked.filter(|stack| *stack != plan.stack) {
        if others.stacks.contains_key(&stack) {
            continue;
        }
        let session = Session::open(store.clone(), stack).await?;
        if session.state.resources.is_empty() {
            continue;
        }
        let outputs = session.state.resources.iter().map(|(address, recorded)| {
            let outputs = recorded.outputs.iter();
            let opened = outputs.map(|(name, value)| (name.clone(), opened(value, &session.state, vault)));
            (address.clone(), opened.collect())
        });
        others.stacks.insert(stack, Ok(outputs.collect()));
    }
    Ok(others)
}

/// A value of another state with the fingerprints of this vault.
fn opened(value: &Value, state: &State, vault: &Vault) -> Value {
    match value {
        Value::Secret(secret) => match state.sealed.get(secret).and_then(|sealed| vault.open(sealed)) {
            Some(opened) => Value::Secret(opened),
            None => value.clone(),
        },
        Value::List(items) => Value::List(items.iter().map(|item| opened(item, state, vault)).collect()),
        Value::Map(map) => {
            Value::Map(map.iter().map(|(key, item)| (key.clone(), opened(item, state, vault))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => value.clone(),
    }
}

/// The document that a stack's state is kept in.
#[must_use]
pub fn state_name(stack: Stack) -> String {
    format!("{stack}.json")
}

/// The document that its journal is kept in.
#[must_use]
pub fn journal_name(stack: Stack) -> String {
    format!("{stack}.journal")
}

/// The name of its lock.
#[must_use]
pub fn lock_name(stack: Stack) -> String {
    format!("{stack}.lock")
}

fn lineage() -> Result<String, VaultError> {
    let mut bytes = [0; 16];
    random(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
