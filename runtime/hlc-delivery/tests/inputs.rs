//! What the compiler can see of a disk.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use hlc_delivery::{DiskInputs, OverlayInputs, find_project, open_project};
use hlc_model::{DirEntry, InputError, Inputs};

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn file(name: &str) -> DirEntry {
    DirEntry::File(name.to_owned())
}

fn dir(name: &str) -> DirEntry {
    DirEntry::Dir(name.to_owned())
}

#[test]
fn reads_and_lists() {
    let folder = project(&[("homelab.kdl", "a 1"), ("core/dns.kdl", "b"), ("core/x/y.kdl", "")]);
    let inputs = DiskInputs::new(folder.path()).unwrap();
    assert_eq!(&*inputs.read("homelab.kdl").unwrap(), "a 1");
    assert_eq!(&*inputs.read("core/x/y.kdl").unwrap(), "");
    assert_eq!(inputs.list("").unwrap(), [file("homelab.kdl"), dir("core")]);
    assert_eq!(inputs.list("core").unwrap(), [file("dns.kdl"), dir("x")]);
    assert_eq!(inputs.read("core/nothing.kdl"), Err(InputError::NotFound));
    assert_eq!(inputs.read("homelab.kdl/x"), Err(InputError::NotFound));
    assert_eq!(inputs.list("nothing"), Err(InputError::NotFound));
    assert_eq!(inputs.read("core"), Err(InputError::Other("it is a folder".into())));
}

#[test]
fn gives_the_same_answer_twice() {
    let folder = project(&[("a.kdl", "one")]);
    let inputs = DiskInputs::new(folder.path()).unwrap();
    assert_eq!(inputs.read("b.kdl"), Err(InputError::NotFound));
    assert_eq!(&*inputs.read("a.kdl").unwrap(), "one");
    fs::write(folder.path().join("a.kdl"), "two").unwrap();
    fs::write(folder.path().join("b.kdl"), "two").unwrap();
    assert_eq!(&*inputs.read("a.kdl").unwrap(), "one");
    assert_eq!(inputs.read("b.kdl"), Err(InputError::NotFound));
}

#[test]
fn never_leaves_the_project() {
    let outer = project(&[("secret", "x"), ("project/homelab.kdl", ""), ("project/in/a.kdl", "inside")]);
    let root = outer.path().join("project");
    symlink("../secret", root.join("leak.kdl")).unwrap();
    symlink("..", root.join("up")).unwrap();
    symlink("/etc", root.join("etc")).unwrap();
    symlink("in", root.join("linked")).unwrap();
    symlink(root.join("in/a.kdl"), root.join("absolute.kdl")).unwrap();
    symlink("nowhere", root.join("dangling.kdl")).unwrap();
    let inputs = DiskInputs::new(&root).unwrap();
    for path in ["../secret", "in/../../secret", "/etc/passwd", "leak.kdl", "up/secret", "etc/passwd"] {
        assert_eq!(inputs.read(path), Err(InputError::Outside), "{path}");
    }
    for folder in ["..", "up", "/", "etc"] {
        assert_eq!(inputs.list(folder), Err(InputError::Outside), "{folder}");
    }
    assert_eq!(&*inputs.read("linked/a.kdl").unwrap(), "inside");
    assert_eq!(&*inputs.read("absolute.kdl").unwrap(), "inside");
    assert_eq!(inputs.read("dangling.kdl"), Err(InputError::NotFound));
    // Links to files are listed wherever they lead, so that reading them can say why they cannot be read.
    let files = ["absolute.kdl", "dangling.kdl", "homelab.kdl", "leak.kdl"].map(file);
    assert_eq!(inputs.list("").unwrap(), [&files[..], &[dir("in"), dir("linked")]].concat());
}

#[test]
fn a_project_opened_through_a_link_is_the_project() {
    let outer = project(&[("project/homelab.kdl", "x")]);
    symlink("project", outer.path().join("link")).unwrap();
    let inputs = DiskInputs::new(&outer.path().join("link")).unwrap();
    assert_eq!(&*inputs.read("homelab.kdl").unwrap(), "x");
}

/// Every file below a folder, as a walk for `include "**"` finds them.
fn walk(inputs: &dyn Inputs, folder: &str, found: &mut Vec<String>) {
    for entry in inputs.list(folder).unwrap() {
        let join = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        match entry {
            DirEntry::File(name) => found.push(join(&name)),
            DirEntry::Dir(name) => walk(inputs, &join(&name), found),
        }
    }
}

#[test]
fn walking_ends_in_spite_of_loops() {
    let folder = project(&[("a/x.kdl", ""), ("b/c/y.kdl", "")]);
    let root = folder.path();
    symlink("self.kdl", root.join("self.kdl")).unwrap();
    symlink(".", root.join("a/here")).unwrap();
    symlink("../b", root.join("a/to-b")).unwrap();
    symlink("../../a", root.join("b/c/to-a")).unwrap();
    let inputs = DiskInputs::new(root).unwrap();
    let mut found = Vec::new();
    walk(&inputs, "", &mut found);
    found.sort();
    assert_eq!(found, ["a/to-b/c/y.kdl", "a/x.kdl", "b/c/to-a/x.kdl", "b/c/y.kdl", "self.kdl"]);
    assert!(matches!(inputs.read("self.kdl"), Err(InputError::Other(words)) if words.contains("symbolic link")));
}

#[test]
fn files_that_are_no_text() {
    let folder = project(&[("large.kdl", "0123456789")]);
    fs::write(folder.path().join("latin.kdl"), b"a \"\xe9\"").unwrap();
    let inputs = DiskInputs::new(folder.path()).unwrap().with_limit(9);
    assert_eq!(inputs.read("latin.kdl"), Err(InputError::NotUtf8(3)));
    assert_eq!(inputs.read("large.kdl"), Err(InputError::TooLarge(9)));
}

#[test]
fn waits_for_no_fifo_and_opens_no_device() {
    let folder = project(&[("a.kdl", "")]);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        folder.path().join("pipe.kdl"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket.kdl")).unwrap();
    let inputs = DiskInputs::new(folder.path()).unwrap();
    for path in ["pipe.kdl", "socket.kdl"] {
        assert_eq!(inputs.read(path), Err(InputError::Other("it is not a regular file".into())), "{path}");
    }
    assert_eq!(inputs.list("").unwrap(), [file("a.kdl")]);
    let devices = DiskInputs::new(Path::new("/dev")).unwrap();
    assert_eq!(devices.read("zero"), Err(InputError::Other("it is not a regular file".into())));
}

#[test]
fn says_why_a_file_cannot_be_read() {
    let folder = project(&[("a.kdl", "")]);
    let path = folder.path().join("a.kdl");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::read(&path).is_ok() {
        return; // root reads everything
    }
    let inputs = DiskInputs::new(folder.path()).unwrap();
    assert!(matches!(inputs.read("a.kdl"), Err(InputError::Other(words)) if words.contains("ermission")));
}

#[test]
fn open_files_lie_over_the_disk() {
    let folder = project(&[("a.kdl", "disk"), ("b/c.kdl", "disk")]);
    let disk = DiskInputs::new(folder.path()).unwrap();
    let mut inputs = OverlayInputs::new(&disk);
    inputs.insert("a.kdl", "buffer");
    inputs.insert("b/new.kdl", "unsaved");
    inputs.insert("fresh/x.kdl", "");
    assert_eq!(&*inputs.read("a.kdl").unwrap(), "buffer");
    assert_eq!(&*inputs.read("b/c.kdl").unwrap(), "disk");
    assert_eq!(inputs.list("").unwrap(), [file("a.kdl"), dir("b"), dir("fresh")]);
    assert_eq!(inputs.list("b").unwrap(), [file("c.kdl"), file("new.kdl")]);
    assert_eq!(inputs.list("fresh").unwrap(), [file("x.kdl")]);
    assert_eq!(inputs.list("nothing"), Err(InputError::NotFound));
}

#[test]
fn the_nearest_project_upwards() {
    let outer =
        project(&[("homelab.kdl", ""), ("a/b/c.kdl", ""), ("inner/homelab.kdl", ""), ("inner/staging.kdl", "")]);
    let real = outer.path().canonicalize().unwrap();
    let found = |path: &str| find_project(&outer.path().join(path)).unwrap().unwrap();
    assert_eq!(found("a/b").folder, real);
    assert_eq!(found("inner").folder, real.join("inner"));
    assert_eq!(find_project(Path::new("/")).unwrap(), None);
    let open = |path: &str| open_project(&outer.path().join(path)).unwrap();
    assert_eq!(open("a"), None);
    assert_eq!(open("inner").unwrap().root, "homelab.kdl");
    let staging = open("inner/staging.kdl").unwrap();
    assert_eq!((staging.folder, staging.root), (real.join("inner"), "staging.kdl".to_owned()));
}

/// What is found in a project that has this in its root file, and what else its folder holds beside a file outside.
fn findings(body: &str) -> Vec<(&'static str, String)> {
    let outer = project(&[("secret.kdl", "data \"leaked\" { a 1; }"), ("project/in/a.kdl", "")]);
    let root = outer.path().join("project");
    fs::write(root.join("homelab.kdl"), format!("homelab \"h\" domain=\"example.net\"\n{body}")).unwrap();
    fs::write(root.join("latin.kdl"), b"a \"\xe9\"").unwrap();
    symlink("../secret.kdl", root.join("leak.kdl")).unwrap();
    symlink("..", root.join("up")).unwrap();
    symlink("loop.kdl", root.join("loop.kdl")).unwrap();
    let compilation = hlc_model::compile(&DiskInputs::new(&root).unwrap(), "homelab.kdl");
    compilation.diagnostics.into_iter().map(|found| (found.code.id, found.message)).collect()
}

#[test]
fn every_way_out_of_the_project_has_its_finding() {
    let ways = [
        ("../secret.kdl", "`..`"),
        ("in/../../secret.kdl", "`..`"),
        ("/etc/hostname", "inside the project"),
        ("~/x.kdl", "inside the project"),
        ("leak.kdl", "outside the project"),
        ("up/secret.kdl", "outside the project"),
        ("loop.kdl", "symbolic link"),
        ("latin.kdl", "not UTF-8 text (byte 3)"),
        ("in", "folder"),
    ];
    for (path, reason) in ways {
        let include = format!("homelab \"h\" domain=\"example.net\" {{ include \"{path}\"; }}");
        let found = findings(&format!("/- h\n{include}")).into_iter().filter(|found| found.0 != "HLC0304");
        let found: Vec<_> = found.collect();
        assert!(found.len() == 1 && found[0].1.contains(reason), "include {path}: {found:?}");
        let found = findings(&format!("data \"d\" {{ x (file)\"{path}\"; }}"));
        assert!(found.len() == 1 && found[0].1.contains(reason), "(file) {path}: {found:?}");
    }
}

#[test]
fn a_pattern_that_meets_a_way_out_says_so() {
    let homelab = "/- h\nhomelab \"h\" domain=\"example.net\" { include \"l*.kdl\" \"up/*.kdl\"; }";
    let found: Vec<_> = findings(homelab).into_iter().filter(|found| found.0 != "HLC0304").collect();
    let reasons =
        ["`latin.kdl` cannot be read", "`leak.kdl` cannot be read: it lies outside", "`loop.kdl` cannot", "`up/*.kdl`"];
    assert_eq!(found.len(), reasons.len(), "{found:?}");
    for reason in reasons {
        assert!(found.iter().any(|found| found.1.contains(reason)), "{reason}: {found:?}");
    }
}
