//! Names of objects, namespaces, containers, volumes and ports.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Data;

use super::show;
use super::walk::Walk;

/// A name with letters that Kubernetes does not take.
pub(super) static BAD_NAME: Code = Code {
    id: "HLC0510",
    name: "bad-object-name",
    severity: Severity::Error,
    summary: "a name has characters that Kubernetes does not take",
    explain: "Names become parts of DNS names, so they are lower-case letters, digits and `-`, beginning and ending with a \
              letter or digit. An object's name may also hold dots and have 253 characters; namespaces, StatefulSets, \
              containers, volumes and the ports of a Service have 63 and no dots, a Service the same and a letter first, \
              the ports of a container 15 and at least one letter.",
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

/// What a name must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// RFC 1123 subdomain, at most so many characters.
    Subdomain(usize),
    /// RFC 1123 label.
    Label,
    /// RFC 1035 label: the same, a letter first.
    Letter,
    /// RFC 6335 service name.
    Port,
    /// A segment of a URL's path, such as `system:node`.
    Segment,
}

/// Kinds whose names are not [`Form::Subdomain`] of 253, with their groups. Source: the API server's validation
/// (`Validate…Name` in pkg/apis/*/validation) and, for CronJob, ValidateCronJobCreate.
const FORMS: &[(&str, &str, Form)] = &[
    ("", "Namespace", Form::Label),
    ("", "Service", Form::Letter),
    ("apiregistration.k8s.io", "APIService", Form::Segment),
    // Since 1.27: a pod's hostname is made of it.
    ("apps", "StatefulSet", Form::Label),
    // The names of its Jobs have 11 characters more, and their pods carry these as labels.
    ("batch", "CronJob", Form::Subdomain(52)),
    ("certificates.k8s.io", "CertificateSigningRequest", Form::Segment),
    ("certificates.k8s.io", "ClusterTrustBundle", Form::Segment),
    ("networking.k8s.io", "IPAddress", Form::Segment),
    ("rbac.authorization.k8s.io", "ClusterRole", Form::Segment),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", Form::Segment),
    ("rbac.authorization.k8s.io", "Role", Form::Segment),
    ("rbac.authorization.k8s.io", "RoleBinding", Form::Segment),
    ("storage.k8s.io", "CSIDriver", Form::Subdomain(63)),
];

impl Form {
    fn of(group: &str, kind: &str) -> Self {
        let row = FORMS.iter().find(|row| row.0 == group && row.1 == kind);
        row.map_or(Self::Subdomain(253), |row| row.2)
    }

    fn longest(self) -> usize {
        match self {
            Self::Subdomain(longest) => longest,
            Self::Label | Self::Letter => 63,
            Self::Port => 15,
            Self::Segment => usize::MAX,
        }
    }

    fn fits(self, text: &str) -> bool {
        let letter = |b: u8| b.is_ascii_lowercase();
        text.len() <= self.longest()
            && match self {
                Self::Subdomain(_) => text.split('.').all(is_label),
                Self::Label => is_label(text),
                Self::Letter => is_label(text) && text.bytes().next().is_some_and(letter),
                Self::Port => is_label(text) && text.bytes().any(letter) && !text.contains("--"),
                Self::Segment => !text.is_empty() && !matches!(text, "." | "..") && !text.contains(['/', '%']),
            }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Subdomain(_) => "lower-case letters, digits, `-` and `.`, a letter or digit at both ends",
            Self::Label => "lower-case letters, digits and `-`, a letter or digit at both ends",
            Self::Letter => "lower-case letters, digits and `-`, a letter first and a letter or digit last",
            Self::Port => {
                "lower-case letters, digits and `-` (never two together), at least one letter, a letter or digit at both ends"
            }
            Self::Segment => "anything without `/` and `%`",
        }
    }

    /// The name that was likely meant.
    fn mended(self, text: &str) -> Option<String> {
        if self == Self::Segment {
            let better = text.replace(['/', '%'], "-");
            return self.fits(&better).then_some(better);
        }
        let dots = matches!(self, Self::Subdomain(_));
        let text: String = text
            .to_lowercase()
            .chars()
            .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || (dots && c == '.') { c } else { '-' })
            .collect();
        let better = text.trim_matches(['-', '.']);
        self.fits(better).then(|| better.to_owned())
    }
}

/// A part of a DNS name: RFC 1123 label, or with `longest` 15 RFC 6335 service name.
pub(super) fn label(walk: &Walk<'_>, longest: usize, data: &Data) -> Option<Diagnostic> {
    let form = if longest > 15 { Form::Label } else { Form::Port };
    bad(|| format!("`{}`", walk.path()), form, data)
}

/// The name of an object: for most kinds an RFC 1123 subdomain.
pub(super) fn object_name(group: &str, kind: &str, data: &Data) -> Option<Diagnostic> {
    bad(|| format!("the name of {}", show::a(kind)), Form::of(group, kind), data)
}

fn bad(what: impl FnOnce() -> String, form: Form, data: &Data) -> Option<Diagnostic> {
    let text = data.as_str()?;
    if form.fits(text) {
        return None;
    }
    let what = what();
    let (message, here) = if text.is_empty() {
        (format!("{what} is empty"), "a name belongs here")
    } else if text.len() > form.longest() {
        let longest = form.longest();
        (format!("{what} is {} characters long; {longest} is the most", text.len()), "too long")
    } else {
        let here = if form == Form::Segment { "not a part of a path" } else { "not a DNS name" };
        (format!("{what} cannot be `{}`", show::shortened(text)), here)
    };
    let finding = Diagnostic::new(&BAD_NAME, data.span, message).here(here).help(form.help());
    Some(match form.mended(text) {
        Some(better) => show::suggest(finding, data.span, text, &show::kdl_text(&better)),
        None => finding,
    })
}

/// RFC 1123 label of any length.
fn is_label(text: &str) -> bool {
    let end = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    text.bytes().all(|b| end(b) || b == b'-')
        && text.bytes().next().is_some_and(end)
        && text.bytes().next_back().is_some_and(end)
}

/// True for a DNS name such as `example.net`, an RFC 1123 subdomain.
pub(super) fn is_subdomain(text: &str) -> bool {
    Form::Subdomain(253).fits(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let long = "a".repeat(64);
        for (form, good, bad) in [
            (
                Form::of("example.net", "Service"),
                vec!["a.b", "1", "a-1.b", &long],
                vec!["", "A", "a..b", "a_b", "-a", "a."],
            ),
            (Form::of("", "Namespace"), vec!["a", "1a", "a--b"], vec!["", "a.b", "UPPER x", &long]),
            (Form::of("", "Service"), vec!["a", "a1"], vec!["", "1a", "a.b", "a-"]),
            (Form::of("batch", "CronJob"), vec!["a.b"], vec![&long]),
            (Form::of("rbac.authorization.k8s.io", "Role"), vec!["system:a", "A b"], vec!["", "..", "a/b", "a%"]),
            (Form::Port, vec!["http", "1a"], vec!["", "80", "a--b", "aaaaaaaaaaaaaaaa"]),
        ] {
            for text in good {
                assert!(form.fits(text), "{form:?} {text}");
            }
            for text in bad {
                assert!(!form.fits(text), "{form:?} {text}");
            }
        }
    }

    #[test]
    fn forms_are_of_kinds_there_are() {
        for (group, kind, _) in FORMS {
            assert!(crate::kinds().any(|info| info.group() == *group && info.kind == *kind), "{group} {kind}");
        }
    }
}
