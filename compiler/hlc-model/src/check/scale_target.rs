//! What scales or guards pods has pods to scale or guard.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Data;

use super::labels::selects;
use super::meant::meant;
use super::{Check, Facts, WorkloadFacts};

pub(super) const CHECK: Check = Check { codes: &[&MISSING_TARGET, &GUARDS_NOTHING], run };

/// A target that nobody makes.
pub(crate) static MISSING_TARGET: Code = Code {
    id: "HLC0647",
    name: "missing-scale-target",
    severity: Severity::Error,
    summary: "a HorizontalPodAutoscaler for something that nothing makes",
    explain: "It would report `FailedGetScale` for ever and scale nothing. Checked where everything in the namespace is written down.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\"\n    HorizontalPodAutoscaler \"web\" \
          { spec maxReplicas=3 { scaleTargetRef apiVersion=\"apps/v1\" kind=Deployment name=wbe } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\"\n    HorizontalPodAutoscaler \"web\" \
           { spec maxReplicas=3 { scaleTargetRef apiVersion=\"apps/v1\" kind=Deployment name=web } }\n}",
};

/// A budget or policy without pods.
pub(crate) static GUARDS_NOTHING: Code = Code {
    id: "HLC0648",
    name: "guards-nothing",
    severity: Severity::Warning,
    summary: "a PodDisruptionBudget or NetworkPolicy that selects no pods",
    explain: "It is accepted and guards nothing: the pods it was meant for have other labels. Checked where everything in the namespace \
              is written down.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\"\n    PodDisruptionBudget \"web\" { \
          spec maxUnavailable=1 { selector { matchLabels app=wbe } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\"\n    PodDisruptionBudget \"web\" { \
           spec maxUnavailable=1 { selector { matchLabels app=web } } }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.sound_workloads().filter(|workload| workload.namespace.closed) {
        for scaler in workload.of_kind("HorizontalPodAutoscaler") {
            let Some(target) = scaler.body.at(&["spec", "scaleTargetRef"]) else { continue };
            let (Some(kind), Some(name)) = (target.get("kind").and_then(Data::as_str), target.get("name")) else {
                continue;
            };
            let Some(wanted) = name.as_str() else { continue };
            if workload.namespace.object(kind, wanted).is_some() {
                continue;
            }
            let message = format!("nothing makes the {kind} `{wanted}` that `{}` is to scale", scaler.name);
            let others = workload.namespace.of_kind(kind).map(|object| (object.name.as_str(), object.origin));
            let help = format!("write a {kind} of the namespace");
            found.push(meant(Diagnostic::new(&MISSING_TARGET, name.span, message), name, others, help));
        }
        guards(&workload, found);
    }
}

fn guards(workload: &WorkloadFacts<'_, '_>, found: &mut Vec<Diagnostic>) {
    let guards = [("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector")];
    for (kind, field) in guards {
        for object in workload.of_kind(kind) {
            let Some(selector) = object.body.at(&["spec", field]) else { continue };
            let Some(map) = selector.as_map().filter(|map| !map.is_empty()) else { continue };
            let templates: Vec<_> = workload.namespace.pod_templates().collect();
            if templates.iter().any(|(_, template)| selects(map, template)) {
                continue;
            }
            let message = format!("{kind} `{}` selects no pods", object.name);
            let mut diagnostic = Diagnostic::new(&GUARDS_NOTHING, selector.span, message);
            for (object, template) in templates.iter().take(3) {
                let at = template.at(&["metadata", "labels"]).map_or(object.origin, |labels| labels.span);
                diagnostic = diagnostic.label(at, format!("pods of {} `{}`", object.kind, object.name));
            }
            found.push(diagnostic.help("every label of the selector has to be among the labels of the pod template"));
        }
    }
}
