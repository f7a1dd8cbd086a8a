//! Names of things that look random and are not.

use sha2::{Digest as _, Sha256};

/// 32 hexadecimal digits that belong to a seed, a sort of thing and a number.
pub(crate) fn hex32(seed: &str, sort: &str, number: u64) -> String {
    let digest = Sha256::digest(format!("{seed}\n{sort}\n{number}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether something looks like one.
pub(crate) fn is_hex32(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
