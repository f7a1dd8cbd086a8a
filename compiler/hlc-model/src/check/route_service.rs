//! Routes and endpoints lead to Services that exist.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_plan::PlannedObject;
use hlc_schema::Spanned;
use hlc_schema::scalar::Port;
use hlc_schema::suggest::{list_names, nearest};

use super::{Check, Facts, WorkloadFacts};

pub(super) const CHECK: Check = Check { codes: &[&MISSING_SERVICE, &MISSING_PORT], run };

/// A Service that nobody makes.
pub(crate) static MISSING_SERVICE: Code = Code {
    id: "HLC0602",
    name: "missing-service",
    severity: Severity::Error,
    summary: "a route or endpoint leads to a Service that nothing makes",
    explain: "The gateway would answer every request with an error (500, `BackendNotFound`). Checked where everything \
              in the namespace is known: none of its workloads has a chart that is neither rendered here nor locked, a custom \
              object that could make more, or is `(existing)`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    \
          route \"web\" service=\"wbe\" port=80\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    \
           route \"web\" service=\"web\" port=80\n}",
};

/// A port that the Service does not have.
pub(crate) static MISSING_PORT: Code = Code {
    id: "HLC0603",
    name: "missing-port",
    severity: Severity::Error,
    summary: "a route or endpoint leads to a port that the Service does not have",
    explain: "A route names the Service's `port`, not the container's: `targetPort` is where the Service sends it on to.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 \
          targetPort=8080 } } }\n    route \"web\" service=\"web\" port=8080\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 \
           targetPort=8080 } } }\n    route \"web\" service=\"web\" port=80\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.sound_workloads().filter(|workload| workload.namespace.closed) {
        let routes = workload.workload.route.iter().filter(|route| route.endpoint.is_none());
        let simple = routes.clone().filter_map(|route| {
            let service = route.service.as_ref()?;
            Some(("route", &route.name.name, service, route.backend(workload.workload)?.1))
        });
        let of_rules = routes.flat_map(|route| {
            let backends = route.rule.iter().flat_map(|rule| &rule.backend);
            backends.map(move |backend| ("route", &route.name.name, &backend.service, backend.port))
        });
        let endpoints = workload.workload.endpoint.iter();
        let endpoints = endpoints.map(|endpoint| ("endpoint", &endpoint.name.name, &endpoint.service, endpoint.port));
        for (what, name, service, port) in simple.chain(of_rules).chain(endpoints) {
            match workload.namespace.object("Service", &service.value) {
                None => found.push(missing_service(&workload, what, name, service)),
                Some(object) => {
                    // Of two with one name, which is reported, either may be meant.
                    let alike = || workload.namespace.of_kind("Service").filter(|other| other.name == object.name);
                    found.extend(
                        missing_port(object, what, name, port)
                            .filter(|_| alike().all(|other| missing_port(other, what, name, port).is_some())),
                    );
                }
            }
        }
    }
}

fn missing_service(workload: &WorkloadFacts<'_, '_>, what: &str, name: &str, service: &Spanned<String>) -> Diagnostic {
    let namespace = workload.workload.namespace.name.value.as_str();
    let diagnostic = Diagnostic::new(
        &MISSING_SERVICE,
        service.span,
        format!("{what} `{name}` leads to Service `{}`, which nothing makes in namespace `{namespace}`", service.value),
    );
    let services: Vec<&PlannedObject> = workload.namespace.of_kind("Service").collect();
    let names: Vec<&str> = services.iter().map(|object| object.name.as_str()).collect();
    match nearest(&service.value, names.iter().copied()) {
        Some(meant) => {
            let declared =
                services.iter().find(|object| object.name == meant).map_or(service.span, |object| object.origin);
            diagnostic.label(declared, "this Service is made here").help(format!("did you mean `{meant}`?")).suggest(
                format!("write `{meant}`"),
                service.span,
                format!("\"{meant}\""),
            )
        }
        None if names.is_empty() => {
            diagnostic.help(format!("add `Service \"{}\" {{ spec {{ … }} }}` to the workload", service.value))
        }
        None => diagnostic.help(format!("there is {}", list_names(&names, "and"))),
    }
}

fn missing_port(object: &PlannedObject, what: &str, name: &str, port: Spanned<Port>) -> Option<Diagnostic> {
    let ports = object.body.at(&["spec", "ports"])?.as_list()?;
    let wanted = i128::from(port.value.0);
    if ports.iter().any(|entry| entry.get("port").and_then(hlc_schema::Data::as_integer) == Some(wanted)) {
        return None;
    }
    let numbers: Vec<String> =
        ports.iter().filter_map(|entry| Some(entry.get("port")?.as_integer()?.to_string())).collect();
    let mut diagnostic = Diagnostic::new(
        &MISSING_PORT,
        port.span,
        format!("{what} `{name}` leads to port {wanted}, which Service `{}` does not have", object.name),
    )
    .label(object.origin, format!("this Service has {}", list_names(&numbers, "and")));
    if let [only] = numbers.as_slice() {
        diagnostic = diagnostic.suggest("write the Service's port", port.span, only.as_str());
    }
    Some(diagnostic)
}
