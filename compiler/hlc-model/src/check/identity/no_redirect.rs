//! Clients say where people come back to.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::identity_example;
use crate::check::{Check, Facts};
use crate::concept::Authentik;

pub(in crate::check) const CHECK: Check = Check { codes: &[&NO_REDIRECT], run };

/// A client without redirects.
pub(crate) static NO_REDIRECT: Code = Code {
    id: "HLC0629",
    name: "no-redirect",
    severity: Severity::Warning,
    summary: "a client that does not say where people come back to",
    explain: "Authentik sends people back to the addresses that the client lists. Of a client without any it keeps the first one that \
              somebody logs in with (Authentik, OAuth2 provider, \"Redirect URIs\"): whoever comes first decides where the codes of \
              everybody else are sent to.",
    bad: identity_example!("oidc \"wiki\" client-id=\"wiki\" client-secret=(secret)S"),
    good: identity_example!(
        "oidc \"wiki\" client-id=\"wiki\" client-secret=(secret)S { redirects \"https://wiki.example.org/callback\"; }"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    if facts.model.faults.may_hold(Authentik::decl().name) {
        return; // its redirects may be what could not be read
    }
    for (_, oidc) in facts.model.oidc() {
        if oidc.redirects.is_empty() && oidc.redirect_patterns.is_empty() {
            let message = format!("client `{}` does not say where people come back to", oidc.name.name);
            found.push(Diagnostic::new(&NO_REDIRECT, oidc.name.span, message).help(
                "list it: `redirects \"/oauth2/callback\"`, a path on the host of its `route`, or the whole URL",
            ));
        }
    }
}
