//! The real programs, each with a folder of its own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use hlc_secrets::Identities;
use libtest_mimic::Trial;

use crate::{Outcome, needs, repository};

/// sops with a key, in a folder.
pub(crate) struct Sops {
    folder: tempfile::TempDir,
    /// Public keys; the private ones lie in `keys.txt`.
    pub(crate) recipients: Vec<String>,
}

/// The programs, where they were built.
fn programs() -> Option<PathBuf> {
    Some(repository().join("target/tools"))
        .filter(|tools| tools.join("sops").exists() && tools.join("age-keygen").exists())
}

/// A trial with sops and as many keys as it wants.
pub(crate) fn with_sops(name: &str, keys: usize, run: fn(&Sops) -> Outcome) -> Trial {
    needs(name, programs(), "sops and age are not built: run tests/tools/build", move |_| run(&Sops::new(keys)))
}

impl Sops {
    fn new(keys: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut made = Self { folder, recipients: Vec::new() };
        let mut all = String::new();
        for _ in 0..keys {
            let key = made.run("age-keygen", &[]);
            let public = key.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
            made.recipients.push(public.to_owned());
            all.push_str(&key);
        }
        made.write("keys.txt", &all);
        made
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn identities(&self) -> Identities {
        Identities::from_text("keys.txt", &self.read("keys.txt"))
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(programs().unwrap().join(program));
        command.args(arguments).current_dir(self.folder.path());
        // Only the key of this folder, whoever runs the tests.
        command.env_clear().env("HOME", self.folder.path()).env("SOPS_AGE_KEY_FILE", self.path("keys.txt"));
        command
    }

    /// What a program writes; it has to succeed.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program, arguments).output().unwrap();
        assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// True when sops takes a file.
    pub(crate) fn opens(&self, name: &str) -> bool {
        self.command("sops", &["decrypt", name]).output().unwrap().status.success()
    }

    /// Encrypts a file of this folder in place, for every key, with more arguments.
    pub(crate) fn encrypt(&self, name: &str, plain: &str, arguments: &[&str]) -> String {
        self.write(name, plain);
        let recipients = self.recipients.join(",");
        let mut all = vec!["encrypt", "--in-place", "--age", recipients.as_str()];
        all.extend(arguments);
        all.push(name);
        self.run("sops", &all);
        self.read(name)
    }

    /// Encrypts a file as a creation rule with one more line says.
    pub(crate) fn encrypt_by(&self, line: &str, plain: &str) -> String {
        let recipients = self.recipients.join(",");
        self.write(".sops.yaml", &format!("creation_rules:\n  - age: {recipients}\n    {line}\n"));
        self.write("by_rule.yaml", plain);
        self.run("sops", &["encrypt", "--in-place", "by_rule.yaml"]);
        std::fs::remove_file(self.path(".sops.yaml")).unwrap();
        self.read("by_rule.yaml")
    }

    /// The plain file, as JSON.
    pub(crate) fn decrypted(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.run("sops", &["decrypt", "--output-type", "json", name])).unwrap()
    }
}
