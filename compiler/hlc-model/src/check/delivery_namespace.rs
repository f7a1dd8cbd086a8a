//! Argo CD is told the namespaces that workloads are meant for.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::{Check, Facts};
use crate::concept::Delivery;
use crate::workload::workload_namespace;

pub(super) const CHECK: Check = Check { codes: &[&OTHER_NAMESPACE], run };

/// A workload whose namespace is not called like its folder.
pub(crate) static OTHER_NAMESPACE: Code = Code {
    id: "HLC0844",
    name: "delivery-namespace",
    severity: Severity::Warning,
    summary: "a workload whose Application is meant for a namespace that it does not use",
    explain: "An ApplicationSet that goes by directories knows of a workload no more than the name of its folder, and takes that for \
              its namespace: it makes an empty one beside the one that the objects are in. With `generator=\"files\"` it is told: \
              `hlc build workloads` writes a small file into each folder, which says its namespace.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    repository \"https://github.com/example/homelab.git\" branch=\"main\" manifests=\"main-manifests\"\n    category \"apps\"\n}\nplatform { addon \"argocd\" namespace=\"argocd\" { delivery \"workloads\" } }\nworkload \"longhorn\" category=\"apps\" { namespace \"longhorn-system\" }",
    good: "homelab \"home\" domain=\"example.net\" {\n    repository \"https://github.com/example/homelab.git\" branch=\"main\" manifests=\"main-manifests\"\n    category \"apps\"\n}\nplatform { addon \"argocd\" namespace=\"argocd\" { delivery \"workloads\" generator=\"files\" } }\nworkload \"longhorn\" category=\"apps\" { namespace \"longhorn-system\" }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    if facts.model.faults.may_hide(Delivery::decl()) {
        return;
    }
    let mut deliveries: Vec<_> = facts.model.deliveries().map(|(delivery, _)| delivery).collect();
    deliveries.sort_by_key(|delivery| delivery.name.span);
    let Some(delivery) = deliveries.into_iter().find(|delivery| {
        let makes_namespaces =
            delivery.sync.as_ref().and_then(|sync| sync.create_namespace).is_none_or(|flag| flag.value);
        !delivery.lists_workloads() && makes_namespaces && delivery.extra.is_none()
    }) else {
        return;
    };
    let mut others: Vec<_> = facts
        .model
        .workloads()
        .filter(|(_, workload)| workload.is_made() && workload.name.name != workload_namespace(workload))
        .map(|(_, workload)| (workload.namespace.name.span, &workload.name.name, workload_namespace(workload)))
        .collect();
    others.sort();
    // All of them follow from one choice.
    let Some(((span, name, namespace), others)) = others.split_first() else { return };
    let message = format!("Argo CD would make a namespace `{name}` for this workload, which is in `{namespace}`");
    let diagnostic = Diagnostic::new(&OTHER_NAMESPACE, *span, message)
        .label(delivery.name.span, "it goes by the names of folders")
        .help("write `generator=\"files\"` there, and Argo CD is told each workload's namespace");
    found.push(others.iter().take(3).fold(diagnostic, |diagnostic, (span, name, _)| {
        diagnostic.label(*span, format!("and one `{name}` for this one"))
    }));
}
