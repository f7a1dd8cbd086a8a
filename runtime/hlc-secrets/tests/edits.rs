//! Any row of edits leaves a file that opens and holds what was asked for, in YAML and in JSON.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use hlc_secrets::{Identities, Opened, Secret};
use proptest::prelude::*;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

fn sample() -> Opened {
    let identities = Identities::from_text("test", &read("secrets/TEST-KEY-NOT-SECRET.age.txt"));
    Opened::open(&read("secrets/bootstrap.sops.yaml"), &identities).unwrap()
}

/// The same file as JSON, in the same order, which the checksum depends on.
fn as_json() -> Opened {
    let root = hlc_sops::tree::read(hlc_diag::FileId::new(0), sample().text()).unwrap();
    let identities = Identities::from_text("test", &read("secrets/TEST-KEY-NOT-SECRET.age.txt"));
    Opened::open(&format!("{}\n", json(&root, "\n")), &identities).unwrap()
}

fn json(node: &hlc_sops::Node, line: &str) -> String {
    let inner = format!("{line}\t");
    let block = |open: char, parts: Vec<String>, close: char| {
        format!("{open}{inner}{}{line}{close}", parts.join(&format!(",{inner}")))
    };
    match &node.content {
        hlc_sops::Content::Scalar(scalar, _) => {
            serde_json::to_string(&String::from_utf8(scalar.to_bytes().unwrap_or_default()).unwrap()).unwrap()
        }
        hlc_sops::Content::List(items) => block('[', items.iter().map(|item| json(item, &inner)).collect(), ']'),
        hlc_sops::Content::Map(entries) => {
            let entry = |entry: &hlc_sops::Entry| format!("{:?}: {}", entry.key, json(&entry.value, &inner));
            block('{', entries.iter().map(entry).collect(), '}')
        }
    }
}

fn values(opened: &Opened) -> BTreeMap<String, Vec<u8>> {
    opened.values().iter().map(|value| (value.name.clone(), value.secret.expose().to_vec())).collect()
}

fn edit() -> impl Strategy<Value = (String, Option<String>)> {
    let name = prop_oneof![
        Just("PROXMOX_PASSWORD".to_owned()),
        Just("NB_RELAY_SECRET".to_owned()),
        "[A-Za-z0-9_/-]{1,6}",
        "(true|null|0x1F|1e3|~|yes)",
    ];
    (name, proptest::option::of("\\PC{1,12}|[\\t\\n\"'\\\\:#{},\\[\\]]{1,6}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_row_of_edits_does_what_it_says(edits in prop::collection::vec(edit(), 1..8), in_json in any::<bool>()) {
        let mut opened = if in_json { as_json() } else { sample() };
        let mut wanted = values(&opened);
        for (second, (name, value)) in (0u64..).zip(edits) {
            let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000 + second);
            let result = match &value {
                Some(value) => opened.set(&name, &Secret::from(value.clone()), now),
                None => opened.unset(&name, now),
            };
            match (result, value) {
                (Ok(changed), Some(value)) => {
                    wanted.insert(name, value.into_bytes());
                    opened = changed;
                }
                (Ok(changed), None) => {
                    prop_assert!(wanted.remove(&name).is_some());
                    opened = changed;
                }
                // Only what is not there cannot be removed, and only names that are none cannot be set.
                (Err(_), None) => prop_assert!(!wanted.contains_key(&name)),
                (Err(error), Some(_)) => prop_assert!(name == "~" || name == "sops", "{name}: {error}"),
            }
            prop_assert_eq!(&values(&opened), &wanted);
        }
    }
}
