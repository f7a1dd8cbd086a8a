//! Rules of a route: which requests lead where.

use hlc_diag::Span;
use hlc_schema::scalar::Port;
use hlc_schema::{Choice, Data, FreeBlock, Node, Spanned};

use crate::lower::Lower;
use crate::resolve::{Place, merge};

/// A rule of a route: which requests it takes and where they lead.
///
/// Without `path` and `header` it takes every request. Where several rules take one, the longer path wins (Gateway API,
/// HTTPRouteRule).
#[derive(Debug, Node)]
#[node(
    name = "rule",
    example = r#"rule {
    path "/api"
    backend "api" port=8080 weight=9
    backend "api-next" port=8080 weight=1
}"#
)]
pub struct Rule {
    /// Paths that it takes; any of them.
    #[block]
    pub path: Vec<PathMatch>,
    /// Headers that a request must have; all of them.
    #[block]
    pub header: Vec<HeaderMatch>,
    /// The method of the requests.
    #[prop]
    pub method: Option<Spanned<String>>,
    /// Services it leads to; several share the requests by their weights.
    #[block]
    pub backend: Vec<Backend>,
    /// What is merged over the rule: `filters`, `timeouts` and whatever else hlc has no word for.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// A path that a rule takes.
#[derive(Debug, Node)]
#[node(name = "path", id = "route-path", example = r#"path "/api" match="prefix""#)]
pub struct PathMatch {
    /// The path.
    #[arg]
    pub path: Spanned<String>,
    /// How it is compared.
    #[prop(name = "match", default = "\"prefix\"")]
    pub kind: Option<Spanned<PathKind>>,
}

/// How a path is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum PathKind {
    /// The path and everything below it.
    Prefix,
    /// The path alone.
    Exact,
    /// A regular expression; its dialect is the gateway's.
    Regex,
}

/// A header that a request must have.
#[derive(Debug, Node)]
#[node(name = "header", id = "route-header", example = r#"header "X-Canary" "yes""#)]
pub struct HeaderMatch {
    /// Its name.
    #[arg]
    pub name: Spanned<String>,
    /// Its value, exactly.
    #[arg]
    pub value: Spanned<String>,
}

/// A Service that a rule leads to.
#[derive(Debug, Node)]
#[node(name = "backend", example = r#"backend "api" port=8080 weight=9"#)]
pub struct Backend {
    /// The Service, in the workload's namespace.
    #[arg]
    pub service: Spanned<String>,
    /// The Service's port.
    #[prop]
    pub port: Spanned<Port>,
    /// Its share of the requests.
    #[prop(default = "1")]
    pub weight: Option<Spanned<u16>>,
}

/// A reference to a Service. Group, kind and weight are what the API server fills in: left out, Argo CD would show a
/// difference for ever.
pub(super) fn backend_ref(service: &Spanned<String>, port: Spanned<Port>, weight: Data, at: Span) -> Data {
    Data::map(
        [
            ("group", Data::string("", at)),
            ("kind", Data::string("Service", at)),
            ("name", Data::string(service.value.as_str(), service.span)),
            ("port", Data::integer(port.value.0, port.span)),
            ("weight", weight),
        ],
        at,
    )
}

fn path_match(kind: &str, path: Data, at: Span) -> Data {
    Data::map([("type", Data::string(kind, at)), ("value", path)], at)
}

/// The match of every request.
pub(super) fn every_path(at: Span) -> Data {
    Data::map([("path", path_match("PathPrefix", Data::string("/", at), at))], at)
}

impl Rule {
    /// The rule as the Gateway API has it.
    pub(super) fn lower(&self, lower: &Lower<'_>) -> Option<Data> {
        let at = self.head;
        let backends = self.backend.iter().map(|backend| {
            let weight = backend.weight.map_or(Data::integer(1, at), |weight| Data::integer(weight.value, weight.span));
            backend_ref(&backend.service, backend.port, weight, backend.service.span)
        });
        let mut rule = Data::map(
            [("backendRefs", Data::list(backends.collect(), at)), ("matches", Data::list(self.matches(), at))],
            at,
        );
        if let Some(extra) = &self.extra {
            let extra = lower.resolver.data(&extra.value, lower.scope, Place::Manifest)?;
            merge(&mut rule, extra, lower.resolver)?;
        }
        Some(rule)
    }

    /// One match per path, each with all headers and the method.
    fn matches(&self) -> Vec<Data> {
        let at = self.head;
        let text = |value: &Spanned<String>| Data::string(value.value.as_str(), value.span);
        let mut common = Vec::new();
        if !self.header.is_empty() {
            let headers = self.header.iter().map(|header| {
                let kind = Data::string("Exact", header.name.span);
                Data::map(
                    [("name", text(&header.name)), ("type", kind), ("value", text(&header.value))],
                    header.name.span,
                )
            });
            common.push(("headers", Data::list(headers.collect(), at)));
        }
        common.extend(self.method.as_ref().map(|method| ("method", text(method))));
        let with = |path: Data| Data::map(common.iter().cloned().chain([("path", path)]), at);
        if self.path.is_empty() {
            return vec![with(path_match("PathPrefix", Data::string("/", at), at))];
        }
        let paths = self.path.iter().map(|path| {
            let kind = match path.kind.map(|kind| kind.value) {
                None | Some(PathKind::Prefix) => "PathPrefix",
                Some(PathKind::Exact) => "Exact",
                Some(PathKind::Regex) => "RegularExpression",
            };
            with(path_match(kind, text(&path.path), path.path.span))
        });
        paths.collect()
    }
}
