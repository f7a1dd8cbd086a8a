//! `hlc publish workloads` as a shell runs it, against real repositories.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a test tells what it did, and what it could not do")]

mod killed;
mod lab;
mod signed;
mod ssh;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use lab::{BRANCH, Lab, homelab};

const OTHER: &str =
    "workload \"other\" category=\"apps\" { namespace \"other\"; ConfigMap \"other\" { data a=\"1\"; }; }\n";

#[test]
fn publishes_what_changes_and_nothing_else() {
    let lab = Lab::new();
    let before = (lab.git(&["status", "--porcelain"]), lab.git(&["branch", "--list"]));
    assert!(lab.published(&["--dry-run"]).contains("nothing was pushed"));
    assert_eq!(lab.tree(), "");
    assert!(lab.published(&[]).contains("published "));
    assert_eq!(lab.files(), [".hlc-outputs.json", "web/ConfigMap.web.k8s.yaml", "web/Namespace.web.k8s.yaml"]);
    let message = lab.in_remote(&["log", "-1", "--format=%B", BRANCH]);
    assert!(message.contains(&format!("Source-Commit: {}", lab.git(&["rev-parse", "HEAD"]))), "{message}");
    // The same tree as a build makes.
    assert!(lab.command(env!("CARGO_BIN_EXE_hlc"), &["build", "workloads"]).status().unwrap().success());
    for file in lab.files() {
        let built = fs::read_to_string(lab.clone().join("app").join(&file)).unwrap();
        assert_eq!(lab.in_remote(&["show", &format!("{BRANCH}:{file}")]), built.trim_end());
    }
    assert!(lab.published(&[]).contains("nothing to publish"));
    assert_eq!(lab.in_remote(&["rev-list", "--count", BRANCH]), "1");
    fs::remove_dir_all(lab.clone().join("app")).unwrap();
    assert_eq!((lab.git(&["status", "--porcelain"]), lab.git(&["branch", "--list"])), before);

    lab.elsewhere(&[(".nojekyll", Some("")), ("README.md", Some("mine"))]);
    lab.write(&(homelab("2") + OTHER));
    let said = lab.published(&[]);
    assert!(said.contains("+ other/ConfigMap.other.k8s.yaml") && said.contains("~ web/ConfigMap"), "{said}");
    assert!(said.contains("2 files that hlc did not make stay"), "{said}");
    // A namespace takes everything in it along.
    lab.write(&homelab("2"));
    let said = lab.refused(&[]);
    assert!(said.contains("danger[HLC1072]: Namespace other") && said.contains("nobody has accepted"), "{said}");
    assert_eq!(lab.refused(&["--dry-run"]), said);
    let said = lab.published(&["--accept", "HLC1072:Namespace/other"]);
    assert!(said.contains("accepted danger") && said.contains("- other/ConfigMap.other.k8s.yaml"), "{said}");
    let own =
        [".hlc-outputs.json", ".nojekyll", "README.md", "web/ConfigMap.web.k8s.yaml", "web/Namespace.web.k8s.yaml"];
    assert_eq!(lab.files(), own);
    assert_eq!(lab.in_remote(&["rev-list", "--count", BRANCH]), "4");
    lab.in_remote(&["fsck", "--strict"]);
}

#[test]
fn files_of_others_are_theirs() {
    let lab = Lab::new();
    lab.write(&(homelab("1") + OTHER));
    lab.published(&[]);
    // Edited: one that is made still, and one that is made no longer.
    let (web, other) = ("web/ConfigMap.web.k8s.yaml", "other/ConfigMap.other.k8s.yaml");
    lab.elsewhere(&[(web, Some("edited: 1\n")), (other, Some("edited: 2\n"))]);
    lab.write(&homelab("1"));
    let said = lab.published(&["--accept", "HLC1072"]);
    assert!(said.contains("web/ConfigMap.web.k8s.yaml was not as hlc had left it"), "{said}");
    assert!(said.contains("other/ConfigMap.other.k8s.yaml is no longer made, but has been edited"), "{said}");
    assert_eq!(lab.in_remote(&["show", &format!("{BRANCH}:{other}")]), "edited: 2");
    // What is not on the list is in the way.
    lab.write(&(homelab("1") + OTHER));
    assert!(lab.refused(&[]).contains("not made by hlc, and in the way"));
    lab.published(&["--overwrite"]);
    // A list that is damaged is never taken for an empty one.
    lab.elsewhere(&[(".hlc-outputs.json", Some("{"))]);
    assert!(lab.refused(&[]).contains("is damaged"));
}

#[test]
fn says_why_it_cannot() {
    let lab = Lab::new();
    fs::write(lab.clone().join("homelab.kdl"), homelab("2")).unwrap();
    assert!(lab.refused(&[]).contains("not committed: homelab.kdl"));
    lab.published(&["--allow-dirty"]);
    assert!(lab.in_remote(&["log", "-1", "--format=%B", BRANCH]).contains("were not committed"));

    lab.write(&(homelab("2") + "Secret \"x\"\n"));
    lab.refused(&[]);
    let secret = homelab("2").replace("ConfigMap \"web\" { data key", "Secret \"web\" { stringData key");
    lab.write(&secret);
    assert!(lab.refused(&[]).contains("in plain text"));

    lab.write(&homelab("3"));
    lab.published(&[]);
    lab.git(&["checkout", "--quiet", "HEAD~1", "--detach"]);
    lab.git(&["checkout", "--quiet", "HEAD~1", "--", "."]);
    lab.git(&["checkout", "--quiet", "--detach", "--force", "HEAD~2"]);
    assert!(lab.refused(&[]).contains("--allow-older"));
    lab.published(&["--allow-older"]);
    lab.git(&["checkout", "--quiet", "main"]);

    // A branch that is protected.
    let hook = lab.remote().join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\necho 'branch is protected'\nexit 1\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let said = lab.refused(&[]);
    assert!(said.contains("does not let") && said.contains("branch is protected"), "{said}");
    fs::remove_file(hook).unwrap();

    assert!(lab.refused(&["--remote", "nowhere"]).contains("name one with --remote: origin"));
    fs::rename(lab.remote(), lab.folder.path().join("gone.git")).unwrap();
    let output = lab.publish(&[]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot reach `origin`"));
    fs::rename(lab.folder.path().join("gone.git"), lab.remote()).unwrap();
    lab.git(&["remote", "remove", "origin"]);
    assert!(lab.refused(&[]).contains("git remote add origin"));
    let output = lab.command(env!("CARGO_BIN_EXE_hlc"), &["publish", "workloads"]).env("PATH", "").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot run `git`"));
    fs::rename(lab.clone().join(".git"), lab.clone().join("git")).unwrap();
    let output = lab.publish(&[]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is in no Git repository"));
}

/// Somebody else moves the branch between looking and pushing, as often as a file says.
#[test]
fn follows_a_branch_that_moves() {
    let lab = Lab::new();
    lab.published(&[]);
    let (count, remote) = (lab.folder.path().join("count"), lab.remote());
    // A server that takes another commit before it takes ours.
    let server = lab.folder.path().join("receive");
    let script = format!(
        "#!/bin/sh\nn=$(cat '{count}')\nif [ \"$n\" -gt 0 ]; then\n  echo $((n - 1)) > '{count}'\n  g='git --git-dir={remote}'\n  c=$(GIT_AUTHOR_NAME=o \
         GIT_AUTHOR_EMAIL=o@e GIT_COMMITTER_NAME=o GIT_COMMITTER_EMAIL=o@e $g commit-tree {BRANCH}^{{tree}} -p {BRANCH} -m n$n)\n  $g \
         update-ref refs/heads/{BRANCH} $c\nfi\nexec git-receive-pack \"$@\"\n",
        count = count.display(),
        remote = remote.display()
    );
    fs::write(&server, script).unwrap();
    fs::set_permissions(&server, fs::Permissions::from_mode(0o755)).unwrap();
    lab.git(&["config", "remote.origin.receivepack", server.to_str().unwrap()]);
    fs::write(&count, "2").unwrap();
    lab.write(&homelab("2"));
    lab.published(&[]);
    // First commit, two of somebody else, and ours.
    assert_eq!(lab.in_remote(&["rev-list", "--count", BRANCH]), "4");
    fs::write(&count, "3").unwrap();
    lab.write(&homelab("3"));
    assert!(lab.refused(&[]).contains("3 times meanwhile"));
}
