//! `hlc secrets` as a shell runs it, on the sample homelab's SOPS file.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const KEY: &str = "secrets/TEST-KEY-NOT-SECRET.age.txt";
const FILE: &str = "secrets/bootstrap.sops.yaml";
/// A value with everything that some encoding changes.
const CANARY: &str = "Canary/7f3a\"9 ü&=\\end";

const HOMELAB: &str = r#"homelab "t" domain="example.net" {
    secrets "secrets/bootstrap.sops.yaml" {
        optional "NB_PROXY_TOKEN" hint="made in the UI"
    }
    include "core.kdl"
}
"#;
const CORE: &str = r#"cloudflare token=(secret)CLOUDFLARE_API_TOKEN
platform {
    addon "infisical" namespace="infisical" {
        bootstrap-secret "infisical" {
            key "A" (secret)NB_PROXY_TOKEN
            key "B" (secret)AUTHENTIK_TOKNE
            key "C" (secret)CLOUDFLARE_API_TOKEN
        }
    }
}
"#;

struct Shell {
    folder: tempfile::TempDir,
}

struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Shell {
    fn new() -> Self {
        let shell = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(shell.folder.path().join("secrets")).unwrap();
        for path in [KEY, FILE, ".sops.yaml"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
            fs::copy(from, shell.folder.path().join(path)).unwrap();
        }
        shell.write("homelab.kdl", HOMELAB);
        shell.write("core.kdl", CORE);
        shell
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.folder.path().join(path), text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hlc"));
        command.args(arguments).current_dir(self.folder.path());
        // No key of whoever runs the tests.
        command.env_clear().env("HOME", self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run_with(&self, mut command: Command, stdin: &str) -> Ran {
        let mut child = command.spawn().unwrap();
        // A command that refuses does not read.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }

    /// Runs a command with the test key.
    fn run(&self, arguments: &[&str], stdin: &str) -> Ran {
        let mut command = self.command(arguments);
        command.env("SOPS_AGE_KEY_FILE", self.folder.path().join(KEY));
        self.run_with(command, stdin)
    }

    fn run_without_key(&self, arguments: &[&str]) -> Ran {
        self.run_with(self.command(arguments), "")
    }
}

impl Ran {
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

#[test]
fn the_list_says_what_is_used_where() {
    let shell = Shell::new();
    let ran = shell.run_without_key(&["secrets", "list"]).exits(0);
    let line = |name: &str| ran.stdout.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let words = |name| line(name).split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>().join(" ");
    assert_eq!(words("CLOUDFLARE_API_TOKEN "), "set core.kdl:1, core.kdl:7");
    assert_eq!(words("HCLOUD_TOKEN "), "unused -");
    assert_eq!(words("NB_PROXY_TOKEN "), "optional core.kdl:5 (made in the UI)");
    assert_eq!(words("AUTHENTIK_TOKNE "), "missing core.kdl:6");
    let json = shell.run_without_key(&["secrets", "list", "--format", "json"]).exits(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["file"], FILE);
    let secrets = json["secrets"].as_array().unwrap();
    let entry = secrets.iter().find(|entry| entry["name"] == "NB_PROXY_TOKEN").unwrap();
    assert_eq!((entry["state"].as_str(), entry["optional"].as_bool()), (Some("absent"), Some(true)));
    assert_eq!((entry["uses"][0]["line"].as_u64(), entry["uses"][0]["column"].as_u64()), (Some(5), Some(29)));
}

#[test]
fn the_check_opens_the_file() {
    let shell = Shell::new();
    shell.write("core.kdl", &CORE.replace("TOKNE", "TOKEN"));
    let ran = shell.run(&["secrets", "check"], "").exits(0);
    assert_eq!(ran.stdout, "");
    assert_eq!(ran.stderr, format!("{FILE}: 15 values read, the checksum over them holds; no problems\n"));
    let blind = shell.run_without_key(&["secrets", "check"]).exits(0);
    assert!(blind.stderr.contains("looked at names only, since no key at hand opens it"), "{}", blind.stderr);
    shell.run(&["secrets", "set", "HCLOUD_TOKEN"], "change-me\n").exits(0);
    shell.run(&["secrets", "set", "REDIS_PASSWORD"], "value \n\n").exits(0);
    shell.write("core.kdl", CORE);
    let ran = shell.run(&["secrets", "check"], "").exits(1);
    let expected = format!(
        "core.kdl:6: `AUTHENTIK_TOKNE` is missing\n{FILE}:2: `HCLOUD_TOKEN` is a placeholder\n{FILE}:6: `REDIS_PASSWORD` has white space around it\n"
    );
    assert_eq!(ran.stdout, expected);
    let json = shell.run(&["secrets", "check", "--format", "json"], "").exits(1).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json["opened"].as_bool(), json["values"].as_u64()), (Some(true), Some(15)));
    assert_eq!(json["problems"][1]["problem"], "is a placeholder");
}

#[test]
fn values_are_set_and_unset_in_place() {
    let shell = Shell::new();
    let before = shell.read(FILE);
    let ran = shell.run(&["secrets", "set", "NB_PROXY_TOKEN"], "one\n").exits(0);
    assert_eq!(ran.stderr, format!("added `NB_PROXY_TOKEN` in {FILE}\n"));
    let ran = shell.run(&["secrets", "set", "NB_PROXY_TOKEN"], "two\r\n").exits(0);
    assert_eq!(ran.stderr, format!("changed `NB_PROXY_TOKEN` in {FILE}\n"));
    let unnamed = shell.run(&["secrets", "set", "NEW"], "x").exits(0);
    assert!(unnamed.stderr.contains("nothing names it yet: write `(secret)NEW`"), "{}", unnamed.stderr);
    shell.run(&["secrets", "unset", "NEW"], "").exits(0);
    let ran = shell.run(&["secrets", "unset", "NB_PROXY_TOKEN"], "").exits(0);
    assert!(ran.stderr.ends_with("it is still named: core.kdl:5\n"), "{}", ran.stderr);
    let kept = |text: &str| {
        let changing = |line: &&str| !line.starts_with("    mac: ") && !line.starts_with("    lastmodified: ");
        text.lines().filter(changing).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(kept(&shell.read(FILE)), kept(&before));
}

#[test]
fn what_cannot_be_changed_stays() {
    let shell = Shell::new();
    let before = shell.read(FILE);
    for (arguments, stdin) in [
        (["secrets", "set", "EMPTY"], "\n"),
        (["secrets", "set", "two words"], "x"),
        (["secrets", "set", "x_unencrypted"], "x"),
        (["secrets", "unset", "NOT_THERE"], ""),
    ] {
        let ran = shell.run(&arguments, stdin).exits(1);
        assert!(!ran.stderr.is_empty(), "{arguments:?}");
    }
    let ran = shell.run_without_key(&["secrets", "set", "HCLOUD_TOKEN"]).exits(1);
    assert!(ran.stderr.contains("SOPS_AGE_KEY_FILE"), "{}", ran.stderr);
    assert_eq!(shell.read(FILE), before);
    shell.write("homelab.kdl", "homelab \"t\" domain=\"example.net\"\n");
    let ran = shell.run(&["secrets", "list"], "").exits(1);
    assert!(ran.stderr.contains("the homelab names no SOPS file"), "{}", ran.stderr);
}

/// Every form in which a value could slip out.
fn forms(value: &str) -> Vec<String> {
    const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    let url = |keep: fn(u8) -> bool| {
        let encode = |byte: u8| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        value.bytes().map(encode).collect::<String>()
    };
    let mut base64 = String::new();
    // Whole groups only: what follows depends on what stands behind the value.
    for group in value.as_bytes().chunks_exact(3) {
        let bits = group.iter().fold(0usize, |bits, byte| bits << 8 | usize::from(*byte));
        base64.extend([18, 12, 6, 0].map(|shift| char::from(BASE64.get(bits >> shift & 63).copied().unwrap())));
    }
    let json = serde_json::to_string(value).unwrap();
    vec![
        value.to_owned(),
        format!("{value:?}").trim_matches('"').to_owned(),
        json.trim_matches('"').to_owned(),
        hex.to_uppercase(),
        hex,
        url(|byte| byte.is_ascii_alphanumeric()),
        url(|byte| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte)),
        base64,
        "7f3a".to_owned(),
    ]
}

#[track_caller]
fn is_nowhere(ran: &Ran, what: &str) {
    for form in forms(CANARY) {
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains(&form), "{what} shows the value as {form}:\n{text}");
        }
    }
}

#[test]
fn a_value_is_nowhere_in_any_output() {
    let shell = Shell::new();
    is_nowhere(&shell.run(&["secrets", "set", "CLOUDFLARE_API_TOKEN"], CANARY).exits(0), "set");
    let encrypted = shell.read(FILE);
    let line = encrypted.lines().find(|line| line.starts_with("CLOUDFLARE_API_TOKEN")).unwrap().to_owned();
    let plain = encrypted.replace(&line, &format!("CLOUDFLARE_API_TOKEN: '{CANARY}' # {CANARY}"));
    let states = [
        ("encrypted", encrypted.clone()),
        ("written out", plain.clone()),
        ("in a comment", encrypted.replace(&line, &format!("# {CANARY}\n{line}"))),
        ("no yaml", format!("a: '{CANARY}\n{plain}")),
        ("a key twice", format!("{}\n{plain}", plain.lines().next().unwrap())),
        ("an anchor", format!("x: &x '{CANARY}'\n{encrypted}")),
        ("not encrypted", format!("CLOUDFLARE_API_TOKEN: '{CANARY}'\n")),
        (
            "broken",
            encrypted.replace("CLOUDFLARE_API_TOKEN: ENC[", &format!("CLOUDFLARE_API_TOKEN: ENC[AES256_GCM,{CANARY}")),
        ),
        (
            "a bad block",
            encrypted.replace("unencrypted_suffix: _unencrypted", &format!("encrypted_regex: '(7f3a{CANARY}'")),
        ),
        ("tampered", encrypted.replace(&line, &line.replace("data:", "data:AA"))),
        ("plain and allowed", format!("x_unencrypted: '{CANARY}'\n{encrypted}")),
    ];
    let commands: [&[&str]; 7] = [
        &["secrets", "list"],
        &["secrets", "check"],
        &["secrets", "set", "HCLOUD_TOKEN"],
        &["secrets", "unset", "REDIS_PASSWORD"],
        &["check"],
        &["build", "workloads", "--emit", "plan"],
        &["check", "--fix"],
    ];
    for (state, text) in states {
        for command in commands {
            for format in ["human", "concise", "json"] {
                shell.write(FILE, &text);
                let mut arguments = command.to_vec();
                arguments.extend(["--format", format]);
                is_nowhere(&shell.run(&arguments, CANARY), &format!("{command:?} on a file that is {state}"));
                is_nowhere(
                    &shell.run_without_key(&arguments),
                    &format!("{command:?} without a key on a file that is {state}"),
                );
            }
        }
    }
}

#[test]
fn a_key_is_nowhere_in_any_output() {
    let shell = Shell::new();
    let key = shell.read(KEY);
    let key = key.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap();
    for broken in [key.to_owned(), format!("{key}X"), key.to_lowercase()] {
        for arguments in [["secrets", "check"], ["secrets", "list"]] {
            let mut command = shell.command(&arguments);
            command.env("SOPS_AGE_KEY", &broken);
            let ran = shell.run_with(command, "");
            let tail = key.get(20..40).unwrap();
            for text in [ran.stdout, ran.stderr] {
                assert!(!text.to_uppercase().contains(tail), "{text}");
            }
        }
    }
}
