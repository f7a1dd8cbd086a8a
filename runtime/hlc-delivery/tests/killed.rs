//! Kills writers at every step, and at random moments, and looks at what is left.
//!
//! The test runs itself: as `killed child FOLDER TREE STEP` it writes a tree and dies before the given step.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use hlc_delivery::{Scope, WriteOptions, write_tree_stepwise};
use hlc_kube::OutputTree;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, folder, tree, step] = arguments.as_slice()
        && mode == "child"
    {
        return child(Path::new(folder), tree, step.parse().unwrap());
    }
    at_every_step();
    twice_in_a_row();
    at_random_moments();
    println!("killed: ok");
    ExitCode::SUCCESS
}

/// Two trees that share files, differ in files, and have files and folders that the other does not.
fn tree(name: &str) -> OutputTree {
    let mut tree = OutputTree::default();
    for folder in 0..6 {
        for file in 0..5 {
            tree.insert(format!("w{folder}/same{file}.yaml"), format!("same {folder} {file}"));
        }
        tree.insert(format!("w{folder}/differs.yaml"), format!("{name} {}", name.repeat(3000)));
    }
    tree.insert(format!("only-{name}/deep/x.yaml"), name);
    tree.insert(if name == "one" { "turns" } else { "turns/into-a-folder" }, name);
    tree
}

fn child(folder: &Path, name: &str, step: usize) -> ExitCode {
    let mut steps = 0;
    let mut count = |_: &str| {
        steps += 1;
        if steps == step {
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap();
        }
    };
    let options = WriteOptions::default();
    match write_tree_stepwise(&folder.join("app"), &tree(name), &Scope::All, options, &mut count) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path, name: &str, step: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("child").arg(folder).arg(name).arg(step.to_string());
    command
}

const FOREIGN: [&str; 3] = ["README.md", "w1/notes.txt", "mine/deep/file"];

struct Project {
    folder: tempfile::TempDir,
    foreign: BTreeMap<PathBuf, (u64, i64, i64)>,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        assert!(run(folder.path(), "one", 0).status().unwrap().success());
        let mut project = Self { folder, foreign: BTreeMap::new() };
        for path in FOREIGN {
            let path = project.out().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "mine").unwrap();
        }
        project.foreign = project.identities();
        project
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("app")
    }

    fn identities(&self) -> BTreeMap<PathBuf, (u64, i64, i64)> {
        let identity = |path: &str| {
            let path = self.out().join(path);
            let metadata = fs::symlink_metadata(&path).unwrap();
            (path, (metadata.ino(), metadata.mtime(), metadata.mtime_nsec()))
        };
        FOREIGN.into_iter().map(identity).collect()
    }

    /// Which tree is there, whole and with nothing else but the foreign files.
    fn state(&self, context: &str) -> &'static str {
        fn walk(folder: &Path, within: &str, found: &mut BTreeMap<String, String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let path = format!("{within}{}", entry.file_name().to_str().unwrap());
                if entry.file_type().unwrap().is_dir() {
                    walk(&entry.path(), &format!("{path}/"), found);
                } else {
                    found.insert(path, fs::read_to_string(entry.path()).unwrap());
                }
            }
        }
        let mut found = BTreeMap::new();
        walk(&self.out(), "", &mut found);
        for path in FOREIGN {
            assert_eq!(found.remove(path).as_deref(), Some("mine"), "{context}: {path}");
        }
        assert_eq!(self.identities(), self.foreign, "{context}");
        let manifest = found.remove(".hlc-outputs.json").unwrap();
        let matches = |name: &&str| {
            tree(name).iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect::<BTreeMap<_, _>>()
                == found
        };
        let state = ["one", "two"].into_iter().find(matches);
        let state = state.unwrap_or_else(|| panic!("{context}: neither tree: {:?}", found.keys()));
        assert!(manifest.contains(&format!("\"only-{state}/deep/x.yaml\"")), "{context}: manifest of another tree");
        state
    }

    /// The next run completes, and leaves nothing beside the folder.
    fn completes(&self, name: &str, context: &str) {
        assert!(run(self.folder.path(), name, 0).status().unwrap().success(), "{context}");
        assert_eq!(self.state(context), name, "{context}");
        let beside: Vec<_> =
            fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(beside, ["app"], "{context}");
    }
}

fn at_every_step() {
    let project = Project::new();
    let (mut old, mut new) = (0, 0);
    for step in 1.. {
        let context = format!("step {step}");
        let status = run(project.folder.path(), "two", step).status().unwrap();
        match project.state(&context) {
            "one" => old += 1,
            _ => new += 1,
        }
        if status.success() {
            break;
        }
        project.completes(if step % 2 == 0 { "one" } else { "two" }, &context);
        project.completes("one", &context);
    }
    assert!(old > 20 && new > 20, "{old} {new}");
    println!("at every step: {old} times the old tree, {new} times the new one");
}

/// Killed while clearing away what a killed run left.
fn twice_in_a_row() {
    let project = Project::new();
    for first in [5, 30, 60, 61, 62, 63, 70, 80, 100] {
        for second in [1, 2, 3, 5, 8, 13, 21, 34, 55, 70] {
            let context = format!("step {first}, then {second}");
            run(project.folder.path(), "two", first).status().unwrap();
            project.state(&context);
            run(project.folder.path(), "one", second).status().unwrap();
            project.state(&context);
            project.completes("one", &context);
        }
    }
}

fn at_random_moments() {
    let project = Project::new();
    let mut seed = u64::from(std::process::id());
    println!("random moments from seed {seed}");
    let (mut killed, mut changed) = (0, 0);
    for round in 0..200 {
        let (from, to) = if round % 2 == 0 { ("one", "two") } else { ("two", "one") };
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut running = run(project.folder.path(), to, 0).spawn().unwrap();
        std::thread::sleep(Duration::from_micros((seed >> 33) % 12_000));
        running.kill().unwrap();
        killed += usize::from(!running.wait().unwrap().success());
        let context = format!("round {round}");
        changed += usize::from(project.state(&context) != from);
        project.completes(to, &context);
    }
    println!("at random moments: {killed} of 200 killed before the end, {changed} found the new tree");
    assert!(killed > 0, "no run was killed");
}
