//! References to container images.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Data;

use super::walk::Walk;

/// Text that names no image.
pub(super) static BAD_IMAGE: Code = Code {
    id: "HLC0513",
    name: "bad-image",
    severity: Severity::Error,
    summary: "text that no container runtime reads as an image",
    explain: "An image is `[HOST[:PORT]/]NAME[:TAG][@DIGEST]`. The name is lower-case letters and digits, parted by `/`, `.`, `_` or \
              `-`; the host before it is told from a part of the name by a `.`, a port, or being `localhost`. The API server \
              takes nearly any text, and the pod then hangs in `InvalidImageName`.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" { spec { containers { - name=web image="nginx 1.29" } } }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" { spec { containers { - name=web image="nginx:1.29" } } }
}"#,
};

pub(super) fn find(walk: &mut Walk<'_>, image: Option<&Data>) {
    let Some((image, text)) = image.and_then(|image| Some((image, image.as_str()?))) else { return };
    let Some(fault) = fault(text) else { return };
    let message = format!("`{}` takes an image, and `{text}` is none", walk.path_of("image"));
    walk.report(
        Diagnostic::new(&BAD_IMAGE, image.span, message)
            .here(fault)
            .help("write `[HOST/]NAME:TAG`, such as `ghcr.io/example/web:1.2.3`"),
    );
}

/// What is wrong with a reference (the grammar of github.com/distribution/reference, `reference.go`).
fn fault(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.contains(char::is_whitespace) {
        return Some("an image has no spaces");
    }
    let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Some("behind the `@` stands a digest such as `sha256:…` with all of its 64 digits");
    }
    if rest.contains("://") {
        return Some("an image has no `https://`");
    }
    // A colon before the last slash parts the host from its port.
    let last = rest.rfind('/').map_or(0, |slash| slash + 1);
    let (path, tag) = match rest.get(last..).and_then(|name| name.find(':')) {
        Some(colon) => (rest.get(..last + colon).unwrap_or(rest), rest.get(last + colon + 1..)),
        None => (rest, None),
    };
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Some("a tag is letters, digits, `_`, `.` and `-`, at most 128");
    }
    let (host, path) = match path.split_once('/') {
        Some((first, path)) if is_host(first) => (Some(first), path),
        _ => (None, path),
    };
    if host.is_some_and(|host| !is_host_and_port(host)) {
        return Some("this is no host");
    }
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Some("a name has no capital letters");
    }
    if !path.split('/').all(is_part) {
        return Some("a name is lower-case letters and digits, parted by `/`, `.`, `_` or `-`");
    }
    None
}

fn is_digest(text: &str) -> bool {
    let Some((algorithm, digits)) = text.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => 64..=64,
        "sha384" => 96..=96,
        "sha512" => 128..=128,
        _ => 32..=256,
    };
    !algorithm.is_empty()
        && algorithm.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-' | b'_'))
        && length.contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
}

fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=128).contains(&text.len())
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'))
}

/// True when the first part of a path is a host (`splitDockerDomain`).
fn is_host(text: &str) -> bool {
    text.contains(['.', ':']) || text == "localhost" || text.bytes().any(|b| b.is_ascii_uppercase())
}

fn is_host_and_port(text: &str) -> bool {
    if text.starts_with('[') {
        return true; // an IPv6 address
    }
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        let ends = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
        ends(label.bytes().next())
            && ends(label.bytes().last())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.split('.').all(label) && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

/// Letters and digits, parted by one `.`, one or two `_`, or any number of `-`.
fn is_part(text: &str) -> bool {
    let mut gap = String::new();
    let mut parts = 0;
    for c in text.chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            let sound = matches!(gap.as_str(), "." | "_" | "__") || gap.chars().all(|c| c == '-');
            if !sound || (parts == 0 && !gap.is_empty()) {
                return false;
            }
            gap.clear();
            parts += 1;
        } else {
            gap.push(c);
        }
    }
    parts > 0 && gap.is_empty()
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn images() {
        let digest = "sha256:64d8c73dca984af206adf9d6d7e46aa550362b1d7a01f3a0a91b20cc67868660";
        for text in [
            "busybox",
            "nginx:1.29",
            "ghcr.io/a/b-c__d.e:v1.0_x",
            "localhost:5000/a",
            "localhost/a",
            "k8s.gcr.io/x/y",
            "REGISTRY/a",
            "a/b/c/d",
            "registry-1.docker.io/bitnamilegacy/postgresql:latest",
            "192.168.1.5:5000/web",
            "[fd00::1]:5000/web:1",
            &format!("a/b@{digest}"),
            &format!("a/b:v1@{digest}"),
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
        for text in [
            "",
            "a b",
            "https://ghcr.io/a",
            "Nginx",
            "ghcr.io/A/b",
            "a:",
            "a:-x",
            "a:b:c",
            "a//b",
            "/a",
            "a/",
            "a..b",
            "a___b",
            "-a",
            "a-",
            "a@sha256:12",
            "a@",
            "host:port/a",
            "-h.x/a",
            "${IMAGE}",
        ] {
            assert!(fault(text).is_some(), "{text}");
        }
    }
}
