//! Controllers select the pods they make.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_plan::PlannedObject;
use hlc_schema::Data;

use super::facts::pod_template;
use super::labels::fits;
use super::pod_references::items;
use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&SELECTOR_MISMATCH], run };

/// A selector that its own template does not match.
pub(crate) static SELECTOR_MISMATCH: Code = Code {
    id: "HLC0610",
    name: "selector-mismatch",
    severity: Severity::Error,
    summary: "a controller whose selector does not match its own pods",
    explain: "The API server refuses a Deployment, StatefulSet, DaemonSet or ReplicaSet whose `selector.matchLabels` are not \
              all among `template.metadata.labels`. The selector cannot be changed once the object exists.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Deployment \"web\" {\n        spec {\n            selector \
          { matchLabels app=web }\n            template { metadata { labels app=wbe }; spec { containers { - name=web \
          image=\"web:1\" } } }\n        }\n    }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Deployment \"web\" {\n        spec {\n            selector \
           { matchLabels app=web }\n            template { metadata { labels app=web }; spec { containers { - name=web \
           image=\"web:1\" } } }\n        }\n    }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let objects = facts.sound_workloads().flat_map(|workload| workload.planned);
    for object in objects.filter(|object| object.kind != "Job") {
        expressions(object, found);
        let selector = object.body.at(&["spec", "selector", "matchLabels"]).and_then(Data::as_map);
        let (Some(selector), Some(template)) = (selector, pod_template(object)) else { continue };
        let labels = template.at(&["metadata", "labels"]);
        for (key, entry) in selector.iter() {
            let Some(wanted) = entry.value.as_str() else { continue };
            let label = labels.and_then(|labels| labels.get(key));
            if label.and_then(Data::as_str) == Some(wanted) {
                continue;
            }
            let diagnostic = Diagnostic::new(
                &SELECTOR_MISMATCH,
                entry.value.span,
                format!(
                    "{} `{}` selects pods with `{key}={wanted}`, which its own pods do not have",
                    object.kind, object.name
                ),
            );
            found.push(match (label, labels) {
                (Some(label), _) => {
                    let has = label.as_str().map_or_else(String::new, |has| format!(" or `{key}={has}`"));
                    diagnostic
                        .label(label.span, "its pods have this")
                        .help(format!("make both the same: `{key}={wanted}`{has}"))
                }
                (None, Some(labels)) => diagnostic
                    .label(labels.span, "its pods have these labels")
                    .help(format!("add `{key}={wanted}` to them")),
                (None, None) => diagnostic
                    .label(template.span, "its pods have no labels")
                    .help(format!("add `metadata {{ labels {key}={wanted} }}` to the template")),
            });
        }
    }
}

/// Holds the `matchExpressions` of a selector against its own pods.
fn expressions(object: &PlannedObject, found: &mut Vec<Diagnostic>) {
    let (Some(selector), Some(template)) = (object.body.at(&["spec", "selector"]), pod_template(object)) else {
        return;
    };
    let labels = template.at(&["metadata", "labels"]).and_then(Data::as_map);
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Data::as_str);
    for wanted in items(selector, "matchExpressions").filter(|wanted| !fits(wanted, &label)) {
        let key = wanted.get("key").and_then(Data::as_str).unwrap_or_default();
        let message =
            format!("{} `{}` selects pods by their label `{key}`, and its own do not fit", object.kind, object.name);
        let at = template.at(&["metadata", "labels"]).map_or(template.span, |labels| labels.span);
        found.push(
            Diagnostic::new(&SELECTOR_MISMATCH, wanted.span, message)
                .label(at, "its pods have these labels")
                .help("its own pods have to be among those that it selects"),
        );
    }
}
