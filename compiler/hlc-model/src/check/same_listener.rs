//! The listeners of a gateway can be told apart.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};
use crate::concept::{Listener, ListenerProtocol};

pub(super) const CHECK: Check = Check { codes: &[&SAME_LISTENER], run };

/// Two listeners that a gateway cannot tell apart.
pub(crate) static SAME_LISTENER: Code = Code {
    id: "HLC0850",
    name: "same-listener",
    severity: Severity::Error,
    summary: "two listeners of a gateway that cannot be told apart",
    explain: "Routes name a listener, so each has a name of its own: the API server refuses a Gateway with one name twice. Two on one \
              port speak the same, or HTTPS and TLS, and serve different hosts; others are in conflict, and neither works (Gateway \
              API, \"Listener\": port, protocol and hostname together are distinct).",
    bad: "platform {\n    addon \"ways\" namespace=\"kube-system\" {\n        gateway \"main\" class=\"cilium\" {\n            listener \
          \"web\" protocol=\"HTTP\" port=80\n            listener \"web\" protocol=\"HTTP\" port=8080\n        }\n    }\n}",
    good: "platform {\n    addon \"ways\" namespace=\"kube-system\" {\n        gateway \"main\" class=\"cilium\" {\n            listener \
           \"web\" protocol=\"HTTP\" port=80\n            listener \"more\" protocol=\"HTTP\" port=8080\n        }\n    }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (gateway, _) in facts.model.gateways() {
        for (number, listener) in gateway.listener.iter().enumerate() {
            let earlier = || gateway.listener.iter().take(number);
            if let Some(first) = earlier().find(|first| first.name.value == listener.name.value) {
                let message = format!("gateway `{}` has two listeners `{}`", gateway.name.name, listener.name.value);
                found.push(
                    Diagnostic::new(&SAME_LISTENER, listener.name.span, message)
                        .label(first.name.span, "the first")
                        .help("rename one of the two"),
                );
            } else if let Some(first) = earlier().find(|first| in_conflict(first, listener)) {
                let (one, other) = (&first.name.value, &listener.name.value);
                let message =
                    format!("listeners `{one}` and `{other}` are in conflict on port {}", listener.port.value.0);
                found.push(
                    Diagnostic::new(&SAME_LISTENER, listener.port.span, message)
                        .label(first.port.span, format!("the port of `{one}`"))
                        .help("give one of them another port, or both the same protocol and another `hostname` each"),
                );
            }
        }
    }
}

fn in_conflict(one: &Listener, other: &Listener) -> bool {
    let host = |listener: &Listener| listener.hostname.as_ref().map(|host| host.value.as_str().to_owned());
    let is_udp = |listener: &Listener| listener.protocol.value == ListenerProtocol::Udp;
    let is_tls =
        |listener: &Listener| matches!(listener.protocol.value, ListenerProtocol::Https | ListenerProtocol::Tls);
    let alike = one.protocol.value == other.protocol.value || is_tls(one) && is_tls(other);
    one.port.value == other.port.value && is_udp(one) == is_udp(other) && (!alike || host(one) == host(other))
}
