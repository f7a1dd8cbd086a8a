//! Something that keeps data goes.

use hlc_diag::{Code, Severity};

use super::{Danger, Example, Question, Rule, goes_with_namespace, gone};
use crate::ObjectId;

pub(super) const RULE: Rule = Rule { code: &STATEFUL_REMOVED, example: EXAMPLE, run };

/// A StatefulSet or a database goes.
pub(crate) static STATEFUL_REMOVED: Code = Code {
    id: "HLC1073",
    name: "stateful-removed",
    severity: Severity::Error,
    summary: "a StatefulSet or a database is removed",
    explain: "The claims of a StatefulSet stay when it goes unless its `persistentVolumeClaimRetentionPolicy` says `Delete`, and \
              nothing reads them any more; a new one finds them only under the same name. A `Cluster` of CloudNativePG takes its \
              volumes with it.\n\nA renamed one is removed and made anew: back its data up and restore it. If it may go, accept the \
              danger.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: web}\nspec: {replicas: 1}\n",
    dangerous: "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: database, namespace: web}\nspec: {replicas: 1}\n",
    fine: "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: web}\nspec: {replicas: 2}\n",
};

pub(super) fn is_stateful(id: &ObjectId) -> bool {
    id.is("apps", "StatefulSet") || id.is("postgresql.cnpg.io", "Cluster")
}

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in gone(question).filter(|change| is_stateful(&change.id)) {
        if goes_with_namespace(question, &change.id) {
            continue;
        }
        let why = if change.id.kind == "StatefulSet" {
            "nothing reads its data any more, and a StatefulSet of another name starts without any"
        } else {
            "the operator deletes its volumes with it, and the data cannot be brought back"
        };
        found.push(
            Danger::of(&STATEFUL_REMOVED, change, format!("{} is removed", change.id))
                .why(why)
                .help("keep it, or back its data up first"),
        );
    }
}
