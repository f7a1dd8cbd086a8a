//! `hlc export` as a shell runs it.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

const HOMELAB: &str = r#"homelab "t" domain="example.net" {
    category "apps"
    repository "https://github.com/example/homelab.git" branch="main" manifests="main-manifests"
    data "tiny" { memory "64Mi"; host (fmt)"x.{homelab.domain}"; }
}
platform { addon "argocd" namespace="argocd" { delivery "workloads" generator="files" { sync prune=#true; }; }; }
(existing)workload "postgres" { (existing)namespace "db"; }
workload "web" category="apps" {
    namespace "web"
    data "own" { a 1; }
    chart "web" version="1.0.0" repo="https://charts.example.net" deliver="argocd" {
        values { size (ref)data.tiny.memory; keep #null; ratio 0.50; }
        release "front" { values { size "1Gi"; more { - x; }; }; }
        release "back"
    }
}
"#;

fn hlc(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hlc"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn homelab(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("homelab.kdl"), text).unwrap();
    folder
}

#[test]
fn writes_what_was_resolved() {
    let folder = homelab(HOMELAB);
    for (arguments, wanted) in [
        (["values", "web/front"], "keep: null\nmore:\n  - x\nratio: 0.50\nsize: 1Gi\n"),
        (["values", "web/back"], "keep: null\nratio: 0.50\nsize: 64Mi\n"),
        (["data", "tiny"], "host: x.example.net\nmemory: 64Mi\n"),
        (["data", "web/own"], "a: 1\n"),
    ] {
        let done = hlc(folder.path(), &["export", arguments[0], arguments[1]]);
        assert_eq!(text(&done.stdout), wanted, "{}", text(&done.stderr));
        assert!(done.status.success() && done.stderr.is_empty(), "{}", text(&done.stderr));
    }
}

#[test]
fn unknown_names_are_told_the_nearest() {
    let folder = homelab(HOMELAB);
    for (arguments, message, help) in [
        (["values", "wbe"], "no workload or addon is called `wbe`", "did you mean `web`?"),
        (["values", "web"], "`web` has several releases", "web/back, web/front"),
        (["values", "web/frnt"], "`web` has no release `frnt`", "did you mean `front`?"),
        (["values", "postgres"], "`postgres` has no chart", "hlc build workloads"),
        (["data", "tini"], "no data is called `tini`", "did you mean `tiny`?"),
    ] {
        let done = hlc(folder.path(), &["export", arguments[0], arguments[1]]);
        assert_eq!((done.status.code(), text(&done.stdout)), (Some(1), ""));
        let said = text(&done.stderr);
        assert!(said.contains(message) && said.contains(help), "{said}");
    }
}

#[test]
fn a_secret_is_refused_where_it_stands() {
    for (before, after, what) in [
        ("keep #null", "token (secret)TOKEN", ["values", "web/front"]),
        ("memory \"64Mi\"", "memory (secret)TOKEN", ["data", "tiny"]),
    ] {
        let changed = HOMELAB.replace(before, after);
        let folder = homelab(&changed);
        let done = hlc(folder.path(), &["--format", "concise", "export", what[0], what[1]]);
        assert_eq!((done.status.code(), text(&done.stdout)), (Some(1), ""));
        let line = changed.lines().position(|line| line.contains("TOKEN")).unwrap() + 1;
        let said = text(&done.stderr);
        assert!(said.contains(&format!("homelab.kdl:{line}:")) && said.contains("HLC0316"), "{said}");
    }
}
