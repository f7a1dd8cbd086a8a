//! The program as a shell runs it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const VALID: &str =
    "homelab \"t\" edition=\"1\" domain=\"example.net\" {\n    include \"w/*.kdl\"\n    category \"apps\"\n}\n";
const WORKLOAD: &str = "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"settings\" {\n        data {\n            a \"1\"\n        }\n    }\n}\n";

struct Shell {
    folder: tempfile::TempDir,
}

impl Shell {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { folder }
    }

    fn project() -> Self {
        Self::new(&[("homelab.kdl", VALID), ("w/web.kdl", WORKLOAD)])
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn hlc(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hlc"));
        command.args(arguments).current_dir(self.path()).env_remove("NO_COLOR").stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran(self.hlc(arguments).output().unwrap())
    }
}

struct Ran(Output);

impl Ran {
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.0.status.code(), Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout(), self.stderr());
        assert!(!self.stderr().contains("panicked"), "{}", self.stderr());
        self
    }

    fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }
}

#[test]
fn a_clean_project() {
    let shell = Shell::project();
    let ran = shell.run(&["check"]).exits(0);
    assert_eq!((ran.stdout().as_str(), ran.stderr().as_str()), ("", "no findings in 2 files\n"));
    shell.run(&["check", "-C", "w"]).exits(1);
    let below = shell.hlc(&["check"]).current_dir(shell.path().join("w")).output().unwrap();
    assert!(below.status.success());
}

#[test]
fn findings_are_data_and_their_number_a_message() {
    let shell = Shell::project();
    fs::write(shell.path().join("w/web.kdl"), "workload \"web\" category=\"apqs\" {\n    namespace \"web\"\n}\n")
        .unwrap();
    let ran = shell.run(&["check"]).exits(1);
    assert!(ran.stdout().starts_with("error[HLC"), "{}", ran.stdout());
    assert!(ran.stdout().contains("w/web.kdl:1:"), "{}", ran.stdout());
    assert!(ran.stderr().starts_with("1 error in 2 files"), "{}", ran.stderr());
    let ran = shell.run(&["check", "--format", "concise"]).exits(1);
    assert!(ran.stdout().starts_with("w/web.kdl:1:"), "{}", ran.stdout());
    let ran = shell.run(&["check", "--format=json"]).exits(1);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout()).unwrap();
    assert_eq!(document["summary"]["errors"], 1);
    assert_eq!(ran.stderr(), "");
    let ran = shell.run(&["build", "workloads"]).exits(1);
    assert_eq!(ran.stdout(), "");
    assert!(ran.stderr().contains("error[HLC") && ran.stderr().contains("; nothing was written"), "{}", ran.stderr());
    assert!(!shell.path().join("app").exists());
}

#[test]
fn colours_when_asked() {
    let shell = Shell::project();
    fs::write(shell.path().join("w/web.kdl"), "workload {").unwrap();
    assert!(!shell.run(&["check"]).exits(1).stdout().contains('\u{1b}'));
    assert!(shell.run(&["check", "--color", "always"]).exits(1).stdout().contains('\u{1b}'));
    assert!(!shell.run(&["check", "--color=never"]).exits(1).stdout().contains('\u{1b}'));
}

#[test]
fn builds_files() {
    let shell = Shell::project();
    let ran = shell.run(&["build", "workloads"]).exits(0);
    assert_eq!(ran.stdout(), "");
    assert!(ran.stderr().ends_with(", 0 unchanged in app/\n"), "{}", ran.stderr());
    let made = fs::read_to_string(shell.path().join("app/web/ConfigMap.settings.k8s.yaml")).unwrap();
    assert!(made.contains("kind: ConfigMap"), "{made}");
    let again = shell.run(&["build", "workloads"]).exits(0);
    assert!(again.stderr().contains("wrote 0 files"), "{}", again.stderr());
    fs::write(shell.path().join("app/web/ConfigMap.settings.k8s.yaml"), "edited").unwrap();
    let mended = shell.run(&["build", "workloads", "web"]).exits(0);
    assert!(
        mended.stderr().contains("warning: app/web/ConfigMap.settings.k8s.yaml was not as hlc"),
        "{}",
        mended.stderr()
    );
    let other = shell.run(&["build", "workloads", "--out", "else/where"]).exits(0);
    assert!(other.stderr().ends_with("in else/where/\n"), "{}", other.stderr());
    let inside = shell.hlc(&["build", "workloads"]).current_dir(shell.path().join("app")).output().unwrap();
    assert!(String::from_utf8_lossy(&inside.stderr).ends_with("unchanged in ./\n"), "{inside:?}");
}

#[test]
fn what_cannot_be_written_has_a_way_out() {
    let shell = Shell::project();
    fs::create_dir_all(shell.path().join("app/web")).unwrap();
    fs::write(shell.path().join("app/web/ConfigMap.settings.k8s.yaml"), "mine").unwrap();
    let refused = shell.run(&["build", "workloads"]).exits(1);
    assert!(refused.stderr().contains("web/ConfigMap.settings.k8s.yaml (a file)"), "{}", refused.stderr());
    assert!(refused.stderr().contains("--overwrite"), "{}", refused.stderr());
    shell.run(&["build", "workloads", "--overwrite"]).exits(0);
    let refused = shell.run(&["build", "workloads", "--out", "."]).exits(1);
    assert!(refused.stderr().contains("holds a file of the homelab"), "{}", refused.stderr());
}

#[test]
fn builds_to_stdout() {
    let shell = Shell::project();
    let plan = shell.run(&["build", "workloads", "--emit", "plan"]).exits(0);
    let document: serde_json::Value = serde_json::from_str(&plan.stdout()).unwrap();
    let objects = document["workloads"][0]["objects"].as_array().unwrap();
    let settings = objects.iter().find(|object| object["kind"] == "ConfigMap").unwrap();
    assert_eq!(settings["address"], "workload.web/ConfigMap.settings");
    assert!(settings["source"].as_str().unwrap().starts_with("w/web.kdl:3:"), "{settings}");
    let objects = shell.run(&["build", "workloads", "--emit", "objects", "web"]).exits(0);
    assert!(objects.stdout().starts_with("---\napiVersion: "), "{}", objects.stdout());
    assert!(!shell.path().join("app").exists());
}

#[test]
fn unknown_names() {
    let shell = Shell::project();
    let refused = shell.run(&["build", "workloads", "wbe"]).exits(1);
    assert!(refused.stderr().contains("no workload is called `wbe`"), "{}", refused.stderr());
    let refused = shell.run(&["explain", "netwrok"]).exits(1);
    assert!(refused.stderr().contains("did you mean `network`?"), "{}", refused.stderr());
}

#[test]
fn no_project() {
    let shell = Shell::new(&[("x", "")]);
    for arguments in [["check", "-C", "."], ["check", "-C", "nowhere"]] {
        let refused = shell.run(&arguments).exits(1);
        assert!(refused.stdout().is_empty() && !refused.stderr().is_empty(), "{}", refused.stderr());
    }
    let refused = Command::new(env!("CARGO_BIN_EXE_hlc")).arg("check").current_dir("/").output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no homelab.kdl here"), "{refused:?}");
}

#[test]
fn usage() {
    let shell = Shell::new(&[]);
    for wrong in
        [&[][..], &["chekc"], &["check", "--colour"], &["build"], &["check", "--format", "xml"], &["explain", "a", "b"]]
    {
        let refused = shell.run(wrong).exits(64);
        assert!(refused.stdout().is_empty() && !refused.stderr().is_empty(), "{wrong:?}");
    }
    for right in ["--help", "-h", "--version", "-V"] {
        assert!(!shell.run(&[right]).exits(0).stdout().is_empty());
    }
    for shell_name in ["bash", "zsh", "fish"] {
        assert!(shell.run(&["completions", shell_name]).exits(0).stdout().contains("hlc"));
    }
    assert!(shell.run(&["explain"]).exits(0).stdout().contains("HLC0"));
}

#[test]
fn a_closed_stdout_is_no_failure() {
    let shell = Shell::project();
    for arguments in
        [&["explain"][..], &["completions", "bash"], &["build", "workloads", "--emit", "plan"], &["--help"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = shell.hlc(arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(ran.status.code(), Some(0), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.is_empty(), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_full_stdout_is_a_failure() {
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else { return };
    let shell = Shell::new(&[]);
    let ran = shell.hlc(&["explain"]).stdout(full).output().unwrap();
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    assert!(String::from_utf8_lossy(&ran.stderr).contains("cannot write to stdout"), "{ran:?}");
}

#[test]
fn arguments_that_are_no_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let latin = std::ffi::OsStr::from_bytes(b"proj\xff");
    let shell = Shell::new(&[]);
    let folder = shell.path().join(latin);
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("homelab.kdl"), VALID).unwrap();
    fs::create_dir(folder.join("w")).unwrap();
    fs::write(folder.join("w/web.kdl"), WORKLOAD).unwrap();
    let ran =
        shell.hlc(&["build", "workloads", "-C"]).arg(latin).arg("--out").arg(folder.join("out")).output().unwrap();
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    assert!(folder.join("out/web").is_dir());
    let ran = shell.hlc(&["build", "workloads"]).arg(latin).output().unwrap();
    assert_eq!(ran.status.code(), Some(64), "{ran:?}");
}

/// A build opens no network connection: it makes no socket at all.
#[test]
fn a_build_opens_no_socket() {
    if Command::new("strace").arg("-V").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "strace is needed here");
        return;
    }
    let shell = Shell::project();
    let log = shell.path().join("strace.log");
    let traced = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=network", "-o"])
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_hlc"))
        .args(["build", "workloads"])
        .current_dir(shell.path())
        .output()
        .unwrap();
    assert!(traced.status.success(), "{traced:?}");
    let calls = fs::read_to_string(log).unwrap();
    let calls: Vec<&str> = calls.lines().filter(|line| line.contains('(')).collect();
    assert!(calls.is_empty(), "{calls:#?}");
}

#[test]
fn safe_fixes_are_applied_and_the_rest_is_reported() {
    let shell = Shell::project();
    let file = shell.path().join("w/web.kdl");
    let broken = WORKLOAD
        .replace("ConfigMap \"settings\" {", "ConfigMap \"settings\" { // kept\n        immutable true")
        .replace("a \"1\"", "a 180\n            b 10Gi");
    fs::write(&file, broken.replace("\"apps\"", "\"aps\"")).unwrap();
    shell.run(&["check"]).exits(1);
    let ran = shell.run(&["check", "--fix", "--format", "concise"]).exits(1);
    assert!(ran.stderr().starts_with("fixed w/web.kdl\n"), "{}", ran.stderr());
    // A guess is not applied.
    assert!(ran.stdout().contains("there is no category `aps`"), "{}", ran.stdout());
    assert_eq!(ran.stdout().lines().count(), 1, "{}", ran.stdout());
    let mended = fs::read_to_string(&file).unwrap();
    assert!(mended.contains("{ // kept\n        immutable #true"), "{mended}");
    assert!(mended.contains("a \"180\"\n            b \"10Gi\""), "{mended}");
    // A second time there is nothing to do.
    let before = fs::metadata(&file).unwrap().modified().unwrap();
    assert!(!shell.run(&["check", "--fix"]).exits(1).stderr().contains("fixed"));
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), before);
}

#[test]
fn the_homelabs_own_folder_is_no_output_folder() {
    let shell = Shell::project();
    let ran = shell.run(&["build", "workloads", "--out", "w"]).exits(1);
    assert!(ran.stderr().contains("holds a file of the homelab"), "{}", ran.stderr());
    assert_eq!(fs::read_dir(shell.path().join("w")).unwrap().count(), 1);
}

#[test]
fn an_existing_workload_cannot_be_built() {
    let shell = Shell::project();
    let existing = "(existing)workload \"db\" { (existing)namespace \"db\" }\n";
    fs::write(shell.path().join("w/db.kdl"), existing).unwrap();
    let ran = shell.run(&["build", "workloads", "db"]).exits(1);
    assert!(ran.stderr().contains("nothing is written for `db`"), "{}", ran.stderr());
}

#[test]
fn a_field_can_be_explained() {
    let shell = Shell::project();
    let page = shell.run(&["explain", "values"]).exits(0).stdout();
    assert!(page.contains("In `chart`") && page.contains("In `release`"), "{page}");
}

#[test]
fn another_environment_is_another_root_file_with_a_folder_of_its_own() {
    let shell = Shell::project();
    let staging = VALID.replace("example.net", "staging.example.net").replace(
        "    category",
        "    override \"workload.web/ConfigMap.settings\" { data { a \"2\"; }; }\n    category",
    );
    fs::write(shell.path().join("staging.kdl"), staging).unwrap();
    shell.run(&["check"]).exits(0);
    shell.run(&["check", "-C", "staging.kdl"]).exits(0);
    let checked = shell.run(&["fmt", "--check", "-C", "staging.kdl"]).exits(1);
    assert!(checked.stdout().contains("staging.kdl"), "{}", checked.stdout());
    shell.run(&["build", "workloads"]).exits(0);
    shell.run(&["build", "workloads", "-C", "staging.kdl"]).exits(0);
    let settings =
        |folder: &str| fs::read_to_string(shell.path().join(folder).join("web/ConfigMap.settings.k8s.yaml")).unwrap();
    assert!(settings("app").contains("a: \"1\""), "{}", settings("app"));
    assert!(settings("app-staging").contains("a: \"2\""), "{}", settings("app-staging"));
}
