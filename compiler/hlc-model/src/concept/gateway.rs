//! Gateways and their listeners (Gateway API v1).

use std::net::Ipv4Addr;

use hlc_diag::Span;
use hlc_plan::PlannedObject;
use hlc_schema::scalar::{Fqdn, Port};
use hlc_schema::{AttrDecl, Choice, Data, Def, Expr, FreeBlock, Node, NodeDecl, Ref, ScopeId, Spanned};

use super::Certificate;
use crate::lower::Lower;
use crate::resolve::{Ask, Place, Referable, merge};

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "name", doc: "The Gateway's name." },
    AttrDecl { name: "namespace", doc: "The namespace of the addon that makes it." },
    AttrDecl { name: "ip", doc: "Its address, if one is given." },
];

/// The annotation that asks Cilium's load balancer for addresses (Cilium, "LoadBalancer IP Address Management").
const CILIUM_ADDRESSES: &str = "lbipam.cilium.io/ips";

/// A Gateway that routes attach to.
///
/// Its address stands in `spec.addresses`. Cilium reads that from version 1.17 on and an annotation before, so that a gateway of
/// class `cilium` gets both.
#[derive(Debug, Node)]
#[node(
    name = "gateway",
    names = Subdomain,
    attributes = ATTRIBUTES,
    example = r#"gateway "homelab-gateway" class="cilium" ip="192.168.1.240" {
    listener "http" protocol="HTTP" port=80
    listener "https" protocol="HTTPS" port=443 certificate="wildcard-example-net"
}"#
)]
pub struct Gateway {
    /// The Gateway's name.
    #[arg]
    pub name: Def<Gateway>,
    /// The GatewayClass that implements it.
    #[prop]
    pub class: Spanned<String>,
    /// The address it is to have; without one the load balancer picks.
    #[prop]
    pub ip: Option<Expr<Ipv4Addr>>,
    /// Where it listens.
    #[block]
    pub listener: Vec<Listener>,
    /// Further fields of the Gateway, merged over what hlc makes.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// A port of a Gateway.
#[derive(Debug, Node)]
#[node(name = "listener", example = r#"listener "https" protocol="HTTPS" port=443 certificate="wildcard-example-net""#)]
pub struct Listener {
    /// The listener's name.
    #[arg]
    pub name: Spanned<String>,
    /// What it speaks.
    #[prop]
    pub protocol: Spanned<ListenerProtocol>,
    /// The port it listens on.
    #[prop]
    pub port: Spanned<Port>,
    /// The hosts it serves; all when absent. A first label `*` stands for any.
    #[prop]
    pub hostname: Option<Spanned<Fqdn>>,
    /// The certificate it shows, where TLS ends at the Gateway.
    #[prop]
    pub certificate: Option<Ref<Certificate>>,
    /// Where TLS ends.
    #[prop(default = "\"terminate\" for HTTPS and TLS")]
    pub tls: Option<Spanned<TlsMode>>,
    /// The namespaces whose routes may attach.
    #[prop(default = "\"all\"")]
    pub routes: Option<Spanned<RoutesFrom>>,
    /// Further fields of the listener, merged over what hlc makes.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// Where TLS ends (Gateway API, `TLSModeType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum TlsMode {
    /// At the Gateway, with a certificate.
    Terminate,
    /// Behind it: what arrives is passed on as it is, to the backend of a TLSRoute.
    Passthrough,
}

/// The namespaces whose routes may attach (Gateway API, `FromNamespaces`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum RoutesFrom {
    /// Every namespace.
    All,
    /// The Gateway's own.
    Same,
}

/// The protocol of a listener (Gateway API, `ProtocolType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ListenerProtocol {
    /// Plain HTTP.
    #[choice("HTTP")]
    Http,
    /// HTTP over TLS, ended at the Gateway.
    #[choice("HTTPS")]
    Https,
    /// TLS, ended at the Gateway or passed through.
    #[choice("TLS")]
    Tls,
    /// TCP.
    #[choice("TCP")]
    Tcp,
    /// UDP.
    #[choice("UDP")]
    Udp,
}

impl ListenerProtocol {
    /// True when HTTPRoutes can attach.
    #[must_use]
    pub fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }

    /// True when it is spoken over TLS.
    #[must_use]
    pub fn is_tls(self) -> bool {
        matches!(self, Self::Https | Self::Tls)
    }
}

impl Gateway {
    /// The Gateway.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let at = self.head;
        let ip = match &self.ip {
            Some(ip) => Some(lower.resolver.value(ip, lower.scope)?),
            None => None,
        };
        let listeners: Vec<_> = self.listener.iter().map(|listener| listener.lower(lower)).collect();
        let mut spec = vec![
            ("gatewayClassName", Data::string(self.class.value.as_str(), self.class.span)),
            ("listeners", Data::list(listeners.into_iter().collect::<Option<_>>()?, at)),
        ];
        if let Some(ip) = ip {
            let text = || Data::string(ip.value.to_string(), ip.span);
            let address = Data::map([("type", Data::string("IPAddress", ip.span)), ("value", text())], ip.span);
            spec.push(("addresses", Data::list(vec![address], ip.span)));
            if self.class.value == "cilium" {
                let annotations = Data::map([(CILIUM_ADDRESSES, text())], ip.span);
                spec.push(("infrastructure", Data::map([("annotations", annotations)], ip.span)));
            }
        }
        let mut object = lower.object("gateway.networking.k8s.io/v1", "Gateway", &self.name.name, self.name.span);
        object.field("spec", Data::map(spec, at));
        object.finish_with(self.extra.as_ref())
    }
}

impl Listener {
    /// What becomes of TLS; `None` where none is spoken.
    #[must_use]
    pub fn tls_mode(&self) -> Option<TlsMode> {
        let usual = self.protocol.value.is_tls().then_some(TlsMode::Terminate);
        self.tls.map(|tls| tls.value).or(usual)
    }

    fn lower(&self, lower: &Lower<'_>) -> Option<Data> {
        let at = self.head;
        let text = |text: &str| Data::string(text, at);
        let from = match self.routes.map(|routes| routes.value) {
            None | Some(RoutesFrom::All) => "All",
            Some(RoutesFrom::Same) => "Same",
        };
        let namespaces = Data::map([("from", text(from))], at);
        let mut fields = vec![
            ("name", Data::string(self.name.value.as_str(), self.name.span)),
            ("protocol", Data::string(self.protocol.value.word(), self.protocol.span)),
            ("port", Data::integer(self.port.value.0, self.port.span)),
            ("allowedRoutes", Data::map([("namespaces", namespaces)], at)),
        ];
        fields.extend(self.hostname.as_ref().map(|host| ("hostname", Data::string(host.value.as_str(), host.span))));
        if let Some(mode) = self.tls_mode() {
            let word = match mode {
                TlsMode::Terminate => "Terminate",
                TlsMode::Passthrough => "Passthrough",
            };
            let mut tls = vec![("mode", text(word))];
            if let Some(reference) = &self.certificate
                && let Some((certificate, unit)) = lower.resolver.model.certificate(&reference.name)
            {
                let secret = [
                    ("name", Data::string(certificate.secret(), reference.span)),
                    ("namespace", Data::string(certificate.namespace(unit), reference.span)),
                ];
                tls.push(("certificateRefs", Data::list(vec![Data::map(secret, reference.span)], reference.span)));
            }
            fields.push(("tls", Data::map(tls, at)));
        }
        let mut listener = Data::map(fields, at);
        if let Some(extra) = &self.extra {
            let extra = lower.resolver.data(&extra.value, lower.scope, Place::Manifest)?;
            merge(&mut listener, extra, lower.resolver)?;
        }
        Some(listener)
    }
}

/// A gateway and the namespace of the addon that makes it.
pub(crate) struct GatewayIn<'m> {
    pub(crate) gateway: &'m Gateway,
    pub(crate) namespace: &'m str,
}

impl Referable for GatewayIn<'_> {
    fn declaration(&self) -> &'static NodeDecl {
        Gateway::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match (ask.field, &self.gateway.ip) {
            ("name", _) => ask.text(self.gateway.name.name.as_str()),
            ("namespace", _) => ask.text(self.namespace),
            ("ip", Some(ip)) => ask.scalar(&ask.resolver.value(ip, ScopeId::default())?.value),
            ("ip", None) => ask.not_given(self.gateway.name.span),
            _ => ask.unknown(Gateway::decl()),
        }
    }
}
