//! Slugs are words, and each application has its own.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};

use super::identity_example;
use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&SLUG], run };

/// A slug that cannot be one.
pub(crate) static SLUG: Code = Code {
    id: "HLC0917",
    name: "slug",
    severity: Severity::Error,
    summary: "a slug that is taken, or cannot be one",
    explain: "Applications are known by their slugs, whether people log in to them by OpenID Connect or a proxy asks \
              for them, and no two have the same. A slug, and the identifier of a token, has letters, digits, `-` and \
              `_`.",
    bad: identity_example!(
        "oidc \"wiki\" client-id=\"wiki\" client-secret=(secret)S\n    forward-auth \"wiki\" host=\"wiki.example.net\" \
         authorization-flow=\"consent\" invalidation-flow=\"logout\""
    ),
    good: identity_example!(
        "oidc \"wiki\" client-id=\"wiki\" client-secret=(secret)S\n    forward-auth \"proxied\" \
         host=\"wiki.example.net\" authorization-flow=\"consent\" invalidation-flow=\"logout\""
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let authentik = || facts.model.authentik.iter().map(|(_, authentik)| authentik);
    // Two nodes of one kind and name are reported as such.
    let oidc: BTreeMap<&str, Span> =
        facts.model.oidc().map(|(_, oidc)| (oidc.name.name.as_str(), oidc.name.span)).collect();
    for app in authentik().flat_map(|authentik| &authentik.forward_auth) {
        if let Some(first) = oidc.get(app.name.name.as_str()).copied() {
            let message = format!("another application has the slug `{}`", app.name.name);
            found.push(
                Diagnostic::new(&SLUG, app.name.span, message).label(first, "this one").help("rename one of the two"),
            );
        }
    }
    let apps =
        authentik().flat_map(|authentik| &authentik.forward_auth).map(|app| (app.name.name.as_str(), app.name.span));
    let sources = authentik().flat_map(|authentik| &authentik.source).map(|s| (s.name.name.as_str(), s.name.span));
    let tokens = authentik().flat_map(|authentik| &authentik.service_account).flat_map(|account| &account.token);
    let tokens = tokens.map(|token| (token.name.name.as_str(), token.name.span));
    let flows = authentik().flat_map(|authentik| &authentik.flow).map(|flow| (flow.name.name.as_str(), flow.name.span));
    for (name, span) in oidc.into_iter().chain(apps).chain(sources).chain(tokens).chain(flows) {
        if let Some(bad) = name.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')) {
            found.push(
                Diagnostic::new(&SLUG, span, format!("`{bad}` cannot stand in a slug"))
                    .help("use letters, digits, `-` and `_`; the name to be shown is `title`"),
            );
        }
    }
}
