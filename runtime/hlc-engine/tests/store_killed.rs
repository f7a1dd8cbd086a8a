//! Stores as processes use them: killed at every step, on full disks, several at once.
//!
//! The test runs itself: as `store_killed child FOLDER WHAT STEP` it does one thing and dies before the given step.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr, reason = "a test may stop")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use hlc_engine::{Holder, Local, Store as _, StoreError, Version};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, folder, what, step] = arguments.as_slice()
        && mode == "child"
    {
        return child(Path::new(folder), what, step.parse().unwrap());
    }
    let mut arguments = Arguments::from_args();
    // Each kills and starts processes; that is enough at once.
    arguments.test_threads = Some(1);
    let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    let namespaces = in_namespace("true", Path::new("/")).status().is_ok_and(|status| status.success());
    let traced = Command::new("strace").arg("-V").output().is_ok();
    let trials = vec![
        trial("a_write_at_every_step", write_at_every_step),
        trial("a_first_write_at_every_step", first_write_at_every_step),
        trial("an_append_at_every_step", append_at_every_step),
        trial("a_removal_at_every_step", removal_at_every_step),
        trial("a_lock_at_every_step", lock_at_every_step),
        trial("a_file_that_may_not_grow", too_large),
        trial("a_holder_that_is_killed", killed_holder),
        trial("many_that_lock", many_that_lock),
        trial("many_that_write", many_that_write),
        trial("a_full_disk_and_one_that_cannot_be_written", full_disk).with_ignored_flag(!namespaces && !ci),
        trial("what_is_waited_for", what_is_waited_for).with_ignored_flag(!traced && !ci),
        trial("a_disk_that_fails", failing_disk).with_ignored_flag(!traced && !ci),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(name, move || {
        run();
        Ok(())
    })
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn child(folder: &Path, what: &str, step: usize) -> ExitCode {
    let steps = AtomicUsize::new(0);
    let store = Local::stepwise(folder, move |_| {
        if steps.fetch_add(1, Ordering::SeqCst) + 1 == step {
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap();
        }
    });
    match run(act(&store, what)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn act(store: &Local, what: &str) -> Result<(), StoreError> {
    let old = store.read("doc").await?.map(|stored| stored.version);
    match what {
        "write" => drop(store.write("doc", b"two", old.as_ref()).await?),
        "write a lot" => drop(store.write("doc", &[b'x'; 1 << 20], old.as_ref()).await?),
        "append" => store.append("journal", b"line\n").await?,
        "append a lot" => store.append("journal", &[b'x'; 1 << 20]).await?,
        "remove" => store.remove("doc").await?,
        "lock" => store.lock("core", &Holder::this("lock")).await?.free().await?,
        "hold" => {
            let guard = store.lock("core", &Holder::this("hold")).await?;
            println!("locked");
            std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
            assert!(guard.is_held());
        }
        "count under a lock" => {
            for _ in 0..20 {
                let guard = wait_for_lock(store).await?;
                // Nothing but the lock guards this.
                let path = store.place("count");
                let count: u64 = fs::read_to_string(&path).unwrap_or("0".to_owned()).parse().unwrap();
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                fs::write(&path, (count + 1).to_string()).unwrap();
                guard.free().await?;
            }
        }
        "count" => {
            for _ in 0..20 {
                while matches!(count(store).await, Err(StoreError::Moved { .. })) {}
                store.append("journal", b"one line of text that is whole\n").await?;
            }
        }
        what => panic!("{what}"),
    }
    Ok(())
}

async fn wait_for_lock(store: &Local) -> Result<Box<dyn hlc_engine::Guard>, StoreError> {
    loop {
        match store.lock("core", &Holder::this("count")).await {
            Err(StoreError::Locked { .. }) => tokio::time::sleep(std::time::Duration::from_millis(1)).await,
            other => return other,
        }
    }
}

async fn count(store: &Local) -> Result<Version, StoreError> {
    let (count, version) = match store.read("count").await? {
        Some(stored) => (String::from_utf8(stored.bytes).unwrap().parse::<u64>().unwrap(), Some(stored.version)),
        None => (0, None),
    };
    store.write("count", (count + 1).to_string().as_bytes(), version.as_ref()).await
}

fn this(folder: &Path, what: &str, step: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("child").arg(folder).arg(what).arg(step.to_string()).stdout(Stdio::piped());
    command
}

/// Runs a child once for each step that it takes, each time in a new folder, and looks at what is left. Gives how many steps those are.
fn at_every_step(what: &str, prepare: impl Fn(&Local), look: impl Fn(&Local, &Path, &str)) -> usize {
    for step in 1.. {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("state");
        let store = Local::new(&folder);
        prepare(&store);
        let status = this(&folder, what, step).status().unwrap();
        look(&store, &folder, &format!("{what}, step {step}"));
        // What was left holds nobody up, and is cleared away.
        let old = run(store.read("doc")).unwrap().map(|stored| stored.version);
        run(store.write("doc", b"next", old.as_ref())).unwrap();
        run(async { store.lock("core", &Holder::this("next")).await?.free().await }).unwrap();
        for entry in fs::read_dir(&folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.starts_with(".doc") && !name.ends_with(".lock"), "{what}, step {step}: {name} is left");
        }
        if status.success() {
            return step - 1;
        }
    }
    unreachable!("a child ends")
}

fn file(folder: &Path, name: &str) -> Option<String> {
    fs::read_to_string(folder.join(name)).ok()
}

/// `doc` is `one`, and `doc.bak` is `zero`.
fn prepare(store: &Local) {
    let zero = run(store.write("doc", b"zero", None)).unwrap();
    run(store.write("doc", b"one", Some(&zero))).unwrap();
}

fn write_at_every_step() {
    let (old, new) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let steps = at_every_step("write", prepare, |_, folder, context| {
        let (doc, backup) = (file(folder, "doc"), file(folder, "doc.bak"));
        match (doc.as_deref(), backup.as_deref()) {
            (Some("one"), Some("zero" | "one")) => old.fetch_add(1, Ordering::SeqCst),
            (Some("two"), Some("one")) => new.fetch_add(1, Ordering::SeqCst),
            left => panic!("{context}: {left:?}"),
        };
    });
    println!("{steps} steps: {old:?} times the old one, {new:?} times the new one");
    assert!(steps >= 8 && old.into_inner() >= 7 && new.into_inner() >= 2);
}

fn first_write_at_every_step() {
    let (none, new) = (AtomicUsize::new(0), AtomicUsize::new(0));
    at_every_step(
        "write",
        |_| {},
        |_, folder, context| {
            match (file(folder, "doc").as_deref(), file(folder, "doc.bak")) {
                (None, None) => none.fetch_add(1, Ordering::SeqCst),
                (Some("two"), None) => new.fetch_add(1, Ordering::SeqCst),
                left => panic!("{context}: {left:?}"),
            };
        },
    );
    assert!(none.into_inner() >= 4 && new.into_inner() >= 2);
}

fn append_at_every_step() {
    for (before, after) in [(None, "line\n"), (Some("before\n"), "before\nline\n")] {
        let (old, new) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let prepare = |store: &Local| {
            if let Some(before) = before {
                run(store.append("journal", before.as_bytes())).unwrap();
            }
        };
        at_every_step("append", prepare, |_, folder, context| {
            let journal = file(folder, "journal");
            if journal.as_deref() == before {
                old.fetch_add(1, Ordering::SeqCst);
            } else {
                assert_eq!(journal.as_deref(), Some(after), "{context}");
                new.fetch_add(1, Ordering::SeqCst);
            }
        });
        assert!(old.into_inner() >= 1 && new.into_inner() >= 2);
    }
}

fn removal_at_every_step() {
    at_every_step("remove", prepare, |_, folder, context| {
        match (file(folder, "doc").as_deref(), file(folder, "doc.bak").as_deref()) {
            (Some("one"), Some("zero" | "one")) | (None, Some("one")) => {}
            left => panic!("{context}: {left:?}"),
        }
    });
}

fn lock_at_every_step() {
    let steps = at_every_step(
        "lock",
        |_| {},
        |store, _, context| {
            assert_eq!(run(store.holder("core")).unwrap(), None, "{context}");
        },
    );
    assert!(steps >= 4, "{steps}");
}

/// The kernel refuses to let files grow (`RLIMIT_FSIZE`), as a full disk does in the middle of a write.
fn too_large() {
    for (what, name) in [("write a lot", "doc"), ("append a lot", "journal")] {
        let folder = tempfile::tempdir().unwrap();
        let store = Local::new(folder.path());
        prepare(&store);
        run(store.append("journal", b"line\n")).unwrap();
        let mut limited = Command::new("sh");
        limited.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh"]);
        limited.arg(std::env::current_exe().unwrap()).arg("child").arg(folder.path()).args([what, "0"]);
        let output = limited.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said, format!("{}: cannot be written: file too large\n", store.place(name)));
        assert_eq!(file(folder.path(), "doc").as_deref(), Some("one"), "{what}");
        assert_eq!(file(folder.path(), "doc.bak").as_deref(), Some("zero"), "{what}");
        assert_eq!(file(folder.path(), "journal").as_deref(), Some("line\n"), "{what}");
        assert!(!folder.path().join(".doc.new").exists());
    }
}

/// Runs a script where a small file system of its own is mounted on the folder.
fn in_namespace(script: &str, folder: &Path) -> Command {
    let mut command = Command::new("unshare");
    let script = format!("mount -t tmpfs -o size=64k,mode=700 none \"$1\" && {script}");
    // A mount on `/` is one that nobody sees.
    command.args(["--map-root-user", "--mount", "sh", "-c", &script, "sh"]).arg(folder);
    command.arg(std::env::current_exe().unwrap()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let script = "look() { cat \"$1/doc\" \"$1/journal\" \"$1/.doc.new\"; echo; }
        \"$2\" child \"$1\" write 0 && \"$2\" child \"$1\" append 0 && \"$2\" child \"$1\" 'write a lot' 0
        look \"$1\"
        \"$2\" child \"$1\" 'append a lot' 0
        look \"$1\"
        \"$2\" child \"$1\" append 0
        mount -o remount,ro \"$1\"
        \"$2\" child \"$1\" remove 0
        \"$2\" child \"$1\" append 0
        \"$2\" child \"$1\" lock 0
        look \"$1\"";
    let output = in_namespace(script, folder.path()).output().unwrap();
    let path = folder.path().display();
    let full = "cannot be written: no space left on device";
    let read_only = "read-only file system";
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!(
            "{path}/doc: {full}\ntwoline\n\n{path}/journal: {full}\ntwoline\n\n\
             {path}/.writing: cannot be opened: {read_only}\n{path}/.writing: cannot be opened: {read_only}\n\
             {path}/core.lock: cannot be made: {read_only}\ntwoline\nline\n\n"
        )
    );
}

fn killed_holder() {
    let folder = tempfile::tempdir().unwrap();
    let store = Local::new(folder.path());
    let mut child = this(folder.path(), "hold", 0).stdin(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "locked\n");

    let said: Holder = serde_json::from_slice(&fs::read(folder.path().join("core.lock")).unwrap()).unwrap();
    assert_eq!((said.pid, said.what.as_str()), (child.id(), "hold"));
    assert_eq!(run(store.holder("core")).unwrap().as_ref(), Some(&said));
    let refused = run(store.lock("core", &Holder::this("other"))).map(drop);
    assert!(matches!(&refused, Err(StoreError::Locked { holder, .. }) if *holder == said), "{refused:?}");
    let refused = run(store.unlock("core"));
    assert!(matches!(&refused, Err(StoreError::Locked { holder, .. }) if *holder == said), "{refused:?}");

    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(run(store.holder("core")).unwrap(), None);
    assert!(folder.path().join("core.lock").exists(), "nobody was there to remove it");
    let guard = run(store.lock("core", &Holder::this("other"))).unwrap();
    assert_eq!(run(store.holder("core")).unwrap().unwrap().pid, std::process::id());
    drop(guard);
    assert!(!folder.path().join("core.lock").exists());
}

fn all(folder: &Path, what: &str) {
    let children: Vec<_> = (0..8).map(|_| this(folder, what, 0).spawn().unwrap()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

fn many_that_lock() {
    let folder = tempfile::tempdir().unwrap();
    all(folder.path(), "count under a lock");
    assert_eq!(file(folder.path(), "count").as_deref(), Some("160"));
    assert!(!folder.path().join("core.lock").exists());
}

/// Writers that lock nothing lose nothing either: each write counts or is refused, and lines stay whole.
fn many_that_write() {
    let folder = tempfile::tempdir().unwrap();
    all(folder.path(), "count");
    assert_eq!(file(folder.path(), "count").as_deref(), Some("160"));
    assert_eq!(file(folder.path(), "journal"), Some("one line of text that is whole\n".repeat(160)));
}

/// A child whose calls `strace` looks at, or lets fail.
fn traced(folder: &Path, expression: &str, log: &Path, what: &str) -> Command {
    let mut traced = Command::new("strace");
    traced.args(["-f", "-y", "-e", expression, "-o"]).arg(log);
    traced.arg(std::env::current_exe().unwrap()).arg("child").arg(folder).args([what, "0"]);
    traced
}

fn failing_disk() {
    let (no_links, sync) = ("inject=linkat:error=EPERM", "cannot be brought to disk: input/output error");
    for (expression, what, said, doc, backup, journal) in [
        // A file system without second names: a copy is kept.
        (no_links, "write", None, "two", "one", "line\n"),
        (
            "inject=linkat:error=EIO",
            "write",
            Some("doc.bak: cannot be written: input/output error"),
            "one",
            "zero",
            "line\n",
        ),
        ("inject=fsync:error=EIO:when=1", "write", Some(&*format!("doc: {sync}")), "one", "zero", "line\n"),
        (
            "inject=renameat:error=EACCES:when=2",
            "write",
            Some("doc: cannot be written: permission denied"),
            "one",
            "one",
            "line\n",
        ),
        // Whether the new one will be there after a crash is not known.
        ("inject=fsync:error=EIO:when=2", "write", Some(&*format!("doc: {sync}")), "two", "one", "line\n"),
        (
            "inject=fdatasync:error=EIO:when=1",
            "append",
            Some("journal: cannot be written: input/output error"),
            "one",
            "zero",
            "line\n",
        ),
        (
            "inject=renameat:error=EROFS",
            "remove",
            Some("doc: cannot be removed: read-only file system"),
            "one",
            "zero",
            "line\n",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let store = Local::new(&path);
        prepare(&store);
        run(store.append("journal", b"line\n")).unwrap();
        let output = traced(&path, expression, &folder.path().join("log"), what).output().unwrap();
        let expected = said.map(|said| format!("{}\n", store.place(said))).unwrap_or_default();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{expression}");
        let left = ["doc", "doc.bak", "journal"].map(|name| file(&path, name).unwrap());
        assert_eq!(left, [doc, backup, journal], "{expression}");
        assert!(!path.join(".doc.new").exists() && !path.join(".doc.old").exists(), "{expression}");
    }
}

/// The calls that wait for the disk, in the order of the steps.
fn what_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    prepare(&Local::new(folder.path()));
    let waits = |what: &str| {
        let log = folder.path().join("strace.log");
        let mut traced = traced(folder.path(), "trace=fsync,fdatasync,/rename", &log, what);
        assert!(traced.stdout(Stdio::null()).status().unwrap().success());
        let log = fs::read_to_string(log).unwrap();
        let place = format!("{}", folder.path().display());
        let call = |line: &str| {
            let call = line.split_whitespace().nth(1)?.split('(').next()?.to_owned();
            let quoted: Vec<_> = line.split('"').skip(1).step_by(2).collect();
            let opened = line.split('<').nth(1)?.split('>').next()?.replace(&place, "");
            let about = if quoted.is_empty() { opened } else { quoted.join(" ") };
            Some(format!("{} {about}", call.trim_end_matches("at2").trim_end_matches("at")))
        };
        log.lines().filter(|line| !line.contains("+++")).filter_map(call).collect::<Vec<_>>()
    };
    assert_eq!(waits("write"), ["fsync /.doc.new", "rename .doc.old doc.bak", "rename .doc.new doc", "fsync "]);
    assert_eq!(waits("append"), ["fsync /journal", "fsync "]);
    assert_eq!(waits("append"), ["fdatasync /journal"], "one wait for each line");
    assert_eq!(waits("remove"), ["rename doc doc.bak", "fsync "]);
}
