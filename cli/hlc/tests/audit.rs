//! `hlc audit`

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const CANARY: &str = "canary-7f3a91";

/// One of each kind, and an `allow` for one of them.
const HOMELAB: &str = r#"homelab "home" domain="example.net" {
    category "apps"
}
workload "web" category="apps" {
    namespace "web"
    ServiceAccount "web"
    Secret "login" { stringData TOKEN="canary-7f3a91" }
    Pod "web" {
        spec hostNetwork=#true {
            containers {
                - name=web image="ghcr.io/example/web:1.2" {
                    env { - name=TOKEN { valueFrom { secretKeyRef name=login key=TOKEN } } }
                }
            }
        }
    }
    Role "all" { rules { - { apiGroups { - "*" }; resources { - "*" }; verbs { - "*" } } } }
    Role "read" { rules { - { apiGroups { - "" }; resources { - secrets }; verbs { - get } } } }
    RoleBinding "read" {
        roleRef apiGroup=rbac.authorization.k8s.io kind=Role name=read
        subjects { - kind=ServiceAccount name=web namespace=web }
    }
    Pod "driver" {
        allow "host-reach" reason="it drives"
        spec { containers { - name=driver image="driver@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" { securityContext privileged=#true } } }
    }
}
"#;

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hlc")).arg("audit").args(args).current_dir(folder).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn case() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("homelab.kdl"), HOMELAB).unwrap();
    folder
}

#[test]
fn each_kind_is_listed_and_allowed_ones_are_counted() {
    let folder = case();
    let json: Value = serde_json::from_str(&text(&run(folder.path(), &["--format", "json"]))).unwrap();
    let kinds: Vec<&str> = json["findings"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    for kind in ["host-access", "rights", "secrets", "images"] {
        assert_eq!(kinds.iter().filter(|it| **it == kind).count(), 1, "{kind} of {json:#}");
    }
    assert_eq!(json["allowed"].as_array().unwrap().len(), 1);
    assert_eq!(json["allowed"][0]["reason"], "it drives");
    let login = json["secrets"].as_array().unwrap().iter().find(|it| it["name"] == "login").unwrap();
    assert_eq!(login["keys"][0], "TOKEN");
    let readers: Vec<&str> =
        login["readers"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(readers, ["Pod `web`", "ServiceAccount `web/web`"]);
}

/// Rights that lead to others, each by the rule that gives them.
#[test]
fn rights_that_lead_to_others_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let rule = |name: &str, group: &str, resource: &str, verb: &str, more: &str| {
        format!(
            "    Role \"{name}\" {{ rules {{ - {{ apiGroups {{ - \"{group}\"; }}; resources {{ - \"{resource}\"; }}; verbs {{ - \"{verb}\"; }}; {more} }}; }}; }}\n"
        )
    };
    let rules = [
        ("pods", "apps", "deployments", "create", "", "hint", "by pods"),
        ("volumes", "", "persistentvolumes", "*", "", "warning", "by a PersistentVolume"),
        ("kubelet", "", "nodes/proxy", "get", "", "warning", "by `nodes/proxy`"),
        ("escalate", "rbac.authorization.k8s.io", "roles", "escalate", "", "warning", "by `escalate`"),
        ("impersonate", "", "users", "impersonate", "", "warning", "by `impersonate`"),
        ("certificates", "certificates.k8s.io", "*/approval", "update", "", "warning", "for any name"),
        ("tokens", "*", "serviceaccounts/token", "create", "", "warning", "by tokens"),
        (
            "webhooks",
            "admissionregistration.k8s.io",
            "validatingwebhookconfigurations",
            "patch",
            "",
            "hint",
            "by webhooks",
        ),
        ("namespaces", "", "namespaces", "patch", "", "hint", "pod-security level"),
        ("wildcard", "example.net", "*", "get", "", "hint", "of everything"),
        // Nothing can be created by its name, and other groups have other things.
        ("named", "apps", "deployments", "create", "resourceNames { - web; }", "", ""),
        ("others", "example.net", "pods", "create", "", "", ""),
        ("reading", "", "pods", "list", "", "", ""),
    ];
    let roles: String =
        rules.iter().map(|(name, group, resource, verb, more, ..)| rule(name, group, resource, verb, more)).collect();
    let binding = "    RoleBinding \"all\" { roleRef apiGroup=rbac.authorization.k8s.io kind=Role name=reading; subjects { - kind=Group \
                   name=\"system:unauthenticated\" apiGroup=rbac.authorization.k8s.io; }; }\n";
    let text = format!(
        "homelab \"home\" domain=\"example.net\" {{ category \"apps\"; }}\nworkload \"web\" category=\"apps\" {{\n    namespace \"web\"\n{roles}{binding}}}\n"
    );
    fs::write(folder.path().join("homelab.kdl"), text).unwrap();
    let json: Value = serde_json::from_str(&self::text(&run(folder.path(), &["--format", "json"]))).unwrap();
    let findings = json["findings"].as_array().unwrap();
    for (name, .., severity, words) in rules {
        let of: Vec<&Value> =
            findings.iter().filter(|it| it["message"].as_str().unwrap().contains(&format!("Role `{name}`"))).collect();
        if words.is_empty() {
            assert!(of.is_empty(), "{name}: {of:?}");
            continue;
        }
        assert_eq!(of.len(), 1, "{name}: {json:#}");
        assert_eq!(of[0]["severity"], severity, "{name}");
        assert!(of[0]["message"].as_str().unwrap().contains(words), "{name}: {}", of[0]["message"]);
    }
    let anyone: Vec<_> = findings
        .iter()
        .filter(|it| it["message"].as_str().unwrap().starts_with("whoever reaches the API server"))
        .collect();
    assert_eq!(anyone.len(), 1, "{json:#}");
    assert_eq!(anyone[0]["severity"], "warning");
}

#[test]
fn fails_on_what_is_asked_for_only() {
    let folder = case();
    let code = |args: &[&str]| run(folder.path(), args).status.code();
    assert_eq!(code(&[]), Some(0));
    assert_eq!(code(&["--fail-on", "warning"]), Some(1), "the role that gives everything");
    assert_eq!(code(&["--fail-on", "images"]), Some(1));
    assert_eq!(code(&["--fail-on", "error"]), Some(0));
    assert_eq!(code(&["--fail-on", "exposure", "--fail-on", "allow"]), Some(0));
}

#[test]
fn no_format_shows_a_value() {
    let folder = case();
    for args in [
        &["--all"][..],
        &["--format", "json"],
        &["--format", "sarif"],
        &["--format", "concise"],
        &["--format", "github"],
    ] {
        let output = run(folder.path(), args);
        let all = format!("{}{}", text(&output), String::from_utf8_lossy(&output.stderr));
        assert!(all.contains("web"), "{args:?} wrote nothing");
        assert!(!all.contains(CANARY), "{args:?} shows a value");
    }
}

/// What code scanning refuses a log for (SARIF 2.1.0, sections 3.19, 3.27 and 3.30).
#[test]
fn the_log_for_code_scanning_is_sound() {
    let folder = case();
    let log: Value = serde_json::from_str(&text(&run(folder.path(), &["--format", "sarif"]))).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 5);
    for result in results {
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[rule]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "homelab.kdl");
        let number = |field: &str| place["region"][field].as_u64().unwrap();
        assert!(number("startLine") >= 1 && number("startColumn") >= 1);
        assert!((number("startLine"), number("startColumn")) <= (number("endLine"), number("endColumn")));
    }
    let suppressed: Vec<_> = results.iter().filter(|result| result.get("suppressions").is_some()).collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["suppressions"][0]["justification"], "it drives");
}

#[test]
fn check_calls_no_allow_of_an_audit_unused() {
    let folder = case();
    let output = Command::new(env!("CARGO_BIN_EXE_hlc"))
        .args(["check", "--format", "concise"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(!text(&output).contains("unused-allow") && !text(&output).contains("to allow"), "{}", text(&output));
}
