//! A folder.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use hlc_engine::{Holder, Local, Store, StoreError};

use crate::contract::{self, holder, text};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[tokio::test]
async fn it_is_a_store() {
    let folder = tempfile::tempdir().unwrap();
    contract::holds(&Local::new(folder.path())).await;
}

#[tokio::test]
async fn what_is_in_the_folder() {
    let project = tempfile::tempdir().unwrap();
    let folder = project.path().join(".hlc/state");
    let store = Local::new(&folder);
    assert!(store.read("doc").await.unwrap().is_none());
    assert_eq!(store.holder("doc").await.unwrap(), None);
    store.remove("doc").await.unwrap();
    assert_eq!(names(project.path()), [""; 0], "who only looks makes nothing");

    let one = store.write("doc", b"one", None).await.unwrap();
    assert_eq!(names(&folder), [".gitignore", ".writing", "doc"]);
    let two = store.write("doc", b"two", Some(&one)).await.unwrap();
    let three = store.write("doc", b"three", Some(&two)).await.unwrap();
    store.append("journal", b"line").await.unwrap();
    let guard = store.lock("core", &holder()).await.unwrap();
    assert_eq!(names(&folder), [".gitignore", ".writing", "core.lock", "doc", "doc.bak", "journal"]);
    assert_eq!(fs::read_to_string(folder.join("doc.bak")).unwrap(), "two", "the older writing");
    assert_eq!(fs::read_to_string(folder.join(".gitignore")).unwrap(), "*\n");
    for name in names(&folder) {
        assert_eq!(mode(&folder.join(&name)), 0o600, "{name}");
    }
    assert_eq!((mode(&folder), mode(folder.parent().unwrap())), (0o700, 0o700));
    let said: Holder = serde_json::from_slice(&fs::read(folder.join("core.lock")).unwrap()).unwrap();
    assert_eq!((said.pid, said.what.as_str()), (std::process::id(), "apply core/test"));

    drop(guard);
    assert_eq!(store.write("doc", b"three", Some(&three)).await.unwrap(), three);
    assert_eq!(fs::read_to_string(folder.join("doc.bak")).unwrap(), "two", "writing the same again loses nothing");
    store.remove("doc").await.unwrap();
    assert_eq!(names(&folder), [".gitignore", ".writing", "doc.bak", "journal"]);
    assert_eq!(fs::read_to_string(folder.join("doc.bak")).unwrap(), "three", "what was removed can be put back");
}

/// The version is what the file holds, so that a file which was put back is the one it was.
#[tokio::test]
async fn a_file_that_was_changed_by_hand_has_moved() {
    let folder = tempfile::tempdir().unwrap();
    let store = Local::new(folder.path());
    let one = store.write("doc", b"one", None).await.unwrap();
    fs::write(folder.path().join("doc"), "edited").unwrap();
    assert!(matches!(store.write("doc", b"two", Some(&one)).await, Err(StoreError::Moved { .. })));
    assert_eq!(text(&store, "doc").await.as_deref(), Some("edited"));
    fs::write(folder.path().join("doc"), "one").unwrap();
    store.write("doc", b"two", Some(&one)).await.unwrap();
}

#[tokio::test]
async fn what_is_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("victim"), "not mine").unwrap();
    symlink(path("victim"), path("link")).unwrap();
    symlink(path("nowhere"), path("dangling")).unwrap();
    symlink(path("victim"), path("locked.lock")).unwrap();
    fs::create_dir(path("folder")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    let store = Local::new(folder.path());
    let version = store.read("victim").await.unwrap().unwrap().version;
    for name in ["link", "dangling", "folder", "pipe"] {
        let why = |error: StoreError| match error {
            StoreError::Failed { place, why } if place == store.place(name) => why,
            error @ (StoreError::Failed { .. } | StoreError::Moved { .. } | StoreError::Locked { .. }) => {
                panic!("{name}: {error}")
            }
        };
        assert!(why(store.read(name).await.unwrap_err()).contains("no regular file"), "{name}");
        assert!(why(store.append(name, b"x").await.unwrap_err()).contains("no regular file"), "{name}");
        for over in [None, Some(&version)] {
            assert!(why(store.write(name, b"x", over).await.unwrap_err()).contains("no regular file"), "{name}");
        }
    }
    assert!(matches!(store.lock("locked", &holder()).await, Err(StoreError::Failed { .. })));
    assert_eq!(fs::read_to_string(path("victim")).unwrap(), "not mine");
    assert!(!path("nowhere").exists());

    let file = Local::new(path("victim"));
    assert_eq!(file.read("doc").await.unwrap_err().to_string(), format!("{}: is no folder", path("victim").display()));
    assert!(Local::new(path("victim/below")).write("doc", b"x", None).await.is_err());
}

/// A second name of the same file is no older writing, and a backup that is a folder is nothing to lose the document for.
#[tokio::test]
async fn a_backup_that_cannot_be_replaced_stops_the_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = Local::new(folder.path());
    let one = store.write("doc", b"one", None).await.unwrap();
    fs::hard_link(folder.path().join("doc"), folder.path().join("doc.bak")).unwrap();
    let two = store.write("doc", b"two", Some(&one)).await.unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("doc.bak")).unwrap(), "one");

    fs::remove_file(folder.path().join("doc.bak")).unwrap();
    fs::create_dir(folder.path().join("doc.bak")).unwrap();
    let refused = store.write("doc", b"three", Some(&two)).await.unwrap_err();
    assert_eq!(refused.to_string(), format!("{}.bak: cannot be written: is a directory", store.place("doc")));
    assert_eq!(text(&store, "doc").await.as_deref(), Some("two"));
    assert_eq!(names(folder.path()), [".gitignore", ".writing", "doc", "doc.bak"].map(String::from)[1..]);
}

/// What a holder left that ended without freeing its lock holds nobody up.
#[tokio::test]
async fn a_lock_file_alone_locks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Local::new(folder.path());
    let gone = Holder { host: "elsewhere".to_owned(), ..holder() };
    for left in [serde_json::to_string(&gone).unwrap(), String::new(), "{ damaged".to_owned()] {
        fs::write(folder.path().join("core.lock"), &left).unwrap();
        assert_eq!(store.holder("core").await.unwrap(), None, "{left}");
        store.lock("core", &holder()).await.unwrap().free().await.unwrap();
        fs::write(folder.path().join("core.lock"), &left).unwrap();
        let from = store.unlock("core").await.unwrap();
        assert_eq!(from, serde_json::from_str(&left).ok(), "{left}");
        assert!(!folder.path().join("core.lock").exists());
    }
}

#[tokio::test]
async fn a_living_holder_is_asked_not_robbed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Local::new(folder.path());
    let guard = store.lock("core", &holder()).await.unwrap();
    let refused = store.unlock("core").await;
    assert!(matches!(refused, Err(StoreError::Locked { .. })), "{refused:?}");
    assert!(guard.is_held());

    // Somebody removes the file all the same: another may lock, and the first notices.
    fs::remove_file(folder.path().join("core.lock")).unwrap();
    assert!(!guard.is_held());
    let other = store.lock("core", &holder()).await.unwrap();
    drop(guard);
    assert!(other.is_held(), "what frees the first leaves the second alone");
}
