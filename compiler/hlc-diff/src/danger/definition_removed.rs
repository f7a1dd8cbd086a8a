//! A kind goes.

use hlc_diag::{Code, Severity};

use super::{Danger, Example, Question, Rule, gone};
use crate::ObjectId;

pub(super) const RULE: Rule = Rule { code: &DEFINITION_REMOVED, example: EXAMPLE, run };

/// The definition of a custom kind goes.
pub(crate) static DEFINITION_REMOVED: Code = Code {
    id: "HLC1071",
    name: "definition-removed",
    severity: Severity::Error,
    summary: "a CustomResourceDefinition is removed, and every object of its kind with it",
    explain: "The API server deletes all objects of a kind with its definition, in every namespace, whoever made them (Kubernetes, \
              \"Custom Resources\"). What their operator manages goes too: volumes, certificates, databases.\n\nRemove the objects \
              first and see that nothing of value goes; then accept the danger. Where the definition only moves to a chart, see \
              that it never leaves the cluster.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: apps.example.net}\nspec: {group: \
          example.net}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web}\n",
    dangerous: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web}\n",
    fine: "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: apps.example.net}\nspec: {group: \
           example.net}\n",
};

pub(super) fn is_definition(id: &ObjectId) -> bool {
    id.is("apiextensions.k8s.io", "CustomResourceDefinition")
}

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in gone(question).filter(|change| is_definition(&change.id)) {
        found.push(
            Danger::of(&DEFINITION_REMOVED, change, format!("{} is removed", change.id))
                .why("every object of its kind is deleted with it, in every namespace, and what these manage")
                .help("remove the objects of that kind first; keep the definition while there are any"),
        );
    }
}
