//! A finalizer goes.

use hlc_diag::{Code, Severity};
use hlc_schema::Data;

use super::{Danger, Example, Question, Rule};
use crate::{Difference, ObjectChange};

pub(super) const RULE: Rule = Rule { code: &FINALIZER_REMOVED, example: EXAMPLE, run };

/// An object loses a finalizer.
pub(crate) static FINALIZER_REMOVED: Code = Code {
    id: "HLC1074",
    name: "finalizer-removed",
    severity: Severity::Error,
    summary: "an object loses a finalizer",
    explain: "A finalizer makes the API server wait until somebody has cleared up what belongs to an object (Kubernetes, \
              \"Finalizers\"). Without it that stays behind when the object is deleted: the objects of an Application, a cloud's \
              volume, a DNS record.\n\nKeep it, or accept the danger and clear up by hand.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web, finalizers: [example.net/a, example.net/b]}\n",
    dangerous: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web, finalizers: [example.net/b]}\n",
    fine: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web, finalizers: [example.net/b, example.net/a]}\n",
};

fn finalizers(body: Option<&Data>) -> Vec<&str> {
    let list = body.and_then(|body| body.at(&["metadata", "finalizers"])).and_then(Data::as_list);
    list.unwrap_or_default().iter().filter_map(Data::as_str).collect()
}

fn lost(change: &ObjectChange) -> Vec<&str> {
    let kept = finalizers(change.new.as_ref().map(|new| &new.body));
    let mut old = finalizers(change.old.as_ref().map(|old| &old.body));
    old.retain(|finalizer| !kept.contains(finalizer));
    old
}

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in question.changes.objects.iter().filter(|change| change.new.is_some() && change.old.is_some()) {
        let lost = lost(change);
        // One that only changes places is no loss.
        let at = change.fields.iter().find(|field| {
            field.path.starts_with(&["metadata", "finalizers"]) && !matches!(field.difference, Difference::Added(_))
        });
        let (Some(at), false) = (at, lost.is_empty()) else { continue };
        found.push(
            Danger::of(&FINALIZER_REMOVED, change, format!("{} loses {}", change.id, quoted(&lost)))
                .field(&at.path, at.origin)
                .why("what it clears up when the object is deleted stays behind")
                .help("keep it, or clear up by hand when the object goes"),
        );
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
