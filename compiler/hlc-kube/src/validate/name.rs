//! Names of objects, containers, volumes and ports.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Data;

use super::show;
use super::walk::Walk;
use crate::KindInfo;

/// A name with letters that Kubernetes does not take.
pub(super) static BAD_NAME: Code = Code {
    id: "HLC0510",
    name: "bad-object-name",
    severity: Severity::Error,
    summary: "a name has characters that Kubernetes does not take",
    explain: "Names become parts of DNS names, so they are lower-case letters, digits and `-`, beginning and ending with a \
              letter or digit. An object's name may also hold dots and have 253 characters; containers, volumes and the \
              ports of a Service have 63, the ports of a container 15 and at least one letter.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec {
            ports { - name=web_ui port=80 }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec {
            ports { - name=web-ui port=80 }
        }
    }
}"#,
};

/// Groups whose objects may have any name that fits a URL's path, such as `system:node`.
const FREE_NAMES: &[&str] = &["rbac.authorization.k8s.io"];

/// A part of a DNS name: RFC 1123 label, or with `longest` 15 RFC 6335 service name.
pub(super) fn label(walk: &Walk<'_>, longest: usize, data: &Data) -> Option<Diagnostic> {
    let text = data.as_str()?;
    let lettered = longest > 15 || text.bytes().any(|b| b.is_ascii_lowercase());
    if is_label(text) && text.len() <= longest && lettered {
        return None;
    }
    let what = format!("`{}`", walk.path());
    Some(bad(&what, data, text, longest, false))
}

/// The name of an object: for most kinds an RFC 1123 subdomain.
pub(super) fn object_name(info: &KindInfo, data: &Data) -> Option<Diagnostic> {
    let text = data.as_str()?;
    let fits = if FREE_NAMES.contains(&info.group()) {
        !text.is_empty() && !matches!(text, "." | "..") && !text.contains(['/', '%'])
    } else {
        text.len() <= 253 && text.split('.').all(is_label)
    };
    if fits {
        return None;
    }
    Some(bad(&format!("the name of a {}", info.kind), data, text, 253, true))
}

fn bad(what: &str, data: &Data, text: &str, longest: usize, dots: bool) -> Diagnostic {
    let finding = if text.len() > longest {
        let message = format!("{what} is {} characters long; {longest} is the most", text.len());
        return Diagnostic::new(&BAD_NAME, data.span, message).here("too long");
    } else {
        Diagnostic::new(&BAD_NAME, data.span, format!("{what} cannot be `{text}`")).here("not a DNS name")
    };
    let finding = finding.help(if longest > 15 {
        "lower-case letters, digits and `-`, a letter or digit at both ends"
    } else {
        "lower-case letters, digits and `-`, at least one letter, a letter or digit at both ends"
    });
    let better = mended(text, dots);
    if better.is_empty() || better == text {
        return finding;
    }
    let written = show::kdl_text(&better);
    finding.suggest(format!("write `{written}`"), data.span, written)
}

fn is_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    text.bytes().all(|b| inner(b) || b == b'-')
        && text.bytes().next().is_some_and(inner)
        && text.bytes().next_back().is_some_and(inner)
        && text.len() <= 253
}

fn mended(text: &str, dots: bool) -> String {
    let text: String = text
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || (dots && c == '.') { c } else { '-' })
        .collect();
    text.trim_matches(['-', '.']).to_owned()
}
