//! Runs that are about a part.

use hlc_change::{Action, Reason, Scope, Seen};

use crate::kind::{Homelab, Thing, address, full, output, thing, told, was};

fn uses(name: &str, used: &str) -> Thing {
    Thing { uses: output(used, "id"), ..thing(name) }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn what_is_left_out_is_not_touched() {
    let homelab = || {
        Homelab::default()
            .wants(Thing { note: Some("else".to_owned()), ..full("a") })
            .wants(uses("b", "a"))
            .wants(thing("c"))
            .made(full("a"))
            .made(thing("gone"))
            .sees(full("a"))
            .sees(thing("gone"))
    };
    let with = |scope: Scope| {
        let homelab = Homelab { scope, ..homelab() };
        let changes = homelab.decide().unwrap();
        let active = changes.changes.into_iter().filter(|change| change.action != Action::None);
        active.map(|change| change.address.as_str().trim_start_matches("hetzner/thing.").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(with(Scope::default()), ["a", "c", "gone", "b"]);
    assert_eq!(with(Scope { targets: names(&["thing.b"]), ..Scope::default() }), ["a", "b"]);
    assert_eq!(with(Scope { excludes: names(&["thing.a"]), ..Scope::default() }), ["c", "gone"]);
    assert_eq!(with(Scope { targets: names(&["thing.c"]), ..Scope::default() }), ["c"]);
}

#[test]
fn what_is_left_out_keeps_what_it_uses() {
    let mut homelab = Homelab::default()
        .wants(thing("user"))
        .made(uses("user", "used"))
        .made(thing("used"))
        .sees(uses("user", "used"))
        .sees(thing("used"));
    assert_eq!(homelab.decide().unwrap().counts().delete, 1);
    homelab.scope.excludes = names(&["thing.user"]);
    let changes = homelab.decide().unwrap();
    assert_eq!(changes.counts().delete, 0, "its user still has it");
    assert_eq!(changes.changes[0].reason, Reason::OutOfScope);
}

#[test]
fn a_pattern_that_names_nothing_is_told() {
    let mut homelab = Homelab::default().wants(thing("a")).finds("a", Seen::Absent);
    homelab.scope.targets = names(&["thing.b"]);
    let problems = homelab.decide().unwrap_err();
    assert!(problems[0].message.contains("thing.b") && problems[0].help.contains("hetzner/thing.a"), "{problems:?}");
}

#[test]
fn a_new_name_is_found_by_the_new_name() {
    let mut homelab = Homelab::default().plans(was(full("new"), "old")).made(full("old")).wants(thing("other"));
    let there = Thing { name: "new".to_owned(), ..full("old") };
    homelab = homelab.sees_at(&address("new"), there);
    homelab.scope.targets = names(&["thing.new"]);
    assert_eq!(told(&homelab.decide().unwrap())[0], "none thing.new: it is as it should be (was thing.old)");
}
