//! Much goes at once.

use hlc_diag::{Code, Severity};

use super::{Danger, Example, Question, Rule};
use crate::Action;

pub(super) const RULE: Rule = Rule { code: &MANY_REMOVED, example: EXAMPLE, run };

/// More than this share of all objects gone is a danger unless somebody says another, in percent.
pub const MAX_REMOVED: u8 = 20;

/// Fewer are no danger, whatever their share: a small homelab may lose a workload.
const FEW: usize = 5;

/// A large part of all objects goes.
pub(crate) static MANY_REMOVED: Code = Code {
    id: "HLC1078",
    name: "many-removed",
    severity: Severity::Error,
    summary: "a large part of all objects is removed",
    explain: "More than a fifth of the objects (`--max-removed` says another share) and at least five of them go at once. That is \
              rarely meant: an `include` that no longer matches, a wrong `--project` or another homelab's branch looks just like \
              it, and Argo CD deletes what is no longer in Git.\n\nLook at what goes. If it is meant, accept the danger.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: web}}\n- {apiVersion: \
          v1, kind: ConfigMap, metadata: {name: b, namespace: web}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: \
          web}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: d, namespace: web}}\n- {apiVersion: v1, kind: ConfigMap, \
          metadata: {name: e, namespace: web}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: f, namespace: web}}\n",
    dangerous: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web}\n",
    fine: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: \
           b, namespace: web}\n",
};

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    let before = question.changes.before;
    let removed = question.changes.with(Action::Removed).count();
    let share = removed.saturating_mul(100);
    if removed < FEW || share <= before.saturating_mul(usize::from(question.max_removed)) {
        return;
    }
    let percent = share.checked_div(before).unwrap_or(100);
    found.push(
        Danger::at_large(&MANY_REMOVED, format!("{removed} of {before} objects are removed ({percent} %)"))
            .why("Argo CD deletes what is no longer in Git, and an `include` that matches nothing looks just like this")
            .help(format!(
                "see that nothing is missing by mistake; `--max-removed` allows more than {} %",
                question.max_removed
            )),
    );
}
