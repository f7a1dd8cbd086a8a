//! An Application goes.

use hlc_diag::{Code, Severity};
use hlc_schema::Data;

use super::{Danger, Example, Question, Rule, delivery_changed, gone};

pub(super) const RULE: Rule = Rule { code: &APPLICATION_REMOVED, example: EXAMPLE, run };

/// An Application of Argo CD goes.
pub(crate) static APPLICATION_REMOVED: Code = Code {
    id: "HLC1075",
    name: "application-removed",
    severity: Severity::Error,
    summary: "an Application or ApplicationSet of Argo CD is removed",
    explain: "With the finalizer `resources-finalizer.argocd.argoproj.io` Argo CD deletes everything that an Application brought, \
              volumes included; without it all of that stays in the cluster, and nobody looks after it any more (Argo CD, \"App \
              Deletion\"). An ApplicationSet takes its Applications with it.\n\nIf that is meant, accept the danger; see that what the \
              chart stored is backed up.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web-redis, namespace: argocd}\nspec: {source: {chart: \
          redis, targetRevision: 1.0.0}}\n",
    dangerous: "",
    fine: "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web-redis, namespace: argocd}\nspec: {source: {chart: \
           redis, targetRevision: 1.1.0}}\n",
};

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in gone(question).filter(|change| change.id.group == "argoproj.io") {
        let set = change.id.kind == "ApplicationSet";
        if !(set || change.id.kind == "Application") || delivery_changed::is_rendered_now(question, change) {
            continue;
        }
        let finalizers = change.old.as_ref().and_then(|old| old.body.at(&["metadata", "finalizers"]));
        let cascades = finalizers.and_then(Data::as_list).is_some_and(|list| {
            list.iter().filter_map(Data::as_str).any(|name| name.contains("resources-finalizer.argocd.argoproj.io"))
        });
        let why = if set {
            "Argo CD deletes its Applications with it, and what they brought"
        } else if cascades {
            "its finalizer deletes everything that it brought into the cluster, volumes included"
        } else {
            "everything that it brought stays in the cluster, and nobody looks after it any more"
        };
        found.push(
            Danger::of(&APPLICATION_REMOVED, change, format!("{} is removed", change.id))
                .why(why)
                .help("see that its data is backed up, and what it leaves behind is cleared away"),
        );
    }
}
