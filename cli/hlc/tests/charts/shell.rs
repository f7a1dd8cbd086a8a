//! A project, a cache and a shell of their own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A Helm that writes down how it was run, and renders a ConfigMap of the chart's digest and the values.
const HELM: &str = r##"#!/bin/sh
if [ "$1" = version ]; then printf v4.3.1; exit; fi
if [ -e "$KUBECONFIG" ]; then echo "Error: there is a cluster" >&2; exit 1; fi
PATH=/usr/bin:/bin
here=$(dirname "$0")
{ echo "ARGV $*"; env; } >> "$here/ran"
echo "---"
echo "# Source: web/templates/a.yaml"
echo "apiVersion: v1"
echo "kind: ConfigMap"
echo "metadata: {name: $2}"
echo "data: {chart: $(sha256sum "$3" | cut -c1-12)}"
"##;

pub(crate) struct Shell {
    folder: tempfile::TempDir,
}

pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Shell {
    /// A project with these workloads, each with a chart of its own name.
    pub(crate) fn new(charts: &[(&str, &str, &str)]) -> Self {
        let shell = Self { folder: tempfile::tempdir().unwrap() };
        shell.write(
            "homelab.kdl",
            "homelab \"t\" domain=\"example.net\" {\n    include \"w/*.kdl\"\n    category \"apps\"\n}\n",
        );
        for (name, version, repo) in charts {
            shell.workload(name, version, repo, "");
        }
        shell.program("bin/helm", HELM);
        shell
    }

    pub(crate) fn program(&self, path: &str, text: &str) {
        self.write(path, text);
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn workload(&self, name: &str, version: &str, repo: &str, values: &str) {
        let text = format!(
            "workload \"{name}\" category=\"apps\" {{\n    namespace \"{name}\"\n    chart \"{name}\" version=\"{version}\" repo=\"{repo}\" \
             deliver=\"rendered\" {{\n        values {{ {values} }}\n    }}\n}}\n"
        );
        self.write(&format!("w/{name}.kdl"), &text);
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    /// How often Helm rendered.
    pub(crate) fn renderings(&self) -> usize {
        self.read("bin/ran").lines().filter(|line| line.starts_with("ARGV template")).count()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hlc"));
        command.args(arguments).current_dir(self.folder.path());
        command.env_clear().env("HOME", self.folder.path()).env("PATH", self.path("bin"));
        command.env("HLC_CACHE", self.path("cache")).env("AWS_SECRET_ACCESS_KEY", "environment-canary");
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments))
    }

    /// Every file of the project and the cache, with its text as far as it has one.
    pub(crate) fn everything(&self) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        let mut open = vec![self.folder.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                    found.push((path, text));
                }
            }
        }
        found
    }

    /// The files of the cache of some kind.
    pub(crate) fn cached(&self, kind: &str) -> Vec<PathBuf> {
        let below = self.path("cache/v1").join(kind);
        self.everything().into_iter().map(|(path, _)| path).filter(|path| path.starts_with(&below)).collect()
    }
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// What was said, on one line: messages are folded to the width of a screen.
    pub(crate) fn said(&self) -> String {
        self.stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Self {
        let said = self.said();
        assert!(said.contains(part), "no `{part}` in:\n{said}");
        self
    }
}

/// The repository of hlc.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
