//! Gateways and their listeners (Gateway API v1).

use std::net::Ipv4Addr;

use hlc_schema::scalar::{Fqdn, Port};
use hlc_schema::{AttrDecl, Choice, Data, Def, Expr, Node, NodeDecl, ScopeId, Spanned};

use crate::resolve::{Ask, Referable};

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "name", doc: "The Gateway's name." },
    AttrDecl { name: "namespace", doc: "The namespace of the addon that makes it." },
    AttrDecl { name: "ip", doc: "Its address, if one is given." },
];

/// A Gateway that routes attach to.
#[derive(Debug, Node)]
#[node(
    name = "gateway",
    names = Subdomain,
    attributes = ATTRIBUTES,
    example = r#"gateway "homelab-gateway" class="cilium" ip="192.168.1.240" {
    listener "http" protocol="HTTP" port=80
    listener "https" protocol="HTTPS" port=443
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
}

/// A port of a Gateway.
#[derive(Debug, Node)]
#[node(name = "listener", example = r#"listener "https" protocol="HTTPS" port=443"#)]
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
