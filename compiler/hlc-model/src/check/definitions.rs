//! Somebody installs the kinds of custom objects.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_kube::Lookup;
use hlc_plan::PlannedObject;
use hlc_schema::suggest::list_names;
use hlc_schema::{Data, DataValue};

use super::pod_references::items;
use super::{Check, Facts};
use crate::lower::{Carrier, Unit};
use crate::stack::platform::brought;
use crate::workload::Workload;

pub(super) const CHECK: Check = Check { codes: &[&NO_DEFINITION, &NOT_SERVED], run };

/// A kind that nobody installs.
pub(crate) static NO_DEFINITION: Code = Code {
    id: "HLC0658",
    name: "no-definition",
    severity: Severity::Warning,
    summary: "a custom object whose kind nothing installs",
    explain: "The API server knows a custom kind once its CustomResourceDefinition is there: by the chart of its operator, by a \
              `manifests`, or written out. Without one it refuses the object. Objects of addons need it before Argo CD brings any \
              workload. Checked where the platform installs something, and nothing that hlc does not know well could bring the \
              kind.",
    bad: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"cilium\" namespace=\"kube-system\" { chart \"cilium\" \
          version=\"1.16.6\" repo=\"https://helm.cilium.io/\" }\n    addon \"gateway\" namespace=\"kube-system\" {\n        gateway \
          \"main\" class=\"cilium\" { listener \"http\" protocol=\"HTTP\" port=80 }\n        addresses \"lan\" \
          range=\"192.168.1.240-192.168.1.250\"\n    }\n}",
    good: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" }\nplatform {\n    addon \"cilium\" \
           namespace=\"kube-system\" { chart \"cilium\" version=\"1.16.6\" repo=\"https://helm.cilium.io/\" }\n    addon \"gateway\" \
           namespace=\"kube-system\" {\n        manifests \
           \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/standard-install.yaml\" name=\"gateway-api\"\n        \
           gateway \"main\" class=\"cilium\" { listener \"http\" protocol=\"HTTP\" port=80 }\n        addresses \"lan\" \
           range=\"192.168.1.240-192.168.1.250\"\n    }\n}",
};

/// A version that the definition does not serve.
pub(crate) static NOT_SERVED: Code = Code {
    id: "HLC0659",
    name: "version-not-served",
    severity: Severity::Error,
    summary: "a custom object of a version or place that its definition does not have",
    explain: "A CustomResourceDefinition that is written out says which versions of its kind are served, and whether its objects live in \
              a namespace. The API server refuses an object of any other version; one that belongs to the whole cluster is \
              written with `(cluster)`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    CustomResourceDefinition \"widgets.example.net\" { spec \
          group=\"example.net\" scope=Namespaced { names kind=Widget plural=widgets; versions { - name=v1 served=#true storage=#true { \
          schema { openAPIV3Schema type=object \"x-kubernetes-preserve-unknown-fields\"=#true } } } } }\n    Widget \"w\" \
          apiVersion=\"example.net/v1beta1\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    CustomResourceDefinition \"widgets.example.net\" { spec \
           group=\"example.net\" scope=Namespaced { names kind=Widget plural=widgets; versions { - name=v1 served=#true storage=#true { \
           schema { openAPIV3Schema type=object \"x-kubernetes-preserve-unknown-fields\"=#true } } } } }\n    Widget \"w\" \
           apiVersion=\"example.net/v1\"\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut missing: BTreeMap<(&str, u8), Vec<&PlannedObject>> = BTreeMap::new();
    for unit in facts.units.iter().filter(|unit| !unit.idle) {
        for object in unit.planned.objects.iter().filter(|object| is_custom(object)) {
            let group = object.api_version.split_once('/').map_or("", |(group, _)| group);
            match facts.definition(object) {
                Some(definition) => found.extend(not_served(object, definition)),
                None if is_missing(facts, unit, group) => {
                    missing.entry((group, unit.carrier as u8)).or_default().push(object);
                }
                None => {}
            }
        }
    }
    // What addons lack is said first, and not again of workloads.
    let mut said: Vec<&str> = Vec::new();
    let mut groups: Vec<_> = missing.into_iter().collect();
    groups.sort_by_key(|((group, carrier), _)| (std::cmp::Reverse(*carrier), *group));
    for ((group, _), mut objects) in groups {
        if said.contains(&group) {
            continue;
        }
        said.push(group);
        objects.sort_by_key(|object| object.origin);
        let Some((first, others)) = objects.split_first() else { continue };
        let message = format!("nothing installs the kinds of `{group}`, such as {}", first.kind);
        let mut diagnostic = Diagnostic::new(&NO_DEFINITION, first.origin, message);
        for other in others.iter().filter(|other| other.origin != first.origin).take(2) {
            diagnostic = diagnostic.label(other.origin, format!("this {} too", other.kind));
        }
        let charts = brought::charts_with(group);
        found.push(diagnostic.help(match (group, charts.as_slice()) {
            ("gateway.networking.k8s.io", _) => {
                "add them to an addon: `manifests \"https://github.com/kubernetes-sigs/gateway-api/releases/download/vVERSION/standard-install.yaml\"`"
                    .to_owned()
            }
            (_, []) => "add the chart that brings them, or `manifests \"https://…\"`".to_owned(),
            (_, charts) => format!("chart {} brings them", list_names(charts, "or")),
        }));
    }
}

/// True when a kind is none that Kubernetes itself has.
fn is_custom(object: &PlannedObject) -> bool {
    let builtin =
        matches!(hlc_kube::lookup(&object.kind, Some(&object.api_version)), Lookup::Found(info) if info.has_schema());
    !builtin && object.api_version.contains('.') && object.api_version.contains('/')
}

/// True when nothing that is installed before an object could bring its group.
fn is_missing(facts: &Facts<'_>, unit: &Unit<'_>, group: &str) -> bool {
    if facts.hold_back() {
        return false;
    }
    let mut installs = false;
    for (_, other) in facts.model.units() {
        let is_addon = facts.model.addons().any(|(_, addon)| std::ptr::eq(addon, other));
        installs |= is_addon && !(other.chart.is_empty() && other.manifests.is_empty());
        // Addons are there before Argo CD brings anything.
        if (is_addon || unit.carrier == Carrier::ArgoCd) && may_bring(other, group) {
            return false;
        }
    }
    // A platform that installs nothing is installed by something else.
    installs
}

fn may_bring(unit: &Workload, group: &str) -> bool {
    unit.existing
        || unit.chart.iter().any(|chart| brought::chart_may_bring(&chart.name.value, group))
        || unit.manifests.iter().any(|manifests| brought::url_may_bring(manifests.url.value.as_str(), group))
}

fn not_served(object: &PlannedObject, definition: &PlannedObject) -> Option<Diagnostic> {
    let spec = definition.body.get("spec")?;
    let version = object.api_version.split_once('/').map(|(_, version)| version)?;
    let served = |version: &&Data| version.get("served").map(|flag| &flag.value) == Some(&DataValue::Bool(true));
    let names: Vec<_> =
        items(spec, "versions").filter(served).filter_map(|version| version.get("name")?.as_str()).collect();
    let is_namespaced = match spec.get("scope").and_then(Data::as_str) {
        Some("Namespaced") => true,
        Some("Cluster") => false,
        _ => return None,
    };
    let at = object.body.get("apiVersion").map_or(object.origin, |version| version.span);
    let diagnostic = |message| Diagnostic::new(&NOT_SERVED, at, message).label(definition.origin, "its definition");
    if !names.contains(&version) {
        return Some(
            diagnostic(format!("{} has no version `{version}`", object.kind))
                .help(format!("its definition serves {}", list_names(&names, "and"))),
        );
    }
    match (is_namespaced, object.namespace.is_some()) {
        (true, false) => Some(diagnostic(format!("a {} lives in a namespace", object.kind)).help("remove `(cluster)`")),
        (false, true) => Some(
            diagnostic(format!("a {} belongs to the whole cluster", object.kind))
                .help(format!("write `(cluster){} \"{}\"`", object.kind, object.name)),
        ),
        _ => None,
    }
}
