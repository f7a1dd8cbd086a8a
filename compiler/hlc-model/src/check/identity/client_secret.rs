//! Who can keep a secret has one.

use hlc_diag::{Code, Diagnostic, Severity};

use super::identity_example;
use crate::check::{Check, Facts};
use crate::workload::ClientType;

pub(in crate::check) const CHECK: Check = Check { codes: &[&CLIENT_SECRET], run };

/// A client with a secret that it cannot keep, or without one.
pub(crate) static CLIENT_SECRET: Code = Code {
    id: "HLC0915",
    name: "client-secret",
    severity: Severity::Error,
    summary: "a confidential client without a secret, or a public one with one",
    explain: "A confidential client proves by its secret who it is: without one Authentik makes up one that the \
              application does not know. A public client cannot keep a secret, and has none.",
    bad: identity_example!("oidc \"wiki\" client-id=\"wiki\" { redirects \"https://wiki.example.org/callback\"; }"),
    good: identity_example!(
        "oidc \"wiki\" client-id=\"wiki\" client-type=\"public\" { redirects \"https://wiki.example.org/callback\"; }"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (_, oidc) in facts.model.oidc() {
        match (oidc.client_type(), &oidc.client_secret) {
            (ClientType::Confidential, None) => found.push(
                Diagnostic::new(
                    &CLIENT_SECRET,
                    oidc.name.span,
                    format!("client `{}` has no secret", oidc.client_id.value),
                )
                .help("add `client-secret=(secret)NAME`, or `client-type=\"public\"` for an application in a browser"),
            ),
            (ClientType::Public, Some(secret)) => {
                let diagnostic = Diagnostic::new(&CLIENT_SECRET, secret.span, "a public client cannot keep a secret");
                let kind = oidc.client_type.map_or(oidc.head, |kind| kind.span);
                found.push(diagnostic.label(kind, "public by this").help("remove one of the two"));
            }
            (ClientType::Confidential, Some(_)) | (ClientType::Public, None) => {}
        }
    }
}
