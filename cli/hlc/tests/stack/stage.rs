//! A homelab in a folder, and the Cloudflare that it is about.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use hlc_secrets::{Identities, Opened};
use hlc_sim::Cloudflare;
use hlc_sim::cloudflare::Settings;
use serde_json::Value;

const KEY: &str = "secrets/TEST-KEY-NOT-SECRET.age.txt";
const FILE: &str = "secrets/bootstrap.sops.yaml";

/// A zone with some records, of every shape that makes a difference.
pub(crate) const RECORDS: &str = r#"A "@" to="192.0.2.1" comment="the web"
        A "two" to="192.0.2.2" ttl="5m"
        AAAA "two" to="2001:db8::2"
        CNAME "www" to="example.org"
        MX "@" to="mail.example.org" priority=10
        TXT "@" text="v=spf1 -all"
        SRV "_sip._tcp" to="sip.example.org" port=5060 priority=1 weight=2
        CAA "@" tag="issue" value="letsencrypt.org""#;
/// How many records that are.
pub(crate) const COUNT: usize = 8;

pub(crate) struct Stage {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) cloudflare: Cloudflare,
}

pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The token that the sample's SOPS file has.
pub(crate) fn token() -> &'static str {
    static TOKEN: OnceLock<String> = OnceLock::new();
    TOKEN.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let key = fs::read_to_string(root.join(KEY)).unwrap();
        let opened = Opened::open(&fs::read_to_string(root.join(FILE)).unwrap(), &Identities::from_text("test", &key));
        String::from_utf8(opened.unwrap().get("CLOUDFLARE_API_TOKEN").unwrap().expose().to_vec()).unwrap()
    })
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(RECORDS)
    }

    pub(crate) fn with(records: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("secrets")).unwrap();
        for path in [KEY, FILE, ".sops.yaml"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
            fs::copy(from, folder.path().join(path)).unwrap();
        }
        let cloudflare = Cloudflare::start(Settings::new(["example.net"], token())).unwrap();
        let stage = Self { folder, cloudflare };
        stage.records(records);
        stage
    }

    /// What the homelab says from now on.
    pub(crate) fn records(&self, records: &str) {
        let text = format!(
            "homelab \"t\" domain=\"example.net\" {{\n    secrets \"{FILE}\"\n}}\ncloudflare token=(secret)CLOUDFLARE_API_TOKEN {{\n    \
             zone \"example.net\" {{\n        {records}\n    }}\n}}\n"
        );
        fs::write(self.folder.path().join("homelab.kdl"), text).unwrap();
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hlc"));
        command.args(arguments).current_dir(self.folder.path());
        command.env_clear().env("HOME", self.folder.path()).env("SOPS_AGE_KEY_FILE", self.folder.path().join(KEY));
        command.env("CLOUDFLARE_BASE_URL", self.cloudflare.url()).env("USER", "tester");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// Runs what must succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}\n{}\n{}", ran.stdout, ran.stderr);
        ran
    }

    pub(crate) fn apply(&self) -> Ran {
        self.ok(&["apply", "core/cloudflare", "--yes"])
    }

    pub(crate) fn there(&self) -> Vec<Value> {
        self.cloudflare.world().records("example.net")
    }

    /// Everything is as the homelab says: nothing is left to do, and there is one object for each record.
    pub(crate) fn assert_settled(&self, count: usize) {
        let plan = self.run(&["plan", "core/cloudflare", "--detailed-exitcode"]);
        assert_eq!(plan.code, Some(0), "something is left to do\n{}\n{}", plan.stdout, plan.stderr);
        let there = self.there();
        assert_eq!(there.len(), count, "{there:#?}");
        self.assert_no_secret();
    }

    /// No file of the project has the token, but for the SOPS file, which has it encrypted.
    pub(crate) fn assert_no_secret(&self) {
        crate::canary::assert_absent_below(self.folder.path());
    }
}

impl Ran {
    /// Whether it says something, wherever it breaks its lines to fit a terminal: that depends on paths and process numbers.
    pub(crate) fn says(&self, text: impl AsRef<str>) -> bool {
        let plain = |text: &str| text.split_whitespace().filter(|word| !matches!(*word, "│" | "×")).collect::<String>();
        plain(&self.stderr).contains(&plain(text.as_ref()))
    }

    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let ran = Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) };
        for text in [&ran.stdout, &ran.stderr] {
            crate::canary::assert_absent(text.as_bytes(), "what the program says");
        }
        ran
    }
}
