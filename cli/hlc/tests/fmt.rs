//! `hlc fmt` as a shell runs it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const ROOT: &str = "homelab \"t\"   edition=\"1\" domain=\"example.net\" {\n  include \"w/*.kdl\"\n}\n";
const ROOT_AFTER: &str = "homelab \"t\" edition=\"1\" domain=\"example.net\" {\n    include \"w/*.kdl\"\n}\n";

struct Shell {
    folder: tempfile::TempDir,
}

impl Shell {
    fn new(files: &[(&str, &str)]) -> Self {
        let shell = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            let path = shell.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        shell
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Runs `hlc fmt` with a text on stdin; its code, stdout and stderr.
    fn fmt(&self, arguments: &[&str], stdin: &str) -> (i32, String, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hlc"))
            .arg("fmt")
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A run that does not read it may have ended before.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert!(!stderr.contains("panicked"), "{stderr}");
        (status.code().unwrap(), stdout, stderr)
    }

    /// Every name in the folder.
    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn said(stdout: &str, stderr: &str) -> (i32, String, String) {
    (0, stdout.to_owned(), stderr.to_owned())
}

#[test]
fn the_files_of_the_project() {
    let shell = Shell::new(&[("homelab.kdl", ROOT), ("w/a.kdl", "a  1\n"), ("w/b.kdl", "b\n"), ("other.kdl", "c  1")]);
    assert_eq!(shell.fmt(&[], ""), said("", "formatted 2 files, 1 unchanged\n"));
    assert_eq!(shell.text("homelab.kdl"), ROOT_AFTER);
    assert_eq!(shell.text("w/a.kdl"), "a 1\n");
    assert_eq!(shell.text("other.kdl"), "c  1");
    assert_eq!(shell.fmt(&[], ""), said("", "formatted 0 files, 3 unchanged\n"));
    assert_eq!(shell.fmt(&["--check"], ""), said("", "would format 0 files, 3 unchanged\n"));
    assert_eq!(shell.names("w"), ["a.kdl", "b.kdl"]);
}

#[test]
fn checking_writes_nothing() {
    let shell = Shell::new(&[("homelab.kdl", ROOT), ("w/a.kdl", "a  1\n"), ("w/b.kdl", "b\n")]);
    let (code, stdout, stderr) = shell.fmt(&["--check"], "");
    assert_eq!((code, stdout.as_str()), (1, "homelab.kdl\nw/a.kdl\n"));
    assert_eq!(stderr, "would format 2 files, 1 unchanged\n");
    assert_eq!((shell.text("homelab.kdl").as_str(), shell.text("w/a.kdl").as_str()), (ROOT, "a  1\n"));
}

#[test]
fn named_files_and_folders() {
    let shell = Shell::new(&[
        ("w/b.kdl", "b  1"),
        ("w/deep/a.kdl", "a  1"),
        ("w/.hidden/c.kdl", "c  1"),
        ("w/.d.kdl", "d  1"),
        ("w/notes.txt", "e  1"),
        ("named.txt", "f  1"),
    ]);
    symlink("..", shell.path("w/deep/loop")).unwrap();
    let (code, stdout, _) = shell.fmt(&["--check", "w", "named.txt", "w/b.kdl", "./w"], "");
    assert_eq!((code, stdout.as_str()), (1, "w/b.kdl\nw/deep/a.kdl\nnamed.txt\n"));
    assert_eq!(shell.fmt(&["w", "named.txt"], ""), said("", "formatted 3 files, 0 unchanged\n"));
    for path in ["w/.hidden/c.kdl", "w/.d.kdl", "w/notes.txt"] {
        assert!(shell.text(path).contains("  "), "{path}");
    }
    assert_eq!(shell.text("named.txt"), "f 1\n");
}

#[test]
fn stdin_to_stdout() {
    let shell = Shell::new(&[]);
    assert_eq!(shell.fmt(&["-"], "a  1"), said("a 1\n", ""));
    assert_eq!(shell.fmt(&["-"], "a 1\n"), said("a 1\n", ""));
    assert_eq!(shell.fmt(&["-"], ""), said("", ""));
    let (code, stdout, stderr) = shell.fmt(&["-"], "a {");
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.contains("error[HLC") && stderr.contains("<stdin>:1:"), "{stderr}");
    let (code, stdout, _) = shell.fmt(&["-", "--check"], "a  1");
    assert_eq!((code, stdout.as_str()), (1, "<stdin>\n"));
    assert_eq!(shell.fmt(&["-", "--check"], "a 1\n").0, 0);
    let (code, stdout, stderr) = shell.fmt(&["-", "a.kdl"], "a  1");
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.contains("cannot stand with other paths"), "{stderr}");
    let (code, stdout, stderr) = shell.fmt(&["-"], "\n/- kdl-version 1\n");
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.contains("no longer mean the same"), "{stderr}");
}

#[test]
fn what_cannot_be_formatted_stops_nothing_else() {
    let shell = Shell::new(&[("homelab.kdl", ROOT), ("w/a.kdl", "a  {\n"), ("w/c.kdl", "c  1")]);
    fs::write(shell.path("w/b.kdl"), b"b  \xff").unwrap();
    let (code, stdout, stderr) = shell.fmt(&["--format", "concise"], "");
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.contains("w/a.kdl:1:4: error[HLC"), "{stderr}");
    assert!(stderr.contains("w/b.kdl") && stderr.contains("is not UTF-8 text (byte 3)"), "{stderr}");
    assert!(stderr.ends_with("formatted 2 files, 0 unchanged, 2 left alone\n"), "{stderr}");
    assert_eq!(shell.text("w/a.kdl"), "a  {\n");
    assert_eq!(shell.text("w/c.kdl"), "c 1\n");
    let (code, _, stderr) = shell.fmt(&["w/b.kdl", "nowhere.kdl", "/dev/null"], "");
    assert_eq!(code, 1);
    for wanted in ["`w/b.kdl` is not UTF-8", "cannot open `nowhere.kdl`", "`/dev/null` is neither"] {
        assert!(stderr.contains(wanted), "{stderr}");
    }
    assert_eq!(shell.fmt(&["--check", "w/a.kdl"], "").0, 1);
}

#[test]
fn a_file_keeps_its_mode_and_a_link_its_target() {
    let shell = Shell::new(&[("real/a.kdl", "a  1"), ("links/.keep", ""), ("same.kdl", "b 1\n")]);
    fs::set_permissions(shell.path("real/a.kdl"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("../real/a.kdl", shell.path("links/a.kdl")).unwrap();
    let inode = |path: &Path| fs::metadata(path).unwrap().ino();
    let (changed, same) = (inode(&shell.path("real/a.kdl")), inode(&shell.path("same.kdl")));
    assert_eq!(shell.fmt(&["links", "same.kdl"], ""), said("", "formatted 1 file, 1 unchanged\n"));
    assert_eq!(shell.text("real/a.kdl"), "a 1\n");
    assert!(shell.path("links/a.kdl").is_symlink());
    assert_eq!(fs::metadata(shell.path("real/a.kdl")).unwrap().permissions().mode() & 0o7777, 0o640);
    assert_ne!(inode(&shell.path("real/a.kdl")), changed);
    assert_eq!(inode(&shell.path("same.kdl")), same);
    assert_eq!(
        (shell.names("real"), shell.names("links")),
        (vec!["a.kdl".into()], vec![".keep".into(), "a.kdl".into()])
    );
}

#[test]
fn no_project_and_wrong_usage() {
    let shell = Shell::new(&[]);
    let (code, _, stderr) = shell.fmt(&["-C", "."], "");
    assert_eq!(code, 1);
    assert!(stderr.contains("is no project"), "{stderr}");
    assert_eq!(shell.fmt(&["--chekc"], "").0, 64);
}

/// The homelab of this repository is written the way `hlc fmt` writes.
#[test]
fn the_sample_is_formatted() {
    let shell = Shell::new(&[]);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let (code, stdout, stderr) = shell.fmt(&["--check", "-C", root], "");
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert!(!stderr.contains(", 0 unchanged"), "{stderr}");
}

#[test]
fn fields_come_in_the_order_of_their_declaration() {
    let shell = Shell::new(&[]);
    let before = "workload \"w\" {\n    route \"r\" port=80 service=\"s\"\n    namespace \"n\"\n}\n";
    let after = "workload \"w\" {\n    namespace \"n\"\n    route \"r\" service=\"s\" port=80\n}\n";
    assert_eq!(shell.fmt(&["-"], before), said(after, ""));
    assert_eq!(shell.fmt(&["-"], after), said(after, ""));
}

const V1: &str = "homelab \"t\" edition=\"1\" domain=\"example.net\" {\n  include \"w/*.kdl\"\n}\n";
const V1_FILE: &str = "// why\ndata \"d\" {\n  on true; off false /* c */\n  path r\"C:\\x\"\n}\n";
const V2_FILE: &str = "// why\ndata \"d\" {\n    on #true\n    off #false /* c */\n    path #\"C:\\x\"#\n}\n";

#[test]
fn from_kdl_1() {
    let files = [("homelab.kdl", V1), ("w/a.kdl", V1_FILE), ("w/b.kdl", "a  #true\n"), ("w/c.kdl", "a true, b")];
    let shell = Shell::new(&files);
    let (code, _, stderr) = shell.fmt(&["--format", "concise", "w/a.kdl"], "");
    assert_eq!((code, stderr.matches("HLC").count()), (1, 1), "{stderr}");
    assert!(stderr.contains("w/a.kdl:4:8: error[HLC0034]: this file is KDL 1"), "{stderr}");
    let (code, stdout, stderr) = shell.fmt(&["--from-v1", "--check", "--format", "concise"], "");
    assert_eq!((code, stdout.as_str()), (1, "w/a.kdl\n"));
    assert!(stderr.contains("w/c.kdl:1:7: error[HLC0037]"), "{stderr}");
    assert!(stderr.ends_with("would convert 1 file, 2 unchanged, 1 left alone\n"), "{stderr}");
    assert_eq!(shell.text("w/a.kdl"), V1_FILE);
    let (code, stdout, stderr) = shell.fmt(&["--from-v1"], "");
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.ends_with("converted 1 file, 2 unchanged, 1 left alone\n"), "{stderr}");
    assert_eq!(shell.text("w/a.kdl"), V2_FILE);
    // What is KDL 2, and what cannot be converted, is not touched.
    for (path, text) in [("homelab.kdl", V1), ("w/b.kdl", "a  #true\n"), ("w/c.kdl", "a true, b")] {
        assert_eq!(shell.text(path), text);
    }
    assert_eq!(shell.fmt(&["--from-v1", "-"], V1_FILE), said(V2_FILE, ""));
    assert_eq!(shell.fmt(&["--from-v1", "w/a.kdl"], ""), said("", "converted 0 files, 1 unchanged\n"));
}
