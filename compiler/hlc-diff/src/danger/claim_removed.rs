//! Storage goes.

use hlc_diag::{Code, Severity};

use super::{Danger, Example, Question, Rule, goes_with_namespace, gone};
use crate::ObjectId;

pub(super) const RULE: Rule = Rule { code: &CLAIM_REMOVED, example: EXAMPLE, run };

/// A volume or a claim to one goes.
pub(crate) static CLAIM_REMOVED: Code = Code {
    id: "HLC1070",
    name: "claim-removed",
    severity: Severity::Error,
    summary: "storage is removed, and what is on it with it",
    explain: "Argo CD deletes objects that are no longer in Git. Where the storage class says `Delete`, which it does unless told \
              otherwise, a volume goes with its claim and nothing brings its data back (Kubernetes, \"Persistent Volumes\", \
              Reclaiming).\n\nKeep the claim, or annotate it with `argocd.argoproj.io/sync-options=\"Prune=false\"` and publish that \
              before you remove it. If the data may go, accept the danger.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: web}\nspec: {storageClassName: fast, resources: \
          {requests: {storage: 1Gi}}}\n",
    dangerous: "",
    fine: "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: web}\nspec: {storageClassName: fast, \
           resources: {requests: {storage: 2Gi}}}\n",
};

pub(super) fn is_storage(id: &ObjectId) -> bool {
    id.is("", "PersistentVolumeClaim") || id.is("", "PersistentVolume") || id.is("longhorn.io", "Volume")
}

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in gone(question).filter(|change| is_storage(&change.id)) {
        if goes_with_namespace(question, &change.id) {
            continue;
        }
        found.push(
            Danger::of(&CLAIM_REMOVED, change, format!("{} is removed", change.id))
                .why("its volume is deleted with it unless the storage class says `Retain`, and the data cannot be brought back")
                .help(
                    "keep it, or annotate it with `argocd.argoproj.io/sync-options=\"Prune=false\"` and publish that first, so that \
                     it stays in the cluster",
                ),
        );
    }
}
