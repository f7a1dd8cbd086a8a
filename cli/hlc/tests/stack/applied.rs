//! Planned, applied, changed, destroyed.

use hlc_sim::Cloudflare;
use hlc_sim::cloudflare::{Settings, Token};
use serde_json::json;

use crate::stage::{COUNT, RECORDS, Stage, token};

#[test]
fn what_the_homelab_says_is_made_once() {
    let stage = Stage::new();
    let plan = stage.run(&["plan", "core/cloudflare", "--detailed-exitcode"]);
    assert_eq!(plan.code, Some(2), "{}", plan.stderr);
    assert!(plan.stdout.contains("+ cloudflare/record.A.two.example.net  homelab.kdl:7:11"), "{}", plan.stdout);
    assert!(stage.there().is_empty());
    let applied = stage.apply();
    assert!(applied.says(format!("core/cloudflare: {COUNT} done")), "{}", applied.stderr);
    stage.assert_settled(COUNT);
    // Applying again asks for nothing and writes nothing.
    let state = std::fs::read(stage.folder.path().join(".hlc/state/t/cloudflare.json")).unwrap();
    let writes = || stage.cloudflare.control().log().iter().filter(|seen| seen.method != "GET").count();
    let before = writes();
    stage.apply();
    assert_eq!(writes(), before);
    assert_eq!(std::fs::read(stage.folder.path().join(".hlc/state/t/cloudflare.json")).unwrap(), state);
}

#[test]
fn many_records_go_in_one_request() {
    let records: Vec<String> = (0..150).map(|number| format!("A \"h{number}\" to=\"192.0.2.{number}\"")).collect();
    let stage = Stage::with(&records.join("\n"));
    stage.apply();
    stage.assert_settled(150);
    assert_eq!(stage.cloudflare.control().count("POST", "/zones/*/dns_records/batch"), 1);
    assert_eq!(stage.cloudflare.control().count("POST", "/zones/*/dns_records"), 0);
}

#[test]
fn changes_are_made_in_place_and_what_is_gone_is_deleted() {
    let stage = Stage::new();
    stage.apply();
    let id = |name: &str, kind: &str| {
        let there = stage.there();
        let found = there.iter().find(|record| record["name"] == name && record["type"] == kind);
        found.map(|record| record["id"].clone())
    };
    let before = id("two.example.net", "A");
    let records = RECORDS.replace("192.0.2.2", "192.0.2.22").replace("CNAME \"www\" to=\"example.org\"\n", "");
    stage.records(&records);
    let plan = stage.ok(&["plan", "core/cloudflare"]);
    assert!(plan.stdout.contains(r#"content  "192.0.2.2" -> "192.0.2.22""#), "{}", plan.stdout);
    assert!(plan.stdout.contains("- cloudflare/record.CNAME.www.example.net"), "{}", plan.stdout);
    assert!(plan.says("1 to change, 1 to delete"), "{}", plan.stderr);
    stage.apply();
    assert_eq!(id("two.example.net", "A"), before);
    assert_eq!(id("www.example.net", "CNAME"), None);
    stage.assert_settled(COUNT - 1);
}

#[test]
fn a_name_can_become_another_type() {
    let stage = Stage::with("A \"www\" to=\"192.0.2.1\"");
    stage.apply();
    // Cloudflare has no CNAME beside an A of its name: the old one goes first.
    stage.records("CNAME \"www\" to=\"example.org\"");
    stage.apply();
    stage.assert_settled(1);
    assert_eq!(stage.there()[0]["type"], "CNAME");
}

#[test]
fn what_somebody_else_changed_is_told_and_set_back() {
    let stage = Stage::new();
    stage.apply();
    let there = stage.there();
    let record = there.iter().find(|record| record["name"] == "two.example.net" && record["type"] == "A").unwrap();
    let id = record["id"].as_str().unwrap();
    stage.cloudflare.world().edit("example.net", id, &json!({ "content": "198.51.100.9" })).unwrap();
    let refreshed = stage.run(&["refresh", "core/cloudflare", "--detailed-exitcode"]);
    assert_eq!(refreshed.code, Some(2), "{}", refreshed.stderr);
    assert!(
        refreshed.stdout.contains(r#"content: somebody else made "192.0.2.2" into "198.51.100.9""#),
        "{}",
        refreshed.stdout
    );
    let plan = stage.ok(&["plan", "core/cloudflare"]);
    assert!(plan.stdout.contains("update: somebody else has changed it"), "{}", plan.stdout);
    stage.apply();
    stage.assert_settled(COUNT);
    stage.cloudflare.world().delete("example.net", id).unwrap();
    let plan = stage.ok(&["plan", "core/cloudflare"]);
    assert!(plan.stdout.contains("create: somebody else has deleted it"), "{}", plan.stdout);
    stage.apply();
    stage.assert_settled(COUNT);
}

#[test]
fn a_part_of_a_stack() {
    let stage = Stage::new();
    stage.ok(&["apply", "core/cloudflare", "--yes", "--target", "record.A.two.*"]);
    assert_eq!(stage.there().len(), 1);
    stage.ok(&["apply", "core/cloudflare", "--yes", "--exclude", "record.TXT.*"]);
    assert_eq!(stage.there().len(), COUNT - 1);
    let wrong = stage.run(&["apply", "core/cloudflare", "--yes", "--target", "record.A.three.example.net"]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.says("no resource is called `record.A.three.example.net`"), "{}", wrong.stderr);
    stage.apply();
    stage.assert_settled(COUNT);
}

#[test]
fn many_deletions_want_a_word() {
    let records: Vec<String> = (0..12).map(|number| format!("A \"h{number}\" to=\"192.0.2.{number}\"")).collect();
    let stage = Stage::with(&records.join("\n"));
    stage.apply();
    stage.records("A \"@\" to=\"192.0.2.1\"");
    let refused = stage.run(&["apply", "core/cloudflare", "--yes"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.says("HLC1211") && refused.says("--max-deletes 12"), "{}", refused.stderr);
    assert_eq!(stage.there().len(), 12);
    stage.ok(&["apply", "core/cloudflare", "--yes", "--max-deletes", "12"]);
    stage.assert_settled(1);
}

#[test]
fn everything_goes() {
    let stage = Stage::new();
    stage
        .cloudflare
        .world()
        .put("example.net", &json!({ "type": "A", "name": "other.example.net", "content": "192.0.2.99" }))
        .unwrap();
    stage.apply();
    let asked = stage.run(&["destroy", "core/cloudflare"]);
    assert_eq!(asked.code, Some(1));
    assert!(asked.says("--yes"), "{}", asked.stderr);
    stage.ok(&["destroy", "core/cloudflare", "--yes"]);
    let there = stage.there();
    assert_eq!(there.len(), 1, "what somebody else made stays: {there:#?}");
    assert_eq!(stage.ok(&["state", "list", "core/cloudflare"]).stdout, "");
}

#[test]
fn what_another_stack_has_is_waited_for() {
    let stage = Stage::new();
    let text = r#"homelab "t" domain="example.net" { secrets "secrets/bootstrap.sops.yaml" }
cloudflare token=(secret)CLOUDFLARE_API_TOKEN {
    zone "example.net" { A "@" to=(ref)server.edge.ipv4 }
}
hetzner token=(secret)HCLOUD_TOKEN {
    (existing)ssh-key "laptop"
    firewall "edge" { allow "ssh" tcp=22 { from "198.51.100.0/24" } }
    server "edge" type="cx23" image="ubuntu-24.04" location="nbg1" firewall="edge" {
        ssh key="laptop" user="root" identity="~/.ssh/id_ed25519"
        address ipv6=#true
    }
}
"#;
    std::fs::write(stage.folder.path().join("homelab.kdl"), text).unwrap();
    let plan = stage.run(&["plan", "core/cloudflare"]);
    assert_eq!(plan.code, Some(1), "{}", plan.stdout);
    for part in ["core/hetzner was never applied", "run `hlc apply core/hetzner` first"] {
        assert!(plan.says(part), "{}", plan.stderr);
    }
}

#[test]
fn a_login_that_may_not_says_what_it_needs() {
    let mut stage = Stage::new();
    let mut settings = Settings::new(["example.net"], token());
    settings.tokens = vec![Token::new(token()).read_only()];
    stage.cloudflare = Cloudflare::start(settings).unwrap();
    let ran = stage.run(&["apply", "core/cloudflare", "--yes"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.says("DNS") && ran.says("Edit"), "{}", ran.stderr);
    assert!(stage.there().is_empty());
}

#[test]
fn without_a_key_nothing_is_done() {
    let stage = Stage::new();
    let mut command = stage.command(&["plan", "core/cloudflare"]);
    let ran = crate::stage::Ran::of(command.env_remove("SOPS_AGE_KEY_FILE").output().unwrap());
    assert_eq!(ran.code, Some(1));
    assert!(ran.says("SOPS_AGE_KEY_FILE"), "{}", ran.stderr);
    assert!(stage.cloudflare.control().log().is_empty());
}

#[test]
fn the_plan_for_programs() {
    let stage = Stage::new();
    let plan = stage.ok(&["--format", "json", "plan", "core/cloudflare"]);
    let document: serde_json::Value = serde_json::from_str(&plan.stdout).unwrap();
    assert_eq!(document["counts"]["create"], COUNT);
    let change = document["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["address"] == "cloudflare/record.A.two.example.net");
    assert_eq!(change.unwrap()["source"], "homelab.kdl:7:11");
}
