//! Looking for secrets where none may be.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A secret in every spelling in which it could get somewhere.
#[must_use]
pub fn spellings(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let json = serde_json::Value::String(secret.to_owned()).to_string();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut spellings = vec![
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        hex.to_uppercase(),
        hex,
        hlc_change::percent(bytes),
        STANDARD.encode(bytes),
        format!("{secret:?}").trim_matches('"').to_owned(),
    ];
    // In base64 a text looks in one of three ways, by where in a longer one it begins.
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        for (before, skip) in [("", 0), ("x", 2), ("xx", 3)] {
            let encoded = engine.encode([before.as_bytes(), bytes].concat());
            let inner = encoded.get(skip..encoded.len().saturating_sub(2)).unwrap_or_default();
            spellings.push(inner.to_owned());
        }
    }
    spellings.retain(|spelling| spelling.len() >= 4);
    spellings.sort();
    spellings.dedup();
    spellings
}

/// The secrets that are in some bytes, in whatever spelling.
#[must_use]
pub fn find_secrets<'s>(bytes: &[u8], secrets: &'s [String]) -> Vec<&'s String> {
    let text = String::from_utf8_lossy(bytes);
    secrets.iter().filter(|secret| spellings(secret).iter().any(|spelling| text.contains(spelling))).collect()
}
