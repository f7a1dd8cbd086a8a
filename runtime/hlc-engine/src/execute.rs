//! Carrying changes out: in the order they need, side by side as far as that goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use hlc_change::{Action, Change, ChangeSet, Pending, State};
use hlc_plan::{Address, PlannedStack};

use crate::batch;
use crate::journal::{Entry, Journal};
use crate::known::Known;
use crate::operate::{Fault, Operate, Provider};
use crate::vault::Vault;
use crate::watch::{Ended, Stop, Watch};

/// Carries a set of changes out.
pub(crate) struct Execution<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) plan: &'a PlannedStack,
    pub(crate) known: &'a Known<'a>,
    pub(crate) journal: Journal,
    pub(crate) watch: &'a dyn Watch,
    pub(crate) stop: &'a Stop,
    /// How many requests are under way at once.
    pub(crate) parallel: usize,
    /// What was about to be made when an earlier run ended.
    pub(crate) pending: &'a BTreeMap<Address, Pending>,
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
    /// Why nothing more is begun.
    pub(crate) halted: Option<Halt>,
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
}

/// Why a change was not carried out, as it goes on its way up.
pub(crate) enum Trouble {
    /// What the API says, or what was found out about it.
    Fault(Fault),
    /// The journal cannot be written; nothing was sent.
    Journal(String),
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
        let mut waiting: Vec<&Change> = changes.changes.iter().filter(|change| self.is_open(change)).collect();
        let mut running: FuturesUnordered<LocalBoxFuture<'_, ()>> = FuturesUnordered::new();
        let mut busy = 0;
        loop {
            self.skip(&mut waiting);
            if self.is_halted() {
                for change in waiting.drain(..) {
                    self.end(change, Ended::NotTried, Instant::now());
                }
            }
            for together in
                batch::ready(self.provider, &mut waiting, |change| self.is_ready(change), self.parallel - busy)
            {
                busy += 1;
                running.push(Box::pin(self.carry_out(together)));
            }
            match running.next().await {
                Some(()) => busy -= 1,
                None => break,
            }
        }
        for change in waiting {
            // Nothing runs and it is not ready: what it waits for was left out of this run.
            self.end(change, Ended::NotTried, Instant::now());
        }
        self.clear_leftovers(changes).await;
    }

    /// Writes down what needs no request: new addresses, what is as it should be, what is forgotten.
    async fn settle(&self, changes: &ChangeSet) {
        let mut entries = Vec::new();
        for change in &changes.changes {
            let mut now = self.now();
            let address = &change.address;
            let mut moved = None;
            if let Some(was) = &change.moved_from
                && let Some(recorded) = now.state.resources.remove(was)
            {
                now.state.resources.insert(address.clone(), recorded);
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
        if !entries.is_empty()
            && let Err(error) = self.journal.write(&entries).await
        {
            self.now().halted = Some(Halt::Journal(error.to_string()));
        }
    }

    /// True for what asks the API.
    fn is_open(&self, change: &Change) -> bool {
        match change.action {
            Action::None | Action::Forget => false,
            Action::Adopt => !change.fields.is_empty(),
            Action::Create | Action::Update | Action::Replace { .. } | Action::Delete => true,
        }
    }

    fn is_halted(&self) -> bool {
        if self.stop.is_asked() {
            self.now().halted.get_or_insert(Halt::Stopped);
        }
        self.now().halted.is_some()
    }

    fn is_ready(&self, change: &Change) -> bool {
        let now = self.now();
        change.after.iter().all(|address| now.ended.get(address) == Some(&Ended::Done))
    }

    /// Ends what waits for something that failed.
    fn skip(&self, waiting: &mut Vec<&Change>) {
        loop {
            let before = waiting.len();
            waiting.retain(|change| {
                let failed = {
                    let now = self.now();
                    let failed = |address: &&Address| !matches!(now.ended.get(*address), None | Some(Ended::Done));
                    change.after.iter().find(failed).cloned()
                };
                match failed {
                    // What was not tried because the run ends fails nobody.
                    Some(address) if self.now().ended.get(&address) == Some(&Ended::NotTried) => true,
                    Some(address) => {
                        self.end(change, Ended::Skipped(address), Instant::now());
                        false
                    }
                    None => true,
                }
            });
            if waiting.len() == before {
                return;
            }
        }
    }

    pub(crate) fn end(&self, change: &Change, ended: Ended, since: Instant) {
        self.watch.ended(change, &ended, since.elapsed());
        self.now().ended.insert(change.address.clone(), ended);
    }

    /// Carries changes out that are ready, together where there are several.
    async fn carry_out(&self, together: Vec<&Change>) {
        let since = Instant::now();
        together.iter().for_each(|change| self.watch.started(change));
        let alone = match together.as_slice() {
            [_] => together,
            several => batch::carry_out(self, several, since).await,
        };
        for change in alone {
            let ended = match self.operate(change) {
                Some(operate) => self.ended(self.one(&**operate, change).await),
                None => Ended::Failed {
                    message: format!("this program cannot make a {}", change.kind.name),
                    help: None,
                    unclear: false,
                },
            };
            self.end(change, ended, since);
        }
    }

    pub(crate) fn operate(&self, change: &Change) -> Option<&'a Arc<dyn Operate>> {
        self.provider.kind(change.kind.name)
    }

    /// What came of something, and what follows for the rest of the run.
    pub(crate) fn ended(&self, result: Result<(), Trouble>) -> Ended {
        let fault = match result {
            Ok(()) => return Ended::Done,
            Err(Trouble::Journal(why)) => {
                let message = format!("what is about to be done could not be written down, so it was not done: {why}");
                self.now().halted.get_or_insert(Halt::Journal(why));
                return Ended::Failed { message, help: None, unclear: false };
            }
            Err(Trouble::Fault(fault)) => fault,
        };
        let message = fault.to_string();
        match fault {
            Fault::Refused { help, .. } => Ended::Failed { message, help, unclear: false },
            Fault::Denied { help, .. } => {
                self.now().halted.get_or_insert(Halt::Denied);
                Ended::Failed { message, help: Some(help), unclear: false }
            }
            Fault::Exists(_) | Fault::Gone | Fault::Unavailable(_) => {
                Ended::Failed { message, help: None, unclear: false }
            }
            Fault::Unclear(_) => Ended::Failed {
                message,
                help: Some("run it again: hlc looks for what may have been done before it does anything".to_owned()),
                unclear: true,
            },
        }
    }

    /// Deletes what replacements left behind, once whatever used it has the new one.
    async fn clear_leftovers(&self, changes: &'a ChangeSet) {
        for change in &changes.changes {
            let leftover = match self.now().state.resources.get(&change.address) {
                Some(recorded) => recorded.leftover.clone(),
                None => continue,
            };
            let users = changes.changes.iter().filter(|user| user.depends_on.contains(&change.address));
            let is_unused = {
                let now = self.now();
                let mut users = users.filter(|user| user.action != Action::None);
                users.all(|user| now.ended.get(&user.address) == Some(&Ended::Done))
            };
            let is_chosen = change.action != Action::None || !change.leftover.is_empty();
            if leftover.is_empty() || !is_chosen || !is_unused || self.is_halted() {
                continue;
            }
            let Some(operate) = self.operate(change) else { continue };
            let since = Instant::now();
            for id in leftover {
                if let Err(trouble) = self.delete_leftover(&**operate, change, &id).await {
                    let ended = self.ended(Err(trouble));
                    self.end(change, ended, since);
                }
            }
        }
    }
}
