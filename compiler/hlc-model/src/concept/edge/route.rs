//! Hosts that the edge itself answers.

use hlc_diag::Span;
use hlc_schema::scalar::{Fqdn, Mismatch, Port};
use hlc_schema::{AttrDecl, Choice, Data, DataValue, Def, Expr, Node, NodeDecl, Scalar, ScopeId, Spanned, TypeDecl};

use crate::resolve::{Ask, Referable, Resolver};
use crate::workload::Auth;

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "host", doc: "Its first host." },
    AttrDecl { name: "url", doc: "`https://` and its first host." },
];

/// A host that a Compose service on the edge answers.
#[derive(Debug, Node)]
#[node(
    name = "route",
    id = "edge-route",
    scope = Local,
    attributes = ATTRIBUTES,
    example = r#"route "netbird" service="netbird-dashboard" port=80 auth="own" {
    rule "grpc" service="netbird-server" port=80 scheme="h2c" priority=100 {
        paths "/management.ManagementService/"
    }
}"#
)]
pub struct EdgeRoute {
    /// The route's name; its host is NAME below the homelab's domain unless `hosts` says otherwise.
    #[arg]
    pub name: Def<EdgeRoute>,
    /// Its hosts.
    #[prop]
    pub hosts: Vec<Expr<Fqdn>>,
    /// The Compose service that answers.
    #[prop]
    pub service: Spanned<String>,
    /// The port in its container.
    #[prop]
    pub port: Spanned<Port>,
    /// What the service speaks.
    #[prop(default = "\"http\"")]
    pub scheme: Option<Spanned<EdgeScheme>>,
    /// Who asks for a login. Needed unless an `oidc` names the route or it is where Authentik answers.
    #[prop]
    pub auth: Option<Spanned<Auth>>,
    /// Where TLS ends.
    #[prop(default = "\"edge\"")]
    pub tls: Option<Spanned<EdgeTls>>,
    /// True when every name below the host leads here too.
    #[prop(default = "#false")]
    pub wildcard: Option<Spanned<bool>>,
    /// Paths that other services answer.
    #[block]
    pub rule: Vec<EdgeRule>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// Paths of a host that another service answers.
#[derive(Debug, Node)]
#[node(
    name = "rule",
    id = "edge-rule",
    example = r#"rule "api" service="netbird-server" port=80 priority=100 { paths "/api" "/oauth2" }"#
)]
pub struct EdgeRule {
    /// The rule's name within its route.
    #[arg]
    pub name: Spanned<String>,
    /// The Compose service that answers.
    #[prop]
    pub service: Spanned<String>,
    /// The port in its container.
    #[prop]
    pub port: Spanned<Port>,
    /// What the service speaks.
    #[prop(default = "\"http\"")]
    pub scheme: Option<Spanned<EdgeScheme>>,
    /// Of several rules that fit, the one with the highest wins; without one, the longest rule does.
    #[prop]
    pub priority: Option<Spanned<u32>>,
    /// The beginnings of its paths, each with its slash.
    #[prop]
    pub paths: Vec<Spanned<EdgePath>>,
}

/// The path of a URL, with its slash. Traefik's rules quote it in backticks, so it holds none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgePath(String);

impl EdgePath {
    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Scalar for EdgePath {
    const TYPE: TypeDecl = TypeDecl::new("path", "the path of a URL such as `\"/api\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let wrong = |reason: &str, instead: Option<String>| Mismatch { reason: Some(reason.to_owned()), instead };
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        if text.contains(|c: char| c == '`' || c.is_whitespace() || c.is_control()) {
            return Err(wrong("a path has no spaces and no backticks", None));
        }
        if !text.starts_with('/') {
            return Err(wrong("a path begins with a slash", Some(format!("\"/{text}\""))));
        }
        Ok(Self(text.as_str().to_owned()))
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

/// What a service on the edge speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum EdgeScheme {
    /// HTTP without TLS.
    Http,
    /// HTTP/2 without TLS, as gRPC wants it.
    H2c,
    /// HTTP over TLS.
    Https,
}

/// Where TLS ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum EdgeTls {
    /// At the edge, with a certificate of its own.
    Edge,
    /// In the service: the edge hands the bytes on.
    Passthrough,
}

impl EdgeRoute {
    /// Its hosts; `None` when one cannot be told, which has been reported.
    pub(crate) fn hosts(&self, resolver: &Resolver<'_>, scope: ScopeId) -> Option<Vec<Spanned<Fqdn>>> {
        crate::workload::hosts(&self.name.name, self.name.span, &self.hosts, resolver, scope)
    }

    /// True when the edge hands the bytes on.
    #[must_use]
    pub fn passes_through(&self) -> bool {
        self.tls.is_some_and(|tls| tls.value == EdgeTls::Passthrough)
    }

    /// True when every name below its hosts leads here too.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.wildcard.is_some_and(|wildcard| wildcard.value)
    }
}

/// A route of the edge and the scope it was declared in.
pub(crate) struct EdgeRouteIn<'m> {
    pub(crate) route: &'m EdgeRoute,
    pub(crate) scope: ScopeId,
}

impl Referable for EdgeRouteIn<'_> {
    fn declaration(&self) -> &'static NodeDecl {
        EdgeRoute::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        if !matches!(ask.field, "host" | "url") {
            return ask.unknown(EdgeRoute::decl());
        }
        let hosts = self.route.hosts(ask.resolver, self.scope)?;
        let host = hosts.first()?.value.as_str();
        ask.text(if ask.field == "url" { format!("https://{host}") } else { host.to_owned() })
    }
}
