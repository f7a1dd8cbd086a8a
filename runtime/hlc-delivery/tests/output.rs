//! The rules of `docs/output.md`, one by one.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use hlc_delivery::{Scope, WriteError, WriteOptions, WriteReport, write_tree};
use hlc_kube::OutputTree;

struct Case {
    folder: tempfile::TempDir,
}

fn tree(files: &[(&str, &str)]) -> OutputTree {
    let mut tree = OutputTree::default();
    for (path, text) in files {
        tree.insert(*path, *text);
    }
    tree
}

impl Case {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("app")
    }

    fn write(&self, files: &[(&str, &str)]) -> Result<WriteReport, WriteError> {
        write_tree(&self.out(), &tree(files), &Scope::All, WriteOptions::default())
    }

    fn overwrite(&self, files: &[(&str, &str)]) -> Result<WriteReport, WriteError> {
        write_tree(&self.out(), &tree(files), &Scope::All, WriteOptions { overwrite: true, ..WriteOptions::default() })
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.out().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Every path below the output folder but the manifest, folders with a `/`, links with their target.
    fn files(&self) -> BTreeMap<String, String> {
        fn walk(folder: &Path, within: &str, found: &mut BTreeMap<String, String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let path = format!("{within}{}", entry.file_name().to_string_lossy());
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    found.insert(format!("{path}/"), String::new());
                    walk(&entry.path(), &format!("{path}/"), found);
                } else if kind.is_symlink() {
                    found.insert(path, format!("-> {}", fs::read_link(entry.path()).unwrap().display()));
                } else if kind.is_file() {
                    found.insert(path, fs::read_to_string(entry.path()).unwrap());
                } else {
                    found.insert(path, "special".to_owned());
                }
            }
        }
        let mut found = BTreeMap::new();
        walk(&self.out(), "", &mut found);
        found.remove(".hlc-outputs.json");
        found
    }

    fn has(&self, expected: &[(&str, &str)]) {
        let files = self.files();
        let found: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert_eq!(found, expected);
        self.nothing_beside();
    }

    fn nothing_beside(&self) {
        let beside: Vec<_> =
            fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(beside.iter().all(|name| !name.to_string_lossy().starts_with(".app")), "{beside:?}");
    }

    fn manifest(&self) -> String {
        fs::read_to_string(self.out().join(".hlc-outputs.json")).unwrap()
    }
}

/// Inode and times of everything below a folder.
fn identities(folder: &Path) -> BTreeMap<PathBuf, (u64, i64, i64, u32)> {
    let mut found = BTreeMap::new();
    let metadata = fs::symlink_metadata(folder).unwrap();
    found.insert(folder.to_owned(), (metadata.ino(), metadata.mtime(), metadata.mtime_nsec(), metadata.mode()));
    if metadata.is_dir() {
        for entry in fs::read_dir(folder).unwrap() {
            found.extend(identities(&entry.unwrap().path()));
        }
    }
    found
}

#[test]
fn makes_changes_and_removes() {
    let case = Case::new();
    let report = case.write(&[("a/x.yaml", "1"), ("a/y.yaml", "2"), ("b/z.yaml", "3")]).unwrap();
    assert_eq!((report.written.len(), report.unchanged, report.exchanged), (3, 0, false));
    case.has(&[("a/", ""), ("a/x.yaml", "1"), ("a/y.yaml", "2"), ("b/", ""), ("b/z.yaml", "3")]);
    let report = case.write(&[("a/x.yaml", "1"), ("a/y.yaml", "22"), ("c/new.yaml", "4")]).unwrap();
    assert_eq!(report.written, ["a/y.yaml", "c/new.yaml"]);
    assert_eq!(report.removed, ["b/z.yaml"]);
    assert_eq!((report.unchanged, report.exchanged), (1, true));
    case.has(&[("a/", ""), ("a/x.yaml", "1"), ("a/y.yaml", "22"), ("c/", ""), ("c/new.yaml", "4")]);
    let report = case.write(&[]).unwrap();
    assert_eq!(report.removed.len(), 3);
    case.has(&[]);
    assert!(!case.out().join(".hlc-outputs.json").exists());
}

#[test]
fn an_empty_tree_makes_no_folder() {
    let case = Case::new();
    assert_eq!(case.write(&[]).unwrap(), WriteReport::default());
    assert!(!case.out().exists());
}

#[test]
fn writes_nothing_when_nothing_differs() {
    let case = Case::new();
    let files = [("a/x.yaml", "1"), ("b/y.yaml", "2")];
    case.write(&files).unwrap();
    let before = identities(case.folder.path());
    let report = case.write(&files).unwrap();
    assert_eq!((report.written.len(), report.removed.len(), report.unchanged), (0, 0, 2));
    assert_eq!(identities(case.folder.path()), before);
}

#[test]
fn the_manifest_depends_on_the_files_alone() {
    let (one, two) = (Case::new(), Case::new());
    one.write(&[("a/x", "1"), ("b", "2")]).unwrap();
    two.write(&[("b", "0"), ("c", "")]).unwrap();
    two.write(&[("b", "2"), ("a/x", "1")]).unwrap();
    assert_eq!(one.manifest(), two.manifest());
    let digest = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
    assert!(
        one.manifest().starts_with(&format!("{{\n  \"version\": 1,\n  \"files\": {{\n    \"a/x\": \"{digest}\",\n"))
    );
}

#[test]
fn files_of_others_are_left_alone() {
    let case = Case::new();
    case.write(&[("a/x.yaml", "1"), ("gone/y.yaml", "2")]).unwrap();
    case.put("README.md", "mine");
    case.put("a/notes.txt", "mine too");
    case.put(".git/objects/ab/cdef", "blob");
    fs::create_dir_all(case.out().join("mine/empty")).unwrap();
    fs::set_permissions(case.out().join("mine"), fs::Permissions::from_mode(0o2750)).unwrap();
    fs::set_permissions(case.out().join("mine/empty"), fs::Permissions::from_mode(0o555)).unwrap();
    symlink("../nowhere", case.out().join("a/link")).unwrap();
    symlink("/", case.out().join("root")).unwrap();
    let fifo = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0);
    rustix::fs::mknodat(rustix::fs::CWD, case.out().join("pipe"), fifo.0, fifo.1, fifo.2).unwrap();
    let latin: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"gone-\xff");
    fs::create_dir(case.out().join(latin)).unwrap();
    fs::write(case.out().join(latin).join("f"), "").unwrap();
    for (days, path) in ["README.md", "a/notes.txt", "mine/empty", "mine", ".git/objects", ".git"].iter().enumerate() {
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(86_400 * (days as u64 + 1));
        fs::File::open(case.out().join(path)).unwrap().set_modified(long_ago).unwrap();
    }
    let ours = |path: &PathBuf| path.ends_with("x.yaml") || path.ends_with("y.yaml") || path.ends_with("gone");
    let theirs = |all: BTreeMap<PathBuf, (u64, i64, i64, u32)>| {
        let is_dir = |path: &PathBuf| fs::symlink_metadata(path).unwrap().is_dir();
        let own_times = |path: &PathBuf| path.ends_with("app") || path.ends_with("a");
        all.into_iter()
            .filter(|(path, _)| !ours(path) && !path.ends_with(".hlc-outputs.json") && !own_times(path))
            // A folder is made anew, with the same mode and time.
            .map(|(path, (inode, a, b, mode))| (path.clone(), (if is_dir(&path) { 0 } else { inode }, a, b, mode)))
            .collect::<BTreeMap<_, _>>()
    };
    let before = theirs(identities(&case.out()));
    let report = case.write(&[("a/x.yaml", "changed")]).unwrap();
    assert_eq!((report.written.len(), report.removed.len()), (1, 1));
    assert_eq!(theirs(identities(&case.out())), before);
    assert_eq!(before.len(), 13, "{before:#?}");
    assert!(!case.out().join("gone").exists());
    case.nothing_beside();
}

#[test]
fn refuses_what_is_in_the_way() {
    let case = Case::new();
    case.put("a/x.yaml", "mine");
    case.put("b/file", "");
    symlink("a", case.out().join("c")).unwrap();
    let files = [("a/x.yaml", "1"), ("b", "2"), ("c/y.yaml", "3"), ("a/ok.yaml", "4")];
    let before = identities(case.folder.path());
    let refused = case.write(&files).unwrap_err();
    assert_eq!(refused.to_string(), "not made by hlc, and in the way: a/x.yaml (a file), b (a folder), c (a link)");
    assert_eq!(identities(case.folder.path()), before);
    let refused = case.overwrite(&files).unwrap_err();
    assert_eq!(refused.to_string(), "not made by hlc, and in the way: b (a folder), c (a link)");
    let report = case.overwrite(&[("a/x.yaml", "1")]).unwrap();
    assert_eq!(report.overwritten, ["a/x.yaml"]);
    case.has(&[("a/", ""), ("a/x.yaml", "1"), ("b/", ""), ("b/file", ""), ("c", "-> a")]);
}

#[test]
fn equal_files_are_adopted() {
    let case = Case::new();
    case.put("a/x.yaml", "1");
    let before = identities(&case.out().join("a/x.yaml"));
    let report = case.write(&[("a/x.yaml", "1")]).unwrap();
    assert_eq!((report.written.len(), report.unchanged), (0, 1));
    assert_eq!(identities(&case.out().join("a/x.yaml")), before);
    assert_eq!(case.write(&[]).unwrap().removed, ["a/x.yaml"]);
    case.has(&[]);
}

#[test]
fn edited_files_that_are_made_are_made_again() {
    let case = Case::new();
    case.write(&[("x.yaml", "1"), ("y.yaml", "1"), ("z.yaml", "1")]).unwrap();
    case.put("x.yaml", "edited");
    fs::remove_file(case.out().join("y.yaml")).unwrap();
    symlink("x.yaml", case.out().join("y.yaml")).unwrap();
    fs::remove_file(case.out().join("z.yaml")).unwrap();
    let report = case.write(&[("x.yaml", "1"), ("y.yaml", "1"), ("z.yaml", "1")]).unwrap();
    assert_eq!(report.overwritten, ["x.yaml", "y.yaml"]);
    assert_eq!(report.written, ["x.yaml", "y.yaml", "z.yaml"]);
    case.has(&[("x.yaml", "1"), ("y.yaml", "1"), ("z.yaml", "1")]);
}

#[test]
fn edited_files_that_are_no_longer_made_stay() {
    let case = Case::new();
    case.write(&[("a/x.yaml", "1"), ("a/y.yaml", "1"), ("b/z.yaml", "1"), ("keep", "")]).unwrap();
    case.put("a/x.yaml", "edited");
    fs::remove_file(case.out().join("b/z.yaml")).unwrap();
    let report = case.write(&[("keep", "")]).unwrap();
    assert_eq!(report.abandoned, ["a/x.yaml"]);
    assert_eq!(report.removed, ["a/y.yaml"]);
    case.has(&[("a/", ""), ("a/x.yaml", "edited"), ("b/", ""), ("keep", "")]);
    assert!(!case.manifest().contains("x.yaml"));
    assert!(case.write(&[("keep", "")]).unwrap().abandoned.is_empty());
    let refused = case.write(&[("a/x.yaml", "2")]).unwrap_err();
    assert!(matches!(refused, WriteError::InTheWay(_)), "{refused}");
}

#[test]
fn files_become_folders_and_back() {
    let case = Case::new();
    case.write(&[("a", "file"), ("b/c/d", "deep")]).unwrap();
    case.write(&[("a/x", "in"), ("b", "file")]).unwrap();
    case.has(&[("a/", ""), ("a/x", "in"), ("b", "file")]);
    case.put("a/mine", "");
    let refused = case.write(&[("a", "file"), ("b", "file")]).unwrap_err();
    assert_eq!(refused.to_string(), "not made by hlc, and in the way: a (a folder)");
}

#[test]
fn some_folders_alone() {
    let case = Case::new();
    case.write(&[("a/x", "1"), ("a/y", "1"), ("b/x", "1"), ("top", "1")]).unwrap();
    let folders = Scope::Folders(BTreeSet::from(["a".to_owned(), "c".to_owned()]));
    let all = tree(&[("a/x", "2"), ("b/x", "2"), ("c/x", "2"), ("top", "2")]);
    let report = write_tree(&case.out(), &all, &folders, WriteOptions::default()).unwrap();
    assert_eq!(report.written, ["a/x", "c/x"]);
    assert_eq!(report.removed, ["a/y"]);
    let mut expected = vec![("a/", ""), ("a/x", "2"), ("b/", ""), ("b/x", "1"), ("c/", ""), ("c/x", "2"), ("top", "1")];
    case.has(&expected);
    assert_eq!(case.write(&[]).unwrap().removed.len(), 4);
    expected.clear();
    case.has(&expected);
}

#[test]
fn a_folder_within_a_folder_alone() {
    let case = Case::new();
    case.write(&[("apps/a/x", "1"), ("apps/ab/x", "1"), ("apps/x", "1")]).unwrap();
    let folders = Scope::Folders(BTreeSet::from(["apps/a".to_owned()]));
    let report = write_tree(&case.out(), &tree(&[("apps/x", "2")]), &folders, WriteOptions::default()).unwrap();
    assert_eq!((report.written, report.removed), (vec![], vec!["apps/a/x".to_owned()]));
    case.has(&[("apps/", ""), ("apps/ab/", ""), ("apps/ab/x", "1"), ("apps/x", "1")]);
}

#[test]
fn a_damaged_list_is_no_empty_list() {
    let case = Case::new();
    case.write(&[("x", "1")]).unwrap();
    let good = case.manifest();
    let digest = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
    for bad in [
        "",
        "{",
        "[]",
        "{\"version\":1}",
        "{\"version\":1,\"files\":{},\"more\":1}",
        &format!("{{\"version\":1,\"files\":{{\"../x\":\"{digest}\"}}}}"),
        &format!("{{\"version\":1,\"files\":{{\"/x\":\"{digest}\"}}}}"),
    ] {
        case.put(".hlc-outputs.json", bad);
        let refused = case.write(&[("x", "2")]).unwrap_err();
        assert!(matches!(refused, WriteError::DamagedManifest(..)), "{bad}: {refused}");
    }
    case.put(".hlc-outputs.json", "{\"version\": 7, \"trees\": []}");
    assert!(matches!(case.write(&[("x", "2")]), Err(WriteError::NewerManifest(_, 7))));
    case.has(&[("x", "1")]);
    case.put(".hlc-outputs.json", &good);
    case.write(&[("x", "2")]).unwrap();
}

#[test]
fn paths_stay_inside() {
    let case = Case::new();
    for path in ["../x", "/x", "a/../b", "a//b", "./a", "a/", "", "a\0b", ".hlc-outputs.json", ".hlc-outputs.json/x"] {
        assert!(matches!(case.write(&[(path, "")]), Err(WriteError::BadPath(_))), "{path:?}");
    }
    assert!(matches!(case.write(&[("a", ""), ("a-b", ""), ("a/b", "")]), Err(WriteError::BadPath(_))));
    assert!(!case.out().exists());
}

#[test]
fn which_folders_can_be_written() {
    let case = Case::new();
    let root = case.folder.path();
    let options = WriteOptions { project: Some(root), ..WriteOptions::default() };
    let files = tree(&[("x", "1")]);
    let write = |out: &Path| write_tree(out, &files, &Scope::All, options);
    for out in [root, &root.join("."), Path::new("/"), root.parent().unwrap()] {
        assert!(matches!(write(out), Err(WriteError::HoldsProject(_))), "{}", out.display());
    }
    fs::write(root.join("file"), "").unwrap();
    assert!(matches!(write(&root.join("file")), Err(WriteError::NotAFolder(_))));
    symlink("nowhere", root.join("dangling")).unwrap();
    assert!(matches!(write(&root.join("dangling")), Err(WriteError::DanglingLink(_))));
    fs::create_dir(root.join("real")).unwrap();
    symlink("real", root.join("link")).unwrap();
    write(&root.join("link")).unwrap();
    assert_eq!(fs::read_to_string(root.join("real/x")).unwrap(), "1");
    assert!(fs::symlink_metadata(root.join("link")).unwrap().is_symlink());
    write(&root.join("not/yet/there")).unwrap();
    assert_eq!(fs::read_to_string(root.join("not/yet/there/x")).unwrap(), "1");
    fs::write(root.join(".taken.hlc-staging"), "mine").unwrap();
    assert!(matches!(write(&root.join("taken")), Err(WriteError::StagingTaken(_))));
}

#[test]
fn a_failure_leaves_the_old_folder_whole() {
    let case = Case::new();
    case.write(&[("a/x", "1"), ("a/y", "1")]).unwrap();
    let before = identities(case.folder.path());
    let too_long = format!("z/{}", "n".repeat(300));
    let refused = case.write(&[("a/x", "2"), (&too_long, "")]).unwrap_err();
    assert!(refused.to_string().contains("nnn"), "{refused}");
    let after = identities(case.folder.path());
    let without_root = |all: &BTreeMap<PathBuf, _>| all.clone().split_off(&case.out());
    assert_eq!(without_root(&before), without_root(&after));
    case.nothing_beside();
}

#[test]
fn builds_at_once_wait_for_each_other() {
    let case = Case::new();
    let trees: Vec<Vec<(String, String)>> = (0..4)
        .map(|builder| {
            (0..40).map(|file| (format!("f{}/x{file}", (file * builder) % 7), format!("{builder}"))).collect()
        })
        .collect();
    case.put("mine", "kept");
    std::thread::scope(|scope| {
        for files in &trees {
            scope.spawn(|| {
                for _ in 0..10 {
                    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
                    case.write(&files).unwrap();
                }
            });
        }
    });
    let mut files = case.files();
    assert_eq!(files.remove("mine").as_deref(), Some("kept"));
    files.retain(|path, _| !path.ends_with('/'));
    let matches = |tree: &Vec<(String, String)>| files == tree.iter().cloned().collect::<BTreeMap<_, _>>();
    assert_eq!(trees.iter().filter(|tree| matches(tree)).count(), 1, "{files:?}");
    case.nothing_beside();
}

#[test]
fn tells_that_it_waits() {
    let case = Case::new();
    let folder = fs::File::open(case.folder.path()).unwrap();
    folder.lock().unwrap();
    let (waits, told) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let on_wait = || waits.send(()).unwrap();
            let options = WriteOptions { on_wait: &on_wait, ..WriteOptions::default() };
            write_tree(&case.out(), &tree(&[("x", "1")]), &Scope::All, options).unwrap();
        });
        told.recv().unwrap();
        assert!(!case.out().exists());
        folder.unlock().unwrap();
    });
    case.has(&[("x", "1")]);
}

#[test]
fn a_file_saved_during_the_build_is_not_lost() {
    let case = Case::new();
    case.write(&[("a/x", "1"), ("gone/y", "1")]).unwrap();
    case.put("a/mine", "before");
    let mut step = |name: &str| {
        if name == "exchange the folders" {
            case.put("a/late", "late");
            case.put("new/late", "late");
            // As editors save: a new file takes the old one's place.
            case.put("a/.mine.tmp", "after");
            fs::rename(case.out().join("a/.mine.tmp"), case.out().join("a/mine")).unwrap();
        }
    };
    let all = tree(&[("a/x", "2")]);
    hlc_delivery::write_tree_stepwise(&case.out(), &all, &Scope::All, WriteOptions::default(), &mut step).unwrap();
    case.has(&[("a/", ""), ("a/late", "late"), ("a/mine", "after"), ("a/x", "2"), ("new/", ""), ("new/late", "late")]);
}

/// What a run leaves that was killed between the two moves which stand for an exchange on file systems without one.
#[test]
fn a_folder_that_was_moved_away_is_moved_back() {
    let case = Case::new();
    case.write(&[("a/x", "1"), ("a/y", "1")]).unwrap();
    case.put("mine", "kept");
    let staging = case.folder.path().join(".app.hlc-staging");
    fs::create_dir_all(staging.join("tree/a")).unwrap();
    fs::write(staging.join("tree/a/x"), "2").unwrap();
    fs::write(staging.join("ready"), fs::metadata(staging.join("tree")).unwrap().ino().to_string()).unwrap();
    fs::rename(case.out(), staging.join("old")).unwrap();
    let report = case.write(&[("a/x", "1"), ("a/y", "3")]).unwrap();
    assert_eq!((report.written, report.unchanged), (vec!["a/y".to_owned()], 1));
    case.has(&[("a/", ""), ("a/x", "1"), ("a/y", "3"), ("mine", "kept")]);
}
