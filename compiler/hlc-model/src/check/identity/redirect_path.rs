//! Redirects are URLs, or paths on a route.

use hlc_diag::{Code, Diagnostic, Severity};

use super::identity_example;
use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&REDIRECT_PATH], run };

/// A redirect that is no address.
pub(crate) static REDIRECT_PATH: Code = Code {
    id: "HLC0921",
    name: "redirect-path",
    severity: Severity::Error,
    summary: "a redirect that is neither a URL nor a path on a route",
    explain: "A redirect is a whole URL, or a path with its slash on the host of the application's `route`.",
    bad: identity_example!("oidc \"wiki\" client-id=\"wiki\" client-secret=(secret)S { redirects \"/callback\"; }"),
    good: identity_example!(
        "oidc \"wiki\" client-id=\"wiki\" client-secret=(secret)S { redirects \"https://wiki.example.org/callback\"; }"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (scope, oidc) in facts.model.oidc() {
        for redirect in &oidc.redirects {
            let Some(text) = facts.resolver.value(redirect, scope) else { continue };
            if text.value.starts_with('/') && oidc.route.is_none() {
                let message = format!("`{}` is a path, and no route says on which host", text.value);
                found.push(
                    Diagnostic::new(&REDIRECT_PATH, text.span, message)
                        .label(oidc.head, "this names no route")
                        .help("add `route=\"…\"` there, or write the whole URL"),
                );
            } else if !text.value.starts_with('/') && !text.value.contains(':') {
                let diagnostic = Diagnostic::new(&REDIRECT_PATH, text.span, format!("`{}` is no URL", text.value));
                found.push(diagnostic.help("write `https://…`, or a path that begins with a slash"));
            }
        }
    }
}
