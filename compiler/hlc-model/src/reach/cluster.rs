//! Inside the cluster: gateway, listener, certificate, HTTPRoute, Service, pods.

use hlc_diag::Span;
use hlc_plan::PlannedObject;
use hlc_schema::scalar::Port;
use hlc_schema::{Data, ScopeId, Spanned};

use super::dns::Lookup;
use super::edge::{Target, target};
use super::hop::{Chain, Draft};
use super::login::covers;
use super::{Asked, Draw, Finder, Guard, HopKind, View};
use crate::check::{
    Facts, NamespaceFacts, certificate_is_for, containers, listener_covers, selected_by, selector_means,
};
use crate::concept::{Gateway, Listener, ListenerProtocol};
use crate::workload::{Auth, Workload, workload_namespace};

/// How the address of a gateway is called.
pub(super) const ADDRESS_OF_GATEWAY: &str = "of gateway";

/// What has to be known about the way from the LAN to a host whose record leads to the edge.
const PAST_THE_EDGE: &str =
    "in the LAN too its name leads to the edge; this is the way past it, of whoever asks the gateway itself";

impl<'m> Finder<'_, 'm> {
    /// The way from the LAN to a host of a workload.
    pub(super) fn lan(&self, asked: Asked<'_, 'm>) -> Draw<'m> {
        let host = asked.host.value.as_str();
        let mut chain = Chain::new();
        let leads_to_server = match self.facts.dns().look_up(host) {
            Lookup::Answers(answers) => {
                let to = answers.last().and_then(|answer| answer.to.as_ref());
                to.is_some_and(|to| matches!(target(self.facts, to), Target::Server(_)))
            }
            Lookup::Nothing | Lookup::NoZone => false,
        };
        if !leads_to_server {
            self.address(&mut chain, host, &[asked.host.span], View::Lan);
        }
        self.cluster(&mut chain, asked, View::Lan, None);
        let client = self.logins(&mut chain, asked);
        let own = asked.route.public.as_ref().and_then(|public| public.auth);
        let (guard, guarded_at) = match (client, own.map(|auth| auth.value)) {
            (Some((client, at)), _) => (Guard::Oidc(client), Some(at)),
            (None, Some(Auth::Own)) => (Guard::Own, own.map(|auth| auth.span)),
            (None, Some(Auth::None)) => (Guard::Open, own.map(|auth| auth.span)),
            (None, Some(Auth::Sso) | None) => (Guard::Unsaid, None),
        };
        let note = leads_to_server.then_some(PAST_THE_EDGE);
        Draw { view: View::Lan, guard, guarded_at, drafts: chain.into_drafts(), note }
    }

    /// From the gateway to the pods; `to` is where the edge names the gateway.
    pub(super) fn cluster(&self, chain: &mut Chain<'m>, asked: Asked<'_, 'm>, view: View, to: Option<Span>) {
        let Asked { scope, unit, route, host } = asked;
        let at = [route.name.span];
        let reference = route.gateway.as_ref().map(|gateway| gateway.span);
        let Some((gateway, _)) = route.gateway(self.facts.model) else {
            let hop = Draft::unknown(HopKind::Gateway, "gateway", "no single gateway is meant").at(route.name.span);
            chain.then(hop.own(reference.into_iter().chain(to)).shared(at));
            self.route(chain, asked);
            return self.services(chain, scope, unit, asked);
        };
        self.gateway(chain, gateway, reference.into_iter().chain(to), at);
        self.listener(chain, gateway, host.value.as_str(), host.span, view);
        self.route(chain, asked);
        self.services(chain, scope, unit, asked);
    }

    pub(super) fn listener(&self, chain: &mut Chain<'m>, gateway: &'m Gateway, host: &str, at: Span, view: View) {
        let Some(listener) = self.serving(gateway, host, view) else {
            let shared = [at, gateway.name.span];
            let reason = "no listener of the gateway serves the host";
            let hop = Draft::unknown(HopKind::Listener, "listener", reason).at(gateway.name.span).shared(shared);
            chain.then(hop);
            return;
        };
        let (protocol, port) = (listener.protocol.value.word(), listener.port.value.0);
        let for_host = listener.hostname.as_ref().map(|host| format!(" for {}", host.value.as_str()));
        let detail = format!("{protocol}, port {port}{}", for_host.unwrap_or_default());
        let hop = Draft::new(HopKind::Listener, &listener.name.value, detail, listener.name.span)
            .own([listener.head, listener.port.span])
            .own(listener.hostname.as_ref().map(|host| host.span))
            .shared([at]);
        chain.then(hop);
        if listener.protocol.value == ListenerProtocol::Https {
            chain.beside(self.certificate(listener, host, at));
        }
    }

    /// A gateway; `named` is where it is named, `shared` what it is named for.
    pub(super) fn gateway(
        &self,
        chain: &mut Chain<'m>,
        gateway: &'m Gateway,
        named: impl Iterator<Item = Span>,
        shared: impl IntoIterator<Item = Span>,
    ) {
        let address = gateway.ip.as_ref().and_then(|ip| self.facts.resolver.value(ip, ScopeId::default()));
        let detail = match &address {
            Some(ip) => format!("at {}, of class {}", ip.value, gateway.class.value),
            None => format!("of class {}", gateway.class.value),
        };
        let ip = gateway.ip.as_ref().map(hlc_schema::Expr::span).into_iter().chain(address.map(|ip| ip.span));
        let hop = Draft::new(HopKind::Gateway, &gateway.name.name, detail, gateway.name.span)
            .own([gateway.head, gateway.class.span])
            .own(ip.chain(named))
            .shared(shared);
        chain.then(hop);
    }

    /// The listener that a request comes to: the edge asks the first one for plain HTTP (`stack/hetzner/traefik.rs`), browsers one
    /// for HTTPS.
    fn serving(&self, gateway: &'m Gateway, host: &str, view: View) -> Option<&'m Listener> {
        let serves = |listener: &&Listener| {
            let pattern = listener.hostname.as_ref();
            pattern.is_none_or(|pattern| listener_covers(pattern.value.as_str(), host))
        };
        let speaking = |protocol| gateway.listener.iter().filter(move |listener| listener.protocol.value == protocol);
        let plain = || speaking(ListenerProtocol::Http).find(serves);
        let mut secure = speaking(ListenerProtocol::Https).filter(serves).peekable();
        if view == View::Internet {
            return plain().or_else(|| secure.next());
        }
        let first = secure.peek().copied();
        let certified = secure.find(|listener| self.is_certified(listener, host));
        // A host of another domain, such as `web.local`, is opened without TLS (`check/certificate_hosts.rs`).
        let domain = self.facts.model.homelab.as_ref().map(|homelab| homelab.domain.value.as_str());
        let is_own = domain.is_some_and(|domain| covers(domain, true, host));
        certified.or(first.filter(|_| is_own)).or_else(plain).or(first)
    }

    fn is_certified(&self, listener: &Listener, host: &str) -> bool {
        let certificate = listener.certificate.as_ref().and_then(|name| self.facts.model.certificate(&name.name));
        let hosts = certificate.and_then(|(certificate, _)| certificate.hosts(self.facts.resolver, ScopeId::default()));
        hosts.is_some_and(|hosts| hosts.iter().any(|known| certificate_is_for(known.value.as_str(), host)))
    }

    fn certificate(&self, listener: &'m Listener, host: &str, at: Span) -> Draft<'m> {
        let model = self.facts.model;
        let shared = [at, listener.name.span, listener.protocol.span];
        let Some(reference) = &listener.certificate else {
            let hop = Draft::unknown(HopKind::Certificate, "certificate", "the listener names none");
            return hop.at(listener.name.span).shared(shared);
        };
        let Some((certificate, _)) = model.certificate(&reference.name) else {
            let hop = Draft::unknown(HopKind::Certificate, &reference.name, "nothing makes it");
            return hop.at(reference.span).own([reference.span]).shared(shared);
        };
        let hosts = certificate.hosts(self.facts.resolver, ScopeId::default()).unwrap_or_default();
        let names: Vec<&str> = hosts.iter().map(|host| host.value.as_str()).collect();
        let detail = format!("for {}, signed by {}", names.join(" and "), certificate.issuer.name);
        // One finding is about all hosts that the certificate is not for, and stands at the hosts that it is for.
        let fits = names.iter().any(|name| certificate_is_for(name, host));
        let certified = hosts.iter().filter(|_| !fits).map(|host| host.span);
        Draft::new(HopKind::Certificate, &certificate.name.name, detail, certificate.name.span)
            .own([reference.span, certificate.head, certificate.issuer.span])
            .shared(shared)
            .shared(certified)
    }

    fn route(&self, chain: &mut Chain<'m>, asked: Asked<'_, 'm>) {
        let route = asked.route;
        let namespace = workload_namespace(asked.unit);
        let hop = Draft::new(
            HopKind::Route,
            &route.name.name,
            format!("an HTTPRoute in namespace {namespace}"),
            route.name.span,
        )
        .own([route.head, route.span])
        .shared([asked.host.span]);
        chain.then(hop);
    }

    /// The Services of a route, each with its pods.
    fn services(&self, chain: &mut Chain<'m>, scope: ScopeId, unit: &'m Workload, asked: Asked<'_, 'm>) {
        let behind = chain.last();
        let route = asked.route;
        let mut backends: Vec<(Spanned<String>, Spanned<Port>)> = route.backend(unit).into_iter().collect();
        let of_rules = route.rule.iter().flat_map(|rule| &rule.backend);
        for backend in of_rules {
            if !backends
                .iter()
                .any(|(service, port)| (&service.value, port.value.0) == (&backend.service.value, backend.port.value.0))
            {
                backends.push((backend.service.clone(), backend.port));
            }
        }
        if backends.is_empty() {
            let hop = Draft::unknown(HopKind::Service, "service", "the route does not say where it leads");
            chain.then(hop.at(route.name.span));
            return;
        }
        let mut first = None;
        for (service, port) in backends {
            let last = self.service(chain, scope, unit, (&service, port), behind);
            first = first.or(Some(last));
        }
        if let Some(first) = first {
            chain.stand_at(first);
        }
    }

    /// A Service with its pods; gives back the last hop.
    pub(super) fn service(
        &self,
        chain: &mut Chain<'m>,
        scope: ScopeId,
        unit: &'m Workload,
        (service, port): (&Spanned<String>, Spanned<Port>),
        behind: Option<usize>,
    ) -> usize {
        let namespace = workload_namespace(unit);
        let facts = self.facts.namespace(namespace);
        let name = format!("{}:{}", service.value, port.value.0);
        let object = facts.and_then(|facts| facts.object("Service", &service.value));
        let asked = [service.span, port.span];
        let Some(object) = object else {
            let reason = not_here(self.facts, facts, namespace, scope);
            let hop = Draft::unknown(HopKind::Service, name, reason).at(service.span);
            return chain.put(hop.own(asked), behind);
        };
        let kind = object.body.at(&["spec", "type"]).and_then(Data::as_str).unwrap_or("ClusterIP");
        let ports = object.body.at(&["spec", "ports"]).and_then(Data::as_list).unwrap_or_default();
        let wanted = i128::from(port.value.0);
        let entry = ports.iter().find(|entry| entry.get("port").and_then(Data::as_integer) == Some(wanted));
        let to = entry.and_then(|entry| entry.get("targetPort")).map(shown);
        let detail = match to.filter(|to| *to != port.value.0.to_string()) {
            Some(to) => format!("{kind}, sends on to port {to}"),
            None => kind.to_owned(),
        };
        let mut hop = Draft::new(HopKind::Service, name, detail, object.origin).own(asked).made_of([object]);
        if entry.is_none() {
            hop = hop.because("the Service has no such port");
        }
        let index = chain.put(hop, behind);
        chain.put(pods(self.facts, facts, (namespace, scope), object), Some(index))
    }
}

/// The pods that a Service selects.
fn pods<'m>(
    facts: &Facts<'m>,
    namespace: Option<&NamespaceFacts<'m>>,
    (name, scope): (&str, ScopeId),
    service: &'m PlannedObject,
) -> Draft<'m> {
    let selector = service.body.at(&["spec", "selector"]);
    let Some(wanted) = selector.and_then(Data::as_map).filter(|map| !map.is_empty()) else {
        let reason = "the Service selects no pods by labels";
        return Draft::unknown(HopKind::Pods, "pods", reason).at(service.origin).beside([service]);
    };
    let templates = namespace.into_iter().flat_map(NamespaceFacts::pod_templates);
    // Those that are meant and not selected are broken by what is found about their labels.
    let is_meant = |object, template| selected_by(wanted, template) || selector_means(wanted, object, template);
    let selected: Vec<_> = templates.filter(|(object, template)| is_meant(object, template)).collect();
    let Some((first, _)) = selected.first() else {
        let labels: Vec<String> = wanted.iter().map(|(key, entry)| format!("{key}={}", shown(&entry.value))).collect();
        let at = selector.map_or(service.origin, |selector| selector.span);
        let reason = not_here(facts, namespace, name, scope);
        return Draft::unknown(HopKind::Pods, labels.join(","), reason).at(at).beside([service]);
    };
    let names: Vec<String> = selected.iter().map(|(object, _)| format!("{} {}", object.kind, object.name)).collect();
    let specs = selected.iter().filter_map(|(_, template)| template.get("spec"));
    let images: Vec<&str> =
        specs.flat_map(containers).filter_map(|container| container.get("image")?.as_str()).collect();
    let detail = match images.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    };
    Draft::new(HopKind::Pods, names.join(", "), detail, first.origin)
        .made_of(selected.iter().map(|(object, _)| *object))
        .beside([service])
}

/// Why something of a namespace is not known.
fn not_here(facts: &Facts<'_>, namespace: Option<&NamespaceFacts<'_>>, name: &str, scope: ScopeId) -> String {
    if !facts.model.is_whole(scope) || !facts.is_made(scope) {
        return "not looked for: the workload has errors".to_owned();
    }
    if namespace.is_some_and(|namespace| namespace.closed) {
        return format!("nothing makes it in namespace {name}");
    }
    let units = facts.model.units().filter(|(_, unit)| workload_namespace(unit) == name);
    let mut existing = None;
    let mut charts: Vec<&str> = Vec::new();
    for (scope, unit) in units {
        if !facts.charts.knows(scope, unit) {
            charts.extend(unit.chart.iter().map(|chart| chart.name.value.as_str()));
        }
        existing = existing.or(unit.existing.then_some(unit.name.name.as_str()));
    }
    charts.sort_unstable();
    match (charts.as_slice(), existing) {
        ([only], _) => format!("not known here: chart {only} is not locked"),
        ([first, rest @ ..], _) => format!("not known here: charts {first} and {} more are not locked", rest.len()),
        ([], Some(existing)) => format!("not known here: workload {existing} is made by something else"),
        ([], None) => format!("not known here: something else may make it in namespace {name}"),
    }
}

/// A scalar as text.
fn shown(value: &Data) -> String {
    value
        .as_str()
        .map(str::to_owned)
        .or_else(|| value.as_integer().map(|number| number.to_string()))
        .unwrap_or_default()
}
