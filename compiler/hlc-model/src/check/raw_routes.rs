//! Routes of the Gateway API and Ingresses that are written out: they attach to gateways and lead to Services as those of `route` do.

use std::collections::BTreeSet;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::suggest::{list_names, nearest};
use hlc_schema::{Data, Node as _};

use super::meant::meant;
use super::pod_references::items;
use super::route_service::{MISSING_PORT, MISSING_SERVICE};
use super::{Check, Facts, NamespaceFacts};
use crate::concept::Gateway;

pub(super) const CHECK: Check = Check { codes: &[&MISSING_GATEWAY, &MISSING_SECTION, &NO_GRANT], run };

/// A Gateway that nobody makes.
pub(crate) static MISSING_GATEWAY: Code = Code {
    id: "HLC0651",
    name: "missing-gateway",
    severity: Severity::Error,
    summary: "a route that is written out names a Gateway that nothing makes",
    explain: "The route is accepted by nobody, and its hosts answer nothing. Checked where everything in the Gateway's namespace is \
              written down, and where a Gateway that is declared has nearly the same name.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\" { port \"http\" 80 }\n    HTTPRoute \
          \"web\" { spec { parentRefs { - name=homelab-gatway namespace=kube-system }; rules { - { backendRefs { - name=web port=80 } \
          } } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\" { port \"http\" 80 }\n    HTTPRoute \
           \"web\" { spec { parentRefs { - name=homelab-gateway namespace=kube-system }; rules { - { backendRefs { - name=web port=80 } \
           } } } }\n}",
};

/// A listener that the Gateway does not have.
pub(crate) static MISSING_SECTION: Code = Code {
    id: "HLC0652",
    name: "missing-section",
    severity: Severity::Error,
    summary: "a route that is written out names a listener that its Gateway does not have",
    explain: "`sectionName` is the name of one of the Gateway's listeners. Without it a route attaches to every listener that serves its \
              hosts.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\" { port \"http\" 80 }\n    HTTPRoute \
          \"web\" { spec { parentRefs { - name=homelab-gateway namespace=kube-system sectionName=htps }; rules { - { backendRefs { - \
          name=web port=80 } } } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\" { port \"http\" 80 }\n    HTTPRoute \
           \"web\" { spec { parentRefs { - name=homelab-gateway namespace=kube-system sectionName=https }; rules { - { backendRefs { - \
           name=web port=80 } } } } }\n}",
};

/// A way into another namespace that this one does not allow.
pub(crate) static NO_GRANT: Code = Code {
    id: "HLC0653",
    name: "no-reference-grant",
    severity: Severity::Error,
    summary: "a route leads to a Service of another namespace that does not allow it",
    explain: "A route reaches Services of its own namespace. Into another one it gets only where a ReferenceGrant there allows it \
              (Gateway API, \"ReferenceGrant\"): without one the gateway answers every request with an error (500, `RefNotPermitted`). \
              Checked where everything in the other namespace is written down.",
    bad: "workload \"db\" category=\"apps\" { namespace \"db\"; app \"db\" image=\"db:1\" { port \"http\" 80 } }\nworkload \"web\" \
          category=\"apps\" {\n    namespace \"web\"\n    HTTPRoute \"web\" { spec { parentRefs { - name=homelab-gateway \
          namespace=kube-system }; rules { - { backendRefs { - name=db namespace=db port=80 } } } } }\n}",
    good: "workload \"db\" category=\"apps\" {\n    namespace \"db\"\n    app \"db\" image=\"db:1\" { port \"http\" 80 }\n    ReferenceGrant \
           \"web\" { spec { from { - group=gateway.networking.k8s.io kind=HTTPRoute namespace=web }; to { - group=\"\" kind=Service } } \
           }\n}\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    HTTPRoute \"web\" { spec { parentRefs { - \
           name=homelab-gateway namespace=kube-system }; rules { - { backendRefs { - name=db namespace=db port=80 } } } } }\n}",
};

/// Kinds of route (Gateway API).
const ROUTES: &[&str] = &["GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute"];

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.sound_workloads() {
        let own: BTreeSet<Span> = workload.workload.route.iter().map(|route| route.name.span).collect();
        for route in workload.planned.iter().filter(|object| is_route(object) && !own.contains(&object.origin)) {
            let Some(spec) = route.body.get("spec") else { continue };
            for parent in items(spec, "parentRefs") {
                found.extend(gateway(route, parent, facts));
            }
            let rules = items(spec, "rules");
            for backend in rules.flat_map(|rule| items(rule, "backendRefs")) {
                found.extend(service(route, backend, facts));
            }
        }
        for ingress in workload.planned.iter().filter(|object| is_ingress(object)) {
            found
                .extend(ingress_backends(&ingress.body).filter_map(|service| ingress_service(ingress, service, facts)));
        }
    }
}

fn is_ingress(object: &PlannedObject) -> bool {
    object.kind == "Ingress" && object.api_version.starts_with("networking.k8s.io/")
}

/// The Services that an Ingress leads to.
fn ingress_backends(ingress: &Data) -> impl Iterator<Item = &Data> {
    let spec = ingress.get("spec");
    let paths = spec.into_iter().flat_map(|spec| items(spec, "rules")).filter_map(|rule| rule.get("http"));
    let paths = paths.flat_map(|http| items(http, "paths")).filter_map(|path| path.get("backend"));
    spec.and_then(|spec| spec.get("defaultBackend")).into_iter().chain(paths).filter_map(|it| it.get("service"))
}

fn is_route(object: &PlannedObject) -> bool {
    ROUTES.contains(&object.kind.as_str()) && object.api_version.starts_with("gateway.networking.k8s.io/")
}

fn text<'d>(data: &'d Data, field: &str) -> Option<&'d str> {
    data.get(field).and_then(Data::as_str)
}

/// Judges a gateway that a route attaches to.
fn gateway(route: &PlannedObject, parent: &Data, facts: &Facts<'_>) -> Option<Diagnostic> {
    if text(parent, "kind").is_some_and(|kind| kind != "Gateway") || facts.model.faults.may_hide(Gateway::decl()) {
        return None;
    }
    let name = parent.get("name")?;
    let wanted = name.as_str()?;
    let namespace = text(parent, "namespace").or(route.namespace.as_deref())?;
    let gateways =
        || facts.objects().filter(|object| object.kind == "Gateway" && object.namespace.as_deref() == Some(namespace));
    let Some(gateway) = gateways().find(|gateway| gateway.name == wanted) else {
        let alike = nearest(wanted, gateways().map(|gateway| gateway.name.as_str())).is_some();
        if !alike && !facts.namespace(namespace).is_some_and(|namespace| namespace.closed) {
            return None;
        }
        let message = format!("nothing makes the Gateway `{wanted}` in namespace `{namespace}`");
        let others = gateways().map(|gateway| (gateway.name.as_str(), gateway.origin));
        return Some(meant(
            Diagnostic::new(&MISSING_GATEWAY, name.span, message),
            name,
            others,
            "name one that is there",
        ));
    };
    let section = parent.get("sectionName")?;
    let wanted = section.as_str()?;
    let listeners: Vec<_> = items(gateway.body.get("spec")?, "listeners")
        .filter_map(|listener| listener.get("name"))
        .filter_map(|name| Some((name.as_str()?, name.span)))
        .collect();
    if listeners.iter().any(|(name, _)| *name == wanted) {
        return None;
    }
    let names: Vec<_> = listeners.iter().map(|(name, _)| *name).collect();
    let message = format!("gateway `{}` has no listener `{wanted}`", gateway.name);
    let help = format!("it has {}", list_names(&names, "and"));
    Some(meant(Diagnostic::new(&MISSING_SECTION, section.span, message), section, listeners, help))
}

/// Judges a Service that an Ingress leads to, by the number or the name of a port.
fn ingress_service(ingress: &PlannedObject, backend: &Data, facts: &Facts<'_>) -> Option<Diagnostic> {
    let within = ingress.namespace.as_deref()?;
    let namespace = facts.namespace(within).filter(|namespace| namespace.closed)?;
    let name = backend.get("name")?;
    let wanted = name.as_str()?;
    let Some(service) = namespace.object("Service", wanted) else {
        return Some(missing_service(ingress, name, wanted, within, namespace));
    };
    let port = backend.get("port")?;
    let (field, wanted) = [("port", port.get("number")), ("name", port.get("name"))]
        .into_iter()
        .find_map(|(field, it)| Some((field, it?)))?;
    // Of two with one name, which is reported, either may be meant.
    let alike = || namespace.of_kind("Service").filter(|other| other.name == service.name);
    let mut all = alike().filter_map(|service| service.body.get("spec")).flat_map(|spec| items(spec, "ports"));
    if all.any(|port| port.get(field).is_some_and(|has| has.value == wanted.value)) {
        return None;
    }
    let ports = || service.body.get("spec").into_iter().flat_map(|spec| items(spec, "ports"));
    ports().next()?;
    let has: Vec<String> = ports().filter_map(|port| shown(port.get(field)?)).collect();
    let message = format!(
        "Ingress `{}` leads to port {}, which Service `{}` does not have",
        ingress.name,
        shown(wanted)?,
        service.name
    );
    let has = if has.is_empty() { "no port with a name".to_owned() } else { list_names(&has, "and") };
    Some(Diagnostic::new(&MISSING_PORT, wanted.span, message).label(service.origin, format!("this Service has {has}")))
}

/// A number or a name of a port.
fn shown(port: &Data) -> Option<String> {
    port.as_integer().map(|number| number.to_string()).or_else(|| Some(port.as_str()?.to_owned()))
}

fn missing_service(
    from: &PlannedObject,
    name: &Data,
    wanted: &str,
    within: &str,
    namespace: &NamespaceFacts<'_>,
) -> Diagnostic {
    let message = format!(
        "{} `{}` leads to Service `{wanted}`, which nothing makes in namespace `{within}`",
        from.kind, from.name
    );
    let others = namespace.of_kind("Service").map(|object| (object.name.as_str(), object.origin));
    let help = format!("add `Service \"{wanted}\" {{ spec {{ … }} }}` to the workload");
    meant(Diagnostic::new(&MISSING_SERVICE, name.span, message), name, others, help)
}

/// Judges a Service that a route leads to.
fn service(route: &PlannedObject, backend: &Data, facts: &Facts<'_>) -> Option<Diagnostic> {
    if text(backend, "kind").is_some_and(|kind| kind != "Service") {
        return None;
    }
    let own = route.namespace.as_deref()?;
    let within = text(backend, "namespace").unwrap_or(own);
    let namespace = facts.namespace(within).filter(|namespace| namespace.closed)?;
    let name = backend.get("name")?;
    let wanted = name.as_str()?;
    let Some(service) = namespace.object("Service", wanted) else {
        return Some(missing_service(route, name, wanted, within, namespace));
    };
    if within != own && !namespace.of_kind("ReferenceGrant").any(|grant| allows(grant, &route.kind, own, wanted)) {
        let at = backend.get("namespace").map_or(name.span, |namespace| namespace.span);
        let message =
            format!("namespace `{within}` does not allow routes of namespace `{own}` to its Service `{wanted}`");
        return Some(Diagnostic::new(&NO_GRANT, at, message).label(service.origin, "this Service").help(format!(
            "add to what makes the Service: `ReferenceGrant \"{own}\" {{ spec {{ from {{ - group=gateway.networking.k8s.io kind={} \
             namespace={own} }}; to {{ - group=\"\" kind=Service }} }} }}`",
            route.kind
        )));
    }
    let port = backend.get("port")?;
    let number = port.as_integer()?;
    let ports: Vec<_> =
        items(service.body.get("spec")?, "ports").filter_map(|port| port.get("port")?.as_integer()).collect();
    if ports.contains(&number) || ports.is_empty() {
        return None;
    }
    let has: Vec<String> = ports.iter().map(i128::to_string).collect();
    let message =
        format!("{} `{}` leads to port {number}, which Service `{wanted}` does not have", route.kind, route.name);
    Some(
        Diagnostic::new(&MISSING_PORT, port.span, message)
            .label(service.origin, format!("this Service has {}", list_names(&has, "and"))),
    )
}

/// True when a grant lets objects of a kind in a namespace name a Service.
fn allows(grant: &PlannedObject, kind: &str, namespace: &str, service: &str) -> bool {
    let Some(spec) = grant.body.get("spec") else { return false };
    items(spec, "from").any(|from| text(from, "kind") == Some(kind) && text(from, "namespace") == Some(namespace))
        && items(spec, "to")
            .any(|to| text(to, "kind") == Some("Service") && text(to, "name").is_none_or(|name| name == service))
}
