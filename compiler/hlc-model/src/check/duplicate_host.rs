//! One host, one route.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&DUPLICATE_HOST], run };

/// Two routes with one host.
pub(crate) static DUPLICATE_HOST: Code = Code {
    id: "HLC0604",
    name: "duplicate-host",
    severity: Severity::Error,
    summary: "two routes answer for one host",
    explain: "Both HTTPRoutes match every path of the host, and the gateway serves the older of the two: which application \
              answers would depend on the day each was made (Gateway API, HTTPRoute conflict resolution).",
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
    hosts.sort_by_key(|(host, _)| host.span);
    let mut seen = BTreeMap::new();
    for (host, route) in hosts.into_iter().filter(|(_, route)| !facts.repeated.contains(route)) {
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
