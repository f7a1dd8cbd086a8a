//! A clone and its remote.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

pub(crate) const URL: &str = "https://git.example.net/home/lab.git";
pub(crate) const BRANCH: &str = "main-manifests";

pub(crate) fn homelab(value: &str) -> String {
    let map = format!("ConfigMap \"web\" {{ data key=\"{value}\"; }}");
    format!(
        "homelab \"t\" domain=\"example.net\" {{\n    category \"apps\"\n    repository \"{URL}\" branch=\"main\" \
         manifests=\"{BRANCH}\"\n}}\nworkload \"web\" category=\"apps\" {{\n    namespace \"web\"\n    {map}\n}}\n"
    )
}

/// A clone whose remote is a bare repository beside it, under the address that the homelab names.
pub(crate) struct Lab {
    pub(crate) folder: tempfile::TempDir,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let lab = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(lab.clone()).unwrap();
        lab.git(&["init", "--quiet", "--initial-branch=main"]);
        lab.git(&["init", "--quiet", "--bare", "../remote.git"]);
        lab.git(&["config", "user.name", "Test"]);
        lab.git(&["config", "user.email", "test@example.net"]);
        lab.git(&["remote", "add", "origin", URL]);
        lab.git(&["config", &format!("url.{}.insteadOf", lab.remote().display()), URL]);
        lab.write(&homelab("1"));
        lab
    }

    pub(crate) fn clone(&self) -> PathBuf {
        self.folder.path().join("clone")
    }

    pub(crate) fn remote(&self) -> PathBuf {
        self.folder.path().join("remote.git")
    }

    /// Writes the homelab and commits it.
    pub(crate) fn write(&self, text: &str) {
        fs::write(self.clone().join("homelab.kdl"), text).unwrap();
        self.git(&["add", "homelab.kdl"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=Change"]);
    }

    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.clone()).env("NO_COLOR", "1").stdin(Stdio::null());
        command.env("HOME", self.folder.path()).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_TERMINAL_PROMPT", "0");
        command
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git", arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    pub(crate) fn in_remote(&self, arguments: &[&str]) -> String {
        let remote = self.remote();
        self.git(&[&["--git-dir", remote.to_str().unwrap()], arguments].concat())
    }

    /// The tree of the branch, empty without one.
    pub(crate) fn tree(&self) -> String {
        let name = format!("refs/heads/{BRANCH}");
        if self.in_remote(&["for-each-ref", &name]).is_empty() {
            return String::new();
        }
        self.in_remote(&["rev-parse", &format!("{name}^{{tree}}")])
    }

    pub(crate) fn files(&self) -> Vec<String> {
        self.in_remote(&["ls-tree", "-r", "--name-only", BRANCH]).lines().map(str::to_owned).collect()
    }

    pub(crate) fn publish(&self, arguments: &[&str]) -> Output {
        let all = [&["publish", "workloads"], arguments].concat();
        self.command(env!("CARGO_BIN_EXE_hlc"), &all).output().unwrap()
    }

    pub(crate) fn published(&self, arguments: &[&str]) -> String {
        let output = self.publish(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said
    }

    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let before = self.tree();
        let output = self.publish(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_eq!(self.tree(), before, "{said}");
        // Long messages are wrapped, with a bar at the side.
        said.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
    }

    /// Commits files to the branch as somebody else would; `None` removes one.
    pub(crate) fn elsewhere(&self, files: &[(&str, Option<&str>)]) {
        let other = self.folder.path().join("elsewhere");
        let _ = fs::remove_dir_all(&other);
        let (remote, path) = (self.remote(), other.to_str().unwrap().to_owned());
        self.git(&["clone", "--quiet", "--branch", BRANCH, remote.to_str().unwrap(), &path]);
        for (name, text) in files {
            match text {
                Some(text) => fs::write(other.join(name), text).unwrap(),
                None => fs::remove_file(other.join(name)).unwrap(),
            }
        }
        self.git(&["-C", &path, "add", "--all"]);
        let who = ["-c", "user.name=Other", "-c", "user.email=other@example.net"];
        self.git(&[&["-C", &path], &who[..], &["commit", "--quiet", "--message=Edit"]].concat());
        self.git(&["-C", &path, "push", "--quiet"]);
    }
}
