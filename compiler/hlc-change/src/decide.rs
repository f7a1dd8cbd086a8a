//! What is to be done: plan, state and world in, changes out.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use hlc_diag::Span;
use hlc_plan::{Address, KindDecl, Ownership, PlannedResource, PlannedStack};

use crate::change::{Action, Change, ChangeSet, Effect, FieldChange, Reason};
use crate::code::{CANNOT_BE_HAD, FOREIGN, IN_THE_WAY, NOT_FOUND, NOTHING_TO_ADOPT, Problem, REPLACES_ADOPTED, RING};
use crate::compare::{drift, to_do};
use crate::moved::moved;
use crate::order::{Ring, order};
use crate::resolve::{Composed, Lookup, Unresolved, wanted};
use crate::scope::Scope;
use crate::state::{Owner, Recorded, State};
use crate::value::{Fingerprint, Properties, Value};
use crate::world::{Object, Seen, World, outputs};

/// What is asked.
pub struct Question<'a> {
    /// What should exist.
    pub plan: &'a PlannedStack,
    /// What was made.
    pub state: &'a State,
    /// What is there.
    pub world: &'a World,
    /// What else is known: secrets, outputs of other stacks.
    pub lookup: &'a dyn Lookup,
    /// The kinds of the stack, by name: also those of resources that are no longer planned.
    pub kinds: &'a BTreeMap<&'static str, &'static KindDecl>,
    /// Brings properties of a kind into the form in which its API answers them.
    pub canonical: &'a dyn Fn(&'static KindDecl, &mut Properties),
    /// Which part of the stack it is about.
    pub scope: &'a Scope,
}

/// What is to be done so that what should exist exists.
///
/// # Errors
/// Everything that stands against it, each with its place.
pub fn changes(question: &Question<'_>) -> Result<ChangeSet, Vec<Problem>> {
    let links = Links::new(question.plan, question.state);
    let selected = question.scope.select(&links.after).map_err(|error| {
        let known: Vec<&str> = links.after.keys().map(Address::as_str).collect();
        vec![
            Problem::new(&CANNOT_BE_HAD, None, format!("no resource is called `{}`", error.pattern))
                .help(format!("there are: {}", known.join(", "))),
        ]
    })?;
    let planned: BTreeMap<&Address, &PlannedResource> =
        question.plan.resources.iter().map(|resource| (&resource.address, resource)).collect();
    let depends = planned.iter().map(|(address, it)| ((*address).clone(), it.depends_on.clone())).collect();
    let ordered = order(&depends).map_err(|ring| vec![waiting(&ring, &planned)])?;
    let here = Here { outer: question.lookup, planned: &planned, outputs: RefCell::default() };
    let mut decided = Vec::new();
    let mut problems = Vec::new();
    for address in &ordered {
        let Some(resource) = planned.get(address) else { continue };
        let known = links.known(question.state, address);
        let one = One { question, resource, known, is_in_scope: selected.contains(address) };
        match one.decide(&here) {
            Ok(change) => {
                here.outputs.borrow_mut().insert(address.clone(), one.outputs(&change));
                decided.push(change);
            }
            Err(problem) => problems.push(problem),
        }
    }
    for (address, recorded) in &question.state.resources {
        if planned.contains_key(address) || links.is_moved_away(address) {
            continue;
        }
        // What is left out of this run still uses it.
        let is_used_elsewhere =
            !question.scope.is_all() && links.users(question.state, address).any(|user| !selected.contains(&user));
        if selected.contains(address)
            && !is_used_elsewhere
            && let Some(kind) = question.kinds.get(recorded.kind.as_str())
        {
            decided.push(gone(question.world, address, recorded, kind));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let in_the_way = stay_in_the_way(&mut decided, question);
    if !in_the_way.is_empty() {
        return Err(in_the_way);
    }
    link(&mut decided, question, &links);
    let after = decided.iter().map(|change| (change.address.clone(), change.after.clone())).collect();
    let ordered = order(&after).map_err(|ring| vec![waiting(&ring, &planned)])?;
    let places: BTreeMap<&Address, usize> =
        ordered.iter().enumerate().map(|(place, address)| (address, place)).collect();
    decided.sort_by_key(|change| places.get(&change.address).copied());
    Ok(ChangeSet { stack: question.plan.stack, changes: decided })
}

/// Which record belongs to which planned resource, and what depends on what.
struct Links {
    /// New addresses with those that the state has.
    moved: BTreeMap<Address, Address>,
    /// Every planned or recorded address with what it depends on.
    after: BTreeMap<Address, BTreeSet<Address>>,
}

impl Links {
    fn new(plan: &PlannedStack, state: &State) -> Self {
        let moved = moved(plan, state);
        let left: BTreeSet<&Address> = moved.values().collect();
        let recorded = state.resources.iter().filter(|(address, _)| !left.contains(address)).map(|(address, it)| {
            (address.clone(), it.depends_on.iter().map(|address| Address::new(address.as_str())).collect())
        });
        let mut after: BTreeMap<Address, BTreeSet<Address>> = recorded.collect();
        after.extend(plan.resources.iter().map(|it| (it.address.clone(), it.depends_on.clone())));
        Self { moved, after }
    }

    /// What the state says of a planned resource, with the address that it has there.
    fn known<'s>(&self, state: &'s State, address: &Address) -> Option<(&'s Address, &'s Recorded)> {
        if let Some(was) = self.moved.get(address) {
            return state.resources.get_key_value(was);
        }
        if self.is_moved_away(address) { None } else { state.resources.get_key_value(address) }
    }

    /// Who used a resource when it was carried out last, under the addresses that they have now.
    fn users<'s>(&'s self, state: &'s State, address: &'s Address) -> impl Iterator<Item = Address> + 's {
        let users = state.resources.iter().filter(|(_, recorded)| recorded.depends_on.contains(address.as_str()));
        users.map(|(user, _)| self.moved.iter().find(|(_, was)| *was == user).map_or(user, |(now, _)| now).clone())
    }

    fn is_moved_away(&self, address: &Address) -> bool {
        self.moved.values().any(|was| was == address)
    }
}

/// One planned resource.
struct One<'a> {
    question: &'a Question<'a>,
    resource: &'a PlannedResource,
    known: Option<(&'a Address, &'a Recorded)>,
    is_in_scope: bool,
}

impl One<'_> {
    fn decide(&self, lookup: &dyn Lookup) -> Result<Change, Problem> {
        let resource = self.resource;
        if !self.is_in_scope {
            return Ok(self.change(Action::None, Reason::OutOfScope));
        }
        let wanted = wanted(resource, lookup, self.question.canonical).map_err(|(span, why)| self.cannot(span, why))?;
        let mut change = match resource.ownership {
            Ownership::Managed => self.managed(&wanted)?,
            Ownership::Adopted => self.adopted(&wanted)?,
            Ownership::Existing => self.looked_up()?,
        };
        if let (Action::None | Action::Adopt, [], Some(object)) =
            (change.action, change.fields.as_slice(), self.object())
        {
            let properties = wanted.iter().filter(|(_, value)| value.is_known());
            change.settled = Some(Recorded {
                kind: resource.kind.name.to_owned(),
                id: object.id.clone(),
                properties: properties.map(|(name, value)| (name.clone(), value.clone())).collect(),
                outputs: outputs(resource.kind, object, self.known.map(|(_, recorded)| recorded)),
                depends_on: resource.depends_on.iter().map(|address| address.as_str().to_owned()).collect(),
                protected: resource.protected,
                owner: Owner::from(resource.ownership),
                leftover: self.known.map(|(_, recorded)| recorded.leftover.clone()).unwrap_or_default(),
            });
        }
        change.wanted = wanted;
        Ok(change)
    }

    fn seen(&self) -> &Seen {
        self.question.world.at(&self.resource.address)
    }

    /// The object that it is: one that somebody else made, where it is not managed.
    fn object(&self) -> Option<&Object> {
        match (self.seen(), self.resource.ownership) {
            (Seen::Object(object), _) => Some(object),
            (Seen::Foreign(objects), Ownership::Adopted | Ownership::Existing) if objects.len() == 1 => objects.first(),
            (Seen::Foreign(_) | Seen::Absent | Seen::Taken(_) | Seen::Unknowable | Seen::Unasked, _) => None,
        }
    }

    /// What the state says of it, if it was made here or taken over; what was only looked up is still somebody else's.
    fn held(&self) -> Option<&Recorded> {
        self.known.map(|(_, recorded)| recorded).filter(|recorded| recorded.owner != Owner::LookedUp)
    }

    fn change(&self, action: Action, reason: Reason) -> Change {
        let resource = self.resource;
        let moved_from = self.known.map(|(address, _)| address).filter(|address| **address != resource.address);
        let recorded = self.known.map(|(_, recorded)| recorded);
        Change {
            address: resource.address.clone(),
            kind: resource.kind,
            action,
            reason,
            moved_from: moved_from.cloned(),
            id: recorded.map(|recorded| recorded.id.clone()),
            fields: Vec::new(),
            drift: Vec::new(),
            wanted: Properties::new(),
            settled: None,
            leftover: recorded.filter(|_| self.is_in_scope).map(left).unwrap_or_default(),
            after: BTreeSet::new(),
            depends_on: resource.depends_on.clone(),
            ownership: resource.ownership,
            protected: resource.protected,
            origin: Some(resource.origin),
        }
    }

    fn managed(&self, wanted: &Properties) -> Result<Change, Problem> {
        let there = match (self.seen(), self.held()) {
            (Seen::Object(object), Some(_)) => object.properties.clone(),
            (Seen::Unasked, Some(recorded)) => recorded.properties.clone(),
            (Seen::Object(object), None) => return Err(self.foreign(std::slice::from_ref(object))),
            (Seen::Foreign(objects), _) => return Err(self.foreign(objects)),
            (Seen::Unasked, None) if let Some((_, recorded)) = self.known => {
                let (id, properties) = (recorded.id.clone(), recorded.properties.clone());
                return Err(self.foreign(&[Object { id, properties, outputs: BTreeMap::new() }]));
            }
            (Seen::Absent | Seen::Taken(_) | Seen::Unknowable | Seen::Unasked, None) => {
                return Ok(self.made(wanted, Reason::New));
            }
            (Seen::Absent | Seen::Taken(_) | Seen::Unknowable, Some(_)) => {
                return Ok(self.made(wanted, Reason::DeletedOutside));
            }
        };
        let mut change = self.compared(wanted, &there);
        let replaced: Vec<&'static str> = replaced_by(&change.fields);
        if !replaced.is_empty() {
            let is_alone = self.question.world.alone.contains(&self.resource.address);
            change.action = Action::Replace { create_first: self.resource.kind.create_first && !is_alone };
            change.reason = Reason::Replaced(replaced);
        }
        Ok(change)
    }

    fn adopted(&self, wanted: &Properties) -> Result<Change, Problem> {
        let object = match (self.seen(), self.held()) {
            (Seen::Foreign(objects), _) if objects.len() > 1 => return Err(self.foreign(objects)),
            (Seen::Unasked, Some(_)) => return Ok(self.compared(wanted, &Properties::new())),
            (
                Seen::Object(_) | Seen::Foreign(_) | Seen::Unasked | Seen::Absent | Seen::Taken(_) | Seen::Unknowable,
                _,
            ) => self.object().ok_or_else(|| self.nothing_to_adopt())?,
        };
        // Whoever made it may have made it anew.
        let is_known = self.held().is_some_and(|recorded| recorded.id == object.id);
        let mut change = self.compared(wanted, &object.properties);
        change.id = Some(object.id.clone());
        let replaced = replaced_by(&change.fields);
        if !replaced.is_empty() {
            return Err(Problem::new(
                &REPLACES_ADOPTED,
                Some(self.resource.origin),
                format!("`{}` would have to be made anew: {} differs", self.resource.address, replaced.join(", ")),
            )
            .why("what was taken over is never deleted")
            .help("let it be as it is there, or take it out of the homelab"));
        }
        if !is_known {
            change.action = Action::Adopt;
            change.reason = Reason::TakenOver;
        }
        Ok(change)
    }

    fn looked_up(&self) -> Result<Change, Problem> {
        let mut change = self.change(Action::None, Reason::LookedUp);
        match (self.seen(), self.known) {
            (Seen::Object(object), _) => change.id = Some(object.id.clone()),
            (Seen::Unasked, Some(_)) => {}
            (Seen::Foreign(objects), _) if objects.len() == 1 => {
                change.id = objects.first().map(|object| object.id.clone());
            }
            (Seen::Foreign(objects), _) => {
                return Err(Problem::new(
                    &NOT_FOUND,
                    Some(self.resource.origin),
                    format!("{} objects are what `{}` asks for", objects.len(), self.resource.address),
                )
                .help("say which one is meant, by its id"));
            }
            (Seen::Absent | Seen::Taken(_) | Seen::Unknowable | Seen::Unasked, _) => {
                return Err(Problem::new(
                    &NOT_FOUND,
                    Some(self.resource.origin),
                    format!("there is no `{}`, or this login may not see it", self.resource.address),
                )
                .why("it is only looked up, never made")
                .help("see that its name is right, and that the login may read it"));
            }
        }
        Ok(change)
    }

    /// What has to be done to what is there.
    fn compared(&self, wanted: &Properties, there: &Properties) -> Change {
        let nothing = Properties::new();
        let recorded = self.known.map_or(&nothing, |(_, recorded)| &recorded.properties);
        let kind = self.resource.kind;
        let mut change = self.change(Action::None, Reason::AsItShouldBe);
        change.fields = to_do(kind, wanted, there, recorded);
        change.drift = drift(kind, recorded, there);
        if !change.fields.is_empty() {
            let is_drift = |field: &FieldChange| change.drift.iter().any(|drift| drift.path == field.path);
            let by_others = change.fields.iter().all(is_drift) && to_do(kind, wanted, recorded, recorded).is_empty();
            change.action = Action::Update;
            change.reason = if by_others { Reason::ChangedOutside } else { Reason::Changed };
        } else if !change.leftover.is_empty() {
            change.reason = Reason::Leftover;
        }
        change
    }

    fn made(&self, wanted: &Properties, reason: Reason) -> Change {
        let mut change = self.change(Action::Create, reason);
        change.id = None;
        change.fields = to_do(self.resource.kind, wanted, &Properties::new(), &Properties::new());
        // Of what is not there yet, everything can be set.
        change.fields.iter_mut().for_each(|field| field.effect = Effect::Update);
        change
    }

    /// The outputs that are known before anything is done; what is made has none yet.
    fn outputs(&self, change: &Change) -> Option<BTreeMap<String, Value>> {
        match change.action {
            Action::Create | Action::Replace { .. } | Action::Delete | Action::Forget => return None,
            Action::None | Action::Update | Action::Adopt => {}
        }
        match self.seen() {
            Seen::Object(object) => Some(outputs(change.kind, object, self.known.map(|(_, recorded)| recorded))),
            Seen::Foreign(objects) => objects.first().map(|object| object.outputs.clone()),
            Seen::Absent | Seen::Taken(_) | Seen::Unknowable | Seen::Unasked => {
                self.known.map(|(_, recorded)| recorded.outputs.clone())
            }
        }
    }

    fn foreign(&self, objects: &[Object]) -> Problem {
        let resource = self.resource;
        let ids: Vec<&str> = objects.iter().map(|object| object.id.as_str()).collect();
        let there = objects.first().map(|object| shown(object, resource.kind)).unwrap_or_default();
        let (address, stack) = (&resource.address, self.question.plan.stack);
        let problem = Problem::new(
            &FOREIGN,
            Some(resource.origin),
            format!("`{address}` cannot be made: {there} is there, and hlc did not make it"),
        )
        .why("hlc leaves alone what it did not make");
        match ids.as_slice() {
            [id] => problem.help(format!("take it over with `hlc import core/{stack} '{address}' {id}`, or delete it")),
            several => problem.help(format!(
                "take one of them over with `hlc import core/{stack} '{address}' ID`, and delete the others: {}",
                several.join(", ")
            )),
        }
    }

    fn nothing_to_adopt(&self) -> Problem {
        let message = format!("there is no `{}` to take over", self.resource.address);
        Problem::new(&NOTHING_TO_ADOPT, Some(self.resource.origin), message)
            .why("`(adopt)` never makes what it takes over")
            .help("see that its name is right and that it was made, or leave `(adopt)` out so that hlc makes it")
    }

    fn cannot(&self, span: Span, why: Unresolved) -> Problem {
        Problem::new(&CANNOT_BE_HAD, Some(span), why.message)
            .why(format!("`{}` needs it", self.resource.address))
            .help(why.help)
    }
}

/// What an object is, in short: its kind and what it is found by.
fn shown(object: &Object, kind: &KindDecl) -> String {
    let told = kind
        .properties
        .iter()
        .filter(|property| matches!(property.change, hlc_plan::Change::Identity) || property.name == "content");
    let told: Vec<String> = told
        .filter(|property| property.secrecy == hlc_plan::Secrecy::Open)
        .filter_map(|property| object.properties.get(property.name))
        .filter_map(Value::as_text)
        .map(str::to_owned)
        .collect();
    format!("a {} ({})", kind.name, told.join(" "))
}

/// What replacements left behind, by id.
fn left(recorded: &Recorded) -> Vec<String> {
    recorded.leftover.iter().map(|leftover| leftover.id.clone()).collect()
}

fn replaced_by(fields: &[FieldChange]) -> Vec<&'static str> {
    let names: BTreeSet<&'static str> =
        fields.iter().filter(|field| field.effect == Effect::Replace).map(|field| field.property).collect();
    names.into_iter().collect()
}

/// A resource that was made and is no longer planned.
fn gone(world: &World, address: &Address, recorded: &Recorded, kind: &'static KindDecl) -> Change {
    let ownership = match recorded.owner {
        Owner::Ours => Ownership::Managed,
        Owner::Adopted => Ownership::Adopted,
        Owner::LookedUp => Ownership::Existing,
    };
    let (action, reason) = match (recorded.owner, world.at(address)) {
        (Owner::Adopted | Owner::LookedUp, _) => (Action::Forget, Reason::LetGo),
        (Owner::Ours, Seen::Absent | Seen::Taken(_) | Seen::Foreign(_)) if !recorded.leftover.is_empty() => {
            (Action::Delete, Reason::Leftover)
        }
        (Owner::Ours, Seen::Absent | Seen::Taken(_) | Seen::Foreign(_)) => (Action::Forget, Reason::DeletedOutside),
        (Owner::Ours, Seen::Object(_) | Seen::Unknowable | Seen::Unasked) => (Action::Delete, Reason::Removed),
    };
    Change {
        address: address.clone(),
        kind,
        action,
        reason,
        moved_from: None,
        id: Some(recorded.id.clone()),
        fields: Vec::new(),
        drift: Vec::new(),
        wanted: Properties::new(),
        settled: None,
        leftover: left(recorded),
        after: BTreeSet::new(),
        depends_on: BTreeSet::new(),
        ownership,
        protected: recorded.protected,
        origin: None,
    }
}

/// What cannot be made beside what the stack has and keeps. What is made anew in somebody's way goes before the new one is made.
fn stay_in_the_way(changes: &mut [Change], question: &Question<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut first = BTreeSet::new();
    for change in changes.iter().filter(|change| change.action == Action::Create) {
        let Seen::Taken(by) = question.world.at(&change.address) else { continue };
        for other in by {
            let action = changes.iter().find(|change| change.address == *other).map(|change| change.action);
            let why = match action {
                Some(Action::Replace { .. }) => {
                    first.insert(other.clone());
                    continue;
                }
                Some(Action::Delete | Action::Update) => continue,
                Some(Action::None | Action::Create | Action::Adopt | Action::Forget) | None => {
                    let planned = question.plan.resources.iter().any(|resource| resource.address == *other);
                    if planned { "the homelab keeps both" } else { "it goes, but not in this run" }
                }
            };
            problems.push(
                Problem::new(
                    &IN_THE_WAY,
                    change.origin,
                    format!("`{}` cannot be made beside `{other}`, which is there", change.address),
                )
                .why(why)
                .help(format!("let `{other}` go first: take it out of the homelab, and leave it in this run")),
            );
        }
    }
    for change in changes.iter_mut().filter(|change| first.contains(&change.address)) {
        change.action = Action::Replace { create_first: false };
    }
    problems
}

/// Says what has to be carried out before what.
fn link(changes: &mut [Change], question: &Question<'_>, links: &Links) {
    let active: BTreeSet<Address> =
        changes.iter().filter(|change| change.action != Action::None).map(|change| change.address.clone()).collect();
    let mut users: BTreeMap<Address, BTreeSet<Address>> = BTreeMap::new();
    for change in changes.iter() {
        let known = links.known(question.state, &change.address);
        for used in known.into_iter().flat_map(|(_, recorded)| &recorded.depends_on) {
            users.entry(Address::new(used.as_str())).or_default().insert(change.address.clone());
        }
    }
    for change in changes.iter_mut() {
        match change.action {
            Action::Delete | Action::Forget => {
                change.after = users.remove(&change.address).unwrap_or_default();
                change.after.remove(&change.address);
            }
            Action::None | Action::Create | Action::Adopt | Action::Update | Action::Replace { .. } => {
                change.after = change.depends_on.clone();
                if let Seen::Taken(by) = question.world.at(&change.address) {
                    change.after.extend(by.iter().cloned());
                }
            }
        }
        change.after.retain(|address| active.contains(address));
    }
}

fn waiting(ring: &Ring, planned: &BTreeMap<&Address, &PlannedResource>) -> Problem {
    let names: Vec<&str> = ring.0.iter().map(Address::as_str).collect();
    let origin = ring.0.iter().find_map(|address| planned.get(address)).map(|resource| resource.origin);
    Problem::new(&RING, origin, format!("these wait for each other: {}", names.join(", ")))
        .help("apply a part of them first with `--target` or `--exclude`")
}

/// Outputs of this stack's own resources first.
struct Here<'a> {
    outer: &'a dyn Lookup,
    planned: &'a BTreeMap<&'a Address, &'a PlannedResource>,
    outputs: RefCell<BTreeMap<Address, Option<BTreeMap<String, Value>>>>,
}

impl Lookup for Here<'_> {
    fn secret(&self, name: &str) -> Result<Fingerprint, Unresolved> {
        self.outer.secret(name)
    }

    fn output(&self, address: &Address, name: &str) -> Result<Option<Value>, Unresolved> {
        if !self.planned.contains_key(address) {
            return self.outer.output(address, name);
        }
        let outputs = self.outputs.borrow();
        Ok(outputs.get(address).and_then(Option::as_ref).and_then(|outputs| outputs.get(name)).cloned())
    }

    fn compose(&self, pieces: &[Composed<'_>]) -> Result<Fingerprint, Unresolved> {
        self.outer.compose(pieces)
    }
}
