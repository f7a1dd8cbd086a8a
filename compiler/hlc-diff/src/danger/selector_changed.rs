//! Which pods belong to what.

use hlc_diag::{Code, Severity};

use super::{Danger, Example, Question, Rule};
use crate::ObjectId;

pub(super) const RULE: Rule = Rule { code: &SELECTOR_CHANGED, example: EXAMPLE, run };

/// A selector of pods changes.
pub(crate) static SELECTOR_CHANGED: Code = Code {
    id: "HLC1077",
    name: "selector-changed",
    severity: Severity::Error,
    summary: "the selector of a workload or a Service changes",
    explain: "The selector of a Deployment, StatefulSet, DaemonSet or ReplicaSet cannot be changed (apps/v1: \"It is immutable\"): the \
              API server refuses the object, and Argo CD stays out of sync until the old one is deleted, pods and all. A Service \
              with another selector leads to other pods at once, or to none.\n\nKeep the selector, or give the object another name. \
              Of a Service, see that pods with the new labels run first.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: web}\nspec: {selector: {app: web}}\n",
    dangerous: "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: web}\nspec: {selector: {app: other}}\n",
    fine: "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n",
};

pub(super) fn is_fixed(id: &ObjectId) -> bool {
    id.group == "apps" && matches!(id.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
}

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in &question.changes.objects {
        let (fixed, service) = (is_fixed(&change.id), change.id.is("", "Service"));
        let Some(at) = change.fields.iter().find(|field| field.path.starts_with(&["spec", "selector"])) else {
            continue;
        };
        let danger = Danger::of(&SELECTOR_CHANGED, change, format!("the selector of {} changes", change.id));
        let danger = danger.field(&at.path, at.origin);
        if fixed {
            found.push(
                danger
                    .why("the API server refuses it: the selector of what runs cannot be changed")
                    .help("keep the selector; or give the object another name, so that a new one is made"),
            );
        } else if service {
            found.push(
                danger
                    .why("it leads to other pods at once, or to none, whatever state they are in")
                    .help("see that pods with the new labels run before this is published"),
            );
        }
    }
}
