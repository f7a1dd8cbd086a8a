//! A namespace goes.

use hlc_diag::{Code, Severity};

use super::{Danger, Example, Question, Rule, gone, holds_data};

pub(super) const RULE: Rule = Rule { code: &NAMESPACE_REMOVED, example: EXAMPLE, run };

/// A namespace goes, and everything in it.
pub(crate) static NAMESPACE_REMOVED: Code = Code {
    id: "HLC1072",
    name: "namespace-removed",
    severity: Severity::Error,
    summary: "a Namespace is removed, and everything in it",
    explain: "With a Namespace the cluster deletes all that is in it, also what is not in Git: Secrets that an operator brought, \
              claims that a StatefulSet made, and their volumes.\n\nKeep the Namespace, or annotate it with \
              `argocd.argoproj.io/sync-options=\"Prune=false\"` and publish that first. If all of it may go, accept the danger.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: \
          data, namespace: web}\n",
    dangerous: "",
    fine: "apiVersion: v1\nkind: Namespace\nmetadata: {name: web, labels: {a: b}}\n---\napiVersion: v1\nkind: \
           PersistentVolumeClaim\nmetadata: {name: data, namespace: web}\n",
};

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in gone(question).filter(|change| change.id.is("", "Namespace")) {
        let name = &change.id.name;
        let inside = gone(question).filter(|other| other.id.namespace.as_ref() == Some(name) && holds_data(&other.id));
        let inside: Vec<String> = inside.map(|other| format!("{} {}", other.id.kind, other.id.name)).collect();
        let with = if inside.is_empty() { String::new() } else { format!(", with {}", inside.join(", ")) };
        found.push(
            Danger::of(&NAMESPACE_REMOVED, change, format!("{} is removed{with}", change.id))
                .why("the cluster deletes everything in it, also volumes and Secrets that are not in Git")
                .help(
                    "keep it, or annotate it with `argocd.argoproj.io/sync-options=\"Prune=false\"` and publish that first, so that \
                     it stays in the cluster",
                ),
        );
    }
}
