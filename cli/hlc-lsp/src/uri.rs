//! File URIs and paths.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The path of a `file:` URI; `None` for other schemes and other hosts.
pub(crate) fn to_path(uri: &str) -> Option<PathBuf> {
    let rest = uri.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("file:")).and_then(|_| uri.get(5..))?;
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            rest.find('/').map(|slash| rest.split_at(slash)).filter(|(host, _)| matches!(*host, "" | "localhost"))?.1
        }
        None => rest,
    };
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let bytes = decode(path)?;
    let path = from_bytes(&bytes)?;
    path.is_absolute().then_some(path)
}

#[cfg(unix)]
fn from_bytes(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(PathBuf::from(OsStr::from_bytes(bytes)))
}

/// `/c:/folder` is `c:/folder` where drives have letters.
#[cfg(not(unix))]
fn from_bytes(bytes: &[u8]) -> Option<PathBuf> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(PathBuf::from(text.strip_prefix('/').filter(|rest| rest.get(1..2) == Some(":")).unwrap_or(text)))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}

/// The `file:` URI of an absolute path.
pub(crate) fn from_path(path: &Path) -> String {
    let mut uri = String::from("file://");
    let bytes = path.as_os_str().as_encoded_bytes();
    if bytes.first() != Some(&b'/') {
        uri.push('/');
    }
    for &byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                // A `String` takes everything.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for path in ["/", "/home/a b/ü/%25 #?.kdl", "/a:b@c+d"] {
            assert_eq!(to_path(&from_path(Path::new(path))).as_deref(), Some(Path::new(path)));
        }
        assert_eq!(from_path(Path::new("/a b/ü")), "file:///a%20b/%C3%BC");
    }

    #[test]
    fn other_spellings() {
        for uri in
            ["file:///a/b", "file:/a/b", "FILE:///a/b", "file://localhost/a/b", "file:///a/%62", "file:///a/b?x#y"]
        {
            assert_eq!(to_path(uri).as_deref(), Some(Path::new("/a/b")), "{uri}");
        }
        for uri in [
            "",
            "untitled:1",
            "http://a/b",
            "file://server/share",
            "file:relative",
            "file:///%4",
            "file:///%zz",
            "file://ü",
        ] {
            assert_eq!(to_path(uri), None, "{uri}");
        }
    }
}
