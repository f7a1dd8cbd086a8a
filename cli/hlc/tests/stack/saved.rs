//! Plans that are looked at now and carried out later.

use serde_json::json;

use crate::stage::{COUNT, RECORDS, Stage};

fn saved() -> Stage {
    let stage = Stage::new();
    stage.ok(&["plan", "core/cloudflare", "--out", "the.plan"]);
    stage
}

#[track_caller]
fn refused(stage: &Stage, why: &str) {
    let before = stage.there();
    let ran = stage.run(&["apply", "the.plan"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.says(why), "{}", ran.stderr);
    assert_eq!(stage.there(), before);
}

#[test]
fn a_plan_is_carried_out_once() {
    let stage = saved();
    stage.ok(&["apply", "the.plan"]);
    stage.assert_settled(COUNT);
    refused(&stage, "something was carried out since");
}

#[test]
fn not_when_the_homelab_has_changed() {
    let stage = saved();
    stage.records(&RECORDS.replace("192.0.2.2", "192.0.2.3"));
    refused(&stage, "the homelab has changed");
}

#[test]
fn not_when_the_state_has_moved_on() {
    let stage = saved();
    stage.ok(&["apply", "core/cloudflare", "--yes", "--target", "record.A.two.*"]);
    refused(&stage, "something was carried out since");
}

#[test]
fn not_when_somebody_else_has_changed_something() {
    let stage = Stage::new();
    stage.apply();
    stage.records(&RECORDS.replace("192.0.2.2", "192.0.2.22"));
    stage.ok(&["plan", "core/cloudflare", "--out", "the.plan"]);
    let there = stage.there();
    let record = there.iter().find(|record| record["name"] == "two.example.net" && record["type"] == "A").unwrap();
    stage
        .cloudflare
        .world()
        .edit("example.net", record["id"].as_str().unwrap(), &json!({ "content": "198.51.100.9" }))
        .unwrap();
    let before = stage.there();
    let ran = stage.run(&["apply", "the.plan"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    // Both values are shown: theirs, and ours.
    assert!(ran.stdout.contains(r#""198.51.100.9" -> "192.0.2.22""#), "{}", ran.stdout);
    assert_eq!(stage.there(), before);
}

#[test]
fn not_when_it_is_no_plan() {
    let stage = Stage::new();
    let write = |text: &str| std::fs::write(stage.folder.path().join("the.plan"), text).unwrap();
    write("{}");
    refused(&stage, "no saved plan");
    write(r#"{"version": 99}"#);
    refused(&stage, "a newer hlc wrote it");
    let ran = stage.run(&["apply", "core/clodflare"]);
    assert_eq!(ran.code, Some(64));
    assert!(ran.says("core/cloudflare"), "{}", ran.stderr);
}
