//! One resource after another: plan, state and world in, what is done and why out.

use hlc_change::{Action, Leftover, Owner, Properties, Reason, Seen, Value};
use hlc_plan::{Address, Ownership};

use crate::kind::{Homelab, Thing, address, env, full, output, owned, planned, secret, thing, told, was};

fn one(homelab: &Homelab) -> String {
    let changes = homelab.decide().unwrap_or_else(|problems| panic!("{problems:?}"));
    let [line] = &told(&changes)[..] else { panic!("{:?}", told(&changes)) };
    line.clone()
}

/// What is wanted, against the full thing that was made and is there.
fn against_full(wanted: Thing) -> String {
    one(&Homelab::default().wants(wanted).made(full("a")).sees(full("a")))
}

#[test]
fn every_sort_of_property() {
    let rows = [
        ("none thing.a: it is as it should be", full("a")),
        (
            "update thing.a: the homelab says something else now; note \"as it was\" > \"else\"",
            Thing { note: Some("else".to_owned()), ..full("a") },
        ),
        (
            "update thing.a: the homelab says something else now; note \"as it was\" > -",
            Thing { note: None, ..full("a") },
        ),
        (
            "update thing.a: the homelab says something else now; mode \"slow\" > \"fast\" (restart)",
            Thing { mode: Some("fast".to_owned()), ..full("a") },
        ),
        ("update thing.a: the homelab says something else now; size 10 > 11", Thing { size: Some(11), ..full("a") }),
        (
            "replace thing.a: size cannot be changed on the one that is there; size 10 > 9 (replace)",
            Thing { size: Some(9), ..full("a") },
        ),
        (
            "replace thing.a: region cannot be changed on the one that is there; region \"north\" > \"south\" (replace)",
            Thing { region: Some("south".to_owned()), ..full("a") },
        ),
        ("none thing.a: it is as it should be", Thing { seed: Some("gold".to_owned()), ..full("a") }),
        (
            "update thing.a: the homelab says something else now; password (secret) > (secret)",
            Thing { password: secret("another"), ..full("a") },
        ),
        (
            "update thing.a: the homelab says something else now; password (secret) > -",
            Thing { password: None, ..full("a") },
        ),
        (
            "update thing.a: the homelab says something else now; env.hidden (secret) > (secret)",
            Thing { env: env("told", "another"), ..full("a") },
        ),
        (
            "update thing.a: the homelab says something else now; env.open \"told\" > \"shown\"",
            Thing { env: env("shown", "env"), ..full("a") },
        ),
    ];
    for (expected, wanted) in rows {
        assert_eq!(against_full(wanted), expected);
    }
}

#[test]
fn what_is_there() {
    let made = || Homelab::default().wants(full("a")).made(full("a"));
    let drifted = Thing { note: Some("theirs".to_owned()), ..full("a") };
    assert_eq!(
        one(&made().sees(drifted.clone())),
        "update thing.a: somebody else has changed it; note \"theirs\" > \"as it was\""
    );
    let both = Homelab::default().wants(Thing { size: Some(12), ..full("a") }).made(full("a")).sees(drifted.clone());
    assert_eq!(
        one(&both),
        "update thing.a: the homelab says something else now; note \"theirs\" > \"as it was\"; size 10 > 12"
    );
    let as_they_did = Homelab::default().wants(drifted.clone()).made(full("a")).sees(drifted);
    assert_eq!(one(&as_they_did), "none thing.a: it is as it should be");
    let settled = as_they_did.decide().unwrap().changes[0].settled.clone().unwrap();
    assert_eq!(settled.properties.get("note"), Some(&Value::text("theirs")), "it is ours from now on");
    for seen in [Seen::Absent, Seen::Unknowable] {
        let again = made().finds("a", seen).decide().unwrap();
        assert_eq!((again.changes[0].action, &again.changes[0].reason), (Action::Create, &Reason::DeletedOutside));
        assert_eq!(again.changes[0].id, None);
    }
    assert_eq!(one(&made().finds("a", Seen::Unasked)), "none thing.a: it is as it should be");
    let new = Homelab::default().wants(thing("a")).finds("a", Seen::Absent);
    assert_eq!(one(&new), "create thing.a: it is new in the homelab; name - > \"a\"");
}

#[test]
fn what_nobody_asked_for_is_left_alone() {
    let there = Thing { mode: Some("theirs".to_owned()), size: Some(4), ..thing("a") };
    let homelab = Homelab::default().wants(thing("a")).made(thing("a")).sees(there);
    assert_eq!(one(&homelab), "none thing.a: it is as it should be");
    assert!(homelab.decide().unwrap().changes[0].drift.is_empty());
}

#[test]
fn what_somebody_else_made_is_never_touched() {
    let object = |homelab: &Homelab| homelab.object(full("a"));
    let wants = || Homelab::default().wants(full("a"));
    let foreign = Seen::Foreign(vec![object(&wants())]);
    assert_eq!(wants().finds("a", foreign.clone()).codes(), ["HLC1200"]);
    // Not when what was made is gone, either.
    assert_eq!(wants().made(full("a")).finds("a", foreign.clone()).codes(), ["HLC1200"]);
    // What was only looked up is not ours because the word is left out.
    for seen in [Seen::Object(object(&wants())), Seen::Unasked] {
        assert_eq!(wants().recorded(full("a"), Owner::LookedUp).finds("a", seen).codes(), ["HLC1200"]);
    }
    // Once it is no longer planned, it is forgotten.
    for (owner, seen) in [
        (Owner::Adopted, Seen::Object(object(&wants()))),
        (Owner::LookedUp, Seen::Object(object(&wants()))),
        (Owner::Ours, foreign),
    ] {
        let changes = Homelab::default().recorded(full("a"), owner).finds("a", seen).decide().unwrap();
        assert_eq!(changes.changes[0].action, Action::Forget, "{owner:?}");
    }
}

#[test]
fn what_is_taken_over() {
    let adopts = |thing| Homelab::default().plans(owned(thing, Ownership::Adopted));
    let there = adopts(full("a")).object(full("a"));
    let as_it_is = adopts(full("a")).finds("a", Seen::Foreign(vec![there.clone()]));
    assert_eq!(one(&as_it_is), "adopt thing.a: the homelab takes over what is there; password - > (secret)");
    let without = Thing { password: None, ..full("a") };
    let nothing_differs = adopts(without.clone()).finds("a", Seen::Foreign(vec![there.clone()]));
    let change = &nothing_differs.decide().unwrap().changes[0];
    assert_eq!(change.settled.as_ref().map(|it| (it.owner, it.id.clone())), Some((Owner::Adopted, there.id.clone())));
    let changed = Thing { note: Some("ours".to_owned()), ..without.clone() };
    let held = adopts(changed).recorded(without.clone(), Owner::Adopted).finds("a", Seen::Object(there.clone()));
    assert_eq!(one(&held), "update thing.a: the homelab says something else now; note \"as it was\" > \"ours\"");
    // Its maker has made it anew.
    let mut anew = there.clone();
    anew.id = "another".to_owned();
    let again = adopts(without.clone()).recorded(without.clone(), Owner::Adopted).finds("a", Seen::Foreign(vec![anew]));
    let change = &again.decide().unwrap().changes[0];
    assert_eq!((change.action, change.id.as_deref()), (Action::Adopt, Some("another")));
    let elsewhere = Thing { region: Some("south".to_owned()), ..without.clone() };
    assert_eq!(adopts(elsewhere).finds("a", Seen::Foreign(vec![there.clone()])).codes(), ["HLC1206"]);
    assert_eq!(adopts(without.clone()).finds("a", Seen::Absent).codes(), ["HLC1202"]);
    assert_eq!(adopts(without).finds("a", Seen::Foreign(vec![there.clone(), there])).codes(), ["HLC1200"]);
}

#[test]
fn what_is_looked_up() {
    let looks = || Homelab::default().plans(owned(thing("a"), Ownership::Existing));
    let there = looks().object(full("a"));
    let found = looks().finds("a", Seen::Foreign(vec![there.clone()]));
    let change = &found.decide().unwrap().changes[0];
    assert_eq!((change.action, change.is_change()), (Action::None, false));
    assert_eq!(change.settled.as_ref().map(|it| it.owner), Some(Owner::LookedUp));
    assert_eq!(looks().finds("a", Seen::Absent).codes(), ["HLC1201"]);
    assert_eq!(looks().finds("a", Seen::Foreign(vec![there.clone(), there])).codes(), ["HLC1201"]);
}

#[test]
fn a_new_name_keeps_the_object() {
    let renamed = |wanted: Thing| {
        let mut there = full("old");
        there.name.clone_from(&wanted.name);
        Homelab::default().plans(was(wanted, "old")).made(full("old")).sees_at(&address("new"), there)
    };
    let homelab = renamed(full("new"));
    let changes = homelab.decide().unwrap();
    assert_eq!(told(&changes), ["none thing.new: it is as it should be (was thing.old)"]);
    assert_eq!(changes.changes[0].id.as_deref(), Some("id-hetzner/thing.old"));
    let changes = renamed(Thing { note: Some("else".to_owned()), ..full("new") }).decide().unwrap();
    assert_eq!(changes.changes.len(), 1);
    assert_eq!((changes.changes[0].action, changes.counts().moved), (Action::Update, 1));
    // Once it has moved the word means nothing, and it never takes the record of one that is planned itself.
    let moved = Homelab::default().plans(was(full("new"), "old")).made(full("new")).sees(full("new"));
    assert_eq!(told(&moved.decide().unwrap()), ["none thing.new: it is as it should be"]);
    let both = moved.wants(full("old")).made(full("old")).sees(full("old"));
    assert_eq!(both.decide().unwrap().counts().moved, 0);
}

#[test]
fn the_order_of_deletions_and_of_what_is_in_the_way() {
    let uses = |name: &str, used: &str| Thing { uses: output(used, "id"), ..thing(name) };
    // What was used goes after its user has something else.
    let homelab = Homelab::default()
        .wants(thing("user"))
        .made(uses("user", "used"))
        .made(thing("used"))
        .sees(uses("user", "used"))
        .sees(thing("used"));
    let changes = homelab.decide().unwrap();
    assert_eq!(
        changes.changes.iter().map(|it| it.address.clone()).collect::<Vec<_>>(),
        [address("user"), address("used")]
    );
    assert!(changes.changes[1].after.contains(&address("user")));
    // What is in the way goes first.
    let homelab = Homelab::default().wants(thing("b")).made(thing("z")).sees(thing("z"));
    let homelab = homelab.finds("b", Seen::Taken(vec![address("z")]));
    let changes = homelab.decide().unwrap();
    assert_eq!(
        told(&changes),
        ["delete thing.z: it is no longer in the homelab", "create thing.b: it is new in the homelab; name - > \"b\""]
    );
    // What stays in the way is reported, whether it is wanted or only left out of this run.
    let homelab = homelab.wants(thing("z"));
    assert_eq!(homelab.codes(), ["HLC1207"]);
    let mut homelab = Homelab::default().wants(thing("b")).made(thing("z")).sees(thing("z"));
    homelab = homelab.finds("b", Seen::Taken(vec![address("z")]));
    homelab.scope.targets = vec!["thing.b".to_owned()];
    assert_eq!(homelab.codes(), ["HLC1207"]);
}

#[test]
fn what_comes_of_something_made_anew_is_not_known_before() {
    let uses = |name: &str, used: &str| Thing { uses: output(used, "id"), ..thing(name) };
    let homelab = Homelab::default()
        .wants(Thing { region: Some("south".to_owned()), ..full("used") })
        .wants(uses("user", "used"))
        .made(full("used"))
        .made(uses("user", "used"))
        .sees(full("used"))
        .sees(uses("user", "used"));
    let changes = homelab.decide().unwrap();
    let user = changes.at(&address("user")).unwrap();
    assert_eq!(user.action, Action::Update);
    assert!(!user.wanted.values().all(Value::is_known));
    assert!(user.after.contains(&address("used")));
}

#[test]
fn secrets_that_are_told_once_stay_known() {
    let homelab = Homelab::default().wants(full("a")).made(full("a"));
    let mut object = homelab.object(full("a"));
    object.outputs.remove("key");
    let homelab = homelab.finds("a", Seen::Object(object));
    let changes = homelab.decide().unwrap();
    let settled = changes.changes[0].settled.clone().unwrap();
    assert_eq!(settled.outputs, homelab.state.resources[&address("a")].outputs);
}

#[test]
fn what_was_left_behind_is_deleted() {
    let left = || vec![Leftover { id: "older".to_owned(), properties: Properties::new() }];
    let mut homelab = Homelab::default().wants(full("a")).made(full("a")).sees(full("a"));
    homelab.state.resources.get_mut(&address("a")).unwrap().leftover = left();
    let changes = homelab.decide().unwrap();
    assert_eq!((changes.changes[0].action, &changes.changes[0].reason), (Action::None, &Reason::Leftover));
    assert_eq!(changes.counts().delete, 1);
    assert_eq!(changes.changes[0].settled.as_ref().map(|it| it.leftover.len()), Some(1));
    // Also when the new one is gone, and the homelab has neither.
    let mut homelab = Homelab::default().made(full("a")).finds("a", Seen::Absent);
    homelab.state.resources.get_mut(&address("a")).unwrap().leftover = left();
    assert_eq!(homelab.decide().unwrap().changes[0].action, Action::Delete);
}

#[test]
fn what_cannot_be_had_is_said_with_its_place() {
    let homelab = Homelab::default().wants(Thing { password: secret("unknown"), ..thing("a") });
    let problems = homelab.decide().unwrap_err();
    assert_eq!(problems[0].code.id, "HLC1203");
    assert!(problems[0].to_diagnostic().is_some());
}

#[test]
fn texts_that_are_written_out_are_hidden_where_nothing_is_shown() {
    use hlc_plan::Input;
    let plain = || Some(Input::known("written out".to_owned(), crate::kind::HERE));
    let homelab = Homelab::default().wants(Thing { password: plain(), ..thing("a") });
    let wanted = &homelab.decide().unwrap().changes[0].wanted;
    assert!(matches!(wanted.get("password"), Some(Value::Secret(_))), "{wanted:?}");
    let homelab = homelab.made(Thing { password: plain(), ..thing("a") }).sees(thing("a"));
    assert_eq!(one(&homelab), "none thing.a: it is as it should be");
}

#[test]
fn rings_are_named() {
    let uses = |name: &str, used: &str| planned(Thing { uses: output(used, "id"), ..thing(name) });
    let homelab = Homelab::default().plans(uses("a", "b")).plans(uses("b", "a"));
    assert_eq!(homelab.codes(), ["HLC1205"]);
    let _: Address = address("a");
}
