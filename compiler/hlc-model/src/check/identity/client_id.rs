//! One client id, one application.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity};

use super::identity_example;
use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&CLIENT_ID], run };

/// A client id twice.
pub(crate) static CLIENT_ID: Code = Code {
    id: "HLC0916",
    name: "client-id",
    severity: Severity::Error,
    summary: "two applications with one client id",
    explain: "Authentik knows an application by its client id, and refuses a second of the same.",
    bad: identity_example!(
        "oidc \"a\" client-id=\"wiki\" client-secret=(secret)S\n    oidc \"b\" client-id=\"wiki\" \
         client-secret=(secret)S"
    ),
    good: identity_example!(
        "oidc \"a\" client-id=\"a\" client-secret=(secret)S\n    oidc \"b\" client-id=\"b\" client-secret=(secret)S"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut ids: Vec<_> = facts.model.oidc().map(|(_, oidc)| &oidc.client_id).collect();
    ids.sort_by_key(|id| id.span);
    let mut seen = BTreeMap::new();
    for id in ids {
        // An id that came from defaults stands in one place for several.
        if let Some(first) = seen.get(id.value.as_str()).copied() {
            let message = format!("another application has the client id `{}`", id.value);
            found.push(
                Diagnostic::new(&CLIENT_ID, id.span, message).label(first, "first given here").help("choose another"),
            );
        } else {
            seen.insert(id.value.as_str(), id.span);
        }
    }
}
