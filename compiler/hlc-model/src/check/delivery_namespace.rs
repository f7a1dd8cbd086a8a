//! Argo CD is told the namespaces that workloads are meant for.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};
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
    let mut deliveries: Vec<_> = facts.model.deliveries().map(|(delivery, _)| delivery).collect();
    deliveries.sort_by_key(|delivery| delivery.name.span);
    let Some(delivery) = deliveries.into_iter().find(|delivery| {
        let makes_namespaces =
            delivery.sync.as_ref().and_then(|sync| sync.create_namespace).is_none_or(|flag| flag.value);
        !delivery.lists_workloads() && makes_namespaces && delivery.extra.is_none()
    }) else {
        return;
    };
    for (_, workload) in facts.model.workloads().filter(|(_, workload)| workload.is_made()) {
        let (name, namespace) = (&workload.name.name, workload_namespace(workload));
        if name != namespace {
            let message =
                format!("Argo CD would make a namespace `{name}` for this workload, which is in `{namespace}`");
            found.push(
                Diagnostic::new(&OTHER_NAMESPACE, workload.namespace.name.span, message)
                    .label(delivery.name.span, "it goes by the names of folders")
                    .help("write `generator=\"files\"` there, and Argo CD is told each workload's namespace"),
            );
        }
    }
}
