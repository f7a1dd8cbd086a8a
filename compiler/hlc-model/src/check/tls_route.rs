//! TLSRoutes attach to listeners that pass TLS through.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, Node as _};

use super::{Check, Facts};
use crate::concept::{Gateway, Listener, ListenerProtocol, TlsMode};

pub(super) const CHECK: Check = Check { codes: &[&NO_PASSTHROUGH], run };

/// A TLSRoute that no listener takes.
pub(crate) static NO_PASSTHROUGH: Code = Code {
    id: "HLC0842",
    name: "no-passthrough",
    severity: Severity::Error,
    summary: "a TLSRoute at a gateway that passes no TLS through",
    explain: "A TLSRoute attaches to a listener of the protocol TLS that leaves what arrives as it is. Where TLS ends at the gateway, \
              the route is accepted by nobody: a `route` leads there.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=443 } } }\n    TLSRoute \"web\" { spec { parentRefs { - \
          name=homelab-gateway namespace=kube-system }; rules { - { backendRefs { - name=web port=443 } } } } }\n}",
    good: "homelab \"home\" domain=\"example.net\" { category \"apps\" }\nplatform { addon \"gateway\" namespace=\"kube-system\" { \
           gateway \"main\" class=\"cilium\" { listener \"tls\" protocol=\"TLS\" port=443 tls=\"passthrough\" } } }\nworkload \"web\" \
           category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=443 } } }\n    TLSRoute \"web\" { spec { parentRefs { - name=main namespace=kube-system }; \
           rules { - { backendRefs { - name=web port=443 } } } } }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    if facts.model.faults.may_hide(Listener::decl()) {
        return;
    }
    for route in facts.objects().filter(|object| object.kind == "TLSRoute") {
        let parents = route.body.at(&["spec", "parentRefs"]).and_then(Data::as_list).unwrap_or_default();
        for parent in parents {
            let Some(name) = parent.get("name") else { continue };
            let namespace = parent.get("namespace").and_then(Data::as_str).or(route.namespace.as_deref());
            let meant = |(gateway, within): &(&Gateway, &str)| {
                Some(gateway.name.name.as_str()) == name.as_str() && Some(*within) == namespace
            };
            let Some((gateway, _)) = facts.model.gateways().find(meant) else { continue };
            let unsure = |listener: &Listener| listener.extra.is_some();
            if gateway.extra.is_some() || gateway.listener.iter().any(|listener| passes(listener) || unsure(listener)) {
                continue;
            }
            let message = format!("gateway `{}` passes no TLS through to TLSRoute `{}`", gateway.name.name, route.name);
            found.push(
                Diagnostic::new(&NO_PASSTHROUGH, name.span, message)
                    .label(gateway.name.span, "no listener of it has `tls=\"passthrough\"`")
                    .help("write a `route` where TLS ends at the gateway, or add a listener with `protocol=\"TLS\" tls=\"passthrough\"`"),
            );
        }
    }
}

fn passes(listener: &Listener) -> bool {
    listener.protocol.value == ListenerProtocol::Tls && listener.tls_mode() == Some(TlsMode::Passthrough)
}
