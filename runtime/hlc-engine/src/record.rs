//! What was done, and what is about to be: in the journal, and in the state at hand.

use std::collections::BTreeMap;

use hlc_change::{Action, Change, Fingerprint, Object, Owner, Pending, Properties, Recorded, State, outputs};
use hlc_plan::Address;

use crate::execute::{Execution, Halt, Trouble};
use crate::journal::Entry;
use crate::observe::masked;
use crate::operate::{Fault, Operate};

/// What was made of an object, as it is written down.
pub(crate) struct Made<'m> {
    pub(crate) object: &'m Object,
    pub(crate) wanted: &'m Properties,
}

impl Execution<'_> {
    /// Writes down what is about to be done.
    pub(crate) async fn intend(&self, about: &[(&Change, Pending)]) -> Result<(), Trouble> {
        if self.guard.is_some_and(|guard| !guard.is_held()) {
            self.now().halted.get_or_insert(Halt::LockLost);
        }
        if let Some(halt @ (Halt::Journal(_) | Halt::LockLost)) = &self.now().halted {
            return Err(Trouble::Halted(halt.clone()));
        }
        let entries: Vec<Entry> = about
            .iter()
            .map(|(change, pending)| Entry::Intent {
                address: change.address.as_str().to_owned(),
                pending: pending.clone(),
            })
            .collect();
        let written = self.journal.write(&entries).await;
        written.map_err(|error| Trouble::Halted(Halt::Journal(error.to_string())))?;
        let mut now = self.now();
        for (change, pending) in about {
            now.state.pending.insert(change.address.clone(), pending.clone());
        }
        Ok(())
    }

    /// Writes down that something was certainly not done. What was unclear once stays as it is, whatever came after: the next run
    /// looks for it.
    pub(crate) async fn not_done(&self, change: &Change, fault: Fault) -> Trouble {
        let is_certain = !matches!(fault, Fault::Unclear(_)) && !self.now().unclear.contains(&change.address);
        if is_certain {
            self.dismiss([&change.address]).await;
        }
        Trouble::Fault(fault)
    }

    /// Nothing is pending at these addresses any more.
    pub(crate) async fn dismiss(&self, addresses: impl IntoIterator<Item = &Address>) {
        let mut entries = Vec::new();
        for address in addresses {
            self.now().state.pending.remove(address);
            entries.push(Entry::Failed { address: address.as_str().to_owned() });
        }
        self.write_done(&entries).await;
    }

    /// Writes down what was made, in the state and the journal. `None` is for what is gone.
    pub(crate) async fn record(&self, operate: &dyn Operate, made: &[(&Change, Option<Made<'_>>)]) {
        let mut entries = Vec::new();
        for (change, made) in made {
            let recorded = made.as_ref().map(|made| self.recorded(operate, change, made));
            entries.push(self.write_state(&change.address, recorded));
        }
        self.write_done(&entries).await;
    }

    fn recorded(&self, operate: &dyn Operate, change: &Change, made: &Made<'_>) -> Recorded {
        let object = masked(self.vault(), operate.kind(), made.object, &[made.wanted]);
        let now = self.now();
        let old = now.state.resources.get(&change.address);
        let leftover = old.map(|old| {
            let stays = change.action == Action::Replace { create_first: true } && old.id != object.id;
            if stays { old.replaced() } else { old.leftover.clone() }
        });
        let outputs = outputs(operate.kind(), &object, old);
        Recorded {
            kind: change.kind.name.to_owned(),
            id: object.id,
            properties: made.wanted.clone(),
            outputs,
            depends_on: change.depends_on.iter().map(|address| address.as_str().to_owned()).collect(),
            protected: change.protected,
            owner: Owner::from(change.ownership),
            leftover: leftover.unwrap_or_default(),
        }
    }

    /// Takes a record into the state, or out of it, and gives the line of the journal that says so.
    pub(crate) fn write_state(&self, address: &Address, recorded: Option<Recorded>) -> Entry {
        let mut now = self.now();
        let mut sealed = BTreeMap::new();
        now.state.pending.remove(address);
        match &recorded {
            Some(recorded) => {
                self.known.learn(address, &recorded.outputs);
                self.keep(&mut now.state, recorded);
                sealed = self.sealed(&now.state, recorded);
                now.state.resources.insert(address.clone(), recorded.clone());
            }
            None => drop(now.state.resources.remove(address)),
        }
        let (address, recorded) = (address.as_str().to_owned(), recorded.map(Box::new));
        Entry::Done { address, recorded, moved_from: None, sealed }
    }

    /// Takes a record out of the state.
    pub(crate) async fn forget(&self, change: &Change) {
        let entry = self.write_state(&change.address, None);
        self.write_done(&[entry]).await;
    }

    /// Writes down what was done. When that fails, the intent in the journal leads the next run to it, and nothing more is begun.
    pub(crate) async fn write_done(&self, entries: &[Entry]) {
        if let Err(error) = self.journal.write(entries).await {
            self.now().halted.get_or_insert(Halt::Journal(error.to_string()));
        }
    }

    /// Seals what a record has of secrets into the state: values of outputs, and the key of the fingerprints.
    pub(crate) fn keep(&self, state: &mut State, recorded: &Recorded) {
        let mut secrets: Vec<Fingerprint> = Vec::new();
        recorded.outputs.values().for_each(|value| value.each_secret(&mut |secret| secrets.push(secret.clone())));
        for secret in secrets {
            if !state.sealed.contains_key(&secret)
                && let Ok(sealed) = self.vault().seal(&secret)
            {
                state.sealed.insert(secret, sealed);
            }
        }
    }

    /// What the state keeps sealed of a record.
    pub(crate) fn sealed(&self, state: &State, recorded: &Recorded) -> BTreeMap<Fingerprint, String> {
        let mut sealed = BTreeMap::new();
        recorded.outputs.values().for_each(|value| {
            value.each_secret(&mut |secret| {
                if let Some(text) = state.sealed.get(secret) {
                    sealed.insert(secret.clone(), text.clone());
                }
            });
        });
        sealed
    }
}
