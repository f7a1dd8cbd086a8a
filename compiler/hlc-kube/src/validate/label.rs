//! Labels, what selects by them, and keys of annotations.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Data;

use super::walk::Walk;
use super::{name, show};
use crate::schema::Keys;

/// A key or value of a label, or a key of an annotation, that Kubernetes does not take.
pub(super) static BAD_LABEL: Code = Code {
    id: "HLC0511",
    name: "bad-label",
    severity: Severity::Error,
    summary: "a label, or a key of an annotation, has characters that Kubernetes does not take",
    explain: "Labels are for selecting by, so they are short and plain: the value has at most 63 letters, digits, `-`, `_` \
              and `.`, with a letter or digit at both ends, or is empty. A key is such a name, never empty, and may have a \
              DNS name and `/` before it: `app`, `app.kubernetes.io/name`. The keys of annotations and the names of \
              finalizers follow the same rule; the value of an annotation is any text, so what is not for selecting by \
              (a sentence, an address, a list) belongs there.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        metadata { labels "example.net/note"="the web page" }
        spec {
            ports { - name=http port=80 }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        metadata { annotations "example.net/note"="the web page" }
        spec {
            ports { - name=http port=80 }
        }
    }
}"#,
};

/// Characters in the value of a label, or in a key behind its prefix.
const LONGEST: usize = 63;

/// A key of labels or annotations.
pub(super) fn bad_key(walk: &Walk<'_>, keys: Keys, key: &str, place: Span) -> Option<Diagnostic> {
    // ValidateAnnotations looks at the key in lower case.
    let lower = keys == Keys::Annotation;
    if is_qualified(key, lower) {
        return None;
    }
    let here = if lower { "not the key of an annotation" } else { "not the key of a label" };
    let message = match key {
        "" => format!("a key of `{}` is empty", walk.path()),
        _ => format!("`{}` cannot have the key `{}`", walk.path(), show::shortened(key)),
    };
    Some(qualified(Diagnostic::new(&BAD_LABEL, place, message).here(here), key, place, lower))
}

/// The key of a label, or the name of a finalizer, where it is a value.
pub(super) fn bad_name(walk: &Walk<'_>, data: &Data) -> Option<Diagnostic> {
    let text = data.as_str()?;
    if is_qualified(text, false) {
        return None;
    }
    let message = match text {
        "" => format!("`{}` is empty", walk.path()),
        _ => format!("`{}` cannot be `{}`", walk.path(), show::shortened(text)),
    };
    Some(qualified(
        Diagnostic::new(&BAD_LABEL, data.span, message).here("not a qualified name"),
        text,
        data.span,
        false,
    ))
}

/// The value of a label.
pub(super) fn bad_value(walk: &Walk<'_>, data: &Data) -> Option<Diagnostic> {
    let text = data.as_str()?;
    if text.is_empty() || is_name(text) {
        return None;
    }
    let finding = if text.len() > LONGEST {
        let message = format!("`{}` is {} characters long; {LONGEST} is the most", walk.path(), text.len());
        Diagnostic::new(&BAD_LABEL, data.span, message).here("too long for a label")
    } else {
        let message = format!("`{}` cannot be `{}`", walk.path(), show::shortened(text));
        Diagnostic::new(&BAD_LABEL, data.span, message).here("not the value of a label")
    };
    let finding = finding.help("letters, digits, `-`, `_` and `.`, a letter or digit at both ends");
    let better = mended(text);
    Some(if is_name(&better) { show::suggest(finding, data.span, text, &show::kdl_text(&better)) } else { finding })
}

/// How a qualified name is written.
fn qualified(finding: Diagnostic, text: &str, place: Span, lower: bool) -> Diagnostic {
    let (prefix, last) = text.rsplit_once('/').map_or((None, text), |(prefix, last)| (Some(prefix), last));
    let finding = if prefix.is_some_and(|prefix| prefix.contains('/')) {
        finding.help("only one `/`, behind a DNS name: `example.net/name`")
    } else if prefix.is_some_and(|prefix| !is_prefix(prefix, lower)) {
        finding.help("before the `/` stands a DNS name: `example.net/name`")
    } else if last.len() > LONGEST {
        finding.help(format!("at most {LONGEST} characters, without the part before the `/`; here are {}", last.len()))
    } else {
        finding.help("letters, digits, `-`, `_` and `.`, a letter or digit at both ends; before it may stand a DNS name: `example.net/name`")
    };
    let better = match prefix {
        Some(prefix) => format!("{}/{}", prefix.to_lowercase(), mended(last)),
        None => mended(last),
    };
    if is_qualified(&better, lower) { show::suggest(finding, place, text, &show::kdl_text(&better)) } else { finding }
}

/// apimachinery's IsQualifiedName.
fn is_qualified(text: &str, lower: bool) -> bool {
    match text.split_once('/') {
        Some((prefix, last)) => is_prefix(prefix, lower) && is_name(last),
        None => is_name(text),
    }
}

fn is_prefix(prefix: &str, lower: bool) -> bool {
    if lower { name::is_subdomain(&prefix.to_lowercase()) } else { name::is_subdomain(prefix) }
}

fn is_name(text: &str) -> bool {
    let end = |b: u8| b.is_ascii_alphanumeric();
    text.len() <= LONGEST
        && text.bytes().all(|b| end(b) || matches!(b, b'-' | b'_' | b'.'))
        && text.bytes().next().is_some_and(end)
        && text.bytes().next_back().is_some_and(end)
}

fn mended(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let text: String = text.chars().map(plain).collect();
    text.trim_matches(['-', '_', '.']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualified_names() {
        let (longest, longer) = ("a".repeat(63), format!("example.net/{}", "a".repeat(64)));
        for text in ["a", "A_b.c-1", "example.net/A", "1", longest.as_str()] {
            assert!(is_qualified(text, false), "{text}");
        }
        for text in ["", "/a", "a/", "a/b/c", "a b", "-a", "a.", "Example.net/a", "a_b/c", "ä", longer.as_str()] {
            assert!(!is_qualified(text, false), "{text}");
        }
        assert!(is_qualified("Example.net/a", true));
        assert!(!is_qualified("Exam_ple.net/a", true));
    }
}
