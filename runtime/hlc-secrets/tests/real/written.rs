//! Files that sops wrote are read, and their checksum holds.

use std::fmt::Write as _;

use hlc_secrets::{Identities, OpenError, Opened};
use libtest_mimic::Trial;

use crate::Outcome;
use crate::tools::{Sops, with_sops};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        with_sops("written::values_of_every_kind", 1, every_kind),
        with_sops("written::json", 1, json),
        with_sops("written::rules", 1, rules),
        with_sops("written::only_encrypted_values_in_the_checksum", 1, mac_only_encrypted),
        with_sops("written::ssh_recipient", 0, ssh),
        with_sops("written::groups", 3, groups),
        with_sops("written::another_key", 1, another_key),
    ]
}

/// Every value as `name=value`, a line each.
pub(crate) fn shown(opened: &Opened) -> String {
    let mut text = String::new();
    for value in opened.values() {
        writeln!(text, "{}={}", value.name, String::from_utf8_lossy(value.secret.expose())).unwrap();
    }
    text
}

const PLAIN: &str = r#"# about the first
text: some text
unicode: "grüße 😀"
lines: |
    one
    two
    
empty: ""
nothing: null
number: 42
big: 9007199254740993
negative: -7
octal: 0644
float: 1.50
exponent: 1e3
huge: 1.5e300
yes_text: yes
truth: true
lie: false
day: 2001-12-14
moment: 2001-12-14T21:59:43.10-05:00
inner:
    deep:
        # about a list
        list:
            - a
            # inside
            - 1
            - x: y
    note_unencrypted: in the clear
    number_unencrypted: 012
    float_unencrypted: 2.50
    day_unencrypted: 2001-12-14
    flag_unencrypted: false
    null_unencrypted: ~
last: "quote \" and \\ backslash" # behind
"#;

fn every_kind(sops: &Sops) -> Outcome {
    let text = sops.encrypt("all.yaml", PLAIN, &[]);
    let opened = Opened::open(&text, &sops.identities())?;
    let shown = shown(&opened);
    let expected = "text=some text\nunicode=grüße 😀\nlines=one\ntwo\n\nempty=\nnumber=42\nbig=9007199254740993\n\
        negative=-7\noctal=420\nfloat=1.5\nexponent=1000\n";
    assert!(shown.starts_with(expected), "{shown}");
    let rest = "yes_text=yes\ntruth=True\nlie=False\nday=2001-12-14T00:00:00Z\nmoment=2001-12-14T21:59:43.1-05:00\n\
        inner.deep.list.0=a\n";
    assert!(shown.contains(rest), "{shown}");
    assert!(shown.ends_with("last=quote \" and \\ backslash\n"), "{shown}");
    Ok(())
}

fn json(sops: &Sops) -> Outcome {
    let plain =
        r#"{"a": "x</y>\u2028😀", "n": 9007199254740993, "f": 1.5, "l": [true, null, {"k": "v"}], "o": {"p": ""}}"#;
    let text = sops.encrypt("all.json", plain, &[]);
    let opened = Opened::open(&text, &sops.identities())?;
    let expected = "a=x</y>\u{2028}😀\nn=9007199254740993\nf=1.5\nl.0=True\nl.2.k=v\no.p=\n";
    assert_eq!(shown(&opened), expected);
    Ok(())
}

fn rules(sops: &Sops) -> Outcome {
    let plain = "apiVersion: v1\nkind: Secret\ndata:\n    token: abc\n    id_plain: xyz\nnote: text\n";
    for (rule, text, encrypted) in [
        ("--encrypted-regex", "^(data|stringData)$", vec!["data.token", "data.id_plain"]),
        ("--unencrypted-regex", "^(apiVersion|kind|note)$", vec!["data.token", "data.id_plain"]),
        ("--encrypted-suffix", "oken", vec!["data.token"]),
        ("--unencrypted-suffix", "_plain", vec!["apiVersion", "kind", "data.token", "note"]),
    ] {
        let file = sops.encrypt("rule.yaml", plain, &[rule, text]);
        let opened = Opened::open(&file, &sops.identities())?;
        let found: Vec<_> =
            opened.values().iter().filter(|value| value.kind.is_some()).map(|value| &value.name).collect();
        assert_eq!(found, encrypted.iter().collect::<Vec<_>>(), "{rule}");
    }
    let plain = "# secret: yes\na: one\nb: two\n# secret: yes\nc:\n    d: three\n";
    let file = sops.encrypt_by("encrypted_comment_regex: ^ secret", plain);
    let opened = Opened::open(&file, &sops.identities())?;
    assert_eq!(shown(&opened), "a=one\nb=two\nc.d=three\n");
    assert_eq!(opened.values().iter().filter(|value| value.kind.is_none()).count(), 1);
    Ok(())
}

fn mac_only_encrypted(sops: &Sops) -> Outcome {
    let file = sops.encrypt_by("mac_only_encrypted: true", "a: one\nb_unencrypted: two\n");
    let changed = file.replace("b_unencrypted: two", "b_unencrypted: three");
    assert_ne!(file, changed);
    assert_eq!(shown(&Opened::open(&changed, &sops.identities())?), "a=one\nb_unencrypted=three\n");
    Ok(())
}

fn ssh(sops: &Sops) -> Outcome {
    // A throw-away key of this test, made with ssh-keygen.
    std::fs::create_dir(sops.path(".ssh"))?;
    sops.write(".ssh/id_ed25519", SSH_KEY);
    sops.write("a.yaml", "a: one\n");
    sops.run("sops", &["encrypt", "--in-place", "--age", SSH_PUBLIC, "a.yaml"]);
    let environment = hlc_secrets::Environment { home: Some(sops.path("")), ..Default::default() };
    let identities = Identities::find(&environment);
    assert!(identities.problems.is_empty(), "{:?}", identities.problems);
    let opened = Opened::open(&sops.read("a.yaml"), &identities)?;
    assert_eq!(shown(&opened), "a=one\n");
    assert_eq!(opened.file().metadata.recipients().next().unwrap().name, SSH_PUBLIC);
    Ok(())
}

fn groups(sops: &Sops) -> Outcome {
    let [one, two, three] = [0, 1, 2].map(|key| &sops.recipients[key]);
    let config = format!(
        "creation_rules:\n  - shamir_threshold: 2\n    key_groups:\n      - age: [{one}]\n      - age: [{two}]\n      - age: [{three}]\n"
    );
    sops.write(".sops.yaml", &config);
    sops.write("a.yaml", "a: one\n");
    sops.run("sops", &["encrypt", "--in-place", "a.yaml"]);
    let file = sops.read("a.yaml");
    let all = sops.read("keys.txt");
    let keys: Vec<&str> = all.lines().filter(|line| line.starts_with("AGE-")).collect();
    for some in [vec![0, 1], vec![0, 2], vec![2, 1], vec![0, 1, 2]] {
        let text: String = some.iter().map(|&key: &usize| format!("{}\n", keys[key])).collect();
        assert_eq!(shown(&Opened::open(&file, &Identities::from_text("some", &text))?), "a=one\n");
    }
    let refused = Opened::open(&file, &Identities::from_text("one", keys[1])).unwrap_err();
    assert!(matches!(refused, OpenError::TooFewGroups { opened: 1, needed: 2, .. }), "{refused}");
    Ok(())
}

fn another_key(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.yaml", "a: one\n", &[]);
    let other = sops.run("age-keygen", &[]);
    let refused = Opened::open(&file, &Identities::from_text("other.txt", &other)).unwrap_err();
    let OpenError::NoKey { recipients, .. } = &refused else { return Err(refused.to_string().into()) };
    assert_eq!(*recipients, sops.recipients);
    assert!(refused.to_string().contains("other.txt"), "{refused}");
    Ok(())
}

const SSH_PUBLIC: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO4kY6F3+YO9aJfn7vlffmfdAyWs7sOBjFVF8ciM6wOR hlc-test";

const SSH_KEY: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----\n\
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n\
QyNTUxOQAAACDuJGOhd/mDvWiX5+75X35n3QMlrO7DgYxVRfHIjOsDkQAAAJAW4pGFFuKR\n\
hQAAAAtzc2gtZWQyNTUxOQAAACDuJGOhd/mDvWiX5+75X35n3QMlrO7DgYxVRfHIjOsDkQ\n\
AAAEBYZ9+9Z+mfNyKBHuW2mNPNIvwRUonb98bHo8Bp2+yWFe4kY6F3+YO9aJfn7vlffmfd\n\
AyWs7sOBjFVF8ciM6wORAAAACGhsYy10ZXN0AQIDBAU=\n\
-----END OPENSSH PRIVATE KEY-----\n";
