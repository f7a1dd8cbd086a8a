//! Hosts behind single sign-on have an application that covers them.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::identity_example;
use crate::check::{Check, Facts};
use crate::concept::Authentik;
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
    if unsure || model.authentik.is_empty() {
        return;
    }
    let covers = |host: &str| {
        covered.iter().any(|(covered, below)| {
            host == covered || (*below && host.strip_suffix(covered.as_str()).is_some_and(|rest| rest.ends_with('.')))
        })
    };
    for (scope, unit) in model.units() {
        for route in &unit.route {
            let Some(public) = &route.public else { continue };
            if public.auth.is_some_and(|auth| auth.value != Auth::Sso) {
                continue;
            }
            for host in route.hosts(facts.resolver, scope).into_iter().flatten() {
                let host_name = host.value.as_str();
                if !covers(host_name) {
                    let message = format!("no `forward-auth` of Authentik covers `{host_name}`");
                    found.push(
                        Diagnostic::new(&UNCOVERED, public.head, message)
                            .label(host.span, "single sign-on is asked for this host")
                            .help(
                                "add `forward-auth \"…\" domain=\"…\"` in `authentik`, or write `public auth=\"own\"`",
                            ),
                    );
                }
            }
        }
    }
}
