//! The secrets of the sample homelab open with the published test key, and are made up.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::fs;
use std::path::Path;

use hlc_diag::FileId;
use hlc_secrets::{Identities, Opened};
use hlc_sops::{Config, RecipientKind};

/// What the stacks of the homelab ask for; what is optional is not there.
const KEYS: [&str; 15] = [
    "PROXMOX_PASSWORD",
    "HCLOUD_TOKEN",
    "INFISICAL_DB_PASSWORD",
    "INFISICAL_ENCRYPTION_KEY",
    "INFISICAL_AUTH_SECRET",
    "REDIS_PASSWORD",
    "CLOUDFLARE_API_TOKEN",
    "AUTHENTIK_SECRET_KEY",
    "AUTHENTIK_POSTGRESQL_PASSWORD",
    "AUTHENTIK_TOKEN",
    "AUTHENTIK_GITHUB_SECRET",
    "NB_OWNER_PASSWORD",
    "NETBIRD_CLIENT_SECRET",
    "NB_DATA_STORE_KEY",
    "NB_RELAY_SECRET",
];

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

#[test]
fn every_value_says_that_it_is_made_up() {
    let key = read("secrets/TEST-KEY-NOT-SECRET.age.txt");
    assert!(key.starts_with("# THIS KEY IS PUBLIC."));
    let opened = Opened::open(&read("secrets/bootstrap.sops.yaml"), &Identities::from_text("test", &key)).unwrap();
    let names: Vec<_> = opened.values().iter().map(|value| value.name.as_str()).collect();
    assert_eq!(names, KEYS);
    for value in opened.values() {
        let fake = format!("fake-{}", value.name.to_lowercase().replace('_', "-"));
        assert_eq!(value.secret.expose(), fake.as_bytes());
    }
    let config = Config::read(FileId::new(0), &read(".sops.yaml")).unwrap();
    let rule = config.rule_for("secrets/bootstrap.sops.yaml").unwrap();
    let recipient = opened.file().metadata.recipients().next().unwrap();
    assert_eq!(rule.groups, [[(RecipientKind::Age, recipient.name.clone())]]);
    assert!(key.contains(&recipient.name));
}
