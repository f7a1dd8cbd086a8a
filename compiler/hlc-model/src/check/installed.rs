//! What `hlc apply` installs says so, and has a name of its own.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};

use super::{Check, Facts};
use crate::workload::Deliver;

pub(super) const CHECK: Check = Check { codes: &[&MANIFESTS_NAME, &ADDON_DELIVER], run };

/// Two files of manifests under one name.
pub(crate) static MANIFESTS_NAME: Code = Code {
    id: "HLC0845",
    name: "manifests-name",
    severity: Severity::Error,
    summary: "two `manifests` have one name",
    explain: "The name says what a URL is a version of, so that a newer one replaces the older: with one name for two, each would \
              delete what the other made. Without a `name` it is the addon's.",
    bad: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"crds\" namespace=\"kube-system\" {\n        manifests \
          \"https://example.net/a.yaml\"\n        manifests \"https://example.net/b.yaml\"\n    }\n}",
    good: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"crds\" namespace=\"kube-system\" {\n        manifests \
           \"https://example.net/a.yaml\" name=\"a\"\n        manifests \"https://example.net/b.yaml\" name=\"b\"\n    }\n}",
};

/// A chart of an addon that is to be left to Argo CD.
pub(crate) static ADDON_DELIVER: Code = Code {
    id: "HLC0846",
    name: "addon-deliver",
    severity: Severity::Error,
    summary: "a chart of an addon that is to be left to Argo CD",
    explain: "Addons are put into the cluster by `hlc apply`, before Argo CD runs: their charts are rendered and applied. What Argo CD \
              is to bring is a workload; moving the chart to one hands it over.",
    bad: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \
          \"cilium\" version=\"1.16.6\" repo=\"https://helm.cilium.io/\" deliver=\"argocd\"\n    }\n}",
    good: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \
           \"cilium\" version=\"1.16.6\" repo=\"https://helm.cilium.io/\"\n    }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut manifests: Vec<(&str, Span)> = Vec::new();
    for (_, addon) in facts.model.addons() {
        for chart in &addon.chart {
            if let Some(extra) = chart.extra.as_ref().filter(|extra| addon.holds(extra.head)) {
                let message = format!("chart `{}` of an addon becomes no `Application`", chart.name.value);
                found.push(
                    Diagnostic::new(&ADDON_DELIVER, extra.head, message)
                        .here("there is nothing to merge this over")
                        .label(addon.head, "this addon")
                        .help("change what the chart renders: `patch \"KIND/NAME\" { … }`"),
                );
            }
            let Some(deliver) = chart.deliver.filter(|deliver| addon.holds(deliver.span)) else { continue };
            if deliver.value == Deliver::Argocd {
                let message = format!("chart `{}` of an addon is installed by `hlc apply`", chart.name.value);
                found.push(
                    Diagnostic::new(&ADDON_DELIVER, deliver.span, message)
                        .here("not by Argo CD")
                        .label(addon.head, "this addon")
                        .help("remove `deliver`, or move the chart to a workload"),
                );
            }
        }
        manifests.extend(addon.manifests.iter().map(|manifests| {
            (manifests.name(addon), manifests.name.as_ref().map_or(manifests.head, |name| name.span))
        }));
    }
    manifests.sort_by_key(|(_, span)| *span);
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for (name, span) in manifests {
        if let Some(first) = seen.get(name) {
            found.push(
                Diagnostic::new(&MANIFESTS_NAME, span, format!("there are already manifests called `{name}`"))
                    .label(*first, "these")
                    .help("give one of them a `name`"),
            );
        } else {
            seen.insert(name, span);
        }
    }
}
