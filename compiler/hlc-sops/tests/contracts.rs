//! Files that sops itself and Flux publish, where `../shared/contracts/sops` is present; with CI=true they have to be.

#![allow(clippy::unwrap_used, clippy::panic, clippy::string_slice, reason = "a test may stop")]

use std::fs;
use std::path::{Path, PathBuf};

use hlc_diag::FileId;
use hlc_sops::rule::Wanted;
use hlc_sops::{Config, KeyState, RecipientKind, SopsFile, ValueType};
use libtest_mimic::{Arguments, Failed, Trial};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/contracts/sops");

fn main() {
    let arguments = Arguments::from_args();
    let ignored = !Path::new(FOLDER).exists() && !std::env::var("CI").is_ok_and(|value| value == "true");
    let trial = |name: &'static str, run: fn() -> Result<(), Failed>| Trial::test(name, run).with_ignored_flag(ignored);
    let trials = vec![
        trial("example_yaml", example_yaml),
        trial("example_json", example_json),
        trial("plain_values_by_rule", plain_values_by_rule),
        trial("files_without", files_without),
        trial("creation_rules", creation_rules),
        trial("no_prefix_and_no_changed_byte_panics", hostile),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

fn text(path: &str) -> String {
    let path = PathBuf::from(FOLDER).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read(path: &str) -> SopsFile {
    SopsFile::read(FileId::new(0), &text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn states(file: &SopsFile) -> Vec<(&str, KeyState)> {
    file.keys.iter().map(|key| (key.name.as_str(), key.state)).collect()
}

fn example_yaml() -> Result<(), Failed> {
    let file = read("getsops/example.yaml");
    let encrypted = KeyState::Encrypted;
    assert_eq!(
        states(&file),
        [
            ("myapp1", encrypted(ValueType::Str)),
            ("app2.db.user", encrypted(ValueType::Str)),
            ("app2.db.password", encrypted(ValueType::Str)),
            ("app2.key", encrypted(ValueType::Str)),
            ("number", encrypted(ValueType::Float)),
            ("an_array.0", encrypted(ValueType::Str)),
            ("an_array.1", encrypted(ValueType::Str)),
            ("an_array.2", encrypted(ValueType::Str)),
            ("an_array.3", encrypted(ValueType::Str)),
            ("somebooleans.0", encrypted(ValueType::Bool)),
            ("somebooleans.1", encrypted(ValueType::Bool)),
            ("this.is.a.nested.value", encrypted(ValueType::Str)),
            ("somelist_unencrypted.0", KeyState::PlainByRule),
            ("somelist_unencrypted.1", KeyState::PlainByRule),
            ("somelist_unencrypted.2", KeyState::PlainByRule),
            ("nested_unencrypted.this.is.all", KeyState::PlainByRule),
        ]
    );
    let source = text("getsops/example.yaml");
    let password = file.key("app2.db.password").unwrap();
    assert_eq!(password.path, ["app2", "db", "password"]);
    assert_eq!(&source[password.key_span.range()], "password");
    assert!(
        source[password.value_span.range()].starts_with("ENC[") && source[password.value_span.range()].ends_with(']')
    );
    assert_eq!(file.metadata.lastmodified.text, "2025-08-06T18:55:05Z");
    assert!(file.metadata.mac.is_some() && file.metadata.version.is_some());
    let kinds: Vec<_> = file.metadata.recipients().map(|recipient| recipient.kind).collect();
    assert!(kinds.contains(&RecipientKind::Pgp), "{kinds:?}");
    Ok(())
}

fn example_json() -> Result<(), Failed> {
    let file = read("getsops/example.json");
    assert!(file.keys.len() > 5 && file.metadata.mac.is_some());
    let source = text("getsops/example.json");
    for key in &file.keys {
        if matches!(key.state, KeyState::Encrypted(_)) {
            assert!(source[key.value_span.range()].starts_with("\"ENC["), "{}", key.name);
        }
    }
    Ok(())
}

fn plain_values_by_rule() -> Result<(), Failed> {
    let file = read("flux/algorithms/age.yaml");
    assert_eq!(
        states(&file),
        [
            ("apiVersion", KeyState::PlainByRule),
            ("kind", KeyState::PlainByRule),
            ("metadata.name", KeyState::PlainByRule),
            ("stringData.key", KeyState::Encrypted(ValueType::Str)),
        ]
    );
    let recipients: Vec<_> = file.metadata.recipients().map(|it| (it.kind, it.name.as_str())).collect();
    assert_eq!(recipients, [(RecipientKind::Age, "age1l44xcng8dqj32nlv6d930qvvrny05hglzcv9qpc7kxjc6902ma4qufys29")]);
    let written_out = text("flux/algorithms/age.yaml").replacen("key: ENC[", "key: plain #ENC[", 1);
    let file = SopsFile::read(FileId::new(0), &written_out)?;
    assert_eq!(file.key("stringData.key").unwrap().state, KeyState::PlainAgainstRule);
    Ok(())
}

fn files_without() -> Result<(), Failed> {
    assert!(read("getsops/functional-tests/res/no_mac.yaml").metadata.mac.is_none());
    let plain = SopsFile::read(FileId::new(0), &text("getsops/functional-tests/res/plainfile.yaml")).unwrap_err();
    assert_eq!(plain.to_string(), "line 1, column 1: it has no `sops` block: it is not encrypted");
    for path in ["comments.enc.yaml", "comments_unencrypted_comments.yaml", "multiple_keys.yaml", "format.enc.json"] {
        read(&format!("getsops/functional-tests/res/{path}"));
    }
    Ok(())
}

fn creation_rules() -> Result<(), Failed> {
    let config = Config::read(FileId::new(0), &text("getsops/functional-tests/dot-sops.yaml"))?;
    let rule = config.rule_for("a/test_encrypted_comment_regex.yaml").ok_or("no rule")?;
    assert!(!rule.groups.iter().all(Vec::is_empty) || rule.others > 0);
    let flux = Config::read(FileId::new(0), &text("flux/dot-sops.yaml"))?;
    let rule = flux.rule_for("algorithms/age.yaml").ok_or("no rule")?;
    assert!(rule.recipients().any(|(kind, name)| *kind == RecipientKind::Age && name.starts_with("age1")));
    assert_eq!(rule.rule.wants(&["stringData", "key"]), Wanted::Encrypted);
    assert_eq!(rule.rule.wants(&["metadata", "name"]), Wanted::Plain);
    Ok(())
}

fn hostile() -> Result<(), Failed> {
    for path in ["flux/algorithms/age.yaml", "getsops/functional-tests/res/format.enc.json"] {
        let source = text(path);
        for (at, _) in source.char_indices() {
            let _ = SopsFile::read(FileId::new(0), &source[..at]);
            // One of them at each place keeps the trial short, and every one comes to stand in every part of the file.
            let others = ["\n", "\"", "{", ":", "&a ", "- ", "x"];
            if let Some(other) = others.get(at % others.len()) {
                let changed = format!("{}{other}{}", &source[..at], &source[at..]);
                if let Ok(file) = SopsFile::read(FileId::new(0), &changed) {
                    for key in &file.keys {
                        assert!(
                            changed.get(key.value_span.range()).is_some()
                                && changed.get(key.key_span.range()).is_some()
                        );
                    }
                }
            }
        }
    }
    Ok(())
}
