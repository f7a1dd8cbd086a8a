//! What is too much, and what sops never writes, ends in an error with its place.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use hlc_diag::FileId;
use hlc_sops::{Config, SopsFile};

const BLOCK: &str = "sops:\n    age:\n        - recipient: age1x\n          enc: y\n    lastmodified: \"2024-11-12T13:33:42Z\"\n    mac: z\n";

#[track_caller]
fn refused(text: &str) -> String {
    SopsFile::read(FileId::new(0), text).unwrap_err().to_string()
}

#[test]
fn a_file_has_to_be_one_map() {
    assert_eq!(refused(""), "line 1, column 1: it holds no map of names to values");
    assert_eq!(refused("- a\n"), "line 1, column 1: it holds no map of names to values");
    assert_eq!(refused("a: 1\n"), "line 1, column 1: it has no `sops` block: it is not encrypted");
    assert_eq!(refused(&format!("{BLOCK}---\na: 1\n")), "line 7, column 1: a second YAML document begins here");
}

#[test]
fn what_sops_never_writes() {
    assert_eq!(refused(&format!("a: &x 1\n{BLOCK}")), "line 1, column 7: it has an anchor, which sops does not write");
    assert_eq!(
        refused(&format!("a: !!binary eA==\n{BLOCK}")),
        "line 1, column 13: it has a tag, which sops does not write"
    );
    assert_eq!(refused(&format!("1: a\n{BLOCK}")), "line 1, column 1: a key here is not text");
    assert_eq!(refused(&format!("a: 1\na: 2\n{BLOCK}")), "line 2, column 1: the key `a` stands here a second time");
    let ambiguous = format!("a.b_unencrypted: 1\na:\n    b_unencrypted: 2\n{BLOCK}");
    assert_eq!(refused(&ambiguous), "line 3, column 5: two keys are both called `a.b_unencrypted`");
    let broken = format!("a: ENC[AES256_GCM,data:x]\n{BLOCK}");
    assert_eq!(refused(&broken), "line 1, column 4: this begins like an encrypted value and is none");
}

#[test]
fn the_block_has_to_be_whole() {
    assert_eq!(refused("sops: x\n"), "line 1, column 1: `sops` has to be a block");
    assert_eq!(refused("sops:\n    mac: x\n"), "line 1, column 1: its `sops` block has no recipients");
    let without = BLOCK.replace("lastmodified", "lastmod");
    assert_eq!(refused(&without), "line 1, column 1: its `sops` block has no `lastmodified`");
    let two = format!("{BLOCK}    encrypted_regex: a\n    encrypted_suffix: b\n");
    assert_eq!(refused(&two), "line 7, column 22: more than one rule says which values are encrypted");
    let bad = format!("{BLOCK}    encrypted_regex: a(\n");
    assert_eq!(refused(&bad), "line 7, column 22: this regular expression cannot be used");
}

#[test]
fn a_redacted_text_shows_keys_and_recipients() {
    let text = format!("# a comment\nü_unencrypted: plain # behind\nl_unencrypted:\n    - k: v\n{BLOCK}");
    let redacted = SopsFile::read(FileId::new(0), &text).unwrap().redacted(&text);
    assert_eq!(redacted.len(), text.len());
    let words: Vec<_> = redacted.split_whitespace().collect();
    assert_eq!(words, ["ü_unencrypted", "l_unencrypted", "k", "sops", "age1x"]);
    assert_eq!(redacted.find("age1x"), text.find("age1x"));
}

#[test]
fn too_much_is_refused() {
    let deep = format!("a: {}1{}\n{BLOCK}", "[".repeat(100), "]".repeat(100));
    assert!(refused(&deep).contains("deeper than 64 levels"));
    let many = format!("a: [{}1]\n{BLOCK}", "1,".repeat(120_000));
    assert!(refused(&many).contains("more than 100000 values"));
    assert!(refused(&"#".repeat(9 << 20)).contains("larger than 8 MiB"));
    let regex = format!("{BLOCK}    encrypted_regex: \"((a{{1000}}){{1000}}){{1000}}\"\n");
    assert!(refused(&regex).contains("this regular expression cannot be used"));
}

#[test]
fn the_first_rule_that_fits_counts() {
    let text = "creation_rules:\n  - path_regex: ^secrets/a\n    age: age1a, age1b\n  - path_regex: ^secrets/\n    key_groups:\n      - age: [age1c]\n        pgp: [F]\n      - merge: [{age: [age1d]}]\n        kms: [{arn: x}]\n";
    let config = Config::read(FileId::new(0), text).unwrap();
    let names = |path| {
        let rule = config.rule_for(path)?;
        Some(rule.recipients().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(names("secrets/a.yaml").as_deref(), Some("age1a age1b"));
    assert_eq!(names("secrets/b.yaml").as_deref(), Some("age1c F age1d"));
    assert_eq!(names("other/secrets/b.yaml"), None);
    assert_eq!(config.rule_for("secrets/b.yaml").unwrap().others, 1);
    let aliases = "keys:\n  - &me age1me\ncreation_rules:\n  - age: [*me]\n";
    let config = Config::read(FileId::new(0), aliases).unwrap();
    assert_eq!(config.rule_for("x").unwrap().recipients().next().unwrap().1, "age1me");
    let laughs: String = (1..20).map(|n| format!("a{n}: &a{n} [*a{}, *a{}, *a{}]\n", n - 1, n - 1, n - 1)).collect();
    let error = Config::read(FileId::new(0), &format!("a0: &a0 x\n{laughs}")).unwrap_err();
    assert!(error.to_string().contains("more than 100000 values"), "{error}");
    let bad = Config::read(FileId::new(0), "creation_rules:\n  - path_regex: a(\n").unwrap_err();
    assert_eq!(bad.to_string(), "line 2, column 17: this regular expression cannot be used");
}
