//! What the vendor has and does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use hlc_engine::Fault;
use hlc_engine::conformance::Hurt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// How the vendor is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// It refuses a second one with the same identity.
    pub refuses_doubles: bool,
    /// For so many lists, what was done is not in them.
    pub behind: u64,
    /// It takes so many requests in one; 0 when it has no such thing.
    pub batch: usize,
    /// How long it takes to answer.
    pub takes: Duration,
    /// It tells the token of a box only when it is made.
    pub tells_once: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { refuses_doubles: true, behind: 0, batch: 0, takes: Duration::ZERO, tells_once: false }
    }
}

/// An object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Thing {
    pub kind: String,
    pub id: String,
    pub properties: Map<String, Json>,
    /// Told when it is made, and never again.
    pub token: String,
    born: u64,
    died: Option<u64>,
}

impl Thing {
    fn text(&self, name: &str) -> &str {
        self.properties.get(name).and_then(Json::as_str).unwrap_or_default()
    }

    /// What it is called in addresses.
    pub(crate) fn name(&self) -> String {
        match self.kind.as_str() {
            "box" => self.text("name").to_owned(),
            _ => format!("{}.{}", self.text("form"), self.text("name")),
        }
    }

    /// What it has in common with whatever could be taken for it.
    pub(crate) fn identity(&self) -> String {
        match self.kind.as_str() {
            "box" => format!("box {} in {}", self.text("name"), self.text("region")),
            _ => format!("item {} {}", self.text("form"), self.text("name")),
        }
    }

    /// What cannot stand beside it.
    fn is_beside(&self, other: &Self) -> bool {
        match self.kind.as_str() {
            "box" => self.text("name") != other.text("name") || self.text("region") != other.text("region"),
            _ => {
                let is_at = self.text("box_id") == other.text("box_id") && self.text("name") == other.text("name");
                // A link is alone at its name.
                !is_at
                    || (self.text("form") != other.text("form")
                        && self.text("form") != "link"
                        && other.text("form") != "link")
            }
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) enum Request {
    Create { kind: &'static str, body: Map<String, Json> },
    Update { id: String, body: Map<String, Json> },
    Delete { id: String },
}

#[derive(Default, Serialize, Deserialize)]
struct World {
    things: Vec<Thing>,
    ids: u64,
    lists: u64,
    tokens: Vec<String>,
    writes: usize,
}

/// Whether it answers what only reads.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Deaf {
    #[default]
    No,
    /// It stops with the next answer that is lost.
    Soon,
    Yes,
}

/// The vendor.
pub(crate) struct Vendor {
    pub rules: Rules,
    file: Option<PathBuf>,
    world: Mutex<World>,
    hurts: Mutex<Vec<(usize, Hurt)>>,
    refused: Mutex<BTreeSet<String>>,
    denied: Mutex<bool>,
    deaf: Mutex<Deaf>,
    before_list: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    pub lists: std::sync::atomic::AtomicUsize,
    /// Is told before a request is carried out, and after.
    step: Box<dyn Fn(&'static str) + Send + Sync>,
}

impl Vendor {
    pub(crate) fn in_memory(rules: Rules) -> Self {
        let step = Box::new(|_: &'static str| {});
        Self {
            rules,
            file: None,
            world: Mutex::default(),
            hurts: Mutex::default(),
            refused: Mutex::default(),
            denied: Mutex::default(),
            deaf: Mutex::default(),
            before_list: Mutex::default(),
            lists: Default::default(),
            step,
        }
    }

    /// A vendor that outlives the process: what it has is in a file.
    pub(crate) fn in_file(rules: Rules, file: PathBuf, step: impl Fn(&'static str) + Send + Sync + 'static) -> Self {
        let world = std::fs::read(&file).map(|bytes| serde_json::from_slice(&bytes).unwrap()).unwrap_or_default();
        Self { file: Some(file), step: Box::new(step), world: Mutex::new(world), ..Self::in_memory(rules) }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    fn save(&self, world: &World) {
        if let Some(file) = &self.file {
            let new = file.with_extension("new");
            std::fs::write(&new, serde_json::to_vec(world).unwrap()).unwrap();
            std::fs::rename(new, file).unwrap();
        }
    }

    pub(crate) fn things(&self) -> Vec<Thing> {
        self.world().things.iter().filter(|thing| thing.died.is_none()).cloned().collect()
    }

    pub(crate) fn writes(&self) -> usize {
        self.world().writes
    }

    pub(crate) fn tokens(&self) -> Vec<String> {
        self.world().tokens.clone()
    }

    pub(crate) fn hurt(&self, nth: usize, hurt: Hurt) {
        self.hurts.lock().unwrap().push((nth, hurt));
    }

    pub(crate) fn heal(&self) {
        self.hurts.lock().unwrap().clear();
        self.refused.lock().unwrap().clear();
        *self.denied.lock().unwrap() = false;
        *self.deaf.lock().unwrap() = Deaf::No;
    }

    /// From the next lost answer on, nothing can be read.
    pub(crate) fn turn_deaf_with_next_loss(&self) {
        *self.deaf.lock().unwrap() = Deaf::Soon;
    }

    pub(crate) fn is_deaf(&self) -> bool {
        *self.deaf.lock().unwrap() == Deaf::Yes
    }

    /// Does something before the first list after a request that writes.
    pub(crate) fn before_next_list(&self, act: impl FnOnce() + Send + 'static) {
        *self.before_list.lock().unwrap() = Some(Box::new(act));
    }

    /// Somebody else changes something.
    pub(crate) fn edit(&self, kind: &str, name: &str, property: &str, value: Json) {
        let mut world = self.world();
        let thing = world.things.iter_mut().find(|thing| thing.kind == kind && thing.name() == name).unwrap();
        thing.properties.insert(property.to_owned(), value);
    }

    /// Somebody else deletes something.
    pub(crate) fn remove(&self, kind: &str, name: &str) {
        self.world().things.retain(|thing| thing.kind != kind || thing.name() != name);
    }

    /// Somebody else makes something.
    pub(crate) fn intrude<const N: usize>(&self, kind: &'static str, properties: [(&str, Json); N]) -> String {
        let body = properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        self.carry_out(&Request::Create { kind, body }).unwrap().unwrap().id
    }

    /// Lets time pass until lists show what was done.
    pub(crate) fn catch_up(&self) {
        self.world().lists += self.rules.behind;
    }

    pub(crate) async fn list(&self, kind: &str) -> Result<Vec<Thing>, Fault> {
        tokio::time::sleep(self.rules.takes).await;
        self.lists.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        self.hears()?;
        self.answers()?;
        let act = if self.writes() > 0 { self.before_list.lock().unwrap().take() } else { None };
        if let Some(act) = act {
            act();
        }
        let mut world = self.world();
        world.lists += 1;
        let at = world.lists;
        let behind = self.rules.behind;
        let things = world.things.iter().filter(|thing| thing.kind == kind);
        let seen = things.filter(|thing| {
            thing.born + behind < at && thing.died.is_none_or(|died| behind > 0 && died + behind >= at)
        });
        Ok(seen.cloned().collect())
    }

    pub(crate) async fn read(&self, id: &str) -> Result<Option<Thing>, Fault> {
        tokio::time::sleep(self.rules.takes).await;
        self.hears()?;
        self.answers()?;
        Ok(self.things().into_iter().find(|thing| thing.id == id))
    }

    fn hears(&self) -> Result<(), Fault> {
        if self.is_deaf() { Err(Fault::Unavailable("it does not answer".to_owned())) } else { Ok(()) }
    }

    fn answers(&self) -> Result<(), Fault> {
        if *self.denied.lock().unwrap() {
            return Err(denied());
        }
        Ok(())
    }

    /// Carries requests out, all or none.
    pub(crate) async fn write(&self, requests: &[Request]) -> Result<Vec<Option<Thing>>, Fault> {
        tokio::time::sleep(self.rules.takes).await;
        self.answers()?;
        let hurt = self.next_hurt();
        (self.step)("before it is sent");
        let all = |requests: &[Request]| -> Result<Vec<Option<Thing>>, Fault> {
            let before = (requests.len() > 1).then(|| self.world().things.clone());
            let done: Result<Vec<_>, Fault> = requests.iter().map(|request| self.carry_out(request)).collect();
            if let (Err(_), Some(before)) = (&done, before) {
                self.world().things = before;
            }
            self.save(&self.world());
            done
        };
        let about = |request: &Request| match request {
            Request::Create { kind, body } => {
                let body = body.iter().filter(|(name, _)| ["name", "form", "region"].contains(&name.as_str()));
                format!("{kind} {:?}", body.collect::<Vec<_>>())
            }
            Request::Update { id, .. } | Request::Delete { id } => id.clone(),
        };
        if hurt == Some(Hurt::Refused) {
            self.refused.lock().unwrap().extend(requests.first().map(about));
        }
        if requests.iter().any(|request| self.refused.lock().unwrap().contains(&about(request))) {
            return Err(Fault::Refused { message: "this one is refused".to_owned(), help: None });
        }
        let unclear = |why: &str| Err(Fault::Unclear(why.to_owned()));
        let answer = match hurt {
            None | Some(Hurt::Refused) => all(requests),
            Some(Hurt::Lost) => {
                let mut deaf = self.deaf.lock().unwrap();
                if *deaf == Deaf::Soon {
                    *deaf = Deaf::Yes;
                }
                all(requests).and_then(|_| unclear("no answer came"))
            }
            Some(Hurt::Cut) => all(requests).and_then(|_| unclear("the answer ends in the middle")),
            Some(Hurt::Never) => unclear("no answer came"),
            Some(Hurt::Hangs) => {
                let done = all(requests);
                tokio::time::sleep(Duration::from_millis(50)).await;
                done.and_then(|_| unclear("no answer came in time"))
            }
            Some(Hurt::Doubled) => all(requests).and_then(|_| all(requests)),
            Some(Hurt::Denied) => {
                *self.denied.lock().unwrap() = true;
                Err(denied())
            }
            Some(Hurt::Throttled) => Err(Fault::Unavailable("too many requests".to_owned())),
        };
        (self.step)("after it was carried out");
        answer
    }

    fn next_hurt(&self) -> Option<Hurt> {
        let mut world = self.world();
        world.writes += 1;
        self.save(&world);
        let mut hurts = self.hurts.lock().unwrap();
        hurts.iter_mut().for_each(|(nth, _)| *nth = nth.wrapping_sub(1));
        let at = hurts.iter().position(|(nth, _)| *nth == 0)?;
        Some(hurts.remove(at).1)
    }

    fn carry_out(&self, request: &Request) -> Result<Option<Thing>, Fault> {
        let mut world = self.world();
        let at = world.lists;
        match request {
            Request::Create { kind, body } => {
                world.ids += 1;
                let id = format!("{kind}-{}", world.ids);
                let token = format!("tok/{}+=\"{}", world.ids, "q".repeat(12));
                let mut thing = Thing {
                    kind: (*kind).to_owned(),
                    id,
                    properties: body.clone(),
                    token: token.clone(),
                    born: at,
                    died: None,
                };
                thing.properties.retain(|_, value| !value.is_null());
                thing.properties.entry("size").or_insert(1.into());
                if *kind == "item" && !living(&world.things).any(|it| it.id == thing.text("box_id")) {
                    let message = format!("there is no box {}", thing.text("box_id"));
                    return Err(Fault::Refused { message, help: None });
                }
                self.fits(&world.things, &thing)?;
                world.tokens.push(token);
                world.things.push(thing.clone());
                Ok(Some(thing))
            }
            Request::Update { id, body } => {
                let things = world.things.clone();
                let Some(thing) = world.things.iter_mut().find(|it| it.id == *id && it.died.is_none()) else {
                    return Err(Fault::Gone);
                };
                let mut changed = thing.clone();
                for (name, value) in body {
                    changed.properties.insert(name.clone(), value.clone());
                }
                changed.properties.retain(|_, value| !value.is_null());
                self.fits(&things, &changed)?;
                *thing = changed.clone();
                Ok(Some(changed))
            }
            Request::Delete { id } => {
                if living(&world.things).any(|it| it.kind == "item" && it.text("box_id") == id) {
                    return Err(Fault::Refused { message: format!("{id} is in use"), help: None });
                }
                let behind = self.rules.behind;
                let Some(thing) = world.things.iter_mut().find(|it| it.id == *id && it.died.is_none()) else {
                    return Err(Fault::Gone);
                };
                thing.died = Some(at);
                if behind == 0 {
                    world.things.retain(|thing| thing.died.is_none());
                }
                Ok(None)
            }
        }
    }

    fn fits(&self, things: &[Thing], new: &Thing) -> Result<(), Fault> {
        let mut others = living(things).filter(|it| it.kind == new.kind && it.id != new.id);
        match others.find(|other| !new.is_beside(other)) {
            Some(other) if other.identity() != new.identity() => {
                Err(Fault::Refused { message: format!("{} is alone at its name", other.identity()), help: None })
            }
            Some(_) if self.rules.refuses_doubles => Err(Fault::Exists("there is one already".to_owned())),
            Some(_) | None => Ok(()),
        }
    }
}

fn living(things: &[Thing]) -> impl Iterator<Item = &Thing> {
    things.iter().filter(|thing| thing.died.is_none())
}

fn denied() -> Fault {
    Fault::Denied { message: "the token is not accepted".to_owned(), help: "make another one".to_owned() }
}

/// A thing's properties as the vendor tells them.
pub(crate) fn told(thing: &Thing, secret: &[&str]) -> BTreeMap<String, Json> {
    let told = thing.properties.iter().filter(|(name, _)| !secret.contains(&name.as_str()));
    told.map(|(name, value)| (name.clone(), value.clone())).collect()
}
