//! `hlc new` as a shell runs it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::fs;
use std::path::Path;
use std::process::Command;

const ROOT: &str = r#"homelab "t" edition="1" domain="example.net" {
    include "workloads/**/*.kdl"
    repository "https://git.example.net/homelab.git" branch="main" manifests="manifests"

    defaults {
        chart deliver="argocd"
    }
}

platform {
    addon "gateway" namespace="kube-system" {
        gateway "main" class="cilium" {
            listener "http" protocol="HTTP" port=80
        }
    }
    addon "argocd" namespace="argocd" {
        delivery "workloads"
    }
}
"#;

fn hlc(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_hlc")).args(arguments).current_dir(folder).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), text)
}

#[test]
fn what_is_new_checks_clean_and_is_laid_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("homelab.kdl"), ROOT).unwrap();
    let cases: [&[&str]; 3] = [
        &["new", "workload", "apps/whoami", "--app", "traefik/whoami:v1.11:80"],
        &["new", "workload", "monitoring/grafana", "--chart", "https://charts.example.net/grafana@10.7.0"],
        &["new", "workload", "apps/empty"],
    ];
    for case in cases {
        let (code, text) = hlc(folder.path(), case);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("next: ") && !text.contains("error"), "{text}");
    }
    let (code, text) = hlc(folder.path(), &["check"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("no findings in 4 files"), "{text}");
    assert_eq!(hlc(folder.path(), &["fmt", "--check"]).0, 0);
    let root = fs::read_to_string(folder.path().join("homelab.kdl")).unwrap();
    let declared = "manifests=\"manifests\"\n    category \"apps\"\n    category \"monitoring\"\n";
    assert_eq!(root, ROOT.replace("manifests=\"manifests\"\n", declared));
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("homelab.kdl"), ROOT).unwrap();
    assert_eq!(hlc(folder.path(), &["new", "workload", "apps/web"]).0, 0);
    let before = fs::read_to_string(folder.path().join("workloads/apps/web.kdl")).unwrap();
    let (code, text) = hlc(folder.path(), &["new", "workload", "other/web"]);
    assert!(code == 1 && text.contains("there is already a workload `web`"), "{text}");
    fs::write(folder.path().join("workloads/apps/notes.kdl"), "// notes\n").unwrap();
    let (code, text) = hlc(folder.path(), &["new", "workload", "apps/notes"]);
    assert!(code == 1 && text.contains("is there already"), "{text}");
    assert_eq!(fs::read_to_string(folder.path().join("workloads/apps/web.kdl")).unwrap(), before);
    assert_eq!(fs::read_to_string(folder.path().join("workloads/apps/notes.kdl")).unwrap(), "// notes\n");
}

#[test]
fn what_cannot_be_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("homelab.kdl"), ROOT).unwrap();
    let cases: [(&[&str], &str); 4] = [
        (&["web"], "is no CATEGORY/NAME"),
        (&["apps/Web"], "cannot be a name"),
        (&["apps/web", "--chart", "grafana"], "is no chart"),
        (&["apps/web", "--app", "whoami"], "names no image and port"),
    ];
    for (arguments, said) in cases {
        let (code, text) = hlc(folder.path(), &[&["new", "workload"], arguments].concat());
        assert!(code == 1 && text.contains(said), "{text}");
    }
    assert!(!folder.path().join("workloads").exists());
}
