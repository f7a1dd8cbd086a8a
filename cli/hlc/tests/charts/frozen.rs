//! What charts make up stays, wherever and from whichever clone it is written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::real::copy;
use crate::shell::{Ran, Shell, repository};

const URL: &str = "https://git.example.net/lab.git";
const BRANCH: &str = "main-manifests";
const SECRET: &str = "shop/Secret.shop.k8s.yaml";

/// A homelab with the chart of tests, frozen.
fn shop() -> Shell {
    let shell = Shell::new(&[]);
    copy(&repository().join("tests/charts/shop"), &shell, "charts/shop");
    shell.write(
        "homelab.kdl",
        &format!(
            "homelab \"t\" domain=\"example.net\" {{\n    repository \"{URL}\" branch=main manifests={BRANCH}\n    include \
             \"w/*.kdl\"\n    category \"apps\"\n}}\n"
        ),
    );
    shell.write("w/shop.kdl", &workload(""));
    shell
}

fn workload(values: &str) -> String {
    format!(
        "workload \"shop\" category=\"apps\" {{\n    namespace \"shop\"\n    chart \"shop\" version=\"1.0.0\" repo=\"./charts\" \
         deliver=\"rendered\" hooks=\"argocd\" freeze=#true {{ {values} }}\n    allow \"HLC0624\" reason=\"made up for a test\"\n}}\n"
    )
}

fn git_in(folder: &Path, home: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=A", "-c", "user.email=a@example.net"]).args(arguments);
    command.current_dir(folder).env("HOME", home).env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A machine that has never built the homelab writes the random fields that are published, wherever it writes them, and finds nothing
/// to publish.
pub(crate) fn as_published(helm: &Path) {
    let shell = shop();
    let run = |arguments: &[&str]| Ran::of(shell.command(arguments).env("HLC_HELM", helm).env("PATH", "/usr/bin:/bin"));
    run(&["lock"]).exits(0);
    run(&["build", "workloads"]).exits(0);
    let secret = shell.read("app/shop/Secret.shop.k8s.yaml");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=A", "-c", "user.email=a@example.net"]).args(arguments);
        command.current_dir(shell.path("")).env("HOME", shell.path("")).env("GIT_INDEX_FILE", shell.path("index"));
        let output = command.env("GIT_CONFIG_NOSYSTEM", "1").output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "--quiet"]);
    git(&["--work-tree=app", "add", "--all", "--force"]);
    let commit = git(&["commit-tree", "-m", "Publish", &git(&["write-tree"])]);
    git(&["update-ref", "refs/heads/main-manifests", &commit]);
    fs::remove_dir_all(shell.path("app")).unwrap();
    fs::remove_dir_all(shell.path("cache")).unwrap();
    run(&["lock"]).exits(0);
    run(&["diff", "workloads", "--detailed-exitcode"]).exits(0);
    run(&["build", "workloads", "--out", "other"]).exits(0);
    assert_eq!(shell.read("other/shop/Secret.shop.k8s.yaml"), secret);
    // Without the branch, a folder of another name keeps it too.
    git(&["update-ref", "-d", "refs/heads/main-manifests"]);
    fs::remove_dir_all(shell.path("cache")).unwrap();
    run(&["lock"]).exits(0);
    run(&["build", "workloads", "--out", "other"]).exits(0);
    assert_eq!(shell.read("other/shop/Secret.shop.k8s.yaml"), secret);
    run(&["build", "workloads"]).exits(0);
    assert_ne!(shell.read("app/shop/Secret.shop.k8s.yaml"), secret);
}

/// A clone of the sources, whose remote is the bare repository beside it.
struct Clone<'s> {
    shell: &'s Shell,
    name: &'static str,
    helm: &'s Path,
}

impl<'s> Clone<'s> {
    fn new(shell: &'s Shell, name: &'static str, helm: &'s Path) -> Self {
        let remote = format!("file://{}", shell.path("remote.git").display());
        // As a build server has it: the sources alone, and files when they are wanted.
        let clone = ["clone", "--quiet", "--branch=main", "--single-branch", "--filter=blob:none", &remote, name];
        git_in(&shell.path(""), &shell.path(""), &clone);
        let clone = Self { shell, name, helm };
        clone.git(&["remote", "set-url", "origin", URL]);
        clone.git(&["config", &format!("url.{remote}.insteadOf"), URL]);
        clone.git(&["config", "user.name", "A"]);
        clone.git(&["config", "user.email", "a@example.net"]);
        clone
    }

    fn folder(&self) -> PathBuf {
        self.shell.path(self.name)
    }

    fn git(&self, arguments: &[&str]) -> String {
        git_in(&self.folder(), &self.shell.path(""), arguments)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.shell.command(arguments);
        // A cache of its own too.
        command.current_dir(self.folder()).env("HLC_CACHE", self.folder().join("../cache").join(self.name));
        command.env("HLC_HELM", self.helm).env("PATH", "/usr/bin:/bin").env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments))
    }

    fn publish(&self) -> Ran {
        self.run(&["fetch"]).exits(0);
        self.run(&["publish", "workloads"])
    }

    /// Commits other values, with their lock file, and pushes them.
    fn commit(&self, values: &str) {
        fs::write(self.folder().join("w/shop.kdl"), workload(values)).unwrap();
        self.run(&["lock"]).exits(0);
        self.git(&["commit", "--quiet", "--all", "--message=Change"]);
        self.git(&["push", "--quiet", "origin", "main"]);
    }

    /// What the remote's branch has.
    fn published(&self) -> String {
        self.git(&["--git-dir=../remote.git", "show", &format!("{BRANCH}:{SECRET}")])
    }
}

/// A clone that never fetched the branch of manifests, or that fetched it long ago, publishes the same again, and so does one that
/// somebody overtakes in between.
pub(crate) fn in_every_clone(helm: &Path) {
    let shell = shop();
    shell.write("source/.gitignore", "/app\n");
    for name in ["charts", "w", "homelab.kdl"] {
        fs::rename(shell.path(name), shell.path("source").join(name)).unwrap();
    }
    let source = shell.path("source");
    let git = |arguments: &[&str]| git_in(&source, &shell.path(""), arguments);
    git(&["init", "--quiet", "--bare", "--initial-branch=main", "../remote.git"]);
    git(&["--git-dir=../remote.git", "config", "uploadpack.allowFilter", "true"]);
    git(&["init", "--quiet", "--initial-branch=main"]);
    Ran::of(shell.command(&["lock"]).current_dir(&source).env("HLC_HELM", helm).env("PATH", "/usr/bin:/bin")).exits(0);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message=Begin"]);
    git(&["push", "--quiet", "../remote.git", "main"]);
    let one = Clone::new(&shell, "one", helm);
    one.publish().exits(0).says("published");
    let first = one.published();
    assert!(first.contains("password: "), "{first}");

    let two = Clone::new(&shell, "two", helm);
    assert_eq!(two.git(&["for-each-ref", "refs/remotes/origin/main-manifests"]), "");
    two.publish().exits(0).says("nothing to publish");
    // Looking is kept apart from publishing: it asks nobody.
    two.git(&["fetch", "--quiet", "origin", &format!("{BRANCH}:refs/remotes/origin/{BRANCH}")]);
    two.run(&["diff", "workloads", "--detailed-exitcode"]).exits(0);

    // The first one goes on; what the second knows of the branch is old.
    one.commit("values { greeting hi; }");
    one.publish().exits(0).says("published");
    let second = one.published();
    assert_ne!(second, first);
    two.git(&["pull", "--quiet", "origin", "main"]);
    two.publish().exits(0).says("nothing to publish");
    assert_eq!(two.published(), second);

    // Whoever cannot ask the remote publishes nothing.
    fs::rename(shell.path("remote.git"), shell.path("away")).unwrap();
    two.publish().exits(1).says("cannot reach");
    fs::rename(shell.path("away"), shell.path("remote.git")).unwrap();

    // The first one publishes other values while the second is at it: once the second has rendered, and before it pushes.
    one.commit("values { greeting hullo; }");
    two.git(&["pull", "--quiet", "origin", "main"]);
    let git = format!(
        "#!/bin/sh\ncase \" $* \" in *' push '*) if [ ! -e {there} ]; then touch {there}; (cd {one} && HLC_CACHE={cache} HLC_HELM={helm} \
         PATH=/usr/bin:/bin {hlc} publish workloads >/dev/null 2>&1); fi;; esac\nexec /usr/bin/git \"$@\"\n",
        there = shell.path("overtaken").display(),
        one = one.folder().display(),
        cache = shell.path("cache/one").display(),
        helm = helm.display(),
        hlc = env!("CARGO_BIN_EXE_hlc"),
    );
    shell.program("overtaking/git", &git);
    let path = format!("{}:/usr/bin:/bin", shell.path("overtaking").display());
    two.run(&["fetch"]).exits(0);
    Ran::of(two.command(&["publish", "workloads"]).env("PATH", path)).exits(0).says("nothing to publish");
    assert!(shell.path("overtaken").exists());
    let third = one.published();
    assert_ne!(third, second);
    one.publish().exits(0).says("nothing to publish");
}
