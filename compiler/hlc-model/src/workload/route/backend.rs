//! The Service that a route leads to.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::scalar::{Mismatch, Port};
use hlc_schema::suggest::list_names;
use hlc_schema::{DataValue, Scalar, Spanned, TypeDecl};

use super::Route;
use crate::lower::Lower;
use crate::workload::Workload;

/// A route that says nowhere, or in two ways, where it leads.
pub(crate) static ROUTE_BACKEND: Code = Code {
    id: "HLC0401",
    name: "route-backend",
    severity: Severity::Error,
    summary: "a route that does not say where it leads, or says it twice",
    explain: "A route leads to a Service and a port (`service=\"grafana\" port=3000`) or to an endpoint that has both \
              (`endpoint=\"infisical\"`).",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    route \"web\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    endpoint \"web\" service=\"web\" port=80\n    \
           route \"web\" endpoint=\"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n}",
};

/// A port of a Service: by number, or by the name that an application gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortName {
    /// Its number.
    Number(Port),
    /// Its name.
    Name(String),
}

impl PortName {
    /// True for this number.
    pub(crate) fn is_number(&self, number: u16) -> bool {
        self.to_value() == DataValue::integer(i128::from(number))
    }
}

impl Scalar for PortName {
    const TYPE: TypeDecl = TypeDecl::new("port", "a port such as `8080`, or the name of an application's port");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        if let DataValue::String(name) = value
            && !name.is_empty()
        {
            return Ok(Self::Name(name.as_str().to_owned()));
        }
        Port::from_value(value).map(Self::Number)
    }

    fn to_value(&self) -> DataValue {
        match self {
            Self::Number(port) => port.to_value(),
            Self::Name(name) => DataValue::string(name.as_str()),
        }
    }
}

impl Route {
    /// The Service and port it leads to; `None` when the route does not say, which `lower` reports.
    #[must_use]
    pub fn backend(&self, workload: &Workload) -> Option<(Spanned<String>, Spanned<Port>)> {
        match (&self.service, &self.port, &self.endpoint, &self.app) {
            (Some(service), Some(port), None, None) => match port.value {
                PortName::Number(number) => Some((service.clone(), Spanned::new(number, port.span))),
                PortName::Name(_) => None,
            },
            (None, None, Some(endpoint), None) => {
                let endpoint = workload.endpoint.iter().find(|candidate| candidate.name.name == endpoint.name)?;
                Some((endpoint.service.clone(), endpoint.port))
            }
            (None, port, None, Some(named)) => {
                let app = workload.app.iter().find(|candidate| candidate.name.name == named.name)?;
                let found = match (port.as_ref().map(|port| &port.value), app.port.as_slice()) {
                    (None, [only]) => only,
                    (None, _) => return None,
                    (Some(PortName::Name(name)), ports) => ports.iter().find(|port| port.name.value == *name)?,
                    (Some(PortName::Number(number)), ports) => {
                        ports.iter().find(|port| port.service_port().value == *number)?
                    }
                };
                let at = port.as_ref().map_or(named.span, |port| port.span);
                Some((Spanned::new(named.name.clone(), named.span), Spanned::new(found.service_port().value, at)))
            }
            _ => None,
        }
    }

    pub(super) fn report_backend(&self, lower: &Lower<'_>) {
        let port_span = self.port.as_ref().map(|port| port.span);
        if let Some(named) = &self.app {
            let Some(app) = lower.workload.app.iter().find(|app| app.name.name == named.name) else { return };
            let names: Vec<&str> = app.port.iter().map(|port| port.name.value.as_str()).collect();
            let has = if names.is_empty() { "no ports".to_owned() } else { list_names(&names, "and") };
            let other = self.service.as_ref().map(|service| service.span);
            let diagnostic = match other.or(self.endpoint.as_ref().map(|endpoint| endpoint.span)) {
                Some(other) => {
                    let message = format!("route `{}` says twice where it leads", self.name.name);
                    Diagnostic::new(&ROUTE_BACKEND, named.span, message)
                        .label(other, "and here")
                        .help("an application has a Service of its own: keep one of the two")
                }
                None => {
                    let called = self.port.as_ref().map(|port| match &port.value {
                        PortName::Number(number) => number.0.to_string(),
                        PortName::Name(name) => name.clone(),
                    });
                    let (route, app_name) = (&self.name.name, &named.name);
                    let message = match called {
                        Some(called) => format!("`{app_name}` has no port called `{called}`"),
                        None => format!("route `{route}` does not say which port of `{app_name}` it leads to"),
                    };
                    let help = match names.first() {
                        Some(name) => format!("write the name of one of its ports: `port=\"{name}\"`"),
                        None => format!("give `{app_name}` one: `port \"http\" 8080`"),
                    };
                    Diagnostic::new(&ROUTE_BACKEND, port_span.unwrap_or(named.span), message)
                        .label(app.name.span, format!("this application has {has}"))
                        .help(help)
                }
            };
            lower.resolver.report(diagnostic);
            return;
        }
        if let (Some(_), Some(port)) = (&self.service, &self.port)
            && let PortName::Name(name) = &port.value
        {
            lower.resolver.report(
                Diagnostic::new(&ROUTE_BACKEND, port.span, format!("`{name}` is no port of a Service"))
                    .help("write its number, such as `port=80`; names are for the ports of an `app`"),
            );
            return;
        }
        let diagnostic = match (&self.service, port_span, &self.endpoint) {
            (None, None, None) => {
                Diagnostic::new(&ROUTE_BACKEND, self.name.span, format!("route `{}` leads nowhere", self.name.name))
                    .help("write `service=\"NAME\" port=80`, or `endpoint=\"NAME\"`")
            }
            (Some(service), None, None) => {
                Diagnostic::new(&ROUTE_BACKEND, service.span, format!("route `{}` names no port", self.name.name))
                    .help(format!("write the port of Service `{}`: `port=80`", service.value))
            }
            (None, Some(port), None) => Diagnostic::new(
                &ROUTE_BACKEND,
                port,
                format!("route `{}` names a port, but no Service", self.name.name),
            )
            .help("write `service=\"NAME\"`"),
            (service, port, Some(endpoint)) => {
                let Some(other) = service.as_ref().map(|service| service.span).or(port) else {
                    return;
                };
                Diagnostic::new(
                    &ROUTE_BACKEND,
                    endpoint.span,
                    format!("route `{}` says twice where it leads", self.name.name),
                )
                .label(other, "and here")
                .help("an endpoint has both Service and port: keep one of the two")
            }
            (Some(_), Some(_), None) => return,
        };
        lower.resolver.report(diagnostic);
    }
}
