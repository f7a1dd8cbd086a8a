//! Carrying changes out: in the order they need, side by side as far as that goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use hlc_change::{Action, Change, ChangeSet, Reason, State};
use hlc_plan::{Address, PlannedResource};

use crate::batch;
use crate::journal::{Entry, Journal};
use crate::known::Known;
use crate::operate::{Fault, Operate, Provider};
use crate::queue::Queue;
use crate::store::Guard;
use crate::vault::Vault;
use crate::watch::{Ended, Stop, Watch};

/// Carries a set of changes out.
pub(crate) struct Execution<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) planned: BTreeMap<&'a Address, &'a PlannedResource>,
    pub(crate) known: &'a Known<'a>,
    pub(crate) journal: Journal,
    pub(crate) watch: &'a dyn Watch,
    pub(crate) stop: &'a Stop,
    /// How many requests are under way at once.
    pub(crate) parallel: usize,
    /// The lock that the run is made under.
    pub(crate) guard: Option<&'a dyn Guard>,
    /// How long the first wait is before an answer is looked for again; each next one is twice as long.
    pub(crate) patience: Duration,
    pub(crate) now: Mutex<Now>,
}

/// What is so by now.
pub(crate) struct Now {
    pub(crate) state: State,
    pub(crate) ended: BTreeMap<Address, Ended>,
    /// Objects that this run has deleted: a list may still show them for a while.
    pub(crate) deleted: BTreeSet<String>,
    /// Addresses at which something may have been made without a clear answer, in this run or an earlier one.
    pub(crate) unclear: BTreeSet<Address>,
    /// Why nothing more is begun.
    pub(crate) halted: Option<Halt>,
}

impl Now {
    pub(crate) fn new(state: State) -> Self {
        let (ended, deleted, unclear) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        Self { state, ended, deleted, unclear, halted: None }
    }
}

/// Why nothing more is begun.
#[derive(Clone, Debug, PartialEq)]
pub enum Halt {
    /// Whoever runs it asked.
    Stopped,
    /// The login is not accepted.
    Denied,
    /// The journal cannot be written.
    Journal(String),
    /// Somebody else may hold the lock of the stack by now.
    LockLost,
}

/// Why a change was not carried out, as it goes on its way up.
pub(crate) enum Trouble {
    /// What the API says, or what was found out about it.
    Fault(Fault),
    /// Nothing more is begun, and so nothing was sent.
    Halted(Halt),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<'a> Execution<'a> {
    pub(crate) fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn vault(&self) -> &'a Vault {
        self.known.vault
    }

    /// Carries everything out that can be.
    pub(crate) async fn run(&self, changes: &'a ChangeSet) {
        self.settle(changes).await;
        if !self.is_halted() {
            self.look_for_lost(changes).await;
        }
        let open = changes.changes.iter().filter(|change| self.is_open(change));
        let mut queue = Queue::new(open, |address| self.now().ended.get(address) == Some(&Ended::Done));
        let failed: Vec<Address> = {
            let now = self.now();
            now.ended.iter().filter(|(_, ended)| **ended != Ended::Done).map(|(address, _)| address.clone()).collect()
        };
        failed.iter().for_each(|address| self.skip(&mut queue, address));
        let mut running: FuturesUnordered<LocalBoxFuture<'_, Vec<&Change>>> = FuturesUnordered::new();
        loop {
            if self.is_halted() {
                queue.drain().into_iter().for_each(|change| self.end(change, Ended::NotTried, Instant::now()));
            }
            for together in queue.take(self.provider, self.parallel.saturating_sub(running.len())) {
                running.push(Box::pin(async {
                    self.carry_out(&together).await;
                    together
                }));
            }
            let Some(together) = running.next().await else { break };
            for change in together {
                let is_done = self.now().ended.get(&change.address) == Some(&Ended::Done);
                if is_done { queue.done(&change.address) } else { self.skip(&mut queue, &change.address) }
            }
        }
        // Nothing runs, and these are not ready: what they wait for was left out of this run.
        queue.drain().into_iter().for_each(|change| self.end(change, Ended::NotTried, Instant::now()));
        self.clear_leftovers(changes).await;
    }

    /// Ends what waits for something that failed. What was not tried because the run ends fails nobody.
    fn skip(&self, queue: &mut Queue<'_>, address: &Address) {
        if self.now().ended.get(address) != Some(&Ended::NotTried) {
            for (change, needs) in queue.failed(address) {
                self.end(change, Ended::Skipped(needs), Instant::now());
            }
        }
    }

    /// Writes down what needs no request: new addresses, what is as it should be, what is forgotten.
    async fn settle(&self, changes: &ChangeSet) {
        let mut entries = Vec::new();
        for change in &changes.changes {
            let mut now = self.now();
            let address = &change.address;
            let mut moved = None;
            if let Some(was) = &change.moved_from {
                now.state.rename(was, address);
                moved = Some(was.as_str().to_owned());
            }
            let recorded = match (&change.settled, change.action) {
                (Some(settled), _) if now.state.resources.get(address) != Some(settled) => {
                    self.keep(&mut now.state, settled);
                    Some(settled.clone())
                }
                (Some(settled), _) => moved.is_some().then(|| settled.clone()),
                (None, Action::Forget) => {
                    now.state.resources.remove(address);
                    entries.push(Entry::Done {
                        address: address.as_str().to_owned(),
                        recorded: None,
                        moved_from: None,
                        sealed: BTreeMap::new(),
                    });
                    now.ended.insert(address.clone(), Ended::Done);
                    None
                }
                (None, _) => moved.is_some().then(|| now.state.resources.get(address).cloned()).flatten(),
            };
            if let Some(recorded) = recorded {
                now.state.resources.insert(address.clone(), recorded.clone());
                let sealed = self.sealed(&now.state, &recorded);
                entries.push(Entry::Done {
                    address: address.as_str().to_owned(),
                    recorded: Some(Box::new(recorded)),
                    moved_from: moved,
                    sealed,
                });
            }
            if let Some(recorded) = now.state.resources.get(address) {
                self.known.learn(address, &recorded.outputs);
            }
            let is_done = !change.asks_api() || change.action == Action::None;
            if is_done && change.action != Action::None || change.moved_from.is_some() && change.action == Action::None
            {
                now.ended.insert(address.clone(), Ended::Done);
            }
        }
        self.write_done(&entries).await;
    }

    /// True for what asks the API.
    fn is_open(&self, change: &Change) -> bool {
        match change.action {
            Action::None | Action::Forget => false,
            Action::Adopt => !change.fields.is_empty(),
            Action::Create | Action::Update | Action::Replace { .. } | Action::Delete => {
                !self.now().ended.contains_key(&change.address)
            }
        }
    }

    fn is_halted(&self) -> bool {
        if self.stop.is_asked() {
            self.now().halted.get_or_insert(Halt::Stopped);
        }
        self.now().halted.is_some()
    }

    pub(crate) fn end(&self, change: &Change, ended: Ended, since: Instant) {
        self.watch.ended(change, &ended, since.elapsed());
        self.now().ended.insert(change.address.clone(), ended);
    }

    /// Carries changes out that are ready, together where there are several.
    async fn carry_out(&self, together: &[&Change]) {
        let since = Instant::now();
        together.iter().for_each(|change| self.watch.started(change));
        let alone = match together {
            [one] => vec![*one],
            several => batch::carry_out(self, several, since).await,
        };
        for change in alone {
            if together.len() > 1 && self.is_halted() {
                self.end(change, self.not_begun(change), since);
                continue;
            }
            let ended = match self.operate(change) {
                Some(operate) => self.ended(change, self.one(&**operate, change).await),
                None => Ended::Failed {
                    message: format!("this program cannot make a {}", change.kind.name),
                    help: None,
                    unclear: false,
                },
            };
            self.end(change, ended, since);
        }
    }

    /// How a change ends that was to be carried out after others of its group.
    fn not_begun(&self, change: &Change) -> Ended {
        if self.now().state.pending.contains_key(&change.address) {
            return self
                .ended(change, Err(Fault::Unclear("whether it was carried out is not known".to_owned()).into()));
        }
        Ended::NotTried
    }

    pub(crate) fn operate(&self, change: &Change) -> Option<&'a Arc<dyn Operate>> {
        self.provider.kind(change.kind.name)
    }

    /// What came of something, and what follows for the rest of the run.
    pub(crate) fn ended(&self, change: &Change, result: Result<(), Trouble>) -> Ended {
        let fault = match result {
            Ok(()) => return Ended::Done,
            Err(Trouble::Halted(halt)) => {
                let message = halt.to_string();
                self.now().halted.get_or_insert(halt);
                return Ended::Failed { message, help: None, unclear: false };
            }
            Err(Trouble::Fault(fault)) => fault,
        };
        let message = fault.to_string();
        // What was unclear once is, whatever was answered after.
        let is_unclear = matches!(fault, Fault::Unclear(_)) || self.now().unclear.contains(&change.address);
        let again = || Some("run it again: hlc looks for what may have been done before it does anything".to_owned());
        let help = match fault {
            Fault::Refused { help, .. } => help,
            Fault::Denied { help, .. } => {
                self.now().halted.get_or_insert(Halt::Denied);
                Some(help)
            }
            Fault::Unclear(_) | Fault::Exists(_) | Fault::Gone | Fault::Unavailable(_) => {
                if is_unclear {
                    again()
                } else {
                    None
                }
            }
        };
        Ended::Failed { message, help, unclear: is_unclear }
    }

    /// Deletes what replacements left behind, once whatever used it has the new one.
    async fn clear_leftovers(&self, changes: &'a ChangeSet) {
        let used_by = |used: &Address, user: &Change| {
            let recorded = self
                .now()
                .state
                .resources
                .get(&user.address)
                .map(|recorded| recorded.depends_on.contains(used.as_str()));
            user.depends_on.contains(used) || recorded.unwrap_or(false)
        };
        for change in changes.changes.iter().filter(|change| change.reason != Reason::OutOfScope) {
            let leftover = match self.now().state.resources.get(&change.address) {
                Some(recorded) if !recorded.leftover.is_empty() => recorded.leftover.clone(),
                Some(_) | None => continue,
            };
            let mut users = changes.changes.iter().filter(|user| used_by(&change.address, user));
            // Who was left out of this run still has the old one.
            let is_unused = users.all(|user| match user.action {
                Action::None => user.reason != Reason::OutOfScope,
                Action::Create
                | Action::Adopt
                | Action::Update
                | Action::Replace { .. }
                | Action::Delete
                | Action::Forget => self.now().ended.get(&user.address) == Some(&Ended::Done),
            });
            if !is_unused || self.is_halted() {
                continue;
            }
            let Some(operate) = self.operate(change) else { continue };
            let since = Instant::now();
            let mut result = Ok(());
            for leftover in leftover {
                result = self.delete_leftover(&**operate, change, &leftover).await;
                if result.is_err() {
                    break;
                }
            }
            let has_ended = self.now().ended.contains_key(&change.address);
            if result.is_err() || !has_ended {
                let ended = self.ended(change, result);
                self.end(change, ended, since);
            }
        }
    }
}

impl std::fmt::Display for Halt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stopped => f.write_str("the run was asked to end"),
            Self::Denied => f.write_str("the login is not accepted"),
            Self::Journal(why) => {
                write!(f, "what is about to be done could not be written down, so it was not done: {why}")
            }
            Self::LockLost => f.write_str("the lock of the stack was lost, so nothing more is done"),
        }
    }
}
