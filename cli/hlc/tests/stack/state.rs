//! The state: shown, mended, lost, damaged.

use std::fs;
use std::path::PathBuf;

use crate::stage::{COUNT, RECORDS, Stage};

fn state(stage: &Stage) -> PathBuf {
    stage.folder.path().join(".hlc/state/t/cloudflare.json")
}

fn applied() -> Stage {
    let stage = Stage::new();
    stage.apply();
    stage
}

#[test]
fn it_is_shown() {
    let stage = applied();
    let listed = stage.ok(&["state", "list", "core/cloudflare"]).stdout;
    assert_eq!(listed.lines().count(), COUNT + 1, "{listed}");
    assert!(listed.contains("cloudflare/record.A.two.example.net\n"), "{listed}");
    let shown = stage.ok(&["state", "show", "core/cloudflare", "record.A.two.example.net"]).stdout;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["properties"]["content"], "192.0.2.2");
    let id = shown["id"].as_str().unwrap();
    let output = stage.ok(&["output", "core/cloudflare", "record.A.two.example.net#id"]).stdout;
    assert_eq!(output.trim(), id);
    assert!(stage.ok(&["output", "core/cloudflare"]).stdout.contains(id));
    let wrong = stage.run(&["output", "core/cloudflare", "record.A.two.example.net#ip"]);
    assert!(wrong.says("has no output `ip`"), "{}", wrong.stderr);
}

#[test]
fn an_address_is_moved_or_forgotten() {
    let stage = applied();
    stage.ok(&["state", "rm", "core/cloudflare", "record.A.two.example.net"]);
    assert_eq!(stage.there().len(), COUNT, "it stays");
    let refused = stage.run(&["plan", "core/cloudflare"]);
    assert!(refused.says("HLC1200"), "it is somebody else's now: {}", refused.stderr);
    let stage = applied();
    stage.records(&RECORDS.replace("CNAME \"www\" to=\"example.org\"", ""));
    let wrong = stage.run(&["state", "mv", "core/cloudflare", "record.CNAME.www.example.net", "zone.x"]);
    assert!(wrong.says("cannot become"), "{}", wrong.stderr);
    stage.ok(&["state", "mv", "core/cloudflare", "record.CNAME.www.example.net", "record.CNAME.web.example.net"]);
    let listed = stage.ok(&["state", "list", "core/cloudflare"]).stdout;
    assert!(listed.contains("record.CNAME.web.example.net") && !listed.contains("www"), "{listed}");
}

#[test]
fn a_damaged_one_is_refused_and_made_anew() {
    let stage = applied();
    let good = fs::read(state(&stage)).unwrap();
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    for bad in [&good[..good.len() / 2], &flipped[..], b""] {
        fs::write(state(&stage), bad).unwrap();
        let refused = stage.run(&["apply", "core/cloudflare", "--yes"]);
        assert_eq!(refused.code, Some(1));
        assert!(refused.says("hlc state rebuild") || refused.says("state"), "{}", refused.stderr);
        assert_eq!(stage.there().len(), COUNT);
    }
    let rebuilt = stage.ok(&["state", "rebuild", "core/cloudflare", "--yes"]);
    assert!(rebuilt.says(format!("{} taken in", COUNT + 1)), "{}", rebuilt.stderr);
    stage.assert_settled(COUNT);
    // Newer than this program: nothing is overwritten.
    fs::write(state(&stage), br#"{"version": 99}"#).unwrap();
    let refused = stage.run(&["apply", "core/cloudflare", "--yes"]);
    assert!(refused.says("a newer hlc wrote it"), "{}", refused.stderr);
}

#[test]
fn a_lost_one_is_never_taken_for_nothing() {
    let stage = applied();
    fs::remove_dir_all(stage.folder.path().join(".hlc")).unwrap();
    let refused = stage.run(&["apply", "core/cloudflare", "--yes"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.says("HLC1200"), "{}", refused.stderr);
    assert_eq!(stage.there().len(), COUNT, "nothing was made twice");
    stage.ok(&["state", "rebuild", "core/cloudflare", "--yes"]);
    stage.assert_settled(COUNT);
}

#[test]
fn an_older_one_that_was_put_back_is_told() {
    let stage = applied();
    let older = fs::read(state(&stage)).unwrap();
    stage.records(&RECORDS.replace("CNAME \"www\" to=\"example.org\"", "CNAME \"web\" to=\"example.org\""));
    stage.apply();
    fs::write(state(&stage), older).unwrap();
    // It says that `www` is there and knows nothing of `web`: the one is gone, the other is somebody else's.
    let refused = stage.run(&["apply", "core/cloudflare", "--yes"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.says("web.example.net"), "{}", refused.stderr);
    assert_eq!(stage.there().len(), COUNT);
}
