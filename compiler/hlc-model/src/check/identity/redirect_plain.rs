//! Codes are not sent in the clear.

use hlc_diag::{Code, Diagnostic, Severity};

use super::identity_example;
use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&REDIRECT_PLAIN], run };

/// A redirect without TLS.
pub(crate) static REDIRECT_PLAIN: Code = Code {
    id: "HLC0914",
    name: "redirect-plain",
    severity: Severity::Error,
    summary: "a redirect without TLS",
    explain: "The code of a login is a part of the redirect: over plain HTTP everybody on the way can read it. Only an \
              address of the machine itself may do without TLS (RFC 8252, section 7.3).",
    bad: identity_example!(
        "oidc \"wiki\" client-id=\"wiki\" client-secret=(secret)S { redirects \"http://wiki.example.org/callback\"; }"
    ),
    good: identity_example!(
        "oidc \"wiki\" client-id=\"wiki\" client-secret=(secret)S { \
         redirects \"https://wiki.example.org/callback\" \"http://localhost:53000\"; }"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (scope, oidc) in facts.model.oidc() {
        for redirect in oidc.redirects(facts.resolver, scope) {
            let Some(rest) = redirect.value.strip_prefix("http://") else { continue };
            let own = ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| {
                rest.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']))
            });
            if !own {
                let message = format!("codes would be sent to `{}` in the clear", redirect.value);
                found.push(Diagnostic::new(&REDIRECT_PLAIN, redirect.span, message).help("write `https://`"));
            }
        }
    }
}
