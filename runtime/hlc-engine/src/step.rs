//! One change at its API: written down, sent, and found out about when the answer says nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use hlc_change::{Action, Change, Leftover, Object, Pending, Properties, Value, is_as_wanted, wanted};
use hlc_plan::Address;

use crate::execute::{Execution, Trouble};
use crate::observe::{There, masked};
use crate::operate::{Body, Fault, Operate, Relation};
use crate::record::Made;

/// How often something is looked for or tried again before it is given up.
const TRIES: u32 = 6;

/// How often what an unclear attempt may have made is looked for.
const LOOKS: u32 = 3;

impl Execution<'_> {
    /// Carries one change out.
    pub(crate) async fn one(&self, operate: &dyn Operate, change: &Change) -> Result<(), Trouble> {
        match (change.action, &change.id) {
            (Action::None | Action::Forget, _) => Ok(()),
            (Action::Create, _) | (Action::Replace { create_first: true }, Some(_)) => {
                self.create(operate, change).await
            }
            (Action::Update | Action::Adopt, Some(id)) => self.update(operate, change, id).await,
            (Action::Delete, Some(id)) => self.delete(operate, change, id).await,
            (Action::Replace { create_first: false }, Some(id)) => {
                self.delete(operate, change, id).await?;
                self.create(operate, change).await
            }
            (Action::Update | Action::Adopt | Action::Delete | Action::Replace { .. }, None) => Err(Fault::Gone.into()),
        }
    }

    /// What should be, now that what it depends on is there.
    pub(crate) fn wanted(&self, operate: &dyn Operate, change: &Change) -> Result<Properties, Fault> {
        if change.wanted.values().all(Value::is_known) {
            return Ok(change.wanted.clone());
        }
        let Some(resource) = self.planned.get(&change.address) else { return Ok(change.wanted.clone()) };
        wanted(resource, self.known, &|_, properties| operate.canonical(properties))
            .map_err(|(_, why)| Fault::Refused { message: why.message, help: Some(why.help) })
    }

    /// What is sent, and the names of what differs.
    pub(crate) fn body(&self, change: &Change, wanted: &Properties) -> Result<(Body, Vec<String>), Fault> {
        let is_known = wanted.values().all(Value::is_known);
        let once = "if it is told only once and that answer was lost, delete what it comes from and apply again";
        let refused = |message| Fault::Refused { message, help: (!is_known).then(|| once.to_owned()) };
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

    async fn create(&self, operate: &dyn Operate, change: &Change) -> Result<(), Trouble> {
        let wanted = self.wanted(operate, change)?;
        let (body, _) = self.body(change, &wanted)?;
        self.intend(&[(change, self.about_to_create(change, &wanted))]).await?;
        match self.made(operate, change, &wanted, &body).await {
            Ok(object) => {
                self.record(operate, &[(change, Some(Made { object: &object, wanted: &wanted }))]).await;
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
        let mut last = Fault::Gone;
        for attempt in 0..TRIES {
            last = match operate.create(body).await {
                Ok(object) => return Ok(object),
                Err(Fault::Unclear(why)) => {
                    self.now().unclear.insert(change.address.clone());
                    self.watch.note(change, &format!("{why}; looking for what it has made"));
                    if let Some(object) = self.find(operate, &change.address, wanted, &why).await? {
                        return Ok(object);
                    }
                    Fault::Unclear(why)
                }
                Err(Fault::Exists(why)) => {
                    let may_be_ours = self.now().unclear.contains(&change.address);
                    let (ours, others) = self.same(operate, wanted).await?;
                    match (ours.as_slice(), others.as_slice()) {
                        ([object], _) if may_be_ours => return Ok(object.clone()),
                        // What was deleted a moment ago can be in the way for a while, and so can what a list does not show yet.
                        ([], []) => {
                            self.watch.note(change, &format!("{why}, but it is not there: waiting for it to go"));
                            Fault::Exists(why)
                        }
                        _ => return Err(in_the_way(&change.address, &ours, &others, &why)),
                    }
                }
                Err(fault) => return Err(fault),
            };
            if self.wait(attempt).await.is_err() {
                break;
            }
        }
        Err(last)
    }

    /// Looks for what an unclear attempt may have made, for a while: a list can be behind.
    pub(crate) async fn find(
        &self,
        operate: &dyn Operate,
        address: &Address,
        wanted: &Properties,
        why: &str,
    ) -> Result<Option<Object>, Fault> {
        for attempt in 0..LOOKS {
            if attempt > 0 && self.wait(attempt).await.is_err() {
                break;
            }
            let found = self.same(operate, wanted).await;
            let (ours, others) = found
                .map_err(|fault| Fault::Unclear(format!("{why}; what it has made could not be looked for: {fault}")))?;
            match (ours.as_slice(), others.as_slice()) {
                ([object], _) => return Ok(Some(object.clone())),
                ([], []) => {}
                _ => return Err(in_the_way(address, &ours, &others, why)),
            }
        }
        Ok(None)
    }

    /// True when nothing that is there could be what an unclear attempt has made.
    pub(crate) async fn is_theirs(&self, operate: &dyn Operate, wanted: &Properties) -> Result<bool, Fault> {
        Ok(self.same(operate, wanted).await?.0.is_empty())
    }

    /// The objects that are what is wanted and belong to nothing else of ours: those that are just as they would have been made, and
    /// others.
    async fn same(&self, operate: &dyn Operate, wanted: &Properties) -> Result<(Vec<Object>, Vec<Object>), Fault> {
        let there = There::new(operate, operate.list(&[wanted]).await?);
        let now = self.now();
        let mut ours: BTreeSet<&str> = now.deleted.iter().map(String::as_str).collect();
        for recorded in now.state.resources.values().filter(|it| it.kind == operate.kind().name) {
            ours.insert(&recorded.id);
            ours.extend(recorded.leftover.iter().map(|leftover| leftover.id.as_str()));
        }
        let free = there.related(operate, wanted, Relation::Same).filter(|object| !ours.contains(object.id.as_str()));
        Ok(free.cloned().partition(|object| {
            let seen = masked(self.vault(), operate.kind(), object, &[wanted]);
            is_as_wanted(operate.kind(), wanted, &seen.properties, &Properties::new())
        }))
    }

    async fn update(&self, operate: &dyn Operate, change: &Change, id: &str) -> Result<(), Trouble> {
        let wanted = self.wanted(operate, change)?;
        let (body, changed) = self.body(change, &wanted)?;
        let about = Pending::Update { id: id.to_owned(), changed: changed.iter().cloned().collect() };
        self.intend(&[(change, about)]).await?;
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
                    let made = Made { object: &object, wanted: &wanted };
                    self.record(operate, &[(change, Some(made))]).await;
                    return Ok(());
                }
                Err(fault @ Fault::Unclear(_)) => last = fault,
                Err(fault) => return Err(self.not_done(change, fault).await),
            }
            if self.wait(attempt).await.is_err() {
                break;
            }
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
                let recorded = self.recorded_at(&change.address);
                let seen = masked(self.vault(), change.kind, &object, &[wanted, &recorded]).properties;
                // What the API does not tell has to be sent again.
                let is_told = change.fields.iter().all(|field| seen.contains_key(field.property));
                let is_done = is_told && is_as_wanted(change.kind, wanted, &seen, &recorded);
                if is_done { Ok(object) } else { Err(Fault::Unclear(why)) }
            }
            Ok(None) => Err(Fault::Gone),
            Err(fault) => Err(Fault::Unclear(format!("{why}; what it has changed could not be read: {fault}"))),
        }
    }

    fn recorded_at(&self, address: &Address) -> Properties {
        self.now().state.resources.get(address).map(|recorded| recorded.properties.clone()).unwrap_or_default()
    }

    /// Deletes an object with what it has replaced, and forgets it; one that is gone already is as good.
    async fn delete(&self, operate: &dyn Operate, change: &Change, id: &str) -> Result<(), Trouble> {
        let leftover = self.now().state.resources.get(&change.address).map(|recorded| recorded.leftover.clone());
        for leftover in leftover.unwrap_or_default() {
            self.delete_leftover(operate, change, &leftover).await?;
        }
        self.intend(&[(change, Pending::Delete { id: id.to_owned() })]).await?;
        match self.gone(operate, change, id, &self.recorded_at(&change.address)).await {
            Ok(()) => {
                self.forget(change).await;
                Ok(())
            }
            Err(fault) => Err(self.not_done(change, fault).await),
        }
    }

    async fn gone(&self, operate: &dyn Operate, change: &Change, id: &str, recorded: &Properties) -> Result<(), Fault> {
        let mut last = Fault::Gone;
        for attempt in 0..TRIES {
            match operate.delete(id, recorded).await {
                Ok(()) | Err(Fault::Gone) => {
                    self.now().deleted.insert(id.to_owned());
                    return Ok(());
                }
                Err(Fault::Unclear(why)) => {
                    self.watch.note(change, &format!("{why}; looking whether it is still there"));
                    if self.is_gone(operate, id, recorded, &why).await? {
                        return Ok(());
                    }
                    last = Fault::Unclear(why);
                }
                Err(fault) => return Err(fault),
            }
            if self.wait(attempt).await.is_err() {
                break;
            }
        }
        Err(last)
    }

    /// Looks whether an object is gone whose deletion was not answered clearly.
    pub(crate) async fn is_gone(
        &self,
        operate: &dyn Operate,
        id: &str,
        recorded: &Properties,
        why: &str,
    ) -> Result<bool, Fault> {
        match operate.read(id, recorded).await {
            Ok(None) | Err(Fault::Gone) => {
                self.now().deleted.insert(id.to_owned());
                Ok(true)
            }
            Ok(Some(_)) => Ok(false),
            Err(fault) => Err(Fault::Unclear(format!("{why}; whether it is still there could not be read: {fault}"))),
        }
    }

    /// Deletes what a replacement left behind.
    pub(crate) async fn delete_leftover(
        &self,
        operate: &dyn Operate,
        change: &Change,
        leftover: &Leftover,
    ) -> Result<(), Trouble> {
        self.intend(&[(change, Pending::Delete { id: leftover.id.clone() })]).await?;
        if let Err(fault) = self.gone(operate, change, &leftover.id, &leftover.properties).await {
            return Err(self.not_done(change, fault).await);
        }
        let recorded = self.now().state.resources.get(&change.address).cloned().map(|mut recorded| {
            recorded.leftover.retain(|left| left.id != leftover.id);
            recorded
        });
        let entry = self.write_state(&change.address, recorded);
        self.write_done(&[entry]).await;
        Ok(())
    }

    /// Waits before another attempt.
    ///
    /// # Errors
    /// When there is none: it was the last, or the run is to end.
    async fn wait(&self, attempt: u32) -> Result<(), NoMore> {
        if attempt + 1 >= TRIES {
            return Err(NoMore);
        }
        let wait = self.patience.saturating_mul(1 << attempt.min(6)).min(Duration::from_secs(15));
        tokio::select! {
            biased;
            () = self.stop.asked() => Err(NoMore),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }
}

/// There is no other attempt.
struct NoMore;

fn in_the_way(address: &Address, ours: &[Object], others: &[Object], why: &str) -> Fault {
    let ids: Vec<&str> = ours.iter().chain(others).map(|object| object.id.as_str()).collect();
    let ids = ids.join(", ");
    let stack = address.as_str().split('/').next().unwrap_or_default();
    Fault::Refused {
        message: format!("{why}: hlc did not make {ids}"),
        help: Some(format!("take it over with `hlc import core/{stack} '{address}' ID`, or delete it")),
    }
}
