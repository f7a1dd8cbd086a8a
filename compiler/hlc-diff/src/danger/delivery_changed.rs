//! A chart reaches the cluster another way.

use hlc_diag::{Code, Severity};
use hlc_schema::Data;

use super::{Danger, Example, Question, Rule};
use crate::{Action, ObjectChange, Version};

pub(super) const RULE: Rule = Rule { code: &DELIVERY_CHANGED, example: EXAMPLE, run };

/// A chart is rendered by somebody else from now on.
pub(crate) static DELIVERY_CHANGED: Code = Code {
    id: "HLC1079",
    name: "delivery-changed",
    severity: Severity::Error,
    summary: "a chart is handed to Argo CD that was rendered here, or the other way round",
    explain: "`deliver` says whether Argo CD renders a chart or hlc does. When that changes, the objects of the chart change their \
              Application: the old one deletes them, the new one makes them, and which comes first is chance. A claim that is \
              deleted takes its volume with it.\n\nKeep `deliver` as it is; or annotate what holds data with \
              `argocd.argoproj.io/sync-options=\"Prune=false\"` first, and accept the danger.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web-redis, namespace: argocd}\nspec: {source: {chart: \
          redis, targetRevision: 1.0.0}}\n",
    dangerous: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: redis, namespace: web}\n",
    fine: "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web-redis, namespace: argocd}\nspec: {source: {chart: \
           redis, targetRevision: 1.0.0}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: redis, namespace: web}\n",
};

/// True for an Application that brings a chart.
fn brings_chart(change: &ObjectChange, version: Option<&Version>) -> bool {
    let sources =
        version.and_then(|version| version.body.get("spec")).map(|spec| (spec.get("source"), spec.get("sources")));
    let Some((one, many)) = sources.filter(|_| change.id.is("argoproj.io", "Application")) else { return false };
    let mut all = one.into_iter().chain(many.and_then(Data::as_list).unwrap_or_default());
    all.any(|source| source.get("chart").is_some())
}

/// True for an Application with a chart that goes while objects come into its workload.
pub(super) fn is_rendered_now(question: &Question<'_>, change: &ObjectChange) -> bool {
    change.action == Action::Removed
        && brings_chart(change, change.old.as_ref())
        && beside(question, change, Action::Added).next().is_some()
}

/// Objects of the same workload, no Applications, that come or go.
fn beside<'a>(
    question: &Question<'a>,
    change: &ObjectChange,
    action: Action,
) -> impl Iterator<Item = &'a ObjectChange> {
    let folder = change.folder().to_owned();
    question.changes.with(action).filter(move |other| other.folder() == folder && other.id.group != "argoproj.io")
}

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in &question.changes.objects {
        let handed_over = change.action == Action::Added
            && brings_chart(change, change.new.as_ref())
            && beside(question, change, Action::Removed).next().is_some();
        let message = if is_rendered_now(question, change) {
            format!("the chart of Application `{}` is rendered here from now on", change.id.name)
        } else if handed_over {
            format!("Application `{}` brings a chart from now on, and objects of its workload go", change.id.name)
        } else {
            continue;
        };
        found.push(
            Danger::of(&DELIVERY_CHANGED, change, message)
                .why("the objects of the chart change their Application: one deletes them, the other makes them, in either order")
                .help(
                    "keep `deliver` as it is; or let what holds data stay with \
                     `argocd.argoproj.io/sync-options=\"Prune=false\"`, and publish that first",
                ),
        );
    }
}
