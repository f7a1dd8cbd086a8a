//! An Application of Argo CD has one maker.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::{Data, Def};

use super::{Check, Facts};
use crate::lower::Carrier;
use crate::workload::{Chart, Workload};

pub(super) const CHECK: Check = Check { codes: &[&APPLICATION_NAME], run };

/// An Application that is called like that of a workload.
pub(crate) static APPLICATION_NAME: Code = Code {
    id: "HLC0848",
    name: "application-name",
    severity: Severity::Error,
    summary: "an Application that is called like that of a workload",
    explain: "The ApplicationSet of a `delivery` makes an Application for each workload, of the workload's name. A chart with \
              `deliver=\"argocd\"` becomes one called `WORKLOAD-RELEASE`. Where such a name is another workload's, ApplicationSet and \
              workload overwrite the Application in turn, and what only the other installs is removed.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"cache\" version=\"1.0.0\" \
          repo=\"https://charts.example.net\" deliver=\"argocd\"\n}\nworkload \"web-cache\" category=\"apps\" { namespace \"web-cache\" }",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"cache\" version=\"1.0.0\" \
           repo=\"https://charts.example.net\" release=\"sessions\" deliver=\"argocd\"\n}\nworkload \"web-cache\" category=\"apps\" { namespace \"web-cache\" }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut deliveries: Vec<_> = facts.model.deliveries().collect();
    deliveries.sort_by_key(|(delivery, _)| delivery.name.span);
    for (delivery, namespace) in deliveries {
        let Some(argocd) = facts.namespace(namespace) else { continue };
        // Its `extra` may call them otherwise.
        let template = argocd.object("ApplicationSet", &delivery.name.name);
        let name = template.and_then(|set| set.body.at(&["spec", "template", "metadata", "name"]));
        if name.and_then(Data::as_str) != Some(delivery.application_name()) {
            continue;
        }
        for unit in facts.units.iter().filter(|unit| unit.carrier == Carrier::ArgoCd && !unit.idle) {
            // Git has no folder without files.
            let written = Some(&unit.planned).filter(|planned| !planned.objects.is_empty());
            let Some(other) = written.and_then(|planned| argocd.object("Application", &planned.folder)) else {
                continue;
            };
            found.push(twice(facts, &unit.source.name, other.origin, (&delivery.name.name, namespace)));
        }
    }
}

fn twice(
    facts: &Facts<'_>,
    workload: &Def<Workload>,
    application: Span,
    (delivery, namespace): (&str, &str),
) -> Diagnostic {
    let name = &workload.name;
    let of_workload = (workload.span, format!("`{delivery}` makes one for this workload"));
    let of_application = (application, "and it is made here".to_owned());
    let (first, second) =
        if workload.span <= application { (of_workload, of_application) } else { (of_application, of_workload) };
    let message = format!("Application `{name}` in namespace `{namespace}` is made twice");
    Diagnostic::new(&APPLICATION_NAME, second.0, message)
        .here(second.1)
        .label(first.0, first.1)
        .help(way_out(facts, application).unwrap_or("rename one of the two"))
}

/// How to give the Application of a release another name; `None` when a place is none of a release.
pub(super) fn way_out(facts: &Facts<'_>, application: Span) -> Option<&'static str> {
    let mut releases = facts.units.iter().flat_map(|unit| &unit.source.chart).flat_map(Chart::releases);
    let is_of_release = releases.any(|release| release.span == application);
    is_of_release.then_some(
        "the Application of a release is called `WORKLOAD-RELEASE`: give the release another name (`release=\"NAME\"`), or rename \
         one of the workloads",
    )
}
