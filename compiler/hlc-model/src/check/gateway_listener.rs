//! HTTPRoutes attach to gateways that speak HTTP.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Node as _;

use super::exposure::{Failing, together};
use super::{Check, Facts};
use crate::concept::{Gateway, Listener};

pub(super) const CHECK: Check = Check { codes: &[&NO_LISTENER], run };

/// A gateway that no route can attach to.
pub(crate) static NO_LISTENER: Code = Code {
    id: "HLC0605",
    name: "no-listener",
    severity: Severity::Error,
    summary: "a route's host that no listener of its gateway serves",
    explain: "A route attaches to the listeners of its gateway that speak HTTP or HTTPS and whose `hostname`, if they have \
              one, covers the route's host. Without one the route is accepted by nobody and the host answers nothing.",
    bad: "homelab \"home\" domain=\"example.net\" { category \"apps\" }\nplatform { addon \"gateway\" namespace=\"kube-system\" { \
          gateway \"main\" class=\"cilium\" { listener \"dns\" protocol=\"UDP\" port=53 } } }\nworkload \"web\" \
          category=\"apps\" { namespace \"web\"; Service \"web\" { spec { ports { - port=80 } } }; route \"web\" \
          service=\"web\" port=80 }",
    good: "homelab \"home\" domain=\"example.net\" { category \"apps\" }\nplatform { addon \"gateway\" namespace=\"kube-system\" { \
           gateway \"main\" class=\"cilium\" { listener \"http\" protocol=\"HTTP\" port=80 } } }\nworkload \"web\" \
           category=\"apps\" { namespace \"web\"; Service \"web\" { spec { ports { - port=80 } } }; route \"web\" \
           service=\"web\" port=80 }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    if facts.model.faults.may_hide(Listener::decl()) {
        return;
    }
    let mut unserved: BTreeMap<Span, Failing<'_, Gateway>> = BTreeMap::new();
    for workload in facts.sound_workloads() {
        for route in &workload.workload.route {
            let gateway = route.gateway(facts.model);
            let (Some((gateway, _)), Some(hosts)) = (gateway, route.hosts(facts.resolver, workload.scope)) else {
                continue;
            };
            for host in hosts {
                let served = gateway.listener.iter().any(|listener| {
                    let pattern = listener.hostname.as_ref();
                    let covered = pattern.is_none_or(|pattern| covers(pattern.value.as_str(), host.value.as_str()));
                    listener.protocol.value.is_http() && covered
                });
                if !served {
                    let hosts = &mut unserved.entry(gateway.name.span).or_insert((gateway, Vec::new())).1;
                    hosts.push((host.value.as_str().to_owned(), host.span));
                }
            }
        }
    }
    for (gateway, mut hosts) in unserved.into_values() {
        hosts.sort_by_key(|(_, at)| *at);
        let name = gateway.name.name.as_str();
        let hosts: Vec<(&str, Span)> = hosts.iter().map(|(host, at)| (host.as_str(), *at)).collect();
        let diagnostic = together(
            &NO_LISTENER,
            &hosts,
            |host, at| {
                let message = format!("no listener of gateway `{name}` serves `{host}`");
                Diagnostic::new(&NO_LISTENER, at, message).label(gateway.name.span, "this gateway")
            },
            |hosts| (gateway.name.span, format!("no listener of gateway `{name}` serves {hosts}")),
        );
        found.extend(diagnostic.map(|diagnostic| {
            diagnostic.help("add one: `listener \"https\" protocol=\"HTTPS\" port=443`, with a `hostname` that covers the host or none")
        }));
    }
}

/// True when a listener's host name covers a host; `*.` stands for one or more labels (Gateway API, Listener.hostname).
pub(crate) fn covers(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(suffix) => host.len() > suffix.len() && host.ends_with(suffix),
        None => pattern == host,
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn wildcards() {
        assert!(covers("*.example.net", "a.example.net"));
        assert!(covers("*.example.net", "a.b.example.net"));
        assert!(!covers("*.example.net", "example.net"));
        assert!(!covers("a.example.net", "b.example.net"));
    }
}
