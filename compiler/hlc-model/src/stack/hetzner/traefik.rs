//! The routes of Traefik on the edge (v3, file provider).

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::Input;
use hlc_schema::{Data, Node as _, ScopeId};

use super::GeneratedFile;
use crate::concept::{EdgeRoute, EdgeScheme, ForwardAuth, Gateway, Traefik};
use crate::resolve::Resolver;
use crate::workload::{Auth, Route, Workload};

/// A public host with single sign-on and nobody to ask.
pub(crate) static NO_FORWARD_AUTH: Code = Code {
    id: "HLC0870",
    name: "no-forward-auth",
    severity: Severity::Error,
    summary: "a public host with single sign-on, at an edge that can ask nobody",
    explain: "`public` asks for a login at the edge unless it says otherwise. The edge asks the service that its `forward-auth` \
              names; without one it would let everybody in, or nobody.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
          image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" \
          to=\"/etc/edge\" {\n            traefik \"dynamic/routes.yml\" certificates=\"letsencrypt\" \
          to-cluster=\"homelab-gateway\"\n        }\n    }\n}\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    \
          Service \"web\" { spec { ports { - port=80 } } }\n    route \"web\" service=\"web\" port=80 \
          gateway=\"homelab-gateway\" { public; }\n}",
    good: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
          image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" \
          to=\"/etc/edge\" {\n            traefik \"dynamic/routes.yml\" certificates=\"letsencrypt\" \
          to-cluster=\"homelab-gateway\"\n        }\n    }\n}\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    \
          Service \"web\" { spec { ports { - port=80 } } }\n    route \"web\" service=\"web\" port=80 \
          gateway=\"homelab-gateway\" { public auth=\"own\"; }\n}",
};

/// What Traefik is told, by its names.
#[derive(Default)]
struct Dynamic {
    http: Section,
    tcp: Section,
    middlewares: BTreeMap<String, Data>,
}

#[derive(Default)]
struct Section {
    routers: BTreeMap<String, Data>,
    services: BTreeMap<String, Data>,
}

/// The file that the edge's Traefik reads; `None` after reporting.
pub(super) fn file(resolver: &Resolver<'_>, scope: ScopeId, traefik: &Traefik) -> Option<GeneratedFile> {
    let mut dynamic = Dynamic::default();
    let at = traefik.head;
    if let Some(auth) = &traefik.forward_auth {
        let address = format!("http://{}:{}{}", auth.service.value, auth.port.value.0, auth.path.path.value.as_str());
        let mut entries = vec![("address", text(&address, at)), ("trustForwardHeader", Data::bool(true, at))];
        if !auth.response_headers.is_empty() {
            let headers = auth.response_headers.iter().map(|header| text(&header.value, header.span)).collect();
            entries.push(("authResponseHeaders", Data::list(headers, at)));
        }
        let middleware = Data::map([("forwardAuth", Data::map(entries, at))], at);
        dynamic.middlewares.insert(auth.name.name.clone(), middleware);
    }
    let mut whole = true;
    let own = resolver.model.hetzner.iter().filter(|(own, _)| *own == scope);
    let mut routes: Vec<&EdgeRoute> = own.flat_map(|(_, hetzner)| &hetzner.route).collect();
    routes.sort_by_key(|route| route.name.name.as_str());
    for route in routes {
        whole &= edge_route(resolver, scope, traefik, route, &mut dynamic).is_some();
    }
    whole &= cluster_routes(resolver, traefik, &mut dynamic).is_some();
    whole &= can_ask(resolver, scope, traefik);
    whole.then(|| GeneratedFile {
        path: traefik.path.value.clone(),
        mode: "0644",
        text: Input::known(dynamic.write(at), traefik.path.span),
    })
}

fn text(text: &str, at: Span) -> Data {
    Data::string(text, at)
}

impl Dynamic {
    fn write(self, at: Span) -> String {
        let map = |entries: BTreeMap<String, Data>| (!entries.is_empty()).then(|| Data::map(entries, at));
        let section = |section: Section, middlewares: BTreeMap<String, Data>| {
            let parts = [
                ("routers", map(section.routers)),
                ("services", map(section.services)),
                ("middlewares", map(middlewares)),
            ];
            let parts: Vec<_> = parts.into_iter().filter_map(|(key, part)| Some((key, part?))).collect();
            (!parts.is_empty()).then(|| Data::map(parts, at))
        };
        let sections = [("http", section(self.http, self.middlewares)), ("tcp", section(self.tcp, BTreeMap::new()))];
        let sections = sections.into_iter().filter_map(|(key, part)| Some((key, part?)));
        format!("# Made by hlc from the routes of the homelab.\n{}", hlc_kube::data_to_yaml(&Data::map(sections, at)))
    }

    /// A service that answers HTTP; its name.
    fn http_service(&mut self, name: &str, port: u16, scheme: EdgeScheme, at: Span) -> String {
        let prefix = if scheme == EdgeScheme::Http { String::new() } else { format!("{}-", scheme.word()) };
        let service = format!("{prefix}{name}-{port}");
        let url = format!("{}://{name}:{port}", scheme.word());
        put(&mut self.http.services, service, load_balancer("url", &url, at))
    }
}

/// Puts something under its name, or, where that is another's, under one made of it; gives the name back.
fn put(section: &mut BTreeMap<String, Data>, mut name: String, value: Data) -> String {
    while section.get(&name).is_some_and(|other| *other != value) {
        name.push_str("-2");
    }
    section.insert(name.clone(), value);
    name
}

fn load_balancer(key: &str, address: &str, at: Span) -> Data {
    let servers = Data::list(vec![Data::map([(key, text(address, at))], at)], at);
    Data::map([("loadBalancer", Data::map([("servers", servers)], at))], at)
}

/// A router with TLS ended at the edge.
fn router(traefik: &Traefik, rule: String, service: &str, middleware: Option<&str>, priority: Option<u32>) -> Data {
    let at = traefik.head;
    let entry_point = traefik.entry_point.as_ref().map_or("websecure", |name| name.value.as_str());
    let mut entries = vec![
        ("entryPoints", Data::list(vec![text(entry_point, at)], at)),
        ("rule", Data::string(rule, at)),
        ("service", text(service, at)),
        ("tls", Data::map([("certResolver", text(&traefik.certificates.value, at))], at)),
    ];
    if let Some(middleware) = middleware {
        entries.push(("middlewares", Data::list(vec![text(middleware, at)], at)));
    }
    if let Some(priority) = priority {
        entries.push(("priority", Data::integer(priority, at)));
    }
    Data::map(entries, at)
}

/// ``Host(`a`) || Host(`b`)``, with every name below them for a wildcard.
fn matches(hosts: &[String], matcher: &str, wildcard: bool) -> String {
    let exact = hosts.iter().map(|host| format!("{matcher}(`{host}`)"));
    let below = hosts.iter().filter(|_| wildcard).map(|host| {
        // A label and the host, as a Go regular expression.
        format!("{matcher}Regexp(`^[a-z0-9-]+\\.{}$`)", host.replace('.', "\\."))
    });
    exact.chain(below).collect::<Vec<_>>().join(" || ")
}

fn in_brackets(rule: String) -> String {
    if rule.contains(" || ") { format!("({rule})") } else { rule }
}

fn edge_route(
    resolver: &Resolver<'_>,
    scope: ScopeId,
    traefik: &Traefik,
    route: &EdgeRoute,
    dynamic: &mut Dynamic,
) -> Option<()> {
    let at = traefik.head;
    let hosts: Vec<String> =
        route.hosts(resolver, scope)?.into_iter().map(|host| host.value.as_str().to_owned()).collect();
    let (name, service, port) = (route.name.name.as_str(), route.service.value.as_str(), route.port.value.0);
    if route.passes_through() {
        let address = format!("{service}:{port}");
        let tcp = put(&mut dynamic.tcp.services, format!("{service}-{port}"), load_balancer("address", &address, at));
        let entry_point = traefik.entry_point.as_ref().map_or("websecure", |name| name.value.as_str());
        let router = Data::map(
            [
                ("entryPoints", Data::list(vec![text(entry_point, at)], at)),
                ("rule", Data::string(matches(&hosts, "HostSNI", route.is_wildcard()), at)),
                ("service", text(&tcp, at)),
                ("tls", Data::map([("passthrough", Data::bool(true, at))], at)),
            ],
            at,
        );
        put(&mut dynamic.tcp.routers, name.to_owned(), router);
        return Some(());
    }
    let host = matches(&hosts, "Host", route.is_wildcard());
    let scheme = |scheme: Option<hlc_schema::Spanned<EdgeScheme>>| scheme.map_or(EdgeScheme::Http, |s| s.value);
    let asked = route.auth.is_some_and(|auth| auth.value == Auth::Sso);
    let middleware =
        traefik.forward_auth.as_ref().filter(|_| asked).map(|forward_auth| forward_auth.name.name.as_str());
    for rule in &route.rule {
        let service = dynamic.http_service(&rule.service.value, rule.port.value.0, scheme(rule.scheme), at);
        let paths: Vec<_> = rule.paths.iter().map(|path| format!("PathPrefix(`{}`)", path.value.as_str())).collect();
        let text = match paths.is_empty() {
            true => host.clone(),
            false => format!("{} && {}", in_brackets(host.clone()), in_brackets(paths.join(" || "))),
        };
        let router = self::router(traefik, text, &service, middleware, rule.priority.map(|priority| priority.value));
        put(&mut dynamic.http.routers, format!("{name}-{}", rule.name.value), router);
    }
    let service = dynamic.http_service(service, port, scheme(route.scheme), at);
    // The rules of its paths come first, whatever their length.
    let priority = (!route.rule.is_empty()).then_some(1);
    put(&mut dynamic.http.routers, name.to_owned(), router(traefik, host, &service, middleware, priority));
    Some(())
}

/// The hosts of public workloads, which are sent to the cluster.
fn cluster_routes<'m>(resolver: &Resolver<'m>, traefik: &Traefik, dynamic: &mut Dynamic) -> Option<()> {
    let Some(to_cluster) = &traefik.to_cluster else { return Some(()) };
    let at = traefik.head;
    let gateways = resolver.model.gateways();
    let (gateway, _) = gateways.into_iter().find(|(gateway, _)| gateway.name.name == to_cluster.name)?;
    let url = gateway_url(resolver, gateway, to_cluster.span)?;
    let public = |(scope, unit): (ScopeId, &'m Workload)| {
        unit.route.iter().filter(|route| route.public.is_some()).map(move |route: &Route| (scope, unit, route))
    };
    let mut routes: Vec<_> = resolver.model.units().flat_map(public).collect();
    routes.sort_by_key(|(_, unit, route)| (unit.name.name.as_str(), route.name.name.as_str()));
    let mut whole = true;
    for (scope, unit, route) in routes {
        let Some(auth) = &route.public else { continue };
        let Some(hosts) = route.hosts(resolver, scope) else {
            whole = false;
            continue;
        };
        let middleware = match auth.auth.map_or(Auth::Sso, |auth| auth.value) {
            Auth::Own | Auth::None => None,
            // Without one `can_ask` says so.
            Auth::Sso => traefik.forward_auth.as_ref().map(|forward_auth| forward_auth.name.name.as_str()),
        };
        let hosts: Vec<String> = hosts.into_iter().map(|host| host.value.as_str().to_owned()).collect();
        let service = put(&mut dynamic.http.services, gateway.name.name.clone(), load_balancer("url", &url, at));
        let router = router(traefik, matches(&hosts, "Host", false), &service, middleware, None);
        // Names of routes are their workload's own: another one may have the same.
        let mut name = route.name.name.clone();
        if dynamic.http.routers.contains_key(&name) {
            name = format!("{}-{name}", unit.name.name);
        }
        put(&mut dynamic.http.routers, name, router);
    }
    whole.then_some(())
}

/// Reports that hosts have single sign-on and there is nobody to ask: all of them together, since one thing is missing.
fn can_ask(resolver: &Resolver<'_>, scope: ScopeId, traefik: &Traefik) -> bool {
    // One that could not be read is none that is missing.
    if traefik.forward_auth.is_some() || resolver.model.faults.may_hide(ForwardAuth::decl()) {
        return true;
    }
    let own = resolver.model.hetzner.iter().filter(|(own, _)| *own == scope).flat_map(|(_, hetzner)| &hetzner.route);
    let own = own.filter_map(|route| {
        Some((&route.name.name, route.auth.filter(|auth| auth.value == Auth::Sso && !route.passes_through())?.span))
    });
    let units = resolver.model.units().filter(|_| traefik.to_cluster.is_some());
    let public = units.flat_map(|(_, unit)| &unit.route).filter_map(|route| {
        let public = route.public.as_ref()?;
        let is_asked = public.auth.is_none_or(|auth| auth.value == Auth::Sso);
        is_asked.then_some((&route.name.name, public.head))
    });
    let mut asking: Vec<(&String, Span)> = own.chain(public).collect();
    asking.sort_by_key(|(_, at)| *at);
    let diagnostic = match asking.as_slice() {
        [] => return true,
        [(route, at)] => {
            let message = format!("route `{route}` asks for single sign-on, which the edge has not");
            Diagnostic::new(&NO_FORWARD_AUTH, *at, message).label(traefik.head, "no `forward-auth` here")
        }
        [(route, _), rest @ ..] => {
            let message =
                format!("route `{route}` and {} more ask for single sign-on, which the edge has not", rest.len());
            let diagnostic = Diagnostic::new(&NO_FORWARD_AUTH, traefik.head, message).here("no `forward-auth` here");
            asking
                .iter()
                .take(3)
                .fold(diagnostic, |diagnostic, (route, at)| diagnostic.label(*at, format!("route `{route}`")))
        }
    };
    resolver.report(
        diagnostic.help("add a `forward-auth` there, or write `auth=\"own\"` for an application that asks by itself"),
    );
    false
}

/// Where the edge reaches the gateway: its address and its first plain HTTP listener, else its first HTTPS one.
fn gateway_url(resolver: &Resolver<'_>, gateway: &Gateway, asked: Span) -> Option<String> {
    use crate::concept::ListenerProtocol::{Http, Https};
    if resolver.model.faults.may_hide(Gateway::decl()) {
        return None; // what it lacks may stand in what could not be read
    }
    let Some(ip) = &gateway.ip else {
        resolver.report(
            Diagnostic::new(&GATEWAY_ADDRESS, asked, format!("gateway `{}` has no fixed address", gateway.name.name))
                .label(gateway.name.span, "this states no `ip`")
                .help("add `ip=\"…\"` there: the edge has to know where to send requests"),
        );
        return None;
    };
    let ip = resolver.value(ip, ScopeId::default())?.value;
    let port = |protocol| {
        let mut listeners = gateway.listener.iter().filter(move |listener| listener.protocol.value == protocol);
        listeners.next().map(|listener| listener.port.value.0)
    };
    match (port(Http), port(Https)) {
        (Some(80), _) => Some(format!("http://{ip}")),
        (Some(port), _) => Some(format!("http://{ip}:{port}")),
        (None, Some(443)) => Some(format!("https://{ip}")),
        (None, Some(port)) => Some(format!("https://{ip}:{port}")),
        // Of what its routes lack, their check speaks (`check/gateway_listener.rs`).
        (None, None) if has_routes(resolver, gateway) => None,
        (None, None) => {
            resolver.report(
                Diagnostic::new(&GATEWAY_ADDRESS, asked, format!("gateway `{}` listens to no HTTP", gateway.name.name))
                    .label(gateway.name.span, format!("this {} has no HTTP listener", Gateway::decl().name))
                    .help("add `listener \"http\" protocol=\"HTTP\" port=80` there"),
            );
            None
        }
    }
}

/// True when a route attaches to the gateway.
fn has_routes(resolver: &Resolver<'_>, gateway: &Gateway) -> bool {
    let model = resolver.model;
    let mut routes = model.units().filter(|(_, unit)| unit.is_made()).flat_map(|(_, unit)| &unit.route);
    routes.any(|route| route.gateway(model).is_some_and(|(of, _)| std::ptr::eq(of, gateway)))
}

/// A gateway that the edge cannot reach.
pub(crate) static GATEWAY_ADDRESS: Code = Code {
    id: "HLC0873",
    name: "edge-gateway",
    severity: Severity::Error,
    summary: "a gateway that the edge cannot reach",
    explain: "The edge sends requests for public hosts to a gateway of the cluster. It has to have a fixed address and an HTTP \
              listener.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
          image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" \
          to=\"/etc/edge\" {\n            traefik \"dynamic/routes.yml\" certificates=\"letsencrypt\" \
          to-cluster=\"other\"\n        }\n    }\n}\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    \
          Service \"web\" { spec { ports { - port=80 } } }\n    route \"web\" service=\"web\" port=80 \
          gateway=\"other\" { public auth=\"own\"; }\n}\nplatform { addon \"other\" namespace=\"other\" { gateway \"other\" class=\"cilium\" { listener \"http\" \
          protocol=\"HTTP\" port=80; } } }",
    good: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
          image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" \
          to=\"/etc/edge\" {\n            traefik \"dynamic/routes.yml\" certificates=\"letsencrypt\" \
          to-cluster=\"homelab-gateway\"\n        }\n    }\n}\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    \
          Service \"web\" { spec { ports { - port=80 } } }\n    route \"web\" service=\"web\" port=80 \
          gateway=\"homelab-gateway\" { public auth=\"own\"; }\n}",
};

#[cfg(test)]
mod tests {
    use hlc_diag::FileId;

    use super::*;

    #[test]
    fn one_name_for_each() {
        let at = Span::new(FileId::new(0), 0, 0);
        let mut dynamic = Dynamic::default();
        let mut service = |name, port, scheme| dynamic.http_service(name, port, scheme, at);
        assert_eq!(service("web", 80, EdgeScheme::Https), "https-web-80");
        assert_eq!(service("https-web", 80, EdgeScheme::Http), "https-web-80-2");
        assert_eq!(service("web", 80, EdgeScheme::Https), "https-web-80");
        assert_eq!(dynamic.http.services.len(), 2);
    }
}
