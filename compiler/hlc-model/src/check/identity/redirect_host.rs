//! People are sent back to hosts that answer.

use std::collections::BTreeSet;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use crate::check::{Check, Facts};
use crate::concept::EdgeRoute;
use crate::reach::login::host_of;
use crate::workload::Route;

pub(in crate::check) const CHECK: Check = Check { codes: &[&REDIRECT_HOST], run };

/// A redirect to a host without a route.
pub(crate) static REDIRECT_HOST: Code = Code {
    id: "HLC0912",
    name: "redirect-host",
    severity: Severity::Warning,
    summary: "a redirect to a host of the homelab that no route has",
    explain: "After a login Authentik sends people to the redirect. A host in the homelab's domain answers by a route \
              of a workload or of the edge. Where no edge is declared, nothing is said.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN { route \"auth\" service=\"authentik\" port=9000; }\nauthentik \
          url=\"https://auth.example.net\" token=(secret)TOKEN \
          {\n    (existing)flow \"consent\"\n    (existing)flow \"logout\"\n    oidc \"wiki\" client-id=\"wiki\" \
          client-secret=(secret)S authorization-flow=\"consent\" invalidation-flow=\"logout\" { \
          redirects \"https://wikki.example.net/callback\"; }\n}",
    good: "hetzner token=(secret)HCLOUD_TOKEN { route \"auth\" service=\"authentik\" port=9000; route \"wiki\" \
           service=\"wiki\" port=80; }\nauthentik url=\"https://auth.example.net\" token=(secret)TOKEN \
           {\n    (existing)flow \"consent\"\n    (existing)flow \"logout\"\n    oidc \"wiki\" client-id=\"wiki\" \
           client-secret=(secret)S authorization-flow=\"consent\" invalidation-flow=\"logout\" { \
           redirects \"https://wiki.example.net/callback\"; }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let (model, resolver) = (facts.model, facts.resolver);
    let hidden = model.faults.may_hide(Route::decl()) || model.faults.may_hide(EdgeRoute::decl());
    let Some(homelab) = model.homelab.as_ref().filter(|_| !hidden && !model.hetzner.is_empty()) else { return };
    let domain = homelab.domain.value.as_str();
    let mut hosts: BTreeSet<String> = BTreeSet::new();
    let mut below: Vec<String> = Vec::new();
    for (scope, hetzner) in &model.hetzner {
        for route in &hetzner.route {
            for host in route.hosts(resolver, *scope).into_iter().flatten() {
                if route.is_wildcard() {
                    below.push(format!(".{}", host.value.as_str()));
                }
                hosts.insert(host.value.as_str().to_owned());
            }
        }
    }
    for (scope, unit) in model.units() {
        for route in &unit.route {
            hosts.extend(route.hosts(resolver, scope).into_iter().flatten().map(|host| host.value.as_str().to_owned()));
        }
    }
    for (scope, oidc) in model.oidc() {
        for redirect in oidc.redirects(resolver, scope) {
            let Some(host) = host_of(&redirect.value) else { continue };
            let ours = host == domain || host.ends_with(&format!(".{domain}"));
            let answered = hosts.contains(&host) || below.iter().any(|below| host.ends_with(below));
            if ours && !answered {
                found.push(
                    Diagnostic::new(&REDIRECT_HOST, redirect.span, format!("no route has the host `{host}`"))
                        .help("name the application's route, and write the redirect as a path: `route=\"…\"`, `redirects \"/…\"`"),
                );
            }
        }
    }
}
