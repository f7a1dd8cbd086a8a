//! Kills runs before and after every writing and every request, and looks at what the next run makes of it.
//!
//! The test runs itself: as `killed child FOLDER WHAT STEP` it carries a plan out and dies at the given step.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod toy;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use hlc_change::Scope;
use hlc_engine::conformance::{Quiet, Subject as _, find_secrets};
use hlc_engine::{
    Carrying, EngineError, Guard, Holder, How, Others, Outcome, Session, Source, Stop, Store, StoreError, Stored,
    Vault, Version,
};
use hlc_plan::PlannedStack;
use hlc_secrets::Identities;
use hlc_secrets::seal::passing_key_text;
use toy::{Plan, Rules, Thing, Toy, Vendor, provider};

/// What is carried out: from which plan to which, and how many go in one request.
const WHAT: [&str; 7] =
    ["making", "making together", "changing", "making anew", "moving", "deleting", "changing the form"];

fn plans(what: &str) -> (Option<PlannedStack>, PlannedStack, Rules) {
    let base = || Plan::default().planned();
    let alone = Rules::default();
    match what {
        "making" => (None, base(), alone),
        "making together" => (None, base(), Rules { batch: 3, ..alone }),
        "changing" => {
            let to = Plan::with(|plan| {
                plan.items.iter_mut().for_each(|item| item.content = Some("else".to_owned()));
                plan.boxes[0].decl.label = None;
                plan.items[1].password = Some(toy::OTHER_KEY);
            });
            (Some(base()), to.planned(), alone)
        }
        "making anew" => {
            (Some(base()), Plan::with(|plan| plan.boxes[1].decl.region = "south".to_owned()).planned(), alone)
        }
        "moving" => {
            let to = Plan::with(|plan| {
                plan.boxes[2].was = Some("spare".to_owned());
                plan.boxes[2].name = "moved".to_owned();
                plan.items[0].within = "right".to_owned();
            });
            (Some(base()), to.planned(), alone)
        }
        "deleting" => (Some(base()), PlannedStack { stack: base().stack, resources: Vec::new() }, alone),
        "changing the form" => (Some(base()), Plan::with(|plan| plan.items[0].form = "link").planned(), alone),
        other => panic!("{other}"),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, folder, what, step] = arguments.as_slice()
        && mode == "child"
    {
        let place = Place::open(Path::new(folder));
        let outcome = place.run(what, &plans(what).1, Some(step.parse().unwrap()));
        return if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    for what in WHAT {
        at_every_step(what);
    }
    twice();
    ExitCode::SUCCESS
}

/// A folder with a state, a vendor and a key.
struct Place {
    folder: PathBuf,
    public: String,
    private: String,
}

impl Place {
    fn make(folder: &Path) -> Self {
        let (public, private) = passing_key_text();
        std::fs::write(folder.join("key"), format!("{public}\n{}", private.as_str())).unwrap();
        Self::open(folder)
    }

    fn open(folder: &Path) -> Self {
        let key = std::fs::read_to_string(folder.join("key")).unwrap();
        let (public, private) = key.split_once('\n').unwrap();
        Self { folder: folder.to_owned(), public: public.to_owned(), private: private.to_owned() }
    }

    /// Plans and carries out, and dies at that step.
    fn run(&self, what: &str, plan: &PlannedStack, dies: Option<usize>) -> Result<(Outcome, usize), EngineError> {
        let steps = Arc::new(AtomicUsize::new(0));
        let step = {
            let steps = steps.clone();
            move |_: &'static str| {
                if Some(steps.fetch_add(1, Ordering::SeqCst) + 1) == dies {
                    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap();
                }
            }
        };
        let vendor = Arc::new(Vendor::in_file(plans(what).2, self.folder.join("vendor"), step.clone()));
        let store: Arc<dyn Store> = Arc::new(Files { folder: self.folder.join("state"), step: Box::new(step) });
        let toy = Toy { vendor: vendor.clone() };
        let outcome = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let mut session = Session::locked(store, plan.stack, "test").await?;
            let values: BTreeMap<String, hlc_secrets::Secret> =
                toy.secrets().into_iter().map(|(name, value)| (name, value.into())).collect();
            let identities = Identities::from_text("test", &self.private);
            let source = Source::Known { values, recipients: vec![self.public.clone()], identities };
            let vault = Vault::new(source, session.sealed_key())?;
            let (provider, others, scope) = (provider(&vendor), Others::default(), Scope::default());
            let how = How { provider: &provider, plan, vault: &vault, others: &others, scope: &scope, refresh: true };
            let changes = session.plan(&how).await?;
            let (stop, patience) = (Stop::default(), Duration::from_millis(1));
            let carrying = Carrying { parallel: 3, watch: &Quiet, stop: &stop, patience };
            let outcome = session.apply(&how, &changes, &carrying).await?;
            session.close().await?;
            Ok::<_, EngineError>(outcome)
        })?;
        assert!(outcome.is_success(), "{outcome:?}");
        Ok((outcome, steps.load(Ordering::SeqCst)))
    }

    fn child(&self, what: &str, step: usize) -> bool {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["child", self.folder.to_str().unwrap(), what, &step.to_string()]);
        command.status().unwrap().success()
    }

    fn vendor(&self) -> Vendor {
        Vendor::in_file(Rules::default(), self.folder.join("vendor"), |_| {})
    }

    fn objects(&self) -> Vec<String> {
        let mut objects: Vec<String> = self.vendor().things().iter().map(Thing::identity).collect();
        objects.sort();
        objects
    }

    /// What is kept, without the lock and the older writing.
    fn state(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(self.folder.join("state"))
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_type().unwrap().is_file())
            .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
            .collect();
        files.sort();
        files
    }

    fn tells_no_secret(&self, context: &str) {
        if !self.folder.join("state").exists() {
            return;
        }
        let toy = Toy { vendor: Arc::new(self.vendor()) };
        let mut secrets: Vec<String> = toy.secrets().into_iter().map(|(_, value)| value).collect();
        secrets.extend(toy.vendor.tokens());
        for (name, bytes) in self.state() {
            assert_eq!(find_secrets(&bytes, &secrets), Vec::<&String>::new(), "{context}: in {name}");
        }
    }

    /// The next run brings everything to its end, the one after it finds nothing to do.
    fn settles(&self, what: &str, expected: &[String], context: &str) {
        self.tells_no_secret(context);
        let to = plans(what).1;
        self.run(what, &to, None).unwrap_or_else(|error| panic!("{context}: {error} {error:?}"));
        assert_eq!(self.objects(), expected, "{context}");
        let (writes, state) = (self.vendor().writes(), self.state());
        let (outcome, _) = self.run(what, &to, None).unwrap();
        assert!(outcome.ended.is_empty(), "{context}: {outcome:?}");
        assert_eq!(self.vendor().writes(), writes, "{context}: something was sent");
        assert!(self.state() == state, "{context}: something was written");
        self.tells_no_secret(context);
    }

    /// Another one that is just like it.
    fn copy(&self, to: &Path) -> Self {
        for file in ["key", "vendor"] {
            if self.folder.join(file).exists() {
                std::fs::copy(self.folder.join(file), to.join(file)).unwrap();
            }
        }
        if self.folder.join("state").exists() {
            std::fs::create_dir(to.join("state")).unwrap();
            for (name, bytes) in self.state() {
                std::fs::write(to.join("state").join(name), bytes).unwrap();
            }
        }
        Self::open(to)
    }
}

/// Where a step begins, and what a run that is not killed makes of it in how many steps.
fn control(what: &str) -> (tempfile::TempDir, Place, Vec<String>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let start = Place::make(folder.path());
    let (from, to, _) = plans(what);
    if let Some(from) = from {
        start.run(what, &from, None).unwrap();
    }
    let other = tempfile::tempdir().unwrap();
    let control = start.copy(other.path());
    let (_, steps) = control.run(what, &to, None).unwrap();
    (folder, start, control.objects(), steps)
}

fn at_every_step(what: &str) {
    let (_folder, start, expected, steps) = control(what);
    for step in 1..=steps {
        let context = format!("{what}, killed at step {step} of {steps}");
        let folder = tempfile::tempdir().unwrap();
        let place = start.copy(folder.path());
        // What runs side by side may take one step more or less.
        assert!(!place.child(what, step) || step + 2 > steps, "{context}: it was not killed");
        place.settles(what, &expected, &context);
    }
    println!("{what}: killed at each of {steps} steps");
}

/// Killed while finding out about what a killed run did.
fn twice() {
    let mut killed = 0;
    for what in ["making", "making anew", "changing the form"] {
        let (_folder, start, expected, steps) = control(what);
        for first in (3..steps).step_by(5) {
            for second in [1, 2, 3, 5, 8, 13] {
                let context = format!("{what}, killed at step {first}, then at {second}");
                let folder = tempfile::tempdir().unwrap();
                let place = start.copy(folder.path());
                place.child(what, first);
                killed += usize::from(!place.child(what, second));
                place.settles(what, &expected, &context);
            }
        }
    }
    println!("killed twice: {killed} times");
    assert!(killed > 20);
}

/// Documents as files, that tells before and after each writing. A process that is killed loses nothing that it has written.
struct Files {
    folder: PathBuf,
    step: Box<dyn Fn(&'static str) + Send + Sync>,
}

struct Free;

#[async_trait]
impl Guard for Free {
    async fn free(self: Box<Self>) -> Result<(), StoreError> {
        Ok(())
    }

    fn is_held(&self) -> bool {
        true
    }
}

#[async_trait]
impl Store for Files {
    fn place(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    async fn read(&self, name: &str) -> Result<Option<Stored>, StoreError> {
        let bytes = std::fs::read(self.folder.join(name)).ok();
        Ok(bytes.map(|bytes| Stored { version: Version(String::from_utf8_lossy(&bytes).into_owned()), bytes }))
    }

    async fn write(&self, name: &str, bytes: &[u8], over: Option<&Version>) -> Result<Version, StoreError> {
        let there = self.read(name).await?.map(|stored| stored.version);
        if there.as_ref() != over {
            return Err(StoreError::Moved { place: self.place(name) });
        }
        (self.step)("before writing");
        std::fs::create_dir_all(&self.folder).unwrap();
        let new = self.folder.join(".new");
        std::fs::write(&new, bytes).unwrap();
        std::fs::rename(new, self.folder.join(name)).unwrap();
        (self.step)("after writing");
        Ok(Version(String::from_utf8_lossy(bytes).into_owned()))
    }

    async fn remove(&self, name: &str) -> Result<(), StoreError> {
        (self.step)("before removing");
        let _ = std::fs::remove_file(self.folder.join(name));
        (self.step)("after removing");
        Ok(())
    }

    async fn append(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        (self.step)("before appending");
        std::fs::create_dir_all(&self.folder).unwrap();
        let mut file = std::fs::File::options().create(true).append(true).open(self.folder.join(name)).unwrap();
        // A part of it first: a process can be killed in the middle.
        let (first, rest) = bytes.split_at(bytes.len() / 2);
        file.write_all(first).unwrap();
        (self.step)("in the middle of appending");
        file.write_all(rest).unwrap();
        (self.step)("after appending");
        Ok(())
    }

    async fn lock(&self, _: &str, _: &Holder) -> Result<Box<dyn Guard>, StoreError> {
        Ok(Box::new(Free))
    }

    async fn holder(&self, _: &str) -> Result<Option<Holder>, StoreError> {
        Ok(None)
    }

    async fn unlock(&self, _: &str) -> Result<Option<Holder>, StoreError> {
        Ok(None)
    }
}
