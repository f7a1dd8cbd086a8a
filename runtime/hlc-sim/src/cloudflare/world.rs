//! What is kept: zones, their records, and the records of a while ago.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use serde_json::Value;

use super::change::{Change, Context, apply};
use super::draft::Draft;
use super::envelope::Failure;
use super::records::Record;
use super::settings::{Plan, Settings};
use crate::clock::Clock;
use crate::ids::hex32;
use crate::lock;
use crate::stale::{Lag, Stale};

/// How many changes of a zone answers can be behind; from further back the oldest that is left is shown.
const PASTS: usize = 256;

/// The records of a zone, in the order they were made in.
pub(super) type Records = Vec<Arc<Record>>;

/// A zone.
pub(super) struct Zone {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) created: SystemTime,
    records: Records,
    pasts: VecDeque<Past>,
}

/// The records before a change.
struct Past {
    /// The request that changed them.
    until: u64,
    at: SystemTime,
    records: Records,
}

impl Zone {
    /// The records before each change that is not older than the lag, the oldest first.
    fn pasts(&self, lag: Lag, number: u64, now: SystemTime) -> impl DoubleEndedIterator<Item = &Records> {
        let is_later = move |past: &&Past| match lag {
            Lag::Requests(requests) => past.until.saturating_add(requests) >= number,
            Lag::Time(time) => past.at.checked_add(time).is_some_and(|shown| shown > now),
        };
        self.pasts.iter().filter(is_later).map(|past| &past.records)
    }

    /// What was deleted within the lag, as it was last.
    fn gone(&self, lag: Lag, number: u64, now: SystemTime) -> Records {
        let mut gone = Records::new();
        for old in self.pasts(lag, number, now).rev().flatten() {
            if find(&self.records, &old.id).is_none() && find(&gone, &old.id).is_none() {
                gone.push(old.clone());
            }
        }
        gone
    }

    /// The records as a read shows them.
    pub(super) fn seen(&self, stale: Option<Stale>, number: u64, now: SystemTime) -> Records {
        let Some(stale) = stale else { return self.records.clone() };
        let then = self.pasts(stale.lag, number, now).next().unwrap_or(&self.records);
        let gone = if stale.gone { self.gone(stale.lag, number, now) } else { Records::new() };
        let mut shown = Records::new();
        for record in self.records.iter().chain(&gone) {
            match find(then, &record.id) {
                Some(old) if stale.changed => shown.push(old.clone()),
                None if stale.made => {}
                _ => shown.push(record.clone()),
            }
        }
        shown
    }

    fn replace(&mut self, records: Records, number: u64, now: SystemTime) {
        let before = std::mem::replace(&mut self.records, records);
        self.pasts.push_back(Past { until: number, at: now, records: before });
        if self.pasts.len() > PASTS {
            self.pasts.pop_front();
        }
    }
}

fn find<'a>(records: &'a Records, id: &str) -> Option<&'a Arc<Record>> {
    records.iter().find(|record| record.id == id)
}

struct State {
    zones: Vec<Zone>,
    /// How many records were ever made.
    made: u64,
    /// The request that was answered last.
    number: u64,
}

/// Why something cannot be put into a zone: the vendor would refuse it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The vendor's code.
    pub code: u32,
    /// The vendor's words.
    pub message: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for Refused {}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self { code: failure.code, message: failure.message }
    }
}

/// The zones of a simulated Cloudflare and their records. Clones are handles on the same ones.
#[derive(Clone)]
pub struct World {
    state: Arc<Mutex<State>>,
    clock: Clock,
    seed: Arc<str>,
    plan: Plan,
}

impl World {
    pub(super) fn new(settings: &Settings) -> Self {
        let created = settings.clock.now();
        let zones = settings.zones.iter().zip(0..).map(|(name, position)| Zone {
            id: settings.zone_ids.get(name).cloned().unwrap_or_else(|| hex32(&settings.seed, "zone", position)),
            name: name.clone(),
            created,
            records: Records::new(),
            pasts: VecDeque::new(),
        });
        Self {
            state: Arc::new(Mutex::new(State { zones: zones.collect(), made: 0, number: 0 })),
            clock: settings.clock.clone(),
            seed: settings.seed.as_str().into(),
            plan: settings.plan,
        }
    }

    /// The identifier of a zone, by its name.
    #[must_use]
    pub fn zone_id(&self, zone: &str) -> Option<String> {
        lock(&self.state).zones.iter().find(|known| known.name == zone).map(|known| known.id.clone())
    }

    /// The records of a zone, by its name, in the API's form and in the order they were made in.
    #[must_use]
    pub fn records(&self, zone: &str) -> Vec<Value> {
        let state = lock(&self.state);
        let records = state.zones.iter().find(|known| known.name == zone).map(|known| &known.records);
        records.into_iter().flatten().map(|record| record.json()).collect()
    }

    /// Puts a record into a zone, by its name, as somebody else would; gives its identifier.
    ///
    /// # Errors
    ///
    /// When the vendor would not take it, or there is no such zone.
    pub fn put(&self, zone: &str, record: &Value) -> Result<String, Refused> {
        let made = self.behind(zone, &Change::Post(Draft::read(record)?))?;
        Ok(made.id.clone())
    }

    /// Changes fields of a record, by its identifier, behind the client's back.
    ///
    /// # Errors
    ///
    /// When the vendor would not take that, or there is no such record.
    pub fn edit(&self, zone: &str, id: &str, fields: &Value) -> Result<(), Refused> {
        self.behind(zone, &Change::Patch(id.to_owned(), Draft::read(fields)?)).map(|_| ())
    }

    /// Deletes a record, by its identifier, behind the client's back.
    ///
    /// # Errors
    ///
    /// When there is no such record.
    pub fn delete(&self, zone: &str, id: &str) -> Result<(), Refused> {
        self.behind(zone, &Change::Delete(id.to_owned())).map(|_| ())
    }

    fn behind(&self, zone: &str, change: &Change) -> Result<Arc<Record>, Refused> {
        let id = self.zone_id(zone).ok_or_else(|| Failure::no_route(zone))?;
        let number = lock(&self.state).number;
        let changed = self.change(&id, std::slice::from_ref(change), None, number)?;
        changed.into_iter().next().ok_or_else(|| Failure::no_record().into())
    }

    /// Makes all changes, or none of them, and gives each record as it is then, or was when it was deleted.
    pub(super) fn change(
        &self,
        zone: &str,
        changes: &[Change],
        stale: Option<Stale>,
        number: u64,
    ) -> Result<Records, Failure> {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        let State { zones, made, .. } = &mut *state;
        let zone = zones.iter_mut().find(|known| known.id == zone).ok_or_else(|| Failure::no_route("/zones"))?;
        let mut records = zone.records.clone();
        let gone = match stale.filter(|stale| stale.taken) {
            Some(stale) => zone.gone(stale.lag, number, now),
            None => Records::new(),
        };
        let mut results = Records::new();
        for change in changes {
            let context = Context { zone: &zone.name, plan: self.plan, now, id: hex32(&self.seed, "record", *made) };
            results.push(apply(&mut records, &gone, change, context)?);
            *made += u64::from(matches!(change, Change::Post(_)));
        }
        zone.replace(records, number, now);
        Ok(results)
    }

    /// Notes that a request is being answered.
    pub(super) fn reached(&self, number: u64) {
        let mut state = lock(&self.state);
        state.number = state.number.max(number);
    }

    /// Looks at a zone, by its identifier.
    pub(super) fn with_zone<T>(&self, id: &str, look: impl FnOnce(&Zone, SystemTime) -> T) -> Option<T> {
        let now = self.clock.now();
        lock(&self.state).zones.iter().find(|zone| zone.id == id).map(|zone| look(zone, now))
    }

    /// Looks at all zones.
    pub(super) fn with_zones<T>(&self, look: impl FnOnce(&[Zone]) -> T) -> T {
        look(&lock(&self.state).zones)
    }

    pub(super) fn plan(&self) -> Plan {
        self.plan
    }
}
