//! One change at its API: written down, sent, and found out about when the answer says nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use hlc_change::{
    Action, Change, Fingerprint, Object, Owner, Pending, Properties, Recorded, State, Value, resolve_all,
};

use crate::execute::{Execution, Halt, Trouble};
use crate::journal::Entry;
use crate::observe::{There, masked};
use crate::operate::{Body, Fault, Operate, Relation};

/// How often something is looked for or tried again before it is given up.
const TRIES: u32 = 6;

/// What was made of an object, as it is written down.
pub(crate) struct Made<'m> {
    pub(crate) object: &'m Object,
    pub(crate) wanted: &'m Properties,
    pub(crate) leftover: Vec<String>,
}

impl Execution<'_> {
    /// Carries one change out.
    pub(crate) async fn one(&self, operate: &dyn Operate, change: &Change) -> Result<(), Trouble> {
        match (change.action, &change.id) {
            (Action::None | Action::Forget, _) => Ok(()),
            (Action::Create, _) => self.create(operate, change, Vec::new()).await,
            (Action::Update | Action::Adopt, Some(id)) => self.update(operate, change, id).await,
            (Action::Delete, Some(id)) => {
                self.delete(operate, change, id).await?;
                self.forget(change).await
            }
            (Action::Replace { create_first: true }, Some(id)) => self.create(operate, change, vec![id.clone()]).await,
            (Action::Replace { create_first: false }, Some(id)) => {
                self.delete(operate, change, id).await?;
                self.forget(change).await?;
                self.create(operate, change, Vec::new()).await
            }
            (Action::Update | Action::Adopt | Action::Delete | Action::Replace { .. }, None) => Err(Fault::Gone.into()),
        }
    }

    /// What should be, now that what it depends on is there.
    pub(crate) fn wanted(&self, operate: &dyn Operate, change: &Change) -> Result<Properties, Fault> {
        if change.wanted.values().all(Value::is_known) {
            return Ok(change.wanted.clone());
        }
        let resource = self.plan.resources.iter().find(|resource| resource.address == change.address);
        let Some(resource) = resource else { return Ok(change.wanted.clone()) };
        let mut wanted = resolve_all(&resource.properties, self.known)
            .map_err(|(_, why)| Fault::Refused { message: why.message, help: Some(why.help) })?;
        operate.canonical(&mut wanted);
        Ok(wanted)
    }

    /// What is sent, and the names of what differs.
    pub(crate) fn body(&self, change: &Change, wanted: &Properties) -> Result<(Body, Vec<String>), Fault> {
        let refused = |message| Fault::Refused { message, help: None };
        let mut body = self.vault().body(wanted).map_err(refused)?;
        let mut changed: Vec<String> = Vec::new();
        for field in &change.fields {
            if !changed.iter().any(|name| name == field.property) {
                changed.push(field.property.to_owned());
            }
            if !wanted.contains_key(field.property) {
                body.0.insert(field.property.to_owned(), serde_json::Value::Null);
            }
        }
        Ok((body, changed))
    }

    pub(crate) fn about_to_create(&self, change: &Change, wanted: &Properties) -> Pending {
        Pending::Create {
            kind: change.kind.name.to_owned(),
            properties: wanted.clone(),
            depends_on: change.depends_on.iter().map(|address| address.as_str().to_owned()).collect(),
            protected: change.protected,
        }
    }

    async fn create(&self, operate: &dyn Operate, change: &Change, leftover: Vec<String>) -> Result<(), Trouble> {
        let wanted = self.wanted(operate, change)?;
        let (body, _) = self.body(change, &wanted)?;
        self.intend(&[(change, self.about_to_create(change, &wanted))]).await?;
        match self.made(operate, change, &wanted, &body).await {
            Ok(object) => {
                self.record(operate, &[(change, Some(Made { object: &object, wanted: &wanted, leftover }))]).await;
                Ok(())
            }
            Err(fault) => Err(self.not_done(change, fault).await),
        }
    }

    /// Makes an object. One that an earlier, unclear attempt has made is found and not made again.
    async fn made(
        &self,
        operate: &dyn Operate,
        change: &Change,
        wanted: &Properties,
        body: &Body,
    ) -> Result<Object, Fault> {
        let mut may_be_ours = self.pending.contains_key(&change.address);
        let mut last = Fault::Gone;
        for attempt in 0..TRIES {
            last = match operate.create(body).await {
                Ok(object) => return Ok(object),
                Err(Fault::Unclear(why)) => {
                    may_be_ours = true;
                    self.watch.note(change, &format!("{why}; looking for what it has made"));
                    if let Some(object) = self.find(operate, change, wanted, &why).await? {
                        return Ok(object);
                    }
                    Fault::Unclear(why)
                }
                Err(Fault::Exists(why)) => match self.same(operate, wanted).await?.as_slice() {
                    [object] if may_be_ours => return Ok(object.clone()),
                    // What was deleted a moment ago can be in the way for a while, and so can what a list does not show yet.
                    [] => {
                        self.watch.note(change, &format!("{why}, but it is not there: waiting for it to go"));
                        Fault::Exists(why)
                    }
                    objects => return Err(in_the_way(change, objects, &why)),
                },
                Err(fault) => return Err(fault),
            };
            self.wait(attempt).await;
        }
        Err(last)
    }

    /// Looks for what an unclear attempt may have made, for a while: a list can be behind.
    pub(crate) async fn find(
        &self,
        operate: &dyn Operate,
        change: &Change,
        wanted: &Properties,
        why: &str,
    ) -> Result<Option<Object>, Fault> {
        for attempt in 0..3 {
            if attempt > 0 {
                self.wait(attempt).await;
            }
            let found = self.same(operate, wanted).await;
            match found.as_deref() {
                Ok([object]) => return Ok(Some(object.clone())),
                Ok([]) => {}
                Ok(several) => return Err(in_the_way(change, several, why)),
                Err(fault) => {
                    return Err(Fault::Unclear(format!("{why}; what it has made could not be looked for: {fault}")));
                }
            }
        }
        Ok(None)
    }

    /// The objects that are what is wanted and belong to nothing else of ours.
    async fn same(&self, operate: &dyn Operate, wanted: &Properties) -> Result<Vec<Object>, Fault> {
        let there = There::new(operate, operate.list(&[wanted]).await?);
        let now = self.now();
        let is_ours = |object: &Object| {
            let mut recorded = now.state.resources.values();
            recorded
                .any(|it| it.kind == operate.kind().name && (it.id == object.id || it.leftover.contains(&object.id)))
        };
        let free = there.related(operate, wanted, Relation::Same);
        Ok(free.filter(|object| !is_ours(object) && !now.deleted.contains(&object.id)).cloned().collect())
    }

    async fn update(&self, operate: &dyn Operate, change: &Change, id: &str) -> Result<(), Trouble> {
        let wanted = self.wanted(operate, change)?;
        let (body, changed) = self.body(change, &wanted)?;
        self.intend(&[(change, Pending::Update { id: id.to_owned() })]).await?;
        let mut last = Fault::Gone;
        for attempt in 0..TRIES {
            let found = match operate.update(id, &body, &changed).await {
                Ok(object) => Ok(object),
                Err(Fault::Unclear(why)) => {
                    self.watch.note(change, &format!("{why}; looking at what it has changed"));
                    self.read_back(operate, change, id, &wanted, why).await
                }
                Err(fault) => return Err(self.not_done(change, fault).await),
            };
            match found {
                Ok(object) => {
                    let leftover = self.now().state.resources.get(&change.address).map(|it| it.leftover.clone());
                    let made = Made { object: &object, wanted: &wanted, leftover: leftover.unwrap_or_default() };
                    self.record(operate, &[(change, Some(made))]).await;
                    return Ok(());
                }
                Err(fault @ Fault::Unclear(_)) => last = fault,
                Err(fault) => return Err(self.not_done(change, fault).await),
            }
            self.wait(attempt).await;
        }
        Err(last.into())
    }

    /// The object, if it is as wanted by now.
    pub(crate) async fn read_back(
        &self,
        operate: &dyn Operate,
        change: &Change,
        id: &str,
        wanted: &Properties,
        why: String,
    ) -> Result<Object, Fault> {
        match operate.read(id, wanted).await {
            Ok(Some(object)) => {
                let seen = masked(self.vault(), change.kind, &object, wanted);
                let is_done = change.fields.iter().all(|field| {
                    match (wanted.get(field.property), seen.properties.get(field.property)) {
                        (Some(wanted), Some(seen)) => covers(seen, wanted),
                        (None, Some(seen)) => *seen == Value::Null,
                        // The API does not tell: it has to be sent again.
                        (_, None) => false,
                    }
                });
                if is_done { Ok(object) } else { Err(Fault::Unclear(why)) }
            }
            Ok(None) => Err(Fault::Gone),
            Err(fault) => Err(Fault::Unclear(format!("{why}; what it has changed could not be read: {fault}"))),
        }
    }

    /// Deletes an object; one that is gone already is as good.
    async fn delete(&self, operate: &dyn Operate, change: &Change, id: &str) -> Result<(), Trouble> {
        self.intend(&[(change, Pending::Delete { id: id.to_owned() })]).await?;
        match self.gone(operate, change, id).await {
            Ok(()) => Ok(()),
            Err(fault) => Err(self.not_done(change, fault).await),
        }
    }

    pub(crate) async fn gone(&self, operate: &dyn Operate, change: &Change, id: &str) -> Result<(), Fault> {
        let recorded = self.now().state.resources.get(&change.address).map(|recorded| recorded.properties.clone());
        let recorded = recorded.unwrap_or_default();
        let mut last = Fault::Gone;
        for attempt in 0..TRIES {
            match operate.delete(id, &recorded).await {
                Ok(()) | Err(Fault::Gone) => {
                    self.now().deleted.insert(id.to_owned());
                    return Ok(());
                }
                Err(Fault::Unclear(why)) => {
                    self.watch.note(change, &format!("{why}; looking whether it is still there"));
                    match operate.read(id, &recorded).await {
                        Ok(None) | Err(Fault::Gone) => {
                            self.now().deleted.insert(id.to_owned());
                            return Ok(());
                        }
                        Ok(Some(_)) => last = Fault::Unclear(why),
                        Err(fault) => {
                            return Err(Fault::Unclear(format!(
                                "{why}; whether it is still there could not be read: {fault}"
                            )));
                        }
                    }
                }
                Err(fault) => return Err(fault),
            }
            self.wait(attempt).await;
        }
        Err(last)
    }

    pub(crate) async fn delete_leftover(
        &self,
        operate: &dyn Operate,
        change: &Change,
        id: &str,
    ) -> Result<(), Trouble> {
        self.gone(operate, change, id).await?;
        let recorded = {
            let mut now = self.now();
            let recorded = now.state.resources.get_mut(&change.address);
            recorded.map(|recorded| {
                recorded.leftover.retain(|left| left != id);
                recorded.clone()
            })
        };
        self.write_done(&[Entry::Done {
            address: change.address.as_str().to_owned(),
            recorded: recorded.map(Box::new),
            moved_from: None,
            sealed: BTreeMap::new(),
        }])
        .await;
        Ok(())
    }

    /// Waits before another attempt; not at all once the run is to end.
    async fn wait(&self, attempt: u32) {
        let wait = self.patience.saturating_mul(1 << attempt.min(6)).min(Duration::from_secs(15));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.stop.asked() => {}
        }
    }

    /// Writes down what is about to be done.
    pub(crate) async fn intend(&self, about: &[(&Change, Pending)]) -> Result<(), Trouble> {
        if let Some(Halt::Journal(why)) = &self.now().halted {
            return Err(Trouble::Journal(why.clone()));
        }
        let entries: Vec<Entry> = about
            .iter()
            .map(|(change, pending)| Entry::Intent {
                address: change.address.as_str().to_owned(),
                pending: pending.clone(),
            })
            .collect();
        self.journal.write(&entries).await.map_err(|error| Trouble::Journal(error.to_string()))
    }

    /// Writes down that something was certainly not done. What is unclear stays as it is: the next run looks for it.
    pub(crate) async fn not_done(&self, change: &Change, fault: Fault) -> Trouble {
        if !matches!(fault, Fault::Unclear(_)) {
            self.write_done(&[Entry::Failed { address: change.address.as_str().to_owned() }]).await;
        }
        Trouble::Fault(fault)
    }

    /// Writes down what was made, in the state and the journal. `None` is for what is gone.
    pub(crate) async fn record(&self, operate: &dyn Operate, made: &[(&Change, Option<Made<'_>>)]) {
        let mut entries = Vec::new();
        for (change, made) in made {
            let recorded = made.as_ref().map(|made| {
                let object = masked(self.vault(), operate.kind(), made.object, made.wanted);
                Recorded {
                    kind: change.kind.name.to_owned(),
                    id: object.id,
                    properties: made.wanted.clone(),
                    outputs: object.outputs,
                    depends_on: change.depends_on.iter().map(|address| address.as_str().to_owned()).collect(),
                    protected: change.protected,
                    owner: Owner::from(change.ownership),
                    leftover: made.leftover.clone(),
                }
            });
            let mut now = self.now();
            let mut sealed = BTreeMap::new();
            match &recorded {
                Some(recorded) => {
                    self.known.learn(&change.address, &recorded.outputs);
                    self.keep(&mut now.state, recorded);
                    sealed = self.sealed(&now.state, recorded);
                    now.state.resources.insert(change.address.clone(), recorded.clone());
                }
                None => drop(now.state.resources.remove(&change.address)),
            }
            entries.push(Entry::Done {
                address: change.address.as_str().to_owned(),
                recorded: recorded.map(Box::new),
                moved_from: None,
                sealed,
            });
        }
        self.write_done(&entries).await;
    }

    async fn forget(&self, change: &Change) -> Result<(), Trouble> {
        self.now().state.resources.remove(&change.address);
        self.write_done(&[Entry::Done {
            address: change.address.as_str().to_owned(),
            recorded: None,
            moved_from: None,
            sealed: BTreeMap::new(),
        }])
        .await;
        Ok(())
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

/// True when everything that is wanted is there; maps may have more.
fn covers(there: &Value, wanted: &Value) -> bool {
    if let (Value::Map(there), Value::Map(wanted)) = (there, wanted) {
        return wanted.iter().all(|(key, wanted)| there.get(key).is_some_and(|there| covers(there, wanted)));
    }
    there == wanted
}

fn in_the_way(change: &Change, objects: &[Object], why: &str) -> Fault {
    let ids: Vec<&str> = objects.iter().map(|object| object.id.as_str()).collect();
    let (address, ids) = (&change.address, ids.join(", "));
    let stack = address.as_str().split('/').next().unwrap_or_default();
    Fault::Refused {
        message: format!("{why}: hlc did not make {ids}"),
        help: Some(format!("take it over with `hlc import core/{stack} '{address}' ID`, or delete it")),
    }
}
