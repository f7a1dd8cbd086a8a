//! Keys of ConfigMaps and Secrets.

use hlc_diag::{Code, Diagnostic, Severity, Span};

use super::show;
use super::walk::Walk;

/// A key of a ConfigMap or Secret that cannot be a file's name.
pub(super) static BAD_FILE_KEY: Code = Code {
    id: "HLC0512",
    name: "bad-data-key",
    severity: Severity::Error,
    summary: "a key of a ConfigMap or Secret has characters that Kubernetes does not take",
    explain: "A pod that mounts a ConfigMap or Secret sees a file per key, so a key is a file's name: letters, digits, `-`, \
              `_` and `.`, at most 253 of them, and not with `..` first. There are no folders: where a file must lie in \
              one, the volume's `items` give the key a `path`.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    ConfigMap "web" { data "conf.d/site.conf"="listen 80" }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    ConfigMap "web" { data "site.conf"="listen 80" }
}"#,
};

const LONGEST: usize = 253;

pub(super) fn bad(walk: &Walk<'_>, key: &str, place: Span) -> Option<Diagnostic> {
    if is_key(key) {
        return None;
    }
    if key.len() > LONGEST {
        let message = format!("a key of `{}` is {} characters long; {LONGEST} is the most", walk.path(), key.len());
        return Some(Diagnostic::new(&BAD_FILE_KEY, place, message).here("too long"));
    }
    if key.is_empty() {
        let message = format!("a key of `{}` is empty", walk.path());
        return Some(Diagnostic::new(&BAD_FILE_KEY, place, message).here("the name of a file belongs here"));
    }
    let message = format!("`{}` cannot have the key `{}`", walk.path(), show::shortened(key));
    let finding = Diagnostic::new(&BAD_FILE_KEY, place, message).here("not the name of a file");
    let finding = if key.contains('/') {
        finding.help("a key holds no folder: name the file alone, and give it a `path` in the `items` of the volume")
    } else {
        finding.help("letters, digits, `-`, `_` and `.`; not `.`, and not `..` first")
    };
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let better: String = key.rsplit('/').next().unwrap_or(key).chars().map(plain).collect();
    Some(if is_key(&better) { show::suggest(finding, place, key, &show::kdl_text(&better)) } else { finding })
}

/// apimachinery's IsConfigMapKey.
fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && text != "."
        && !text.starts_with("..")
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn keys() {
        for text in ["a", ".env", "A_B-c.d", "-", "a..b"] {
            assert!(is_key(text), "{text}");
        }
        for text in ["", ".", "..", "..a", "a b", "a/b", "ä"] {
            assert!(!is_key(text), "{text}");
        }
        assert!(!is_key(&"a".repeat(254)));
    }
}
