//! Classes of storage, runtime, priority, ingress and gateways that exist.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_plan::PlannedObject;
use hlc_schema::Data;

use super::facts::pod_template;
use super::meant::meant;
use super::pod_references::items;
use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&MISSING_CLASS], run };

/// A class that nobody makes.
pub(crate) static MISSING_CLASS: Code = Code {
    id: "HLC0644",
    name: "missing-class",
    severity: Severity::Error,
    summary: "a StorageClass, RuntimeClass, PriorityClass, IngressClass or GatewayClass that nothing makes",
    explain: "A claim of a missing StorageClass stays `Pending`, a pod of a missing RuntimeClass or PriorityClass is refused, an Ingress \
              or Gateway of a missing class is served by nobody. Most classes come with a chart: checked where one of \
              the kind is written out, and no chart, no manifests from elsewhere and no operator could make another. `system-node-critical` and `system-cluster-critical` are Kubernetes' own.",
    bad: "homelab \"home\" domain=\"example.net\" { category \"apps\" }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    \
          RuntimeClass \"nvidia\" { handler nvidia }\n    Pod \"web\" { spec runtimeClassName=nvdia { containers { - name=web \
          image=\"web:1\" } } }\n}",
    good: "homelab \"home\" domain=\"example.net\" { category \"apps\" }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    \
           RuntimeClass \"nvidia\" { handler nvidia }\n    Pod \"web\" { spec runtimeClassName=nvidia { containers { - name=web \
           image=\"web:1\" } } }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    if !facts.cluster().closed {
        return;
    }
    for object in facts.sound_workloads().flat_map(|workload| workload.planned) {
        for (kind, class) in classes(object) {
            let built_in = |name: &str| kind == "PriorityClass" && name.starts_with("system-");
            let Some(name) = class.as_str().filter(|name| !name.is_empty() && !built_in(name)) else { continue };
            // Where none is written down, something else makes them all.
            if facts.cluster().object(kind, name).is_some() || facts.cluster().of_kind(kind).next().is_none() {
                continue;
            }
            let message = format!("nothing makes the {kind} `{name}`");
            let others = facts.cluster().of_kind(kind).map(|object| (object.name.as_str(), object.origin));
            let help = format!("add `{kind} \"{name}\" {{ … }}`, or the chart that brings it");
            found.push(meant(Diagnostic::new(&MISSING_CLASS, class.span, message), class, others, help));
        }
    }
}

/// The classes that an object names.
fn classes(object: &PlannedObject) -> Vec<(&'static str, &Data)> {
    let at = |path: &[&str]| object.body.at(path);
    let mut classes = Vec::new();
    match object.kind.as_str() {
        "PersistentVolumeClaim" | "PersistentVolume" => {
            classes.extend(at(&["spec", "storageClassName"]).map(|class| ("StorageClass", class)));
        }
        "StatefulSet" => {
            let templates = object.body.get("spec").into_iter().flat_map(|spec| items(spec, "volumeClaimTemplates"));
            let named = templates.filter_map(|claim| claim.at(&["spec", "storageClassName"]));
            classes.extend(named.map(|class| ("StorageClass", class)));
        }
        "Ingress" => classes.extend(at(&["spec", "ingressClassName"]).map(|class| ("IngressClass", class))),
        "Gateway" => classes.extend(at(&["spec", "gatewayClassName"]).map(|class| ("GatewayClass", class))),
        _ => {}
    }
    if let Some(spec) = pod_template(object).and_then(|template| template.get("spec")) {
        classes.extend(spec.get("runtimeClassName").map(|class| ("RuntimeClass", class)));
        classes.extend(spec.get("priorityClassName").map(|class| ("PriorityClass", class)));
    }
    classes
}
