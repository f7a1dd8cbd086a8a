//! `hlc diff workloads` against a real repository.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

mod folders;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use folders::copy_all;

const HOMELAB: &str = r#"homelab "t" edition="1" domain="example.net" {
    include "w/*.kdl"
    repository "https://example.net/home/lab.git" branch="main" manifests="main-manifests"
    category "apps"
}
"#;

const WORKLOAD: &str = r#"workload "web" category="apps" {
    namespace "web" pod-security="baseline"
    ConfigMap "settings" { data { a "1" } }
    PersistentVolumeClaim "data" { spec { accessModes { - ReadWriteOnce }; resources { requests storage="1Gi" } } }
}
"#;

/// A repository with a homelab, a remote of it, and the branch of manifests that was published to that.
struct Lab {
    folder: tempfile::TempDir,
}

impl Lab {
    fn new() -> Self {
        let lab = Self { folder: tempfile::tempdir().unwrap() };
        lab.write("homelab.kdl", HOMELAB);
        lab.write("w/web.kdl", WORKLOAD);
        lab.write(".gitignore", "/app\n");
        lab.git(&["init", "-q", "-b", "main"]);
        lab.commit("Begin");
        lab
    }

    /// Publishes what the homelab means now, with some files of others.
    fn published(self) -> Self {
        let remote = self.folder.path().join("remote.git");
        fs::create_dir_all(&remote).unwrap();
        git_in(&remote, &["init", "-q", "--bare"]);
        self.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
        self.publish("Publish");
        self
    }

    fn publish(&self, message: &str) {
        let tree = self.folder.path().join("tree");
        let _ = fs::remove_dir_all(&tree);
        self.exits(0, &["build", "workloads", "--out", "../tree"]);
        fs::write(tree.join("README.md"), "read me\n").unwrap();
        git_in(&tree, &["init", "-q", "-b", "main-manifests"]);
        git_in(&tree, &["add", "-A"]);
        git_in(&tree, &["commit", "-q", "-m", message]);
        let remote = self.folder.path().join("remote.git");
        git_in(&tree, &["push", "-q", "--force", remote.to_str().unwrap(), "main-manifests"]);
        self.git(&["fetch", "-q"]);
    }

    fn path(&self) -> PathBuf {
        let path = self.folder.path().join("lab");
        fs::create_dir_all(&path).unwrap();
        path
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, arguments: &[&str]) -> String {
        git_in(&self.path(), arguments)
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    #[track_caller]
    fn exits(&self, code: i32, arguments: &[&str]) -> (String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hlc"));
        let output = isolated(&mut command).args(arguments).current_dir(self.path()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "stdout:\n{stdout}\nstderr:\n{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
        (stdout, stderr)
    }

    #[track_caller]
    fn diff(&self, code: i32, arguments: &[&str]) -> (String, String) {
        self.exits(code, &[&["diff", "workloads"], arguments].concat())
    }
}

/// The same for everybody: no configuration of the user, and no clock.
fn isolated(command: &mut Command) -> &mut Command {
    command.env_remove("NO_COLOR").stdin(Stdio::null());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Test").env(format!("GIT_{who}_EMAIL"), "test@example.net");
        command.env(format!("GIT_{who}_DATE"), "2020-01-01T00:00:00Z");
    }
    command
}

#[track_caller]
fn git_in(folder: &Path, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } =
        isolated(&mut Command::new("git")).arg("-C").arg(folder).args(arguments).output().unwrap();
    assert!(status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap().trim().to_owned()
}

#[test]
fn against_what_was_published() {
    let lab = Lab::new().published();
    let (stdout, stderr) = lab.diff(0, &["--detailed-exitcode"]);
    assert_eq!(stdout, "0 added, 0 changed, 0 removed, 0 moved; 3 unchanged\n");
    assert!(
        stderr.starts_with("compared with branch origin/main-manifests at ") && stderr.contains(" days ago\n"),
        "{stderr}"
    );

    lab.write("w/web.kdl", &WORKLOAD.replace("a \"1\"", "a \"2\""));
    let (stdout, _) = lab.diff(2, &["--detailed-exitcode", "--fail-on", "danger"]);
    assert_eq!(
        stdout,
        "~ ConfigMap web/settings  (web/ConfigMap.settings.k8s.yaml)\n    ~ data.a: \"1\" -> \"2\"\n\n0 added, 1 changed, 0 removed, 0 \
         moved; 2 unchanged\n"
    );
    let (stdout, _) = lab.diff(0, &["--format", "concise"]);
    assert_eq!(stdout, "~ web/ConfigMap.settings.k8s.yaml: ConfigMap web/settings: ~ data.a: \"1\" -> \"2\"\n");
    let (stdout, _) = lab.diff(0, &["--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(document["against"]["committed"], 1_577_836_800);
    let field = &document["objects"][0]["fields"][0];
    assert_eq!((&field["old"], &field["new"], &field["path"]), (&"1".into(), &"2".into(), &"data.a".into()));
    assert_eq!(field["source"], "w/web.kdl:3:37");
    let (stdout, _) = lab.diff(0, &["--emit", "markdown"]);
    assert!(stdout.starts_with("<!-- hlc diff -->\n") && stdout.contains("\n! data.a: \"1\" -> \"2\"\n"), "{stdout}");
    assert!(!lab.path().join("app").exists());
    assert_eq!(lab.git(&["status", "--porcelain"]), "M w/web.kdl");
}

const TOLD: &str = r#"platform { addon "argocd" namespace="argocd" { delivery "workloads" generator="files" } }
"#;

const OTHER: &str =
    "workload \"other\" category=\"apps\" { namespace \"other\"; ConfigMap \"other\" { data { a \"1\" }; }; }\n";

#[test]
fn what_argo_cd_is_told_counts() {
    let lab = Lab::new();
    let with = |option: &str| WORKLOAD.replacen("    ", &format!("    sync {{ options \"{option}\" }}\n    "), 1);
    lab.write("homelab.kdl", &format!("{HOMELAB}{TOLD}"));
    lab.write("w/web.kdl", &with("Prune=false"));
    let lab = lab.published();
    let (stdout, _) = lab.diff(0, &["--detailed-exitcode"]);
    assert_eq!(stdout, "0 added, 0 changed, 0 removed, 0 moved; 4 unchanged\n");
    lab.write("w/web.kdl", &with("Prune=confirm"));
    let (stdout, _) = lab.diff(2, &["--detailed-exitcode"]);
    let change = "~ Workload web  (web/.workload)\n    ~ application.spec.syncPolicy.syncOptions[1]: \"Prune=false\" -> \
                  \"Prune=confirm\"\n";
    assert!(stdout.starts_with(change), "{stdout}");
    let (stdout, _) = lab.diff(0, &["--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(document["objects"][0]["kind"], "Workload");
    assert_eq!(document["objects"][0]["source"], "w/web.kdl:1:10");
}

#[test]
fn of_some_workloads() {
    let lab = Lab::new();
    lab.write("w/other.kdl", OTHER);
    let lab = lab.published();
    lab.write("w/other.kdl", &OTHER.replace("\"1\"", "\"2\""));
    lab.write("w/web.kdl", &WORKLOAD.replace("a \"1\"", "a \"2\""));
    let summary = |counts: &str| format!("0 added, {counts}, 0 moved");
    let (stdout, _) = lab.diff(0, &[]);
    assert!(stdout.contains(&summary("2 changed, 0 removed")), "{stdout}");
    let (stdout, _) = lab.diff(2, &["other", "--detailed-exitcode"]);
    assert!(stdout.starts_with("~ ConfigMap other/other") && !stdout.contains("web/"), "{stdout}");
    assert!(stdout.ends_with(&(summary("1 changed, 0 removed") + "; 1 unchanged\n")), "{stdout}");
    // One that is gone.
    fs::remove_file(lab.path().join("w/other.kdl")).unwrap();
    let (stdout, _) = lab.diff(1, &["other", "--fail-on", "danger"]);
    assert!(stdout.contains("danger[HLC1072]: Namespace other") && !stdout.contains("web/"), "{stdout}");
    let (stdout, _) = lab.diff(0, &["web", "--fail-on", "danger"]);
    assert!(!stdout.contains("other"), "{stdout}");
    let (_, stderr) = lab.diff(1, &["wbe"]);
    assert!(stderr.contains("no workload is called `wbe`") && stderr.contains("did you mean `web`?"), "{stderr}");
}

#[test]
fn dangers_are_named_and_accepted() {
    let lab = Lab::new().published();
    let claim = WORKLOAD.lines().find(|line| line.contains("PersistentVolumeClaim")).unwrap();
    lab.write("w/web.kdl", &WORKLOAD.replace(claim, ""));
    let (stdout, _) = lab.diff(1, &["--fail-on", "danger", "--detailed-exitcode"]);
    assert!(stdout.contains("danger[HLC1070]: PersistentVolumeClaim web/data is removed\n"), "{stdout}");
    assert!(stdout.contains("--accept HLC1070:PersistentVolumeClaim/web/data\n"), "{stdout}");
    for accept in ["HLC1070", "claim-removed", "HLC1070:PersistentVolumeClaim/web/data"] {
        let (stdout, _) = lab.diff(2, &["--fail-on", "danger", "--detailed-exitcode", "--accept", accept]);
        assert!(stdout.contains("accepted danger[HLC1070]"), "{stdout}");
    }
    lab.diff(1, &["--fail-on", "danger", "--accept", "HLC1070:PersistentVolumeClaim/web/other"]);
    let (_, stderr) = lab.diff(64, &["--accept", "HLC9999"]);
    assert!(stderr.contains("`HLC9999` is no danger"), "{stderr}");
    lab.diff(64, &["--max-removed", "101"]);
    lab.exits(0, &["explain", "HLC1070"]);
}

#[test]
fn against_sources_of_another_commit() {
    let lab = Lab::new();
    lab.write("w/web.kdl", &WORKLOAD.replace("a \"1\"", "a \"2\""));
    lab.commit("Change");
    let (stdout, stderr) = lab.diff(0, &["--against", "HEAD~1"]);
    assert!(stdout.contains("~ data.a: \"1\" -> \"2\"\n"), "{stdout}");
    assert!(stderr.starts_with("compared with `HEAD~1` at "), "{stderr}");
    lab.write("w/web.kdl", "workload {");
    lab.commit("Break");
    lab.write("w/web.kdl", WORKLOAD);
    let (_, stderr) = lab.diff(1, &["--against", "main"]);
    assert!(stderr.contains("has errors"), "{stderr}");
    // A homelab below the top of its repository.
    let lab = Lab::new();
    lab.git(&["rm", "-q", "-r", "--cached", "."]);
    fs::create_dir(lab.path().join("below")).unwrap();
    for name in ["homelab.kdl", "w"] {
        fs::rename(lab.path().join(name), lab.path().join("below").join(name)).unwrap();
    }
    lab.commit("Move");
    lab.write("below/w/web.kdl", &WORKLOAD.replace("a \"1\"", "a \"3\""));
    let (stdout, _) = lab.exits(0, &["-C", "below", "diff", "workloads", "--against", "HEAD"]);
    assert!(stdout.contains("~ data.a: \"1\" -> \"3\"\n"), "{stdout}");
}

#[test]
fn against_folders_and_trees() {
    let lab = Lab::new();
    lab.exits(0, &["build", "workloads"]);
    lab.git(&["add", "-f", "app"]);
    lab.git(&["commit", "-q", "-m", "Keep"]);
    for against in ["app", "./app", "HEAD:app"] {
        let (stdout, stderr) = lab.diff(0, &["--against", against]);
        assert_eq!(stdout, "0 added, 0 changed, 0 removed, 0 moved; 3 unchanged\n", "{stderr}");
    }
    lab.git(&["branch", "app"]);
    let (_, stderr) = lab.diff(1, &["--against", "app"]);
    assert!(stderr.contains("a folder and a name in Git") && stderr.contains("./app"), "{stderr}");
    lab.diff(0, &["--against", "./app"]);
    let (_, stderr) = lab.diff(1, &["--against", "mian"]);
    assert!(stderr.contains("did you mean `main`?"), "{stderr}");
    for hostile in ["--against=--help", "--against=-x", "--against=a\nb", "--against="] {
        lab.diff(1, &[hostile]);
    }
}

#[test]
fn before_anything_was_published() {
    let lab = Lab::new();
    let (stdout, stderr) = lab.diff(2, &["--detailed-exitcode", "--fail-on", "danger"]);
    assert!(stdout.ends_with("3 added, 0 changed, 0 removed, 0 moved; 0 unchanged\n"), "{stdout}");
    assert!(stderr.contains("there is no branch `main-manifests` yet"), "{stderr}");
    lab.write("homelab.kdl", &HOMELAB.replace("    repository", "    // repository"));
    let (_, stderr) = lab.diff(1, &[]);
    assert!(stderr.contains("names no branch for manifests") && stderr.contains("--against"), "{stderr}");
    // A local branch is better than none.
    let lab = Lab::new();
    lab.git(&["branch", "main-manifests"]);
    let (_, stderr) = lab.diff(0, &[]);
    assert!(stderr.starts_with("compared with branch main-manifests at "), "{stderr}");
    fs::remove_dir_all(lab.path().join(".git")).unwrap();
    let (_, stderr) = lab.diff(1, &[]);
    assert!(stderr.contains("is in no Git repository"), "{stderr}");
}

#[test]
fn trees_of_others() {
    let lab = Lab::new().published();
    let tree = lab.folder.path().join("tree");
    let secret = |value: &str| {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: old, namespace: web}}\nstringData: {{password: {value}}}\n"
        )
    };
    fs::write(tree.join("web/Secret.old.yaml"), secret("canary-1")).unwrap();
    fs::write(tree.join("web/broken.yaml"), "password: [canary-2").unwrap();
    fs::write(tree.join("web/bytes.yaml"), b"a: \xff").unwrap();
    fs::write(tree.join("values.yaml"), "mode: agent\n").unwrap();
    fs::create_dir_all(tree.join(".github/workflows")).unwrap();
    fs::write(tree.join(".github/workflows/a.yml"), "on: push\n").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", tree.join("web/link.yaml")).unwrap();
    git_in(&tree, &["add", "-A"]);
    git_in(&tree, &["commit", "-q", "-m", "Others"]);
    git_in(&tree, &["push", "-q", lab.folder.path().join("remote.git").to_str().unwrap(), "main-manifests"]);
    lab.git(&["fetch", "-q"]);
    for arguments in
        [vec![], vec!["--whole"], vec!["--format=json", "--whole"], vec!["--emit=markdown"], vec!["--format=concise"]]
    {
        let (stdout, stderr) = lab.diff(0, &arguments);
        assert!(stdout.contains("old"), "{stdout}");
        assert!(!stdout.contains("canary") && !stderr.contains("canary"), "{stdout}{stderr}");
    }
    let (stdout, _) = lab.diff(0, &[]);
    assert!(stdout.contains("not compared: web/broken.yaml: line 1 is no YAML"), "{stdout}");
    assert!(stdout.contains("not compared: web/bytes.yaml: it is not UTF-8"), "{stdout}");
    assert!(stdout.ends_with("0 added, 0 changed, 1 removed, 0 moved; 3 unchanged\n"), "{stdout}");
}

#[test]
fn what_opens_is_known_from_the_sources_of_then() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/language/cases/exposure");
    let lab = Lab { folder: tempfile::tempdir().unwrap() };
    copy_all(&case, &lab.path());
    let homelab = fs::read_to_string(case.join("homelab.kdl")).unwrap();
    let repository = "    repository \"https://example.net/home/lab.git\" branch=\"main\" manifests=\"main-manifests\"\n    category";
    lab.write("homelab.kdl", &homelab.replacen("    category", repository, 1));
    lab.git(&["init", "-q", "-b", "main"]);
    lab.commit("Begin");
    let lab = lab.published();

    // In the LAN alone, and then for everybody: the manifests are the same.
    let board = fs::read_to_string(case.join("workloads/board.kdl")).unwrap();
    lab.write("workloads/board.kdl", &board.replace("port=80\n}", "port=80 { public auth=\"none\" }\n}"));
    let wiki = fs::read_to_string(case.join("workloads/wiki.kdl")).unwrap();
    lab.write("workloads/wiki.kdl", &wiki.replace("{ public }", "{ public auth=\"none\" }"));
    let (stdout, _) = lab.diff(0, &[]);
    assert!(!stdout.contains("danger"), "nobody knows what answered: {stdout}");
    let opened = "danger[HLC1082]: the internet reaches board.example.net from now on: nobody asks for a login";
    let unguarded =
        "danger[HLC1083]: nobody asks for a login at wiki.example.net any more (before: single sign-on at the edge)";
    let (stdout, _) = lab.diff(0, &["--against", "HEAD"]);
    assert!(stdout.contains(opened) && stdout.contains(unguarded), "{stdout}");

    // The manifests name the commit that they are made from.
    let source = lab.git(&["rev-parse", "HEAD"]);
    lab.git(&["stash", "-q"]);
    lab.publish(&format!("Publish\n\nSource-Commit: {source}"));
    lab.git(&["stash", "pop", "-q"]);
    let (stdout, _) = lab.diff(1, &["--fail-on", "danger"]);
    assert!(stdout.contains(opened) && stdout.contains(unguarded), "{stdout}");
    assert!(stdout.contains("  = asked for at workloads/board.kdl:"), "{stdout}");
}
