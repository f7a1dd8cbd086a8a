//! What people and programs are shown.

use hlc_change::render::{Shown, human, json, summary};
use hlc_change::{ChangeSet, Leftover, Owner, Properties, Value};
use hlc_diag::Sources;
use hlc_diag::render::termcolor::NoColor;
use hlc_plan::Ownership;

use crate::kind::{CANARY, Homelab, Thing, address, env, full, output, owned, secret, thing, was};

fn shown(changes: &ChangeSet) -> String {
    let mut out = NoColor::new(Vec::new());
    human(&mut out, changes, &Sources::default(), Shown { unchanged: true }).unwrap();
    String::from_utf8(out.into_inner()).unwrap()
}

/// Something of everything.
fn everything() -> Homelab {
    let mut homelab = Homelab::default()
        .wants(full("new"))
        .wants(Thing {
            note: None,
            mode: Some("fast".to_owned()),
            password: secret("another"),
            env: env("shown", "another"),
            ..full("changed")
        })
        .wants(Thing { region: Some("south".to_owned()), ..full("anew") })
        .wants(Thing { uses: output("anew", "id"), ..thing("user") })
        .wants(full("drifted"))
        .plans(was(full("named"), "other"))
        .plans(owned(thing("adopted"), Ownership::Adopted))
        .wants(full("left"))
        .made(full("changed"))
        .made(full("anew"))
        .made(full("drifted"))
        .made(full("other"))
        .made(full("left"))
        .made(full("gone"))
        .recorded(thing("theirs"), Owner::Adopted);
    for name in ["changed", "anew", "left", "gone"] {
        homelab = homelab.sees(full(name));
    }
    homelab = homelab.sees(Thing { note: Some("theirs\u{1b}[31m\nred".to_owned()), ..full("drifted") });
    homelab = homelab.sees_at(&address("named"), Thing { name: "named".to_owned(), ..full("other") });
    let adopted = homelab.object(thing("adopted"));
    homelab = homelab.finds("adopted", hlc_change::Seen::Foreign(vec![adopted]));
    let left = Leftover { id: "id-of-the-old".to_owned(), properties: Properties::new() };
    homelab.state.resources.get_mut(&address("left")).unwrap().leftover.push(left);
    homelab
}

#[test]
fn for_people() {
    let changes = everything().decide().unwrap();
    insta::assert_snapshot!(format!("{}\n{}", shown(&changes), summary(&changes.counts())));
}

#[test]
fn for_programs() {
    let document = json(&everything().decide().unwrap(), &Sources::default());
    assert_eq!(document["version"], 1);
    assert_eq!(document["stack"], "hetzner");
    let changed = document["changes"].as_array().unwrap().iter().find(|it| it["address"] == "hetzner/thing.changed");
    insta::assert_snapshot!(serde_json::to_string_pretty(changed.unwrap()).unwrap());
}

/// Whoever looked at the world left a secret in the clear: what is shown hides it all the same.
#[test]
fn what_is_secret_is_not_shown_even_when_it_is_at_hand() {
    let mut changes = everything().decide().unwrap();
    for change in &mut changes.changes {
        for field in change.fields.iter_mut().filter(|field| field.property == "password" || field.path == "env.hidden")
        {
            field.before = Some(Value::text(CANARY));
        }
    }
    for text in [shown(&changes), json(&changes, &Sources::default()).to_string()] {
        let escaped = serde_json::to_string(CANARY).unwrap();
        assert!(!text.contains(CANARY) && !text.contains(escaped.trim_matches('"')), "{text}");
    }
}

#[test]
fn no_fingerprint_is_shown() {
    let homelab = everything();
    let changes = homelab.decide().unwrap();
    let texts = [shown(&changes), json(&changes, &Sources::default()).to_string()];
    let mut fingerprints = 0;
    for change in &changes.changes {
        change.wanted.values().for_each(|value| {
            value.each_secret(&mut |fingerprint| {
                fingerprints += 1;
                assert!(texts.iter().all(|text| !text.contains(fingerprint.as_str())));
            });
        });
    }
    assert!(fingerprints > 5);
}
