//! Host names and where they lead.

mod backend;
mod rule;

pub use rule::{Backend, HeaderMatch, PathMatch, Rule};

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::scalar::Fqdn;
use hlc_schema::suggest::list_names;
use hlc_schema::{AttrDecl, Data, Def, Expr, FreeBlock, Node, NodeDecl, Ref, Scalar, ScopeId, Spanned};

use backend::{PortName, ROUTE_BACKEND};

use super::{App, Endpoint, Public};
use crate::concept::Gateway;
use crate::lower::Lower;
use crate::model::Model;
use crate::resolve::{Ask, Referable, Resolver};

pub(crate) const CODES: &[&Code] = &[&ROUTE_BACKEND, &ROUTE_GATEWAY, &DOUBLED_DOMAIN];

/// A route without a gateway.
pub(crate) static ROUTE_GATEWAY: Code = Code {
    id: "HLC0402",
    name: "route-gateway",
    severity: Severity::Error,
    summary: "a route for which no single gateway is meant",
    explain: "A homelab with one gateway needs no word about it. With more, a route says which: `gateway=\"NAME\"`, or its \
              category does: `defaults { route gateway=\"NAME\" }`.",
    bad: "homelab \"home\" domain=\"example.net\" { category \"apps\" }\nworkload \"web\" category=\"apps\" {\n    namespace \
          \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    route \"web\" service=\"web\" port=80\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } }; \
           }\n    route \"web\" service=\"web\" port=80 gateway=\"homelab-gateway\"\n}",
};

/// A route named by its whole host.
pub(crate) static DOUBLED_DOMAIN: Code = Code {
    id: "HLC0410",
    name: "doubled-domain",
    severity: Severity::Error,
    summary: "a route whose name ends in the homelab's domain",
    explain: "The host of a route is its name below the homelab's domain. A name that has the domain in it already would get it \
              twice.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    \
          route \"web.example.net\" service=\"web\" port=80\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    \
           route \"web\" service=\"web\" port=80\n}",
};

const ATTRIBUTES: &[AttrDecl] =
    &[AttrDecl { name: "host", doc: "Its first host." }, AttrDecl { name: "url", doc: "`https://HOST`" }];

/// A host name that leads to a Service (an HTTPRoute of the Gateway API).
#[derive(Debug, Node)]
#[node(
    name = "route",
    names = Subdomain,
    scope = Local,
    attributes = ATTRIBUTES,
    example = r#"route "grafana" service="grafana" port=3000 {
    public auth="own"
}"#
)]
pub struct Route {
    /// The route's name; its host is `NAME.DOMAIN` unless `hosts` says otherwise.
    #[arg]
    pub name: Def<Route>,
    /// The Service it leads to.
    #[prop]
    pub service: Option<Spanned<String>>,
    /// The application of this workload that it leads to, in place of `service`.
    #[prop]
    pub app: Option<Ref<App>>,
    /// The Service's port; of an application the port's name, which may be left out where there is one only.
    #[prop]
    pub port: Option<Spanned<PortName>>,
    /// The endpoint of this workload that it leads to, in place of `service` and `port`.
    #[prop]
    pub endpoint: Option<Ref<Endpoint>>,
    /// The gateway it attaches to; not needed when there is one only.
    #[prop]
    pub gateway: Option<Ref<Gateway>>,
    /// Its host names, in place of `NAME.DOMAIN`.
    #[prop]
    pub hosts: Vec<Expr<Fqdn>>,
    /// Which requests lead where, in place of `service` and `port`.
    #[block]
    pub rule: Vec<Rule>,
    /// Reachable from the internet.
    #[block]
    pub public: Option<Public>,
    /// What is merged over the route's object: fields that hlc has no word for.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The whole node.
    #[span]
    pub span: Span,
    /// The node's name.
    #[head]
    pub head: Span,
}

impl Route {
    /// Its hosts, in the order they are written; `None` when one cannot be told, which has been reported.
    pub(crate) fn hosts(&self, resolver: &Resolver<'_>, scope: hlc_schema::ScopeId) -> Option<Vec<Spanned<Fqdn>>> {
        hosts(&self.name.name, self.name.span, &self.hosts, resolver, scope)
    }

    /// The gateway it attaches to, with its namespace: the one that is named, or the only one.
    #[must_use]
    pub fn gateway<'m>(&self, model: &'m Model) -> Option<(&'m Gateway, &'m str)> {
        let mut gateways = model.gateways();
        match &self.gateway {
            Some(reference) => gateways.find(|(gateway, _)| gateway.name.name == reference.name),
            None => gateways.next().filter(|_| gateways.next().is_none()),
        }
    }

    /// Reports that no single gateway is meant. Names that nothing has are reported as such.
    fn report_gateway(&self, lower: &Lower<'_>) {
        let model = lower.resolver.model;
        if self.gateway.is_some() || model.faults.may_hide(Gateway::decl()) {
            return;
        }
        let names: Vec<_> = model.gateways().map(|(gateway, _)| gateway.name.name.as_str()).collect();
        let diagnostic =
            Diagnostic::new(&ROUTE_GATEWAY, self.name.span, format!("route `{}` has no gateway", self.name.name));
        lower.resolver.report(if names.is_empty() {
            diagnostic
                .help("declare one in `platform`: `addon \"gateway\" namespace=\"kube-system\" { gateway \"NAME\" … }`")
        } else {
            diagnostic.help(format!("say which: `gateway=\"…\"`; there are {}", list_names(&names, "and")))
        });
    }

    /// Where it says in one word where everything leads.
    fn leads_somewhere(&self) -> Option<Span> {
        let service = self.service.as_ref().map(|service| service.span);
        let app = self.app.as_ref().map(|app| app.span);
        service.or(app).or(self.endpoint.as_ref().map(|endpoint| endpoint.span))
    }

    /// Its rules as the Gateway API has them; `None` after reporting.
    fn rules(&self, lower: &Lower<'_>) -> Option<Vec<Data>> {
        let at = self.head;
        if let Some(first) = self.rule.first() {
            if let Some(word) = self.leads_somewhere() {
                let message = format!("route `{}` says twice where it leads", self.name.name);
                lower.resolver.report(
                    Diagnostic::new(&ROUTE_BACKEND, word, message)
                        .label(first.head, "and here")
                        .help("write it as the `backend` of a rule, or remove the rules"),
                );
                return None;
            }
            return self.rule.iter().map(|rule| rule.lower(lower)).collect();
        }
        let Some((service, port)) = self.backend(lower.workload) else {
            if lower.is_whole() {
                self.report_backend(lower);
            }
            return None;
        };
        let backend = rule::backend_ref(&service, port, Data::integer(1, at), at);
        let parts =
            [("backendRefs", Data::list(vec![backend], at)), ("matches", Data::list(vec![rule::every_path(at)], at))];
        Some(vec![Data::map(parts, at)])
    }

    /// The HTTPRoute.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let rules = self.rules(lower);
        let gateway = self.gateway(lower.resolver.model);
        if gateway.is_none() {
            self.report_gateway(lower);
        }
        let hosts = self.hosts(lower.resolver, lower.scope);
        let (rules, (gateway, gateway_namespace), hosts) = (rules?, gateway?, hosts?);
        let at = self.head;
        let text = |text: &str| Data::string(text, at);
        let parent = Data::map(
            [
                ("group", text("gateway.networking.k8s.io")),
                ("kind", text("Gateway")),
                ("name", text(&gateway.name.name)),
                ("namespace", text(gateway_namespace)),
            ],
            at,
        );
        let hosts = hosts.into_iter().map(|host| Data::string(host.value.as_str(), host.span)).collect();
        let mut object = lower.object("gateway.networking.k8s.io/v1", "HTTPRoute", &self.name.name, self.name.span);
        object.field(
            "spec",
            Data::map(
                [
                    ("hostnames", Data::list(hosts, at)),
                    ("parentRefs", Data::list(vec![parent], at)),
                    ("rules", Data::list(rules, at)),
                ],
                at,
            ),
        );
        object.finish_with(self.extra.as_ref())
    }
}

/// A route and the scope it was declared in.
pub(crate) struct RouteIn<'m> {
    pub(crate) route: &'m Route,
    pub(crate) scope: ScopeId,
}

impl Referable for RouteIn<'_> {
    fn declaration(&self) -> &'static NodeDecl {
        Route::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        if !matches!(ask.field, "host" | "url") {
            return ask.unknown(Route::decl());
        }
        let hosts = self.route.hosts(ask.resolver, self.scope)?;
        let host = hosts.first()?.value.as_str();
        ask.text(if ask.field == "url" { format!("https://{host}") } else { host.to_owned() })
    }
}

/// The hosts of a route, in the order they are written, else its name below the homelab's domain; `None` when one cannot be
/// told, which has been reported.
pub(crate) fn hosts(
    name: &str,
    span: Span,
    written: &[Expr<Fqdn>],
    resolver: &Resolver<'_>,
    scope: ScopeId,
) -> Option<Vec<Spanned<Fqdn>>> {
    if !written.is_empty() {
        let hosts: Vec<_> = written.iter().map(|host| resolver.value(host, scope)).collect();
        return hosts.into_iter().collect();
    }
    let domain = &resolver.model.homelab.as_ref()?.domain.value;
    if let Some(short) = name.strip_suffix(domain.as_str()).and_then(|rest| rest.strip_suffix('.')) {
        resolver.report(
            Diagnostic::new(&DOUBLED_DOMAIN, span, format!("the host would be `{name}.{}`", domain.as_str())).suggest(
                format!("write `{short}`"),
                span,
                format!("\"{short}\""),
            ),
        );
        return None;
    }
    let value = hlc_schema::DataValue::string(format!("{name}.{}", domain.as_str()));
    match Fqdn::from_value(&value) {
        Ok(host) => Some(vec![Spanned::new(host, span)]),
        Err(mismatch) => {
            resolver.report(
                hlc_schema::setting::mismatched::<Fqdn>(&value, span, &mismatch)
                    .help("choose another name, or write the host with `hosts`"),
            );
            None
        }
    }
}
