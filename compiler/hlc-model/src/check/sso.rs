//! Argo CD lets people in while what it brings up is down.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, DataValue};

use super::{Check, Facts};
use crate::relations::{Need, Thing, thing};

pub(super) const CHECK: Check = Check { codes: &[&LOCKED_OUT], run };

/// A login to Argo CD that needs what Argo CD brings up.
pub(crate) static LOCKED_OUT: Code = Code {
    id: "HLC0671",
    name: "locked-out",
    severity: Severity::Warning,
    summary: "Argo CD can only be logged in to by way of what it brings up itself",
    explain: "The cluster starts without any login, but nobody gets into Argo CD while Authentik is down, which is when somebody \
              has to. With the `admin` account switched off (`configs.cm` `admin.enabled`) and Authentik a workload of the \
              same cluster, only `kubectl` is left.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    category \"apps\"\n    secrets \"secrets/example.sops.yaml\"\n    repository \"https://github.com/example/homelab.git\" branch=\"main\" manifests=\"main-manifests\"\n}\nplatform {\n    addon \"argocd\" namespace=\"argocd\" {\n        gateway \"lan\" class=\"cilium\" { listener \"http\" protocol=\"HTTP\" port=80 }\n        chart \"argo-cd\" version=\"9.4.2\" repo=\"https://argoproj.github.io/argo-helm\" {\n            values {\n                configs {\n                    params server.insecure=#true\n                    cm admin.enabled=#false\n                }\n            }\n        }\n        delivery \"workloads\"\n        route \"argocd\" service=\"argo-cd-argocd-server\" port=80\n    }\n}\nworkload \"authentik\" category=\"apps\" {\n    namespace \"authentik\"\n    chart \"authentik\" version=\"2025.10.0\" repo=\"https://charts.goauthentik.io\" deliver=\"argocd\"\n    route \"auth\" service=\"authentik-server\" port=80\n}\nauthentik url=(ref)route.auth.url token=(secret)AUTHENTIK_TOKEN {\n    (existing)flow \"consent\"\n    (existing)flow \"logout\"\n    oidc \"argocd\" route=\"argocd\" client-id=\"argocd\" client-secret=(secret)ARGOCD_SECRET {\n        authorization-flow \"consent\"\n        invalidation-flow \"logout\"\n        redirects \"/auth/callback\"\n    }\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    category \"apps\"\n    secrets \"secrets/example.sops.yaml\"\n    repository \"https://github.com/example/homelab.git\" branch=\"main\" manifests=\"main-manifests\"\n}\nplatform {\n    addon \"argocd\" namespace=\"argocd\" {\n        gateway \"lan\" class=\"cilium\" { listener \"http\" protocol=\"HTTP\" port=80 }\n        chart \"argo-cd\" version=\"9.4.2\" repo=\"https://argoproj.github.io/argo-helm\" {\n            values {\n                configs {\n                    params server.insecure=#true\n                }\n            }\n        }\n        delivery \"workloads\"\n        route \"argocd\" service=\"argo-cd-argocd-server\" port=80\n    }\n}\nworkload \"authentik\" category=\"apps\" {\n    namespace \"authentik\"\n    chart \"authentik\" version=\"2025.10.0\" repo=\"https://charts.goauthentik.io\" deliver=\"argocd\"\n    route \"auth\" service=\"authentik-server\" port=80\n}\nauthentik url=(ref)route.auth.url token=(secret)AUTHENTIK_TOKEN {\n    (existing)flow \"consent\"\n    (existing)flow \"logout\"\n    oidc \"argocd\" route=\"argocd\" client-id=\"argocd\" client-secret=(secret)ARGOCD_SECRET {\n        authorization-flow \"consent\"\n        invalidation-flow \"logout\"\n        redirects \"/auth/callback\"\n    }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for unit in facts.units.iter().filter(|unit| unit.source.delivery.is_some()) {
        for chart in unit.source.chart.iter().filter(|chart| chart.name.value == "argo-cd") {
            for release in chart.releases() {
                let Some(values) = facts.charts.values(unit.scope, chart, &release) else { continue };
                let Some(off) = values.at(&["configs", "cm", "admin.enabled"]).filter(|data| is_off(data)) else {
                    continue;
                };
                let to = |from: Thing<'_>, need: Need| {
                    facts.relations().iter().find(move |it| it.from == from && it.need == need)
                };
                let Some(login) = to(thing(unit), Need::Login) else { continue };
                let runs = to(login.to, Need::RunsOn).filter(|it| matches!(it.to, Thing::Workload(_)));
                let Some(runs) = runs else { continue };
                let message = "nobody gets into Argo CD while Authentik is down";
                found.push(
                    Diagnostic::new(&LOCKED_OUT, off.span, message)
                        .here("its own account is switched off")
                        .label(login.at, "people log in with Authentik")
                        .label(runs.at, format!("which runs in {}, brought into the cluster by Argo CD", runs.to))
                        .help("leave the `admin` account on, or run Authentik outside of the cluster"),
                );
            }
        }
    }
}

/// `false` as a word or a text: values of a ConfigMap are texts.
fn is_off(data: &Data) -> bool {
    data.value == DataValue::Bool(false) || data.as_str() == Some("false")
}
