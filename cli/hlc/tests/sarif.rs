//! What is written for code scanning, held against the schema of SARIF 2.1.0 (OASIS, errata 01).
//!
//! `tests/tools/build` brings the schema; where it is missing the trials are ignored, and fail on a build server (CI=true).

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jsonschema::Validator;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

type Test = fn(&Path);

/// Everything that a log can hold: findings of each level, with labels in other files, notes and helps, safe fixes and others, what is
/// allowed, paths that a URI cannot hold as they are, places at the end of a file.
const FILES: &[(&str, &str)] = &[
    (
        "homelab.kdl",
        r#"homelab "home" domain="example.net" {
    include "w/*.kdl"
    secrets "secrets/x.sops.yaml"
    network "lan" cidr="192.168.1.0/24" gateway="192.168.2.1"
    category "apps"
}
hetzner token=(secret)HCLOUD_TOKN {
    (existing)ssh-key "laptop"
    firewall "edge" {
        allow "ssh" tcp=22
        allow "other" tcp=22 { allow "open-ssh" reason="only \"for\" now – ünïcode" }
    }
    server "edge" type="cpx21" image="ubuntu-24.04" location="ash" firewall="edge" { ssh key="laptop"; }
}
"#,
    ),
    (
        "w/a b%ü.kdl",
        r#"workload "web" category="apps" {
    allow "unused-image" reason="there is none"
    namespace "web"
    ServiceAccount "web"
    Secret "plain" { stringData TOKEN="x" }
    Deployment "web" {
        spec {
            selector { matchLabels app=web }
            template {
                metadata { labels app=wbe }
                spec hostPID=#true { containers { - name=web image="web" { ports { - containerPort="80"; }; }; } }
            }
        }
    }
    Role "all" { rules { - { apiGroups { - "*" }; resources { - "*" }; verbs { - "*" } } } }
    route "web" service="wbe" port=80 { public auth="none" }
}
workload "broken" category="aps" { namespace "brokn""#,
    ),
    (
        "secrets/x.sops.yaml",
        "HCLOUD_TOKEN: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]\nSPARE: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]\n\
         sops:\n    age:\n        - recipient: age1x\n          enc: AAAA\n    lastmodified: \"2026-01-01T00:00:00Z\"\n    \
         mac: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]\n    version: 3.13.3\n",
    ),
];

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What a command writes, held against the schema.
fn log(schema: &Path, folder: &Path, command: &[&str]) -> Value {
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let validator: Validator = jsonschema::validator_for(&schema).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_hlc"))
        .args(command)
        .args(["--format", "sarif"])
        .current_dir(folder)
        .output()
        .unwrap();
    let log: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let faults: Vec<String> =
        validator.iter_errors(&log).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{command:?}:\n{}", faults.join("\n"));
    log
}

fn results(log: &Value) -> &[Value] {
    log["runs"][0]["results"].as_array().unwrap()
}

fn full(schema: &Path) {
    let folder = project(FILES);
    for command in [&["check"][..], &["check", "--pedantic"]] {
        let log = log(schema, folder.path(), command);
        assert_eq!(log["$schema"], id(schema), "{command:?}");
        assert!(!results(&log).is_empty(), "{command:?}: {log:#}");
    }
}

/// The file whose syntax is broken hides much: without it.
fn sound(schema: &Path) {
    let mut files = FILES.to_vec();
    let whole =
        files[1].1.lines().take_while(|line| !line.starts_with("workload \"broken\"")).collect::<Vec<_>>().join("\n");
    files[1].1 = &whole;
    let folder = project(&files);
    let checked = log(schema, folder.path(), &["check"]);
    let has = |log: &Value, field: &str| results(log).iter().any(|result| result.get(field).is_some());
    for field in ["fixes", "relatedLocations", "suppressions"] {
        assert!(has(&checked, field), "no {field}: {checked:#}");
    }
    for level in ["error", "warning", "note"] {
        assert!(results(&checked).iter().any(|result| result["level"] == level), "no {level}: {checked:#}");
    }
    let audited = log(schema, folder.path(), &["audit"]);
    assert!(results(&audited).iter().any(|result| result["ruleId"] == "HLC1054"), "{audited:#}");
}

fn empty(schema: &Path) {
    let folder = project(&[("homelab.kdl", "homelab \"home\" domain=\"example.net\"\n")]);
    for command in ["check", "audit"] {
        assert!(results(&log(schema, folder.path(), &[command])).is_empty());
    }
}

/// The schema would take notice: one that takes everything proves nothing.
fn refuses(schema: &Path) {
    let text = fs::read_to_string(schema).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
    let folder = project(FILES);
    let mut log = log(schema, folder.path(), &["check"]);
    log["runs"][0]["results"][0]["level"] = Value::from("hint");
    assert!(!validator.is_valid(&log));
}

/// The address that a schema says it has.
fn id(schema: &Path) -> Value {
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    schema["id"].clone()
}

fn main() {
    const MISSING: &str = "the schema of SARIF is not there: run tests/tools/build";
    let arguments = Arguments::from_args();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/sarif-2.1.0.json");
    let there: Option<PathBuf> = Some(schema).filter(|path| path.exists());
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let trials: [(&str, Test); 4] = [("full", full), ("sound", sound), ("empty", empty), ("refuses", refuses)];
    let trials = trials.map(|(name, run)| {
        let there = there.clone();
        let ignored = there.is_none() && !ci;
        let run = move || -> Result<(), Failed> {
            run(there.as_ref().ok_or(MISSING)?);
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(ignored)
    });
    libtest_mimic::run(&arguments, trials.into()).exit();
}
