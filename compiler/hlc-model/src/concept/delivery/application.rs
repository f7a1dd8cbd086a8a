//! What the Application of one workload says besides the template of its ApplicationSet.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::{Data, DataValue, Node as _};

use super::{Delivery, Ignore, Policy};
use crate::filled::{Filled, filled};
use crate::lower::{Carrier, Lower};

pub(super) const CODES: &[&Code] = &[&NOT_TOLD, &NO_ORDER];

/// A workload's own sync settings that nobody reads.
pub(crate) static NOT_TOLD: Code = Code {
    id: "HLC0450",
    name: "sync-not-told",
    severity: Severity::Error,
    summary: "sync settings of a workload that Argo CD is not told",
    explain: "An ApplicationSet that goes by directories knows of a workload no more than the name of its folder. With \
              `generator=\"files\"` it is told the rest: `hlc build workloads` writes a small file into each folder, with what the \
              workload says in `sync` and `ignore`. An addon is installed by `hlc apply`, without Argo CD.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    repository \"https://github.com/example/homelab.git\" branch=\"main\" manifests=\"main-manifests\"\n    category \"apps\"\n}\nplatform { addon \"argocd\" namespace=\"argocd\" { delivery \"workloads\" } }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    sync prune=#false\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    repository \"https://github.com/example/homelab.git\" branch=\"main\" manifests=\"main-manifests\"\n    category \"apps\"\n}\nplatform { addon \"argocd\" namespace=\"argocd\" { delivery \"workloads\" generator=\"files\" } }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    sync prune=#false\n}",
};

/// A wave that orders nothing.
pub(crate) static NO_ORDER: Code = Code {
    id: "HLC0451",
    name: "wave-without-order",
    severity: Severity::Warning,
    summary: "a wave of a workload in a delivery that brings all workloads at once",
    explain: "Argo CD orders by waves what belongs to one Application. Applications of an ApplicationSet are synced each by itself, \
              unless the ApplicationSet does so step by step (Argo CD, \"Progressive Syncs\"): `progressive=#true` at the `delivery`. \
              That has to be switched on in Argo CD too, and it syncs in place of the Applications' own automatic sync.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    repository \"https://github.com/example/homelab.git\" branch=\"main\" manifests=\"main-manifests\"\n    category \"apps\"\n}\nplatform { addon \"argocd\" namespace=\"argocd\" { delivery \"workloads\" generator=\"files\" } }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    sync wave=1\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    repository \"https://github.com/example/homelab.git\" branch=\"main\" manifests=\"main-manifests\"\n    category \"apps\"\n}\nplatform { addon \"argocd\" namespace=\"argocd\" { delivery \"workloads\" generator=\"files\" progressive=#true } }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    sync wave=1\n}",
};

/// The annotation by which Argo CD orders what belongs to one Application.
const WAVE_ANNOTATION: &str = "argocd.argoproj.io/sync-wave";

/// The label by which an ApplicationSet tells the waves of its Applications apart.
pub(super) const WAVE_LABEL: &str = "sync-wave";

/// What its Application says besides the template: a patch of an Application; `None` for nothing.
pub(crate) fn application(lower: &Lower<'_>, objects: &[PlannedObject]) -> Option<Data> {
    let workload = lower.workload;
    let own = workload.sync.as_ref();
    let written = own.map(|sync| sync.head).or_else(|| workload.ignore.first().map(|ignore| ignore.head));
    let model = lower.resolver.model;
    let mut deliveries: Vec<&Delivery> = model.deliveries().map(|(delivery, _)| delivery).collect();
    deliveries.sort_by_key(|delivery| delivery.name.span);
    let told = deliveries.iter().find(|delivery| delivery.lists_workloads()).copied();
    let Some(delivery) = told.filter(|_| lower.carrier == Carrier::ArgoCd) else {
        if let Some(written) = written {
            report(lower, written, deliveries.first().copied());
        }
        return None;
    };
    let policy = Policy { own, shared: delivery.sync.as_ref() };
    let at = written.unwrap_or(delivery.head);
    if let Some(wave) = own.and_then(|sync| sync.wave).filter(|_| !delivery.orders()) {
        let message = "this wave orders nothing: all workloads are brought at once";
        lower.resolver.report(
            Diagnostic::new(&NO_ORDER, wave.span, message)
                .label(delivery.name.span, "by this delivery")
                .help("write `progressive=#true` there"),
        );
    }
    let (ignored, respect) = ignored(&delivery.ignore, &workload.ignore, policy, objects);
    let mut spec = Vec::new();
    if let Some(ignored) = ignored {
        spec.push(("ignoreDifferences", Data::list(ignored, at)));
    }
    if let Some(changed) = changed_policy(policy, respect, at) {
        spec.push(("syncPolicy", changed));
    }
    let mut patch = Vec::new();
    if own.is_some_and(|sync| sync.wave.is_some()) {
        let one = |key, value: String| Data::map([(key, Data::string(value, at))], at);
        let wave = policy.wave();
        let metadata = [("annotations", one(WAVE_ANNOTATION, wave.text())), ("labels", one(WAVE_LABEL, wave.label()))];
        patch.push(("metadata", Data::map(metadata, at)));
    }
    if !spec.is_empty() {
        patch.push(("spec", Data::map(spec, at)));
    }
    (!patch.is_empty()).then(|| Data::map(patch, at))
}

fn report(lower: &Lower<'_>, written: Span, delivery: Option<&Delivery>) {
    let diagnostic = |message: &str| Diagnostic::new(&NOT_TOLD, written, message);
    let diagnostic = match (lower.carrier, delivery) {
        (Carrier::Apply, _) => {
            diagnostic("an addon is not brought by Argo CD").help("remove this, or make it a `workload`")
        }
        (Carrier::ArgoCd, Some(delivery)) => diagnostic("Argo CD is not told what is said here")
            .label(delivery.name.span, "this goes by the names of folders")
            .help("write `generator=\"files\"` there"),
        // What is not read may be what is missing.
        (Carrier::ArgoCd, None) if lower.resolver.model.faults.may_hide(Delivery::decl()) => return,
        (Carrier::ArgoCd, None) => diagnostic("nothing brings this workload into the cluster by Argo CD").help(
            "declare it: `platform { addon \"argocd\" namespace=\"argocd\" { delivery \"workloads\" generator=\"files\" } }`",
        ),
    };
    lower.resolver.report(diagnostic);
}

/// The whole list of what is ignored, if it is another one than the template's; and whether a sync has to keep its hands off
/// some of it.
fn ignored(
    shared: &[Ignore],
    own: &[Ignore],
    policy: Policy<'_>,
    objects: &[PlannedObject],
) -> (Option<Vec<Data>>, bool) {
    let mut found: Vec<Filled<'_>> = if policy.ignores_filled() { filled(objects) } else { Vec::new() };
    for filled in &mut found {
        let object = Filled { pointers: Vec::new(), jq: Vec::new(), ..*filled };
        let is_new = |path: &&str| !shared.iter().chain(own).any(|ignore| ignore.covers(&object, path));
        filled.pointers.retain(is_new);
        filled.jq.retain(is_new);
    }
    found.retain(|filled| !filled.pointers.is_empty() || !filled.jq.is_empty());
    let respect = found.iter().any(|filled| filled.stated);
    if own.is_empty() && found.is_empty() {
        return (None, false);
    }
    let written = shared.iter().chain(own).map(Ignore::lower);
    (Some(written.chain(found.iter().map(Filled::lower)).collect()), respect)
}

/// What differs from the template's policy. Lists are replaced by a patch, and `null` takes a field away (Kubernetes, "Strategic
/// merge patch"; Argo CD, "Template Patch").
fn changed_policy(policy: Policy<'_>, respect: bool, at: Span) -> Option<Data> {
    let shared = Policy { own: None, shared: policy.shared };
    let texts = |options: &[Data]| options.iter().filter_map(Data::as_str).map(str::to_owned).collect::<Vec<_>>();
    let (options, usual) = (policy.options(respect, at), shared.options(false, at));
    let mut changed = Vec::new();
    if texts(&options) != texts(&usual) {
        changed.push(("syncOptions", Data::list(options, at)));
    }
    let json = |data: &Option<Data>| data.as_ref().map(hlc_kube::data_to_json);
    let (automated, usual) = (policy.automated(at), shared.automated(at));
    if json(&automated) != json(&usual) {
        changed.push(("automated", automated.unwrap_or_else(|| Data::new(DataValue::Null, at))));
    }
    (!changed.is_empty()).then(|| Data::map(changed, at))
}
