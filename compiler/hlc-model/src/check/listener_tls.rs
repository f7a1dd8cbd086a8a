//! Listeners that speak TLS have a certificate, and others none.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};
use crate::concept::{Listener, ListenerProtocol, TlsMode};

pub(super) const CHECK: Check = Check { codes: &[&LISTENER_TLS], run };

/// A listener whose protocol and certificate do not fit.
pub(crate) static LISTENER_TLS: Code = Code {
    id: "HLC0839",
    name: "listener-tls",
    severity: Severity::Error,
    summary: "a listener whose protocol and certificate do not fit together",
    explain: "A listener of the protocol HTTPS or TLS shows a certificate, unless TLS passes through it; on others a certificate would \
              be used by nobody. The API server refuses a Gateway with such a listener.",
    bad: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"gateway\" namespace=\"kube-system\" {\n        gateway \
          \"main\" class=\"cilium\" { listener \"https\" protocol=\"HTTPS\" port=443 }\n    }\n}",
    good: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"gateway\" namespace=\"kube-system\" {\n        issuer \
           \"home\" { self-signed }\n        certificate \"web\" issuer=\"home\" { hosts \"*.example.net\" }\n        gateway \
           \"main\" class=\"cilium\" { listener \"https\" protocol=\"HTTPS\" port=443 certificate=\"web\" }\n    }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (gateway, _) in facts.model.gateways() {
        found.extend(gateway.listener.iter().filter_map(fault));
    }
}

fn fault(listener: &Listener) -> Option<Diagnostic> {
    // What `extra` says of TLS is the user's own.
    if listener.extra.is_some() {
        return None;
    }
    let (name, protocol) = (&listener.name.value, listener.protocol.value);
    let finding = |span, message: String| Diagnostic::new(&LISTENER_TLS, span, message);
    match (protocol.is_tls(), listener.tls_mode(), &listener.certificate) {
        (true, Some(TlsMode::Terminate), None) => {
            let diagnostic =
                finding(listener.name.span, format!("listener `{name}` speaks TLS and has no certificate"))
                    .label(listener.protocol.span, "TLS ends here");
            Some(diagnostic.help(
                "name a `certificate` of the homelab: `certificate=\"NAME\"`; `hlc explain certificate` shows one",
            ))
        }
        (true, Some(TlsMode::Passthrough), Some(certificate)) => Some(
            finding(certificate.span, format!("listener `{name}` passes TLS through and shows no certificate"))
                .help("remove `certificate`, or let TLS end here: `tls=\"terminate\"`"),
        ),
        (true, Some(TlsMode::Passthrough), None) if protocol == ListenerProtocol::Https => Some(
            finding(listener.protocol.span, format!("listener `{name}` cannot pass HTTPS through"))
                .help("write `protocol=\"TLS\"`: what passes through is not looked into"),
        ),
        (false, _, certificate) => {
            let span = listener.tls.map(|tls| tls.span).or(certificate.as_ref().map(|certificate| certificate.span))?;
            Some(
                finding(span, format!("listener `{name}` does not speak TLS"))
                    .label(listener.protocol.span, "its protocol")
                    .help("write `protocol=\"HTTPS\"`, or remove what is said about TLS"),
            )
        }
        (true, ..) => None,
    }
}
