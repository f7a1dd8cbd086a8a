//! Looks for the token in whatever was written or said, in any spelling.

use std::fs;
use std::path::Path;

use crate::stage::token;

fn spellings() -> Vec<Vec<u8>> {
    let token = token();
    let hex: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
    let url: String = token
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let json = serde_json::to_string(token).unwrap();
    let mut found = vec![token.to_owned(), hex.clone(), hex.to_uppercase(), url, json.trim_matches('"').to_owned()];
    // Base64 of the token at each of the three places that it can begin at in a longer text; the ends depend on what is around it.
    for lead in ["", "x", "xx"] {
        let coded = base64(format!("{lead}{token}").as_bytes());
        let skip = if lead.is_empty() { 0 } else { 4 };
        let middle: String = coded.chars().skip(skip).collect();
        let whole = middle.len() / 4 * 4 - 4;
        found.push(middle.get(..whole).unwrap_or_default().to_owned());
    }
    found.into_iter().map(String::into_bytes).collect()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

pub(crate) fn assert_absent(bytes: &[u8], what: &str) {
    for spelling in spellings() {
        let is_there = bytes.windows(spelling.len()).any(|window| window == spelling);
        assert!(!is_there, "{what} holds the token, spelled {}", String::from_utf8_lossy(&spelling));
    }
}

pub(crate) fn assert_absent_below(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_absent_below(&path);
        } else {
            assert_absent(&fs::read(&path).unwrap(), &path.display().to_string());
        }
    }
}

#[test]
fn canaries_are_found() {
    let token = token();
    for text in [token.to_owned(), base64(format!("user:{token}").as_bytes()), base64(format!("to{token}").as_bytes())]
    {
        assert!(std::panic::catch_unwind(|| assert_absent(text.as_bytes(), "a test")).is_err(), "{text}");
    }
    assert_absent(b"nothing of that", "a test");
}
