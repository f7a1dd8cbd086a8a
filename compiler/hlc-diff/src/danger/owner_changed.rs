//! An object changes its workload.

use hlc_diag::{Code, Severity};

use super::{Danger, Example, Question, Rule, holds_data};

pub(super) const RULE: Rule = Rule { code: &OWNER_CHANGED, example: EXAMPLE, run };

/// What holds data belongs to another workload.
pub(crate) static OWNER_CHANGED: Code = Code {
    id: "HLC1084",
    name: "owner-changed",
    severity: Severity::Error,
    summary: "an object that holds data moves to another workload",
    explain: "Each workload is an Application of its own. When an object moves, one Application finds it gone and deletes it, the other \
              finds it missing and makes it; which comes first is chance, and what was in it may be lost.\n\nAnnotate it with \
              `argocd.argoproj.io/sync-options=\"Prune=false\"` and publish that; move it after.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "# other/PersistentVolumeClaim.data.k8s.yaml\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: \
          web}\n",
    dangerous: "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: web}\n",
    fine: "# other/PersistentVolumeClaim.data.k8s.yaml\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: \
           web, labels: {a: b}}\n",
};

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in question.changes.objects.iter().filter(|change| holds_data(&change.id)) {
        let (Some(old), Some(new)) = (&change.old, &change.new) else { continue };
        let kept = super::has_option(&old.body, super::SYNC_OPTIONS, "Prune=false");
        if kept || old.folder() == new.folder() {
            continue;
        }
        let message = format!("{} moves from `{}` to `{}`", change.id, old.folder(), new.folder());
        found.push(
            Danger::of(&OWNER_CHANGED, change, message)
                .why("one Application deletes it, the other makes it, in either order: what is in it may be lost")
                .help("annotate it with `argocd.argoproj.io/sync-options=\"Prune=false\"` and publish that before it moves"),
        );
    }
}
