//! Whoever comes from the internet is asked for a login, unless it is said that nobody is.

use std::collections::BTreeSet;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::super::{Check, Facts};
use crate::concept::{Authentik, Hetzner};
use crate::reach::login::{OfRoute, clients, is_login_page};
use crate::workload::{Auth, Oidc};

pub(in crate::check) const CHECK: Check = Check { codes: &[&UNGUARDED, &SSO_PASSTHROUGH], run };

/// A route of the edge that does not say who asks for a login.
pub(crate) static UNGUARDED: Code = Code {
    id: "HLC0630",
    name: "unguarded-route",
    severity: Severity::Error,
    summary: "a route of the edge that does not say who asks for a login",
    explain: "The whole internet reaches the routes of the edge. Each says who asks for a login: `auth=\"own\"` for an application \
              that does so by itself, `auth=\"sso\"` for single sign-on at the edge, `auth=\"none\"` for what everybody may see. \
              Where an `oidc` names the route, or Authentik itself answers, that is known. A `public` route of a workload has single \
              sign-on unless it says otherwise.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN { route \"status\" service=\"status\" port=80 }",
    good: "hetzner token=(secret)HCLOUD_TOKEN { route \"status\" service=\"status\" port=80 auth=\"none\" }",
};

/// Single sign-on where the edge sees no requests.
pub(crate) static SSO_PASSTHROUGH: Code = Code {
    id: "HLC0632",
    name: "sso-passthrough",
    severity: Severity::Error,
    summary: "single sign-on at an edge that passes TLS through",
    explain: "What passes through is not looked into, so the edge can ask nobody about it. Let TLS end at the edge, or let the \
              application ask.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN { route \"mail\" service=\"mail\" port=8443 tls=\"passthrough\" auth=\"sso\" }",
    good: "hetzner token=(secret)HCLOUD_TOKEN { route \"mail\" service=\"mail\" port=8443 tls=\"passthrough\" auth=\"own\" }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let faults = &facts.model.faults;
    let routes: BTreeSet<&str> = facts.model.routes().collect();
    // Of an `oidc` whose route there is not, any may be the one that is meant.
    let is_lost = |oidc: &Oidc| oidc.route.as_ref().is_some_and(|route| !routes.contains(route.value.as_str()));
    let hidden = faults.may_hide(Oidc::decl())
        || faults.kinds.contains(Authentik::decl().name)
        || facts.model.oidc().any(|(_, oidc)| is_lost(oidc));
    if faults.unread || faults.kinds.contains(Hetzner::decl().name) {
        return;
    }
    for (scope, hetzner) in &facts.model.hetzner {
        for route in &hetzner.route {
            let Some(host) = route.hosts(facts.resolver, *scope).and_then(|hosts| hosts.into_iter().next()) else {
                continue;
            };
            let name = &route.name.name;
            if let Some(auth) = route.auth {
                if auth.value == Auth::Sso
                    && let Some(tls) = route.tls.filter(|_| route.passes_through())
                {
                    let message = format!("the edge cannot ask for a login on route `{name}`");
                    found.push(
                        Diagnostic::new(&SSO_PASSTHROUGH, auth.span, message)
                            .label(tls.span, "it does not look into what passes through")
                            .help("write `auth=\"own\"` for an application that asks by itself, or remove `tls`"),
                    );
                }
                continue;
            }
            let of = OfRoute { scope: *scope, name, host: host.value.as_str() };
            if hidden || is_login_page(facts, of.host) || !clients(facts, of).is_empty() {
                continue;
            }
            let message = format!("nothing says who asks for a login at `{}`, which the internet reaches", of.host);
            let diagnostic = Diagnostic::new(&UNGUARDED, route.name.span, message).help(
                "write `auth=\"own\"` if the application asks, `auth=\"sso\"` for single sign-on, or `auth=\"none\"` if everybody may come in",
            );
            let diagnostic = ["own", "none"].into_iter().fold(diagnostic, |diagnostic, word| {
                diagnostic.suggest(
                    format!("write `auth=\"{word}\"`"),
                    route.name.span.after(),
                    format!(" auth=\"{word}\""),
                )
            });
            found.push(diagnostic);
        }
    }
}
