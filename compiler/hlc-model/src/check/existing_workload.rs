//! Nothing is written for what something else makes.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&NOT_WRITTEN], run };

/// Something to be made, in a workload that something else makes.
pub(crate) static NOT_WRITTEN: Code = Code {
    id: "HLC0622",
    name: "not-written",
    severity: Severity::Error,
    summary: "an `(existing)` workload holds something that would have to be written",
    explain: "`(existing)` says that something else brings the workload into the cluster: hlc writes nothing for it. It may hold \
              endpoints and routes, so that others can refer to them, but no objects, charts or secrets: they would be lost \
              without a word.",
    bad: "(existing)workload \"web\" {\n    (existing)namespace \"web\"\n    ConfigMap \"web\" { data a=\"1\" }\n}",
    good: "workload \"web\" {\n    (existing)namespace \"web\"\n    ConfigMap \"web\" { data a=\"1\" }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (_, workload) in facts.model.workloads().filter(|(_, workload)| workload.existing) {
        let objects = workload.objects.iter().map(|object| (object.kind.value.as_str(), object.name.span));
        let charts = workload.chart.iter().map(|chart| ("chart", chart.name.span));
        let secrets = workload.secret.iter().map(|secret| ("secret", secret.name.span));
        let apps = workload.app.iter().map(|app| ("app", app.name.span));
        let databases = workload.database.iter().map(|database| ("database", database.name.span));
        let monitors = workload.monitor.iter().map(|monitor| ("monitor", monitor.name.span));
        let dashboards = workload.dashboard.iter().map(|dashboard| ("dashboard", dashboard.name.span));
        let blocks = apps.chain(databases).chain(monitors).chain(dashboards);
        if let Some((what, span)) = objects.chain(charts).chain(secrets).chain(blocks).min_by_key(|(_, span)| *span) {
            let message = format!("nothing is written for an `(existing)` workload, so this {what} would be lost");
            found.push(
                Diagnostic::new(&NOT_WRITTEN, span, message)
                    .label(workload.name.span, "something else makes this workload")
                    .help("remove `(existing)` from the workload, or what stands in it"),
            );
        }
    }
}
