//! What holds for every plan, state and world.

use std::collections::{BTreeMap, BTreeSet};

use hlc_change::{Action, ChangeSet, Leftover, Object, Owner, Properties, Recorded, Seen, State, Value, World, moved};
use hlc_plan::{Address, PlannedResource};
use proptest::prelude::*;

use crate::kind::{Homelab, Thing, address, env, output, outputs, planned, secret, thing, was};

/// What is drawn of one of the things.
#[derive(Clone, Debug)]
struct Drawn {
    wanted: Option<Thing>,
    /// Which of the things before it uses, by how far it is away.
    uses: Option<usize>,
    was_other: bool,
    made: Option<Thing>,
    there: There,
    left: bool,
}

#[derive(Clone, Debug)]
enum There {
    AsMade,
    Changed(Thing),
    Gone,
    Foreign,
}

fn any_thing() -> impl Strategy<Value = Thing> {
    let text = || prop::option::of(prop::sample::select(vec!["a", "b"]).prop_map(str::to_owned));
    (
        text(),
        text(),
        prop::option::of(1..4u64),
        text(),
        text(),
        prop::option::of(0..2usize),
        prop::option::of((0..2usize, 0..2usize)),
    )
        .prop_map(|(note, mode, size, region, seed, password, parts)| Thing {
            note,
            mode,
            size,
            region,
            seed,
            password: password.and_then(|which| secret(["one", "two"][which])),
            env: parts.and_then(|(open, hidden): (usize, usize)| env(["x", "y"][open], ["one", "two"][hidden])),
            ..Thing::default()
        })
}

fn any_drawn() -> impl Strategy<Value = Drawn> {
    let there = prop_oneof![
        4 => Just(There::AsMade),
        2 => any_thing().prop_map(There::Changed),
        1 => Just(There::Gone),
        1 => Just(There::Foreign),
    ];
    let thing = || prop::option::weighted(0.7, any_thing());
    (thing(), prop::option::of(1..4usize), prop::bool::weighted(0.2), thing(), there, prop::bool::weighted(0.1))
        .prop_map(|(wanted, uses, was_other, made, there, left)| Drawn { wanted, uses, was_other, made, there, left })
}

fn homelab(drawn: &[Drawn], with_foreign: bool) -> Homelab {
    let mut homelab = Homelab::default();
    let name = |place: usize| format!("t{place}");
    let full = |thing: &Thing, place: usize, uses: Option<usize>| {
        let uses = uses.and_then(|back| place.checked_sub(back)).filter(|used| {
            let used = &drawn[*used];
            used.wanted.is_some() && used.made.is_some()
        });
        Thing { name: name(place), uses: uses.and_then(|used| output(&name(used), "id")), ..thing.clone() }
    };
    for (place, it) in drawn.iter().enumerate() {
        if let Some(wanted) = &it.wanted {
            let wanted = full(wanted, place, it.uses);
            // Under a name that only the state has.
            let is_renamed = it.was_other && it.made.is_none();
            homelab = homelab.plans(if is_renamed { was(wanted, &format!("old{place}")) } else { planned(wanted) });
            if is_renamed {
                let old = Thing { name: format!("old{place}"), ..thing("") };
                homelab = homelab.made(old.clone());
                let mut object = homelab.object(old);
                object.properties.insert("name".to_owned(), Value::text(name(place)));
                homelab.world.seen.insert(address(&name(place)), Seen::Object(object));
            }
        }
        if let Some(made) = &it.made {
            let made = full(made, place, it.uses.map(|uses| uses + 1));
            homelab = homelab.made(made.clone());
            if it.left {
                let left = Leftover { id: format!("left{place}"), properties: Properties::new() };
                homelab.state.resources.get_mut(&address(&name(place))).unwrap().leftover.push(left);
            }
            homelab = match &it.there {
                There::AsMade => homelab.sees(made),
                There::Changed(changed) => homelab.sees(Thing { name: name(place), ..changed.clone() }),
                There::Foreign if with_foreign => {
                    let mut object = homelab.object(made);
                    object.id = format!("foreign{place}");
                    homelab.finds(&name(place), Seen::Foreign(vec![object]))
                }
                There::Gone | There::Foreign => homelab.finds(&name(place), Seen::Absent),
            };
        }
    }
    homelab
}

/// Carries changes out without an API: what would be there, and what would be recorded.
fn carried_out(homelab: &Homelab, changes: &ChangeSet) -> Homelab {
    let mut next = Homelab {
        plan: homelab.plan.clone(),
        state: homelab.state.clone(),
        world: World::default(),
        scope: homelab.scope.clone(),
        lookup: crate::kind::Names::default(),
    };
    let mut objects: BTreeMap<Address, Object> = BTreeMap::new();
    for (address, seen) in &homelab.world.seen {
        if let Seen::Object(object) = seen {
            objects.insert(address.clone(), object.clone());
        }
    }
    let resource = |address: &Address| homelab.plan.resources.iter().find(|resource| resource.address == *address);
    for change in &changes.changes {
        let address = &change.address;
        if let Some(was) = &change.moved_from {
            next.state.rename(was, address);
        }
        match change.action {
            Action::None => {
                if let Some(recorded) = next.state.resources.get_mut(address) {
                    recorded.leftover.clear();
                }
            }
            Action::Forget | Action::Delete => {
                next.state.resources.remove(address);
                objects.remove(address);
                continue;
            }
            Action::Create | Action::Replace { .. } => {
                objects.insert(address.clone(), made(resource(address).unwrap()));
            }
            Action::Update | Action::Adopt => {
                let wanted = made(resource(address).unwrap());
                let object = objects.get_mut(address).unwrap();
                let told =
                    change.fields.iter().filter(|field| field.property != "password" && field.property != "seed");
                for field in told {
                    let value = wanted.properties.get(field.property).cloned();
                    object.properties.insert(field.property.to_owned(), value.unwrap_or(Value::Null));
                }
            }
        }
        if let (Some(resource), Some(object)) = (resource(address), objects.get(address)) {
            next.state.resources.insert(address.clone(), recorded(resource, object));
        }
    }
    next.world.seen = objects.into_iter().map(|(address, object)| (address, Seen::Object(object))).collect();
    next
}

fn made(resource: &PlannedResource) -> Object {
    let name = resource.address.as_str().trim_start_matches("hetzner/thing.").to_owned();
    let mut object = Homelab::default().object(thing(&name));
    object.properties.extend(recorded(resource, &object).properties);
    object.properties.retain(|name, _| name != "password" && name != "seed");
    object
}

fn recorded(resource: &PlannedResource, object: &Object) -> Recorded {
    // Every output is as the vendor tells it.
    let mut state = Homelab::default().plans(resource.clone());
    state.lookup = crate::kind::Names::default();
    let made = state.wanted(resource);
    Recorded {
        kind: "thing".to_owned(),
        id: object.id.clone(),
        properties: made,
        outputs: outputs(&resource.address),
        depends_on: resource.depends_on.iter().map(|it| it.as_str().to_owned()).collect(),
        protected: resource.protected,
        owner: Owner::Ours,
        leftover: Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Once carried out there is nothing more to do.
    #[test]
    fn nothing_is_left_to_do(drawn in prop::collection::vec(any_drawn(), 1..7)) {
        let homelab = homelab(&drawn, false);
        let changes = homelab.decide().unwrap();
        let next = carried_out(&homelab, &changes);
        let again = next.decide().unwrap();
        prop_assert!(again.counts().is_empty(), "{:#?}\n{:#?}", crate::kind::told(&changes), crate::kind::told(&again));
    }

    /// Each comes after what it waits for, and what is used before and after.
    #[test]
    fn the_order_can_be_carried_out(drawn in prop::collection::vec(any_drawn(), 1..7)) {
        let homelab = homelab(&drawn, false);
        let changes = homelab.decide().unwrap();
        let mut done = BTreeSet::new();
        for change in &changes.changes {
            prop_assert!(change.after.is_subset(&done), "{} waits for {:?}", change.address, change.after);
            done.insert(change.address.clone());
        }
        let moved = moved(&homelab.plan, &homelab.state);
        for change in &changes.changes {
            let acts = |address: &Address| changes.at(address).is_some_and(|it| it.action != Action::None);
            let goes = |address: &Address| changes.at(address).is_some_and(|it| matches!(it.action, Action::Delete));
            if change.action != Action::None && !goes(&change.address) && change.action != Action::Forget {
                for used in change.depends_on.iter().filter(|used| acts(used)) {
                    prop_assert!(change.after.contains(used), "{} uses {used}", change.address);
                }
            }
            let was = moved.get(&change.address).unwrap_or(&change.address);
            for used in homelab.state.resources.get(was).into_iter().flat_map(|it| &it.depends_on) {
                let used = Address::new(used.as_str());
                if goes(&used) && change.action != Action::None {
                    let used = changes.at(&used).unwrap();
                    prop_assert!(used.after.contains(&change.address), "{} goes before its user", used.address);
                }
            }
        }
    }

    /// What somebody else made is in no change.
    #[test]
    fn nothing_is_done_to_what_others_made(drawn in prop::collection::vec(any_drawn(), 1..7)) {
        let homelab = homelab(&drawn, true);
        let foreign = |address: &Address| matches!(homelab.world.at(address), Seen::Foreign(_));
        let stands_against = homelab.plan.resources.iter().any(|resource| foreign(&resource.address));
        match homelab.decide() {
            Ok(changes) => {
                prop_assert!(!stands_against);
                for change in changes.changes.iter().filter(|change| foreign(&change.address)) {
                    let is_harmless = change.action == Action::Forget
                        || change.action == Action::Delete && !change.leftover.is_empty();
                    prop_assert!(is_harmless, "{change:?}");
                }
            }
            Err(problems) => {
                prop_assert!(stands_against);
                prop_assert!(problems.iter().all(|problem| problem.code.id == "HLC1200"), "{problems:?}");
            }
        }
    }

    /// A state says the same when it is read.
    #[test]
    fn states_are_read_as_they_were_written(drawn in prop::collection::vec(any_drawn(), 1..7)) {
        let state = homelab(&drawn, true).state;
        prop_assert_eq!(State::read(state.stack, &state.write()), Ok(state));
    }
}
