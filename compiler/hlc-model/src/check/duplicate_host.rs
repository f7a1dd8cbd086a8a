//! One host, one route.

use std::collections::{BTreeMap, BTreeSet};

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Spanned;
use hlc_schema::scalar::Fqdn;

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&DUPLICATE_HOST], run };

/// Two routes with one host.
pub(crate) static DUPLICATE_HOST: Code = Code {
    id: "HLC0604",
    name: "duplicate-host",
    severity: Severity::Error,
    summary: "two routes answer for one host",
    explain: "Both HTTPRoutes match every path of the host, and the gateway serves the older of the two: which application \
              answers would depend on the day each was made (Gateway API, HTTPRoute conflict resolution). Nor can a server \
              at the edge tell its own routes, and those of public workloads, with one host apart.",
    bad: "workload \"a\" category=\"apps\" { namespace \"a\"; Service \"a\" { spec { ports { - port=80 } } }; route \"web\" \
          service=\"a\" port=80 }\nworkload \"b\" category=\"apps\" { namespace \"b\"; Service \"b\" { spec { ports { - port=80; \
          } } }; route \"web\" service=\"b\" port=80 }",
    good: "workload \"a\" category=\"apps\" { namespace \"a\"; Service \"a\" { spec { ports { - port=80 } } }; route \"a\" \
           service=\"a\" port=80 }\nworkload \"b\" category=\"apps\" { namespace \"b\"; Service \"b\" { spec { ports { - port=80; \
           } } }; route \"b\" service=\"b\" port=80 }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut hosts = Vec::new();
    for workload in facts.sound_workloads() {
        for route in &workload.workload.route {
            let of_route = route.hosts(facts.resolver, workload.scope).into_iter().flatten();
            hosts.extend(of_route.map(|host| (host, route.name.span)));
        }
    }
    hosts.retain(|(_, route)| !facts.is_repeated(*route));
    apart(hosts, found);
    apart(edge(facts), found);
}

/// A host, and the name of the route that it belongs to.
type Claim = (Spanned<Fqdn>, Span);

/// The hosts that the edge answers: of its routes, and of public ones that have no host in common with each other.
fn edge(facts: &Facts<'_>) -> Vec<Claim> {
    let mut hosts = Vec::new();
    let mut names = BTreeSet::new();
    for (scope, hetzner) in &facts.model.hetzner {
        // Of a name that is declared twice, and reported so, one is enough.
        for route in hetzner.route.iter().filter(|route| names.insert((*scope, route.name.name.as_str()))) {
            let of_route = route.hosts(facts.resolver, *scope).into_iter().flatten();
            hosts.extend(of_route.map(|host| (host, route.name.span)));
        }
    }
    let mut public = BTreeMap::new();
    for workload in facts.sound_workloads().filter(|_| !hosts.is_empty()) {
        for route in workload.workload.route.iter().filter(|route| route.public.is_some()) {
            for host in route.hosts(facts.resolver, workload.scope).into_iter().flatten() {
                public.entry(host.value.clone()).or_insert((host, route.name.span));
            }
        }
    }
    hosts.extend(public.into_values());
    hosts
}

/// Reports every host that another route has.
fn apart(mut hosts: Vec<Claim>, found: &mut Vec<Diagnostic>) {
    hosts.sort_by_key(|(host, _)| host.span);
    let mut seen = BTreeMap::new();
    for (host, route) in hosts {
        let Some((first, first_route)) = seen.get(&host.value).copied() else {
            seen.insert(host.value, (host.span, route));
            continue;
        };
        let name = host.value.as_str();
        found.push(if route == first_route {
            Diagnostic::new(&DUPLICATE_HOST, host.span, format!("the host `{name}` is given twice"))
                .label(first, "first given here")
                .help("remove one of the two")
        } else {
            Diagnostic::new(&DUPLICATE_HOST, host.span, format!("the host `{name}` has two routes"))
                .here("claimed again")
                .label(first, "first claimed here")
                .help("rename one of the routes, or give it other `hosts`")
        });
    }
}
