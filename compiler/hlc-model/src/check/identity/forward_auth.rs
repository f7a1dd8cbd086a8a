//! Hosts behind single sign-on have an application that covers them.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::scalar::Fqdn;
use hlc_schema::{Node as _, Spanned};

use super::identity_example;
use crate::check::exposure::together;
use crate::check::{Check, Facts};
use crate::concept::Authentik;
use crate::reach::edge::edges;
use crate::reach::login::covers;
use crate::stack::authentik::proxy_host;
use crate::workload::Auth;

pub(in crate::check) const CHECK: Check = Check { codes: &[&UNCOVERED, &MODE], run };

/// A host that no application covers.
pub(crate) static UNCOVERED: Code = Code {
    id: "HLC0918",
    name: "sso-uncovered",
    severity: Severity::Error,
    summary: "a host behind single sign-on that no `forward-auth` covers",
    explain: "The proxy asks Authentik about a host, and Authentik looks for the application of that host or of a \
              domain above it. Without one it answers that there is none, and nobody comes in.",
    bad: "authentik url=\"https://auth.example.net\" token=(secret)TOKEN \
          {\n    (existing)flow \"consent\"\n    forward-auth \"other\" host=\"other.example.net\" \
          authorization-flow=\"consent\" invalidation-flow=\"consent\"\n}\nworkload \"web\" category=\"apps\" \
          {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    route \"web\" \
          service=\"web\" port=80 { public; }\n}",
    good: "authentik url=\"https://auth.example.net\" token=(secret)TOKEN \
           {\n    (existing)flow \"consent\"\n    forward-auth \"all\" domain=\"example.net\" \
           authorization-flow=\"consent\" invalidation-flow=\"consent\"\n}\nworkload \"web\" category=\"apps\" \
           {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    route \"web\" \
           service=\"web\" port=80 { public; }\n}",
};

/// Both a domain and a host, or neither.
pub(crate) static MODE: Code = Code {
    id: "HLC0919",
    name: "forward-auth-mode",
    severity: Severity::Error,
    summary: "a `forward-auth` for both a domain and a host, or for neither",
    explain: "With `domain` all hosts of the domain share one login; with `host` it is for that host alone.",
    bad: identity_example!("forward-auth \"web\" authorization-flow=\"consent\" invalidation-flow=\"logout\""),
    good: identity_example!(
        "forward-auth \"web\" host=\"web.example.net\" authorization-flow=\"consent\" invalidation-flow=\"logout\""
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let model = facts.model;
    let mut covered = Vec::new();
    let mut unsure = model.faults.unread || model.faults.kinds.contains(Authentik::decl().name);
    for (scope, authentik) in &model.authentik {
        for app in &authentik.forward_auth {
            match (&app.domain, &app.host) {
                (Some(_), None) | (None, Some(_)) => match proxy_host(facts.resolver, *scope, app) {
                    Some(host) => covered.push((host.value, app.domain.is_some())),
                    None => unsure = true,
                },
                (domain, host) => {
                    unsure = true;
                    let (what, at) = match (domain, host) {
                        (Some(_), Some(host)) => ("is for both a domain and a host", host.span()),
                        _ => ("is for no host", app.name.span),
                    };
                    found.push(
                        Diagnostic::new(&MODE, at, format!("forward-auth `{}` {what}", app.name.name))
                            .help("write `domain=\"…\"` for all hosts of a domain, or `host=\"…\"` for one"),
                    );
                }
            }
        }
    }
    let Some(head) = model.authentik.first().map(|(_, authentik)| authentik.head).filter(|_| !unsure) else { return };
    // Where the edge has nobody to ask, that is reported, and who would answer does not matter yet.
    let mut edges = edges(model).into_iter().filter(|edge| edge.traefik.to_cluster.is_some());
    if edges.any(|edge| edge.traefik.forward_auth.is_none()) {
        return;
    }
    let mut asked: Vec<(String, Span, Span)> = Vec::new();
    for (scope, unit) in model.units() {
        for route in &unit.route {
            let Some(public) = route.public.as_ref().filter(|public| is_asked(public.auth)) else { continue };
            // A host outside of the domain is reported as such.
            let own = |host: &Spanned<Fqdn>| {
                model.homelab.as_ref().is_none_or(|homelab| host.value.is_within(&homelab.domain.value))
            };
            let hosts = route.hosts(facts.resolver, scope).into_iter().flatten().filter(own);
            asked.extend(hosts.map(|host| (host.value.as_str().to_owned(), host.span, public.head)));
        }
    }
    for (scope, hetzner) in &model.hetzner {
        for route in &hetzner.route {
            let Some(auth) = route.auth.filter(|auth| auth.value == Auth::Sso && !route.passes_through()) else {
                continue;
            };
            let hosts = route.hosts(facts.resolver, *scope).into_iter().flatten();
            asked.extend(hosts.map(|host| (host.value.as_str().to_owned(), host.span, auth.span)));
        }
    }
    asked.retain(|(host, ..)| !covered.iter().any(|(covered, below)| covers(covered, *below, host)));
    asked.sort_by_key(|(_, host, _)| *host);
    let hosts: Vec<(&str, Span)> = asked.iter().map(|(host, _, public)| (host.as_str(), *public)).collect();
    let diagnostic = together(
        &UNCOVERED,
        &hosts,
        |host, public| {
            let diagnostic =
                Diagnostic::new(&UNCOVERED, public, format!("no `forward-auth` of Authentik covers `{host}`"));
            asked.iter().take(1).fold(diagnostic, |diagnostic, (_, host, _)| {
                diagnostic.label(*host, "single sign-on is asked for this host")
            })
        },
        |hosts| (head, format!("no `forward-auth` of Authentik covers {hosts}")),
    );
    found.extend(diagnostic.map(|diagnostic| {
        diagnostic.help("add `forward-auth \"…\" domain=\"…\"` in `authentik`, or write `auth=\"own\"`")
    }));
}

/// True for single sign-on, which is what `public` means unless it says otherwise.
fn is_asked(auth: Option<Spanned<Auth>>) -> bool {
    auth.is_none_or(|auth| auth.value == Auth::Sso)
}
