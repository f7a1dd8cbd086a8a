//! `hlc graph`

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::path::Path;
use std::process::{Command, Output};

fn run(args: &[&str]) -> Output {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Command::new(env!("CARGO_BIN_EXE_hlc")).arg("graph").args(args).current_dir(repository).output().unwrap()
}

fn stdout(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_sample_in_every_form() {
    insta::assert_snapshot!("sample.mermaid", stdout(&[]));
    assert!(stdout(&["--emit", "dot"]).starts_with("digraph {"));
    let svg = stdout(&["--emit", "svg"]);
    assert!(svg.contains("workloads/monitoring/grafana.kdl:29"), "secrets are shown with their place");
    assert!(
        !svg.contains("http://") || svg.matches("http://").count() == svg.matches("http://www.w3.org/2000/svg").count()
    );
    let json: serde_json::Value = serde_json::from_str(&stdout(&["--format", "json"])).unwrap();
    let edges = json["edges"].as_array().unwrap();
    let has = |from: &str, to: &str| edges.iter().any(|edge| edge["from"] == from && edge["to"] == to);
    assert!(has("zone.example.net", "server.bifrost-public-vps1"));
    assert!(has("server.bifrost-public-vps1", "gateway.homelab-gateway"));
    assert!(has("gateway.homelab-gateway", "workload.grafana"));
    assert!(has("workload.grafana", "workload.victoria-logs"), "from a reference in the values of a chart");
    assert!(has("workload.comfyui", "workload.nvidia-gpu-operator"), "by its runtime class");
    assert!(has("secret-store.infisical", "workload.infisical"));
    assert!(!has("workload.grafana", "workload.infisical"), "only by way of the store");
}

#[test]
fn one_thing_with_its_neighbours() {
    let json: serde_json::Value = serde_json::from_str(&stdout(&["--focus", "comfyui", "--emit", "json"])).unwrap();
    let ids: Vec<&str> = json["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        ["gateway.homelab-gateway", "workload.comfyui", "workload.nvidia-gpu-operator", "workload.longhorn"]
    );
    assert_eq!(json["nodes"][1]["state"], "focus");
}

#[test]
fn names_that_are_none_or_several() {
    let said = |args: &[&str]| {
        let output = run(args);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&["--focus", "grafna"]).contains("did you mean `grafana`?"));
    assert!(said(&["--focus", "infisical"]).contains("say which: workload.infisical, secret-store.infisical"));
}
