//! Files that were changed without the key are refused, by hlc as by sops.

use hlc_secrets::{OpenError, Opened};
use hlc_sops::EncryptedValue;
use libtest_mimic::Trial;

use crate::Outcome;
use crate::tools::{Sops, with_sops};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        with_sops("tampered::lines", 1, lines),
        with_sops("tampered::every_part_of_a_value", 1, parts),
        with_sops("tampered::any_character", 1, characters),
    ]
}

const PLAIN: &str = "A: one\nB: two\nC_unencrypted: three\nL:\n    - four\n    - five\nN: 6\n";

fn refuses(sops: &Sops, what: &str, text: &str) -> OpenError {
    sops.write("changed.yaml", text);
    assert!(!sops.opens("changed.yaml"), "sops takes a file with {what}");
    match Opened::open(text, &sops.identities()) {
        Ok(_) => panic!("a file with {what} is taken"),
        Err(error) => error,
    }
}

fn lines(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.yaml", PLAIN, &[]);
    let line = |start: &str| file.lines().find(|line| line.trim_start().starts_with(start)).unwrap().to_owned();
    let value = |start: &str| line(start).split_once(": ").unwrap().1.to_owned();
    let (a, b) = (value("A:"), value("B:"));
    let swapped = file.replace(&a, "@").replace(&b, &a).replace('@', &b);
    assert!(matches!(refuses(sops, "two values swapped", &swapped), OpenError::BadValue(name) if name == "A"));
    let removed = file.replace(&format!("{}\n", line("B:")), "");
    assert!(matches!(refuses(sops, "a key removed", &removed), OpenError::MacMismatch));
    let added = file.replace("C_unencrypted", "D_unencrypted: new\nC_unencrypted");
    assert!(matches!(refuses(sops, "a key added", &added), OpenError::MacMismatch));
    let renamed = file.replace("A: ", "Z: ");
    assert!(matches!(refuses(sops, "a key renamed", &renamed), OpenError::BadValue(_)));
    let plain = file.replace(&a, "one");
    assert!(matches!(refuses(sops, "a value written out", &plain), OpenError::PlainValue(_)));
    let clear = file.replace("C_unencrypted: three", "C_unencrypted: drei");
    assert!(matches!(refuses(sops, "a plain value changed", &clear), OpenError::MacMismatch));
    // Items of a list share their place: only the order in the checksum tells them apart.
    let items: Vec<&str> = file.lines().filter(|line| line.starts_with("    - ENC")).collect();
    let turned = file.replace(items[0], "@").replace(items[1], items[0]).replace('@', items[1]);
    assert!(matches!(refuses(sops, "two items swapped", &turned), OpenError::MacMismatch));
    let time = file.replace(&line("lastmodified"), "    lastmodified: \"2020-01-01T00:00:00Z\"");
    assert!(matches!(refuses(sops, "another time", &time), OpenError::MacMismatch));
    let number = file.replace(",type:int]", ",type:str]");
    assert_ne!(number, file);
    // The bytes are the same, and so is the checksum; sops takes it as well.
    assert_eq!(Opened::open(&number, &sops.identities())?.get("N").unwrap().expose(), b"6");
    let none = file.replace(&format!("{}\n", line("mac")), "");
    assert!(matches!(refuses(sops, "no checksum", &none), OpenError::NoMac));
    let old = sops.encrypt("b.yaml", PLAIN, &[]);
    let foreign = file.replace(&a, old.lines().next().unwrap().split_once(": ").unwrap().1);
    assert!(matches!(refuses(sops, "a value of another file", &foreign), OpenError::BadValue(_)));
    Ok(())
}

fn parts(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.yaml", "A: one\n", &[]);
    let a = file.lines().next().unwrap().split_once(": ").unwrap().1.to_owned();
    let value = EncryptedValue::parse(&a).unwrap();
    for part in 0..3 {
        let length = [&value.data, &value.iv, &value.tag][part].len();
        for bit in 0..length * 8 {
            let mut changed = value.clone();
            [&mut changed.data, &mut changed.iv, &mut changed.tag][part][bit / 8] ^= 1 << (bit % 8);
            let text = file.replace(&a, &changed.to_text());
            let refused = Opened::open(&text, &sops.identities()).unwrap_err();
            assert!(matches!(refused, OpenError::BadValue(_)), "part {part}, bit {bit}");
        }
    }
    Ok(())
}

/// One character changed anywhere: the file is refused, or every value is what it was.
fn characters(sops: &Sops) -> Outcome {
    let file = sops.encrypt("a.yaml", "A: one\nL:\n    - four\n", &[]);
    let identities = sops.identities();
    let before = crate::written::shown(&Opened::open(&file, &identities)?);
    for (at, byte) in file.bytes().enumerate() {
        let other = if byte.is_ascii_alphanumeric() { byte ^ 1 } else { b'x' };
        let mut changed = file.clone().into_bytes();
        changed[at] = other;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        if let Ok(opened) = Opened::open(&changed, &identities) {
            assert_eq!(crate::written::shown(&opened), before, "byte {at}");
        }
    }
    Ok(())
}
