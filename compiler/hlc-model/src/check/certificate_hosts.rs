//! Certificates are for the hosts that they are shown for.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::scalar::Fqdn;
use hlc_schema::suggest::list_names;
use hlc_schema::{Node as _, ScopeId, Spanned};

use super::gateway_listener::covers as serves;
use super::{Check, Facts};
use crate::concept::{Certificate, Gateway, Listener, ListenerProtocol};

pub(super) const CHECK: Check = Check { codes: &[&LISTENER_HOST, &ROUTE_HOST], run };

/// A listener's host that its certificate is not for.
pub(crate) static LISTENER_HOST: Code = Code {
    id: "HLC0840",
    name: "certificate-listener-host",
    severity: Severity::Error,
    summary: "a listener's host that its certificate is not for",
    explain: "Whoever opens the host is shown a certificate for another one, and browsers refuse it. A first label `*` in a \
              certificate stands for exactly one label: `*.example.net` is neither for `example.net` nor for `a.b.example.net`.",
    bad: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"gateway\" namespace=\"kube-system\" {\n        issuer \
          \"home\" { self-signed }\n        certificate \"web\" issuer=\"home\" { hosts \"*.example.net\" }\n        gateway \
          \"main\" class=\"cilium\" { listener \"https\" protocol=\"HTTPS\" port=443 hostname=\"example.net\" certificate=\"web\" \
          }\n    }\n}",
    good: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"gateway\" namespace=\"kube-system\" {\n        issuer \
           \"home\" { self-signed }\n        certificate \"web\" issuer=\"home\" { hosts \"example.net\" \"*.example.net\" }\n        \
           gateway \"main\" class=\"cilium\" { listener \"https\" protocol=\"HTTPS\" port=443 hostname=\"example.net\" \
           certificate=\"web\" }\n    }\n}",
};

/// A route's host that no certificate is for.
pub(crate) static ROUTE_HOST: Code = Code {
    id: "HLC0841",
    name: "certificate-route-host",
    severity: Severity::Warning,
    summary: "a route's host that the certificate of its listener is not for",
    explain: "The host answers over HTTPS with a certificate for another one, and browsers refuse it. A first label `*` in a \
              certificate stands for exactly one label. Nothing is said of a host outside the homelab's domain that a listener without \
              TLS serves too.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    \
          route \"web\" service=\"web\" port=80 { hosts \"a.web.example.net\" }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    \
           route \"web\" service=\"web\" port=80 { hosts \"web.example.net\" }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (gateway, _) in facts.model.gateways() {
        for shown in shown(facts, gateway) {
            let Some(host) = &shown.listener.hostname else { continue };
            if !shown.is_for(host.value.as_str()) {
                let name = &shown.certificate.name;
                let message = format!("certificate `{}` is not for `{}`", name.name, host.value.as_str());
                found.push(shown.explained(Diagnostic::new(&LISTENER_HOST, host.span, message)));
            }
        }
    }
    if facts.model.faults.may_hide(Listener::decl()) {
        return;
    }
    let domain = facts.model.homelab.as_ref().map(|homelab| &homelab.domain.value);
    let mut uncovered: Vec<(Shown<'_>, Spanned<Fqdn>)> = Vec::new();
    for workload in facts.sound_workloads() {
        for route in &workload.workload.route {
            let Some((gateway, _)) = route.gateway(facts.model) else { continue };
            for host in route.hosts(facts.resolver, workload.scope).into_iter().flatten() {
                let listens = |listener: &Listener| {
                    let pattern = listener.hostname.as_ref();
                    pattern.is_none_or(|pattern| serves(pattern.value.as_str(), host.value.as_str()))
                };
                let serving: Vec<_> =
                    shown(facts, gateway).into_iter().filter(|shown| listens(shown.listener)).collect();
                // A host of another domain, such as `web.local`, is opened without TLS where a listener takes it.
                let plain =
                    |listener: &Listener| listener.protocol.value == ListenerProtocol::Http && listens(listener);
                let foreign = domain.is_some_and(|domain| !host.value.is_within(domain));
                if foreign && gateway.listener.iter().any(plain) {
                    continue;
                }
                if serving.iter().all(|shown| !shown.is_for(host.value.as_str()))
                    && let Some(first) = serving.into_iter().next()
                {
                    uncovered.push((first, host));
                }
            }
        }
    }
    report(uncovered, found);
}

/// All hosts that one certificate is not for are one mistake.
fn report(mut uncovered: Vec<(Shown<'_>, Spanned<Fqdn>)>, found: &mut Vec<Diagnostic>) {
    uncovered.sort_by_key(|(shown, host)| (shown.certificate.name.span, host.span));
    for hosts in uncovered.chunk_by(|(a, _), (b, _)| std::ptr::eq(a.certificate, b.certificate)) {
        let Some(((shown, first), others)) = hosts.split_first() else { continue };
        let (name, host) = (&shown.certificate.name.name, first.value.as_str());
        let Some(own) = shown.hosts.first().filter(|_| !others.is_empty()) else {
            let message = format!("`{host}` is shown certificate `{name}`, which is not for it");
            found.push(shown.explained(Diagnostic::new(&ROUTE_HOST, first.span, message)));
            continue;
        };
        let more = others.len();
        let message = format!("certificate `{name}` is not for `{host}` and {more} more that it is shown for");
        let diagnostic = Diagnostic::new(&ROUTE_HOST, own.span, message).here("it is for no more than these");
        let labelled = hosts.iter().take(3).fold(diagnostic, |diagnostic, (_, host)| {
            diagnostic.label(host.span, format!("`{}`", host.value.as_str()))
        });
        let labelled = labelled.help("add the hosts, or `*` and their domain");
        found.push(labelled);
    }
}

/// A listener that ends HTTPS with a certificate whose hosts are known.
struct Shown<'m> {
    listener: &'m Listener,
    certificate: &'m Certificate,
    hosts: Vec<Spanned<Fqdn>>,
}

impl Shown<'_> {
    fn is_for(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| is_for(known.value.as_str(), host))
    }

    fn explained(&self, diagnostic: Diagnostic) -> Diagnostic {
        let names: Vec<&str> = self.hosts.iter().map(|host| host.value.as_str()).collect();
        let at: Span = self.certificate.name.span;
        diagnostic
            .label(at, format!("it is for {}", list_names(&names, "and")))
            .help("add the host to its `hosts`, or choose one that it is for")
    }
}

fn shown<'m>(facts: &Facts<'m>, gateway: &'m Gateway) -> Vec<Shown<'m>> {
    let ending = gateway.listener.iter().filter(|listener| listener.protocol.value == ListenerProtocol::Https);
    let shown = ending.filter_map(|listener| {
        let name = &listener.certificate.as_ref()?.name;
        let whole = facts.model.units().filter(|(scope, _)| facts.model.is_whole(*scope));
        let mut certificates = whole.flat_map(|(_, unit)| &unit.certificate);
        let certificate = certificates.find(|certificate| certificate.name.name == *name)?;
        // What `extra` adds to the hosts is not looked at.
        let hosts = certificate.hosts(facts.resolver, ScopeId::default()).filter(|_| certificate.extra.is_none())?;
        Some(Shown { listener, certificate, hosts })
    });
    shown.collect()
}

/// True when a certificate for `known` is for `host` (RFC 6125, section 6.4.3).
pub(crate) fn is_for(known: &str, host: &str) -> bool {
    known == host
        || known.strip_prefix("*.").is_some_and(|rest| host.split_once('.').is_some_and(|(_, parent)| parent == rest))
}

#[cfg(test)]
mod tests {
    use super::is_for;

    #[test]
    fn one_label() {
        assert!(is_for("*.example.net", "a.example.net"));
        assert!(is_for("*.example.net", "*.example.net"));
        assert!(is_for("example.net", "example.net"));
        assert!(!is_for("*.example.net", "example.net"));
        assert!(!is_for("*.example.net", "a.b.example.net"));
        assert!(!is_for("example.net", "a.example.net"));
    }
}
