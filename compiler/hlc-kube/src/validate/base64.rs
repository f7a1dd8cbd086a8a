//! Base64 in `data` of Secrets and `binaryData` of ConfigMaps.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Data;

use super::walk::Walk;

/// Text that is not base64.
pub(super) static BAD_BASE64: Code = Code {
    id: "HLC0508",
    name: "bad-base64",
    severity: Severity::Error,
    summary: "text that must be base64 is not",
    explain: "`data` of a Secret holds base64, `stringData` the text itself; the API server turns the second into the \
              first. Secrets that must not lie in Git in plain text belong in `secret` or `bootstrap-secret` blocks.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Secret "web" { data username="admin" }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Secret "web" { stringData username="admin" }
}"#,
};

pub(super) fn bad(walk: &Walk<'_>, data: &Data) -> Option<Diagnostic> {
    let text = data.as_str()?;
    if is_base64(text) {
        return None;
    }
    let finding = Diagnostic::new(&BAD_BASE64, data.span, format!("`{}` takes base64, and this is not", walk.path()));
    // The text may be a secret: it is not repeated.
    Some(match walk.kind() {
        "Secret" => finding.here("not base64").help("write plain text in `stringData` instead of `data`"),
        "ConfigMap" => finding.here("not base64").help("write text in `data` instead of `binaryData`"),
        _ => finding.here("not base64").help("`base64 -w0 FILE` makes it"),
    })
}

/// Standard alphabet with padding, RFC 4648 section 4; line breaks are skipped, as Go's decoder does.
fn is_base64(text: &str) -> bool {
    let mut letters = 0usize;
    let mut padding = 0usize;
    for byte in text.bytes() {
        match byte {
            b'\n' | b'\r' => {}
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => letters += 1,
            _ => return false,
        }
    }
    padding <= 2 && letters % 4 != 1 && (letters + padding).is_multiple_of(4)
}

#[cfg(test)]
mod tests {
    use super::is_base64;

    #[test]
    fn base64() {
        for text in ["", "YQ==", "YWI=", "YWJj", "YWJj\nYWJj", "+/+/"] {
            assert!(is_base64(text), "{text}");
        }
        for text in ["admin", "YQ", "YQ=", "YQ===", "Y===", "=", "YQ==YQ==", "-_-_", "pass word", "YWJjY==="] {
            assert!(!is_base64(text), "{text}");
        }
    }
}
