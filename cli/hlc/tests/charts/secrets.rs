//! Logins, and that they are seen nowhere.

use std::fs;

use hlc_tests_web::{Reply, Server};
use libtest_mimic::Trial;

use crate::publisher::Publisher;
use crate::shell::{Ran, Shell, repository};
use crate::trial;

const PASSWORD: &str = "password-canary-5e1f";
/// `me:password-canary-5e1f`
const BASIC: &str = "bWU6cGFzc3dvcmQtY2FuYXJ5LTVlMWY=";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("login::reaches_its_server_and_nothing_else", reaches_its_server_and_nothing_else),
        trial("login::a_wrong_one", a_wrong_one),
        trial("login::not_without_a_key", not_without_a_key),
    ]
}

/// A project whose SOPS file holds the password.
fn shell(publisher: &Publisher, with: &str) -> Shell {
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo()), ("db", "1.0.0", &publisher.registry())]);
    for path in ["secrets/TEST-KEY-NOT-SECRET.age.txt", "secrets/bootstrap.sops.yaml", ".sops.yaml"] {
        shell.write(path, &fs::read_to_string(repository().join(path)).unwrap());
    }
    let homelab = format!(
        "homelab \"t\" domain=\"example.net\" {{\n    include \"w/*.kdl\"\n    category \"apps\"\n    secrets \
         \"secrets/bootstrap.sops.yaml\"\n    login \"{}\" user=\"me\" password=(secret)CHARTS\n    login \"{}\" user=\"me\" \
         password=(secret)CHARTS\n}}\n",
        publisher.server.url(""),
        publisher.registry()
    );
    shell.write("homelab.kdl", &homelab);
    let mut command = key(&shell, &["secrets", "set", "CHARTS"]);
    shell.write("value", with);
    command.stdin(fs::File::open(shell.path("value")).unwrap());
    Ran::of(&mut command).exits(0);
    fs::remove_file(shell.path("value")).unwrap();
    shell
}

fn key(shell: &Shell, arguments: &[&str]) -> std::process::Command {
    let mut command = shell.command(arguments);
    command.env("SOPS_AGE_KEY_FILE", shell.path("secrets/TEST-KEY-NOT-SECRET.age.txt"));
    command
}

/// A publisher whose archive of `web` lies on another server.
fn publisher() -> (Publisher, Server) {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    publisher.chart("db", "1.0.0", "b");
    let archive = publisher.shelf().charts[&("web".to_owned(), "1.0.0".to_owned())].clone();
    let other = Server::start(move |_| Reply::ok(archive.clone()));
    publisher.shelf().faults.insert("/repo/files/web-1.0.0.tgz".into(), Reply::redirect(&other.url("/far")));
    publisher.shelf().basic = Some(BASIC.to_owned());
    (publisher, other)
}

fn reaches_its_server_and_nothing_else() {
    let (publisher, other) = publisher();
    let shell = shell(&publisher, PASSWORD);
    let ran = Ran::of(&mut key(&shell, &["lock"])).exits(0);
    let is_seen = |text: &str| {
        ["password-canary", BASIC, "registry-token-canary", "environment-canary"]
            .iter()
            .any(|canary| text.contains(canary))
    };
    assert!(publisher.server.asked().iter().any(|asked| asked.header("authorization").is_some_and(is_seen)));
    assert!(other.asked().iter().all(|asked| asked.header("authorization").is_none()));
    assert!(!is_seen(&ran.stdout) && !is_seen(&ran.stderr));
    // Helm's arguments and environment are among the files.
    assert!(shell.renderings() == 2);
    for (path, text) in shell.everything() {
        assert!(!is_seen(&text), "{}", path.display());
    }
}

fn a_wrong_one() {
    let (publisher, _other) = publisher();
    let shell = shell(&publisher, "wrong-canary");
    let ran = Ran::of(&mut key(&shell, &["lock"])).exits(1);
    let ran = ran.says("answers 401: it does not take the login").says("`hlc secrets set` changes it");
    assert!(!ran.stderr.contains("canary"));
}

fn not_without_a_key() {
    let (publisher, _other) = publisher();
    let shell = shell(&publisher, PASSWORD);
    shell.run(&["lock"]).exits(1).says("a `login` needs a secret, and `secrets/bootstrap.sops.yaml` cannot be opened");
    assert!(publisher.server.asked().is_empty());
}
