//! `hlc fetch` and `hlc vendor`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;
use std::time::{Duration, Instant};

use hlc_chart::Digest;
use hlc_tests_web::{Reply, Server};
use libtest_mimic::Trial;

use crate::publisher::Publisher;
use crate::shell::{Ran, Shell};
use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("fetch::fills_an_empty_cache", fills_an_empty_cache),
        trial("fetch::other_bytes_are_refused", other_bytes_are_refused),
        trial("fetch::a_moved_tag_is_refused", a_moved_tag_is_refused),
        trial("fetch::a_vanished_version", a_vanished_version),
        trial("fetch::damage_in_the_cache_is_mended", damage_in_the_cache_is_mended),
        trial("fetch::needs_a_lock_file", needs_a_lock_file),
        trial("fetch::mirrors_are_asked", mirrors_are_asked),
        trial("fetch::processes_share_a_cache", processes_share_a_cache),
        trial("fetch::killed_at_any_time", killed_at_any_time),
        trial("fetch::servers_that_fail", servers_that_fail),
        trial("vendor::keeps_the_same_bytes", keeps_the_same_bytes),
    ]
}

/// A project that is locked, and a cache that is empty again.
fn locked() -> (Publisher, Shell, Digest) {
    let publisher = Publisher::new();
    let digest = publisher.chart("web", "1.0.0", "a");
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo())]);
    shell.run(&["lock"]).exits(0);
    fs::remove_dir_all(shell.path("cache")).unwrap();
    (publisher, shell, digest)
}

fn fills_an_empty_cache() {
    let (publisher, shell, digest) = locked();
    shell.run(&["fetch"]).exits(0).says("fetched 1, 0 at hand");
    let [blob] = shell.cached("blobs").try_into().unwrap();
    assert_eq!(Digest::of(&fs::read(blob).unwrap()), digest);
    let asked = publisher.server.asked().len();
    shell.run(&["fetch"]).exits(0).says("fetched 0, 1 at hand");
    assert_eq!(publisher.server.asked().len(), asked);
}

fn other_bytes_are_refused() {
    let (publisher, shell, locked) = locked();
    let found = publisher.chart("web", "1.0.0", "other");
    let ran = shell.run(&["fetch"]).exits(1);
    ran.says(&format!("web 1.0.0 is not what the lock file says: expected {locked}, found {found}"))
        .says("hlc lock --update web");
    assert_eq!(shell.cached("blobs").len(), 0);
}

fn a_moved_tag_is_refused() {
    let publisher = Publisher::new();
    let locked = publisher.chart("web", "1.0.0", "a");
    let shell = Shell::new(&[("web", "1.0.0", &publisher.registry())]);
    shell.run(&["lock"]).exits(0);
    fs::remove_dir_all(shell.path("cache")).unwrap();
    let found = publisher.chart("web", "1.0.0", "other");
    let ran = shell.run(&["fetch"]).exits(1);
    ran.says(&format!("the tag of web 1.0.0 was moved: locked {locked}, now {found}")).says("hlc lock --update web");
}

fn a_vanished_version() {
    let (publisher, shell, _) = locked();
    publisher.shelf().charts.clear();
    publisher.chart("web", "1.0.1", "a");
    shell
        .run(&["fetch"])
        .exits(1)
        .says("has no version `1.0.0` of `web`")
        .says("it has been taken back")
        .says("it has 1.0.1");
}

fn damage_in_the_cache_is_mended() {
    let (_publisher, shell, digest) = locked();
    shell.run(&["fetch"]).exits(0);
    let [blob] = shell.cached("blobs").try_into().unwrap();
    fs::set_permissions(&blob, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&blob, "damage").unwrap();
    shell.run(&["fetch"]).exits(0).says("fetched 1");
    assert_eq!(Digest::of(&fs::read(blob).unwrap()), digest);
}

fn needs_a_lock_file() {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    publisher.chart("web", "1.1.0", "a");
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo())]);
    shell.run(&["fetch"]).exits(1).says("there is no hlc.lock").says("`hlc lock` makes it");
    shell.run(&["lock"]).exits(0);
    shell.workload("web", "1.1.0", &publisher.repo(), "");
    shell.run(&["fetch"]).exits(1).says("hlc.lock does not have web 1.1.0");
}

fn mirrors_are_asked() {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    publisher.chart("db", "1.0.0", "a");
    let shell =
        Shell::new(&[("web", "1.0.0", "https://charts.invalid/stable"), ("db", "1.0.0", "oci://registry.invalid/x")]);
    let flag = format!("oci://registry.invalid/x={}", publisher.registry());
    let mut command = shell.command(&["lock", "--mirror", &flag]);
    command.env("HLC_MIRRORS", format!("https://charts.invalid/stable={}", publisher.repo()));
    Ran::of(&mut command).exits(0);
    let lock = shell.read("hlc.lock");
    assert!(
        lock.contains("https://charts.invalid/stable")
            && lock.contains("oci://registry.invalid/x")
            && !lock.contains("127.0.0.1")
    );
    shell.run(&["fetch", "--mirror", "https://a=oci://b"]).exits(64).says("is mirrored by an OCI registry");
}

fn processes_share_a_cache() {
    let (publisher, shell, _) = locked();
    let slow = Reply::ok(publisher.shelf().charts.values().next().unwrap().clone()).after(Duration::from_millis(300));
    publisher.shelf().faults.insert("/repo/files/web-1.0.0.tgz".into(), slow);
    let before = publisher.server.count("/repo/files/web-1.0.0.tgz");
    let children: Vec<_> = (0..4).map(|_| shell.command(&["fetch"]).spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    // Whoever comes later waits for the first, and finds what it brought.
    assert_eq!(publisher.server.count("/repo/files/web-1.0.0.tgz") - before, 1);
    assert_eq!(shell.cached("tmp").len(), 0);
}

fn killed_at_any_time() {
    let (publisher, shell, digest) = locked();
    let slow = Reply::ok(publisher.shelf().charts.values().next().unwrap().clone()).dribble(Duration::from_millis(60));
    publisher.shelf().faults.insert("/repo/files/web-1.0.0.tgz".into(), slow);
    for delay in (0..24).map(|step| Duration::from_millis(step * 8)) {
        let mut child = shell.command(&["fetch"]).spawn().unwrap();
        thread::sleep(delay);
        let _ = child.kill();
        child.wait().unwrap();
        for blob in shell.cached("blobs") {
            assert_eq!(Digest::of(&fs::read(&blob).unwrap()), digest, "half a file under its name after {delay:?}");
        }
        let _ = fs::remove_dir_all(shell.path("cache"));
    }
    shell.run(&["fetch"]).exits(0);
    assert_eq!(shell.cached("blobs").len(), 1);
}

fn servers_that_fail() {
    let (publisher, shell, _) = locked();
    let path = "/repo/files/web-1.0.0.tgz";
    let whole = publisher.shelf().charts.values().next().unwrap().clone();
    publisher.shelf().faults.insert(path.into(), Reply::ok(whole.clone()).cut(10));
    let start = Instant::now();
    shell.run(&["fetch"]).exits(1).says("the answer broke off");
    assert!(start.elapsed() < Duration::from_secs(20));
    publisher.shelf().faults.insert(path.into(), Reply::status(404));
    shell.run(&["fetch"]).exits(1).says("answers 404");
    publisher.shelf().faults.insert(path.into(), Reply::status(403));
    shell.run(&["fetch"]).exits(1).says("answers 403: it wants a login").says("write `login \"");
    publisher.shelf().faults.insert(path.into(), Reply::status(503).header("retry-after", "9999"));
    shell.run(&["fetch"]).exits(1).says("asks to come back in 9999 s");
    let other = Server::start(move |_| Reply::ok(whole.clone()));
    publisher.shelf().faults.insert(path.into(), Reply::redirect(&other.url("/far")));
    shell.run(&["fetch"]).exits(0).says("fetched 1");
}

fn keeps_the_same_bytes() {
    let (publisher, shell, digest) = locked();
    shell.run(&["vendor"]).exits(0).says("wrote 1 file, 0 unchanged in vendor/");
    shell.run(&["vendor"]).exits(0).says("wrote 0 files, 1 unchanged");
    let name = format!("vendor/web-1.0.0-{}.tgz", &digest.hex()[..12]);
    assert_eq!(Digest::of(&fs::read(shell.path(&name)).unwrap()), digest);
    // A clone has no cache and needs no network.
    fs::remove_dir_all(shell.path("cache")).unwrap();
    let asked = publisher.server.asked().len();
    shell.run(&["fetch"]).exits(0).says("fetched 0, 1 at hand");
    assert_eq!(publisher.server.asked().len(), asked);
    publisher.chart("web", "1.1.0", "a");
    shell.workload("web", "1.1.0", &publisher.repo(), "");
    shell.run(&["lock"]).exits(0);
    shell.run(&["vendor"]).exits(0).says("wrote 1 file, removed 1");
    assert!(!shell.path(&name).exists());
}
