//! Redirects fit the application alone.

use hlc_diag::{Code, Diagnostic, Severity};

use super::identity_example;
use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&REDIRECT_PATTERN], run };

/// A redirect that fits more than it should.
pub(crate) static REDIRECT_PATTERN: Code = Code {
    id: "HLC0913",
    name: "redirect-pattern",
    severity: Severity::Error,
    summary: "a redirect that fits more addresses than it should",
    explain: "Whoever can choose where a login is sent to gets the code of it (RFC 9700, section 2.1). `redirects` are \
              compared as they stand, so a `*` in one fits nothing. In `redirect-patterns`, regular expressions, a dot \
              fits every character and `.*` every host: a dot of a host is written as `\\.`.",
    bad: identity_example!(
        "oidc \"wiki\" client-id=\"wiki\" client-secret=(secret)S { redirects \"https://wiki.example.org/*\"; }"
    ),
    good: identity_example!(
        "oidc \"wiki\" client-id=\"wiki\" client-secret=(secret)S { redirects \"https://wiki.example.org/callback\"; }"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (scope, oidc) in facts.model.oidc() {
        for redirect in oidc.redirects(facts.resolver, scope) {
            if redirect.value.contains('*') {
                found.push(
                    Diagnostic::new(
                        &REDIRECT_PATTERN,
                        redirect.span,
                        "a redirect is compared as it stands, with its `*`",
                    )
                    .help("write each address out, or a regular expression in `redirect-patterns`"),
                );
            }
        }
        for pattern in &oidc.redirect_patterns {
            let host = pattern.value.split_once("://").map_or(pattern.value.as_str(), |(_, rest)| rest);
            let host = host.split('/').next().unwrap_or(host);
            if any_character(host) {
                found.push(
                    Diagnostic::new(&REDIRECT_PATTERN, pattern.span, format!("`{host}` fits hosts of others too"))
                        .help("write `\\.` for a dot, and no `.*` before the first slash behind the host"),
                );
            }
        }
    }
}

/// True when a dot in a regular expression stands for any character.
fn any_character(pattern: &str) -> bool {
    let mut escaped = false;
    pattern.chars().any(|c| {
        let any = c == '.' && !escaped;
        escaped = c == '\\' && !escaped;
        any
    })
}
