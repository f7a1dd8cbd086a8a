//! Argo CD behind a gateway does not send browsers around in a ring.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, DataValue};

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&REDIRECT_RING], run };

/// An Argo CD that redirects what the gateway has taken TLS off.
pub(crate) static REDIRECT_RING: Code = Code {
    id: "HLC0672",
    name: "redirect-ring",
    severity: Severity::Error,
    summary: "an Argo CD that sends browsers around in a ring",
    explain: "The server of Argo CD answers plain HTTP with a redirect to HTTPS. Behind a gateway that ends TLS and speaks HTTP \
              to it, the redirect comes back to the gateway, and so on. `server.insecure` tells it to answer HTTP as it is \
              (Argo CD, \"Ingress Configuration\").",
    bad: "platform {\n    addon \"argo\" namespace=\"argo\" {\n        chart \"argo-cd\" version=\"9.4.2\" repo=\"https://argoproj.github.io/argo-helm\"\n        route \"argo\" service=\"argo-cd-argocd-server\" port=80\n    }\n}",
    good: "platform {\n    addon \"argo\" namespace=\"argo\" {\n        chart \"argo-cd\" version=\"9.4.2\" repo=\"https://argoproj.github.io/argo-helm\" {\n            values { configs { params server.insecure=#true } }\n        }\n        route \"argo\" service=\"argo-cd-argocd-server\" port=80\n    }\n}",
};

/// The Service of the server is called after the release, which `argocd` is added to (`argo-cd.server.fullname`).
const SERVER: &str = "-server";

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for unit in facts.units.iter().filter(|unit| !unit.idle) {
        for chart in unit.source.chart.iter().filter(|chart| chart.name.value == "argo-cd") {
            for release in chart.releases() {
                let Some(values) = chart.values(facts.resolver, unit.scope, &release) else { continue };
                if values.as_ref().is_some_and(answers_http) {
                    continue;
                }
                let plain = unit.source.route.iter().find_map(|route| {
                    let service = route.service.as_ref().filter(|service| service.value.ends_with(SERVER))?;
                    let port = route.port.as_ref().filter(|port| port.value.is_number(80))?;
                    Some((route, service, port))
                });
                let Some((route, _, port)) = plain else { continue };
                let message = format!("route `{}` sends browsers around in a ring", route.name.name);
                found.push(
                    Diagnostic::new(&REDIRECT_RING, port.span, message)
                        .here("the gateway speaks HTTP to Argo CD here, which redirects that to HTTPS")
                        .label(chart.name.span, "this chart does not say `server.insecure`")
                        .help("add `configs { params server.insecure=#true }` to its `values`"),
                );
            }
        }
    }
}

/// True when the values make the server answer HTTP as it is; also when they cannot be told.
fn answers_http(values: &Data) -> bool {
    let on = |data: &Data| data.value == DataValue::Bool(true) || data.as_str() == Some("true");
    let flag = |data: &Data| data.as_str().is_some_and(|text| text == "--insecure" || text == "--insecure=true");
    values.at(&["configs", "params", "server.insecure"]).is_some_and(on)
        || values.at(&["server", "extraArgs"]).and_then(Data::as_list).is_some_and(|args| args.iter().any(flag))
}
