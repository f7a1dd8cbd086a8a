//! Names of documents.

use super::StoreError;

/// What is kept beside a document under its name.
const RESERVED: [&str; 3] = [BACKUP, LOCK, PARTS];
/// The older writing of a document.
pub(super) const BACKUP: &str = ".bak";
/// Who holds the lock of a name.
pub(super) const LOCK: &str = ".lock";
/// What was appended, one object each.
pub(super) const PARTS: &str = ".parts";

/// Refuses a name that could mean another place, or what is kept beside another document. `place` is what people know it as.
pub(super) fn check(name: &str, place: impl FnOnce() -> String) -> Result<(), StoreError> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    let why = if name.len() > 200 || !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        "the name of a document begins with a letter or digit and is at most 200 long"
    } else if !name.chars().all(is_plain) {
        "the name of a document is made of letters, digits, `.`, `_` and `-`"
    } else if RESERVED.iter().any(|end| name.ends_with(end)) {
        "names that end in `.bak`, `.lock` or `.parts` are kept for what belongs to documents"
    } else {
        return Ok(());
    };
    Err(StoreError::Failed { place: place(), why: why.to_owned() })
}

/// Where a lock is kept: the name with `.lock` at its end.
pub(super) fn lock(name: &str, place: impl FnOnce() -> String) -> Result<String, StoreError> {
    let stem = name.strip_suffix(LOCK).unwrap_or(name);
    check(stem, place).map(|()| format!("{stem}{LOCK}"))
}

#[cfg(test)]
mod tests {
    use super::{check, lock};

    #[test]
    fn a_lock_is_beside_the_documents() {
        for (name, kept) in [("core", "core.lock"), ("core.lock", "core.lock"), ("core.json", "core.json.lock")] {
            assert_eq!(lock(name, String::new).unwrap(), kept);
        }
        for bad in ["", ".lock", "../core.lock", "core.lock.lock"] {
            assert!(lock(bad, String::new).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_is_one_file_and_nothing_beside_another() {
        for good in ["cloudflare.json", "core_edge-2.journal", "a", "2"] {
            assert!(check(good, String::new).is_ok(), "{good}");
        }
        for bad in ["", ".", "..", ".hidden", "a/b", "../a", "a b", "a\0", "a\n", "ä", "a.bak", "a.lock", "a.parts"] {
            assert!(check(bad, String::new).is_err(), "{bad:?}");
        }
        assert!(check(&"a".repeat(201), String::new).is_err());
    }
}
