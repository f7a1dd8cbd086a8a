//! What can be wrong with charts that are locked and rendered.

use hlc_diag::{Code, Severity};

use super::changed::CHANGED;
use super::kube_version::KUBE_VERSION;

pub(crate) const CODES: &[&Code] =
    &[&NOT_RENDERED, &DAMAGED, &REFUSED, &NO_OBJECTS, &HOOKS, &UNMATCHED, &RANDOM, &LOCAL, &KUBE_VERSION, &CHANGED];

/// What is said of a release that its values may be the reason of.
pub(crate) const CANNOT_BE_RENDERED: [&Code; 2] = [&REFUSED, &NO_OBJECTS];

/// A chart that is to be rendered here and cannot be.
pub(crate) static NOT_RENDERED: Code = Code {
    id: "HLC0405",
    name: "chart-not-rendered",
    severity: Severity::Error,
    summary: "a chart that is to be rendered here and cannot be",
    explain: "`deliver=\"rendered\"` writes what the chart renders as manifests. That needs its digest in the lock file (`hlc lock`), \
              its archive in the cache or beside the homelab (`hlc fetch`, `hlc vendor`), and a renderer, which is `helm`. A build \
              opens no connection, so that it never fetches one by itself. `deliver=\"argocd\"` needs none of them.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
          repo=\"https://charts.example.net\" deliver=\"rendered\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
           repo=\"https://charts.example.net\" deliver=\"argocd\"\n}",
};

/// An archive that is not the locked one.
pub(crate) static DAMAGED: Code = Code {
    id: "HLC0421",
    name: "chart-damaged",
    severity: Severity::Error,
    summary: "the archive of a chart is not the one that is locked",
    explain: "The lock file names the bytes of every chart. Other bytes, or bytes that are no chart, are never rendered: somebody \
              changed them, or the copy broke. `hlc fetch` brings the right ones again.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"damaged\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\"\n}",
};

/// A chart that refuses its values.
pub(crate) static REFUSED: Code = Code {
    id: "HLC0422",
    name: "chart-refuses",
    severity: Severity::Error,
    summary: "a chart that cannot be rendered with its values",
    explain: "A template failed, or the chart itself said that a value is missing or wrong. The finding names the template and says \
              what the chart said. Argo CD would fail the same way, in the cluster.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"picky\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"picky\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\" { values { image tag=\"2\"; } }\n}",
};

/// Something else than objects.
pub(crate) static NO_OBJECTS: Code = Code {
    id: "HLC0423",
    name: "chart-output",
    severity: Severity::Error,
    summary: "a chart renders something else than Kubernetes objects",
    explain: "What a template gives with these values is no YAML, or no object with `apiVersion`, `kind` and `metadata.name`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"untidy\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\"\n}",
};

/// Hooks that nothing is said of.
pub(crate) static HOOKS: Code = Code {
    id: "HLC0424",
    name: "hooks-unstated",
    severity: Severity::Error,
    summary: "a chart renders hooks, and nothing says what becomes of them",
    explain: "Helm runs hooks at certain moments of an installation; manifests have no such moments. `hooks=\"argocd\"` makes them hooks \
              of Argo CD, `hooks=\"keep\"` writes them as they are (Argo CD knows Helm's annotations too; `kubectl apply` runs \
              them as plain objects), `hooks=\"drop\"` leaves them out.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"migrating\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"migrating\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\" hooks=\"argocd\"\n}",
};

/// A patch of nothing.
pub(crate) static UNMATCHED: Code = Code {
    id: "HLC0425",
    name: "patch-unmatched",
    severity: Severity::Error,
    summary: "a `patch` or `remove` of an object that the chart does not render",
    explain: "The object is misspelt, or the chart stopped rendering it: what was to be changed is not changed then, and somebody has to \
              decide what to do instead.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\" { remove \"Service/wbe\" }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\" { remove \"Service/web\" }\n}",
};

/// Random material.
pub(crate) static RANDOM: Code = Code {
    id: "HLC0426",
    name: "random-field",
    severity: Severity::Warning,
    summary: "a chart renders another value each time",
    explain: "A key, a password, a certificate or a time that the chart makes up. Each build writes another one, so that each build \
              changes the cluster: pods restart, sessions end. Give the value by a Secret, if the chart can take one; else \
              `freeze=#true` on the chart keeps what was written last, as long as chart and values stay the same.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"changing\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"changing\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\" freeze=#true\n}",
};

/// A chart of the project that is left to Argo CD.
pub(crate) static LOCAL: Code = Code {
    id: "HLC0427",
    name: "local-chart",
    severity: Severity::Error,
    summary: "a chart in the project is left to Argo CD",
    explain: "Argo CD gets charts from repositories; a folder of this project it does not see. `deliver=\"rendered\"` writes what the \
              chart renders.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"./charts\" \
          deliver=\"argocd\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
           repo=\"https://charts.example.net\" deliver=\"argocd\"\n}",
};
