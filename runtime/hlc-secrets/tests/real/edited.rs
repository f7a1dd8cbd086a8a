//! Files that hlc changed are read by sops, and nothing else in them changed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hlc_secrets::{EditError, Opened, RecipientError, Secret};
use libtest_mimic::Trial;
use serde_json::json;

use crate::Outcome;
use crate::tools::{Sops, with_sops};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        with_sops("edited::a_value_is_replaced", 1, replaced),
        with_sops("edited::a_key_is_added_and_removed", 1, added_and_removed),
        with_sops("edited::json", 1, json_file),
        with_sops("edited::values_that_sops_writes_otherwise", 1, layouts),
        with_sops("edited::odd_values", 1, odd_values),
        with_sops("edited::what_cannot_be_done", 1, refused),
        with_sops("edited::other_recipients", 2, recipients),
        with_sops("edited::other_groups", 3, groups),
        with_sops("edited::again_by_sops", 1, edited_by_sops),
    ]
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

fn secret(text: &str) -> Secret {
    Secret::from(text.to_owned())
}

/// The lines of two texts that are not in both.
fn changed_lines(old: &str, new: &str) -> Vec<String> {
    let gone = old.lines().filter(|line| !new.lines().any(|other| other == *line)).map(|line| format!("-{line}"));
    let come = new.lines().filter(|line| !old.lines().any(|other| other == *line)).map(|line| format!("+{line}"));
    gone.chain(come).map(|line| line.chars().take_while(|c| *c != ':').collect::<String>()).collect()
}

const PLAIN: &str = "# first\nA: one # behind\n\n# second\nB:\n    C: two\n    D:\n        - three\n# last\nE: five\n";

fn replaced(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.yaml", PLAIN, &[]);
    let opened = Opened::open(&file, &sops.identities())?;
    let edited = opened.set("B.C", &secret("zwei"), now())?;
    assert_eq!(
        changed_lines(&file, edited.text()),
        ["-    C", "-    lastmodified", "-    mac", "+    C", "+    lastmodified", "+    mac"]
    );
    assert!(edited.text().contains("lastmodified: \"2027-01-15T08:00:00Z\""));
    sops.write("a.yaml", edited.text());
    assert_eq!(sops.decrypted("a.yaml"), json!({"A": "one", "B": {"C": "zwei", "D": ["three"]}, "E": "five"}));
    let listed = edited.set("B.D.0", &secret("drei"), now())?.set("A", &secret("eins"), now())?;
    sops.write("a.yaml", listed.text());
    assert_eq!(sops.decrypted("a.yaml"), json!({"A": "eins", "B": {"C": "zwei", "D": ["drei"]}, "E": "five"}));
    let plain = sops.run("sops", &["decrypt", "a.yaml"]);
    for comment in ["# first", "# behind", "# second", "# last"] {
        assert!(plain.contains(comment), "{plain}");
    }
    Ok(())
}

fn added_and_removed(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.yaml", PLAIN, &[]);
    let opened = Opened::open(&file, &sops.identities())?;
    let more = opened.set("NEW-1", &secret("six"), now())?;
    assert_eq!(changed_lines(&file, more.text()).iter().filter(|line| line.starts_with('-')).count(), 2);
    sops.write("a.yaml", more.text());
    assert_eq!(sops.decrypted("a.yaml")["NEW-1"], "six");
    let fewer = more.unset("A", now())?.unset("E", now())?;
    sops.write("a.yaml", fewer.text());
    assert_eq!(sops.decrypted("a.yaml"), json!({"B": {"C": "two", "D": ["three"]}, "NEW-1": "six"}));
    // Back to where it was, but for the time and the checksum.
    let back = more.unset("NEW-1", now())?;
    assert_eq!(changed_lines(&file, back.text()), ["-    lastmodified", "-    mac", "+    lastmodified", "+    mac"]);
    let one = sops.encrypt("one.yaml", "A: one\n", &[]);
    let none = Opened::open(&one, &sops.identities())?.unset("A", now())?;
    sops.write("one.yaml", none.text());
    assert_eq!(sops.decrypted("one.yaml"), json!({}));
    sops.write("one.yaml", none.set("true", &secret("x"), now())?.text());
    assert_eq!(sops.decrypted("one.yaml"), json!({"true": "x"}));
    Ok(())
}

fn json_file(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.json", r#"{"A": "one", "B": {"C": 2}, "D": "four"}"#, &[]);
    let opened = Opened::open(&file, &sops.identities())?;
    let edited = opened.set("B.C", &secret("zwei"), now())?.set("NEW", &secret("neu"), now())?.unset("D", now())?;
    sops.write("a.json", edited.text());
    assert_eq!(sops.decrypted("a.json"), json!({"A": "one", "B": {"C": "zwei"}, "NEW": "neu"}));
    let first = edited.unset("A", now())?;
    sops.write("a.json", first.text());
    assert_eq!(sops.decrypted("a.json"), json!({"B": {"C": "zwei"}, "NEW": "neu"}));
    Ok(())
}

/// The same file as somebody's editor, or another YAML writer, lays it out.
fn layouts(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.yaml", "A: one\nB: two\nEMPTY: \"\"\nNONE:\n", &[]);
    let line = |name: &str| file.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let value = |name: &str| line(name).split_once(": ").unwrap().1.to_owned();
    let (a, b) = (value("A:"), value("B:"));
    let block =
        file.replace(&line("A:"), &format!("A: |-\n    {a}\n")).replace(&line("B:"), &format!("B: '{b}' # note"));
    let windows = file.replace('\n', "\r\n");
    for (name, text) in [("block", &block), ("windows", &windows)] {
        let opened = Opened::open(text, &sops.identities()).map_err(|error| format!("{name}: {error}"))?;
        let edited = opened.set("A", &secret("eins"), now())?.set("B", &secret("zwei"), now())?;
        let edited = edited.set("EMPTY", &secret("leer"), now())?.set("NONE", &secret("nichts"), now())?;
        sops.write("b.yaml", edited.text());
        assert_eq!(
            sops.decrypted("b.yaml"),
            json!({"A": "eins", "B": "zwei", "EMPTY": "leer", "NONE": "nichts"}),
            "{name}"
        );
        sops.write("b.yaml", edited.unset("A", now())?.unset("NONE", now())?.text());
        assert_eq!(sops.decrypted("b.yaml"), json!({"B": "zwei", "EMPTY": "leer"}), "{name}");
    }
    Ok(())
}

fn odd_values(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.yaml", "A: one\n", &[]);
    let opened = Opened::open(&file, &sops.identities())?;
    for value in
        ["yes", "0644", "1.0", " x ", "two\nlines\n", "\t", "\"'\\", "ENC[AES256_GCM,data:x]", "ünï😀", "#x", "~"]
    {
        sops.write("a.yaml", opened.set("A", &secret(value), now())?.text());
        assert_eq!(sops.decrypted("a.yaml"), json!({ "A": value }));
    }
    Ok(())
}

fn refused(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.yaml", PLAIN, &[]);
    let opened = Opened::open(&file, &sops.identities())?;
    let set = |name: &str, value: &str| opened.set(name, &secret(value), now()).unwrap_err();
    assert!(matches!(set("A", ""), EditError::EmptyValue));
    assert!(matches!(set("B", "x"), EditError::NotAValue(_)));
    assert!(matches!(set("sops", "x"), EditError::BadName(_)));
    assert!(matches!(set("B.F", "x"), EditError::BadName(_)));
    assert!(matches!(set("a: b", "x"), EditError::BadName(_)));
    assert!(matches!(set("x_unencrypted", "x"), EditError::WouldBePlain(_)));
    assert!(matches!(opened.unset("B", now()).unwrap_err(), EditError::NotAValue(_)));
    assert!(matches!(opened.unset("B.C", now()).unwrap_err(), EditError::Nested(_)));
    assert!(matches!(opened.unset("Z", now()).unwrap_err(), EditError::NoKey(_)));
    Ok(())
}

fn recipients(sops: &Sops) -> Outcome {
    let [one, two] = [0, 1].map(|key| sops.recipients[key].clone());
    sops.write("a.yaml", PLAIN);
    sops.run("sops", &["encrypt", "--in-place", "--age", &one, "a.yaml"]);
    let file = sops.read("a.yaml");
    let opened = Opened::open(&file, &sops.identities())?;
    let moved = opened.reencrypt(&[vec![two.clone()]], None)?;
    let before = file.split_once("\nsops:").unwrap().0;
    assert_eq!(moved.text().split_once("\nsops:").unwrap().0, before, "the values stay as they are");
    let after = |text: &str| text[text.find("    lastmodified").unwrap()..].to_owned();
    assert_eq!(after(moved.text()), after(&file), "and so does what is not about recipients");
    sops.write("a.yaml", moved.text());
    let all = sops.read("keys.txt");
    let second = all.lines().filter(|line| line.starts_with("AGE-")).nth(1).unwrap();
    sops.write("keys.txt", second);
    assert_eq!(sops.decrypted("a.yaml")["E"], "five");
    sops.write("keys.txt", &all.replace(second, ""));
    assert!(!sops.opens("a.yaml"));
    assert!(matches!(opened.reencrypt(&[vec![]], None).unwrap_err(), RecipientError::Nobody));
    let unknown = opened.reencrypt(&[vec!["age1x".into()]], None).unwrap_err();
    assert!(matches!(unknown, RecipientError::Unknown(_)));
    let json = {
        sops.write("keys.txt", &all);
        sops.encrypt("a.json", r#"{"A": "one"}"#, &[])
    };
    sops.write("a.json", Opened::open(&json, &sops.identities())?.reencrypt(&[vec![two]], None)?.text());
    assert_eq!(sops.decrypted("a.json"), json!({"A": "one"}));
    Ok(())
}

fn groups(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.yaml", PLAIN, &[]);
    let each: Vec<_> = sops.recipients.iter().map(|key| vec![key.clone()]).collect();
    let shared = Opened::open(&file, &sops.identities())?.reencrypt(&each, Some(2))?;
    sops.write("a.yaml", shared.text());
    let all = sops.read("keys.txt");
    let third = all.lines().filter(|line| line.starts_with("AGE-")).nth(2).unwrap();
    sops.write("keys.txt", &all.replace(third, ""));
    assert_eq!(sops.decrypted("a.yaml")["A"], "one");
    sops.write("keys.txt", third);
    assert!(!sops.opens("a.yaml"));
    sops.write("keys.txt", &all);
    sops.write("a.yaml", shared.reencrypt(&[each.concat()], None)?.text());
    sops.write("keys.txt", third);
    assert_eq!(sops.decrypted("a.yaml")["A"], "one");
    Ok(())
}

fn edited_by_sops(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.yaml", PLAIN, &[]);
    let mut opened = Opened::open(&file, &sops.identities())?;
    for round in 0..3 {
        let ours = opened.set("A", &secret(&format!("ours {round}")), now())?;
        sops.write("a.yaml", ours.text());
        sops.run("sops", &["set", "a.yaml", "[\"E\"]", &format!("\"theirs {round}\"")]);
        opened = Opened::open(&sops.read("a.yaml"), &sops.identities())?;
        assert_eq!(opened.get("A").unwrap().expose(), format!("ours {round}").as_bytes());
        assert_eq!(opened.get("E").unwrap().expose(), format!("theirs {round}").as_bytes());
    }
    Ok(())
}
