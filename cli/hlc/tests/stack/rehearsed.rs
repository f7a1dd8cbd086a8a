//! `hlc rehearse`: on a fresh clone, without a login, without a network.

use std::path::Path;
use std::process::Command;

use crate::stage::Ran;

#[test]
fn the_sample_homelab_is_rehearsed_without_anything() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let home = tempfile::tempdir().unwrap();
    let before = std::fs::read_dir(&root).unwrap().count();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hlc"));
    command.args(["rehearse", "core/cloudflare", "-C"]).arg(&root);
    command.env_clear().env("HOME", home.path()).env("TMPDIR", home.path());
    // A proxy at which nobody listens: what is meant for this machine stays on it.
    command.env("HTTP_PROXY", "http://127.0.0.1:9").env("http_proxy", "http://127.0.0.1:9");
    let ran = Ran::of(command.output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for part in ["a second plan has nothing to do", "rehearsed core/cloudflare: applied, unchanged, destroyed"] {
        assert!(ran.says(part), "{}", ran.stderr);
    }
    // The wildcard to the LAN, and the public hosts to the edge.
    assert!(ran.stdout.contains("cloudflare/record.A.grafana.example.net"), "{}", ran.stdout);
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    assert_eq!(std::fs::read_dir(&root).unwrap().count(), before);
}

#[test]
fn other_stacks_say_that_they_are_not_carried_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hlc"));
    command.args(["rehearse", "core/talos", "-C"]).arg(&root).env_clear();
    let ran = Ran::of(command.output().unwrap());
    assert_eq!(ran.code, Some(1));
    assert!(ran.says("core/talos cannot be rehearsed"), "{}", ran.stderr);
}
