//! Services that others refer to.

use hlc_schema::scalar::Port;
use hlc_schema::{AttrDecl, Choice, Data, Def, Node, NodeDecl, Spanned};

use crate::resolve::{Ask, Referable};

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "url", doc: "`SCHEME://SERVICE.NAMESPACE.svc.cluster.local:PORT`" },
    AttrDecl { name: "host", doc: "`SERVICE.NAMESPACE.svc.cluster.local`" },
    AttrDecl { name: "service", doc: "The Service's name." },
    AttrDecl { name: "port", doc: "The Service's port." },
];

/// A Service with a name of its own, so that others can refer to it: `(ref)endpoint.NAME.url`.
#[derive(Debug, Node)]
#[node(
    name = "endpoint",
    scope = Local,
    attributes = ATTRIBUTES,
    example = r#"endpoint "vmselect" service="vmselect" port=8481"#
)]
pub struct Endpoint {
    /// The endpoint's name.
    #[arg]
    pub name: Def<Endpoint>,
    /// The Service, in the workload's namespace.
    #[prop]
    pub service: Spanned<String>,
    /// The Service's port.
    #[prop]
    pub port: Spanned<Port>,
    /// What it speaks.
    #[prop(default = "\"http\"")]
    pub scheme: Option<Spanned<Scheme>>,
}

/// The scheme of an endpoint's URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Endpoint {
    /// The Service's DNS name inside the cluster.
    #[must_use]
    pub fn host(&self, namespace: &str) -> String {
        format!("{}.{namespace}.svc.cluster.local", self.service.value)
    }

    /// The endpoint's URL, without a path.
    #[must_use]
    pub fn url(&self, namespace: &str) -> String {
        let scheme = self.scheme.map_or(Scheme::Http, |scheme| scheme.value).word();
        format!("{scheme}://{}:{}", self.host(namespace), self.port.value.0)
    }
}

/// An endpoint and the namespace of its Service.
pub(crate) struct EndpointIn<'m> {
    pub(crate) endpoint: &'m Endpoint,
    pub(crate) namespace: &'m str,
}

impl Referable for EndpointIn<'_> {
    fn declaration(&self) -> &'static NodeDecl {
        Endpoint::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "url" => ask.text(self.endpoint.url(self.namespace)),
            "host" => ask.text(self.endpoint.host(self.namespace)),
            "service" => ask.scalar(&self.endpoint.service.value),
            "port" => ask.scalar(&self.endpoint.port.value),
            _ => ask.unknown(Endpoint::decl()),
        }
    }
}
