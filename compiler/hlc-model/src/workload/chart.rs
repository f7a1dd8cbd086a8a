//! Helm charts and their releases.

mod patch;
mod repository;
mod version;

pub use patch::{Patch, Remove};
pub use repository::ChartRepository;
use repository::RepoSource;
use version::ChartVersion;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::scalar::DnsLabel;
use hlc_schema::suggest::list_names;
use hlc_schema::{Choice, Data, Def, FreeBlock, Node, Scalar, Spanned};

use super::{Workload, workload_namespace};
use crate::concept::Delivery;
use crate::lower::Lower;
use crate::resolve::{Place, merge};

pub(crate) const CODES: &[&Code] = &[&NOT_RENDERED, &NO_DELIVERY, &NOT_PATCHED];

/// A chart that is to be rendered here.
pub(crate) static NOT_RENDERED: Code = Code {
    id: "HLC0405",
    name: "chart-not-rendered",
    severity: Severity::Error,
    summary: "a chart that hlc would have to render",
    explain: "This version of hlc writes charts as Argo CD `Application` objects (`deliver=\"argocd\"`) and does not render \
              them to manifests itself. How a chart reaches the cluster is always stated, never guessed.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
          repo=\"https://charts.example.net\" deliver=\"rendered\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
           repo=\"https://charts.example.net\" deliver=\"argocd\"\n}",
};

/// A chart for Argo CD in a homelab without Argo CD.
pub(crate) static NO_DELIVERY: Code = Code {
    id: "HLC0406",
    name: "no-delivery",
    severity: Severity::Error,
    summary: "a chart is left to Argo CD, which the homelab does not declare",
    explain: "`deliver=\"argocd\"` writes an `Application` into Argo CD's namespace. Declare Argo CD: an `addon` with a \
              `delivery` in `platform`.",
    bad: "homelab \"home\" domain=\"example.net\" { category \"apps\" }\nworkload \"web\" category=\"apps\" {\n    namespace \
          \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"argocd\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
           repo=\"https://charts.example.net\" deliver=\"argocd\"\n}",
};

/// A change to what Argo CD renders.
pub(crate) static NOT_PATCHED: Code = Code {
    id: "HLC0411",
    name: "not-patched",
    severity: Severity::Error,
    summary: "a `patch` or `remove` of what Argo CD renders",
    explain: "With `deliver=\"argocd\"` the chart is rendered in the cluster, where hlc cannot change what comes out of it. Look \
              for a value of the chart that does the same; else leave the chart's part out by its values, and write the object \
              in the workload under another name.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
          repo=\"https://charts.example.net\" deliver=\"argocd\" {\n        remove \"IngressClass/nginx\"\n    }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
           repo=\"https://charts.example.net\" deliver=\"argocd\" {\n        values { ingress enabled=#false }\n    }\n}",
};

/// How a chart reaches the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Deliver {
    /// Argo CD renders it: hlc writes an `Application`.
    Argocd,
    /// hlc renders it to manifests. Not available in this version.
    Rendered,
}

/// A Helm chart, and the releases made of it.
#[derive(Debug, Node)]
#[node(
    name = "chart",
    example = r#"chart "grafana" version="10.7.0" repo="https://grafana-community.github.io/helm-charts" {
    values {
        persistence enabled=#true size="10Gi"
    }
}"#
)]
pub struct Chart {
    /// The chart's name in its repository.
    #[arg]
    pub name: Spanned<String>,
    /// Its version; exact, no range.
    #[prop]
    pub version: Spanned<ChartVersion>,
    /// Its repository: `https://…` or `oci://…`, or the name of a `repository` of the workload.
    #[prop]
    pub repo: RepoSource,
    /// How it reaches the cluster. No default: say it once in the homelab's `defaults { chart deliver=… }`.
    #[prop]
    pub deliver: Spanned<Deliver>,
    /// The namespace that it is released into.
    #[prop(default = "the workload's")]
    pub namespace: Option<Spanned<DnsLabel>>,
    /// Values for every release of it.
    #[free]
    pub values: Option<FreeBlock>,
    /// Its releases; without any, one with the chart's name.
    #[block]
    pub release: Vec<Release>,
    /// Changes to objects that it renders.
    #[block]
    pub patch: Vec<Patch>,
    /// Objects that it renders and that are left out.
    #[block]
    pub remove: Vec<Remove>,
    /// What is merged over each `Application`: fields that hlc has no word for.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// One release of a chart. Its values are merged over those of the chart: maps deep, lists replaced.
#[derive(Debug, Node)]
#[node(name = "release", names = Label, scope = Local, example = r#"release "otel-agent" { values { mode daemonset } }"#)]
pub struct Release {
    /// The release's name.
    #[arg]
    pub name: Def<Release>,
    /// Values for this release.
    #[free]
    pub values: Option<FreeBlock>,
}

impl Chart {
    /// The namespace that it is released into.
    #[must_use]
    pub fn release_namespace<'w>(&'w self, workload: &'w Workload) -> &'w str {
        self.namespace.as_ref().map_or_else(|| workload_namespace(workload), |namespace| namespace.value.as_str())
    }

    /// The names of its releases, and where they stand: without any, one of the chart's own name.
    #[must_use]
    pub fn releases(&self) -> Vec<(&str, Span)> {
        if self.release.is_empty() {
            return vec![(self.name.value.as_str(), self.name.span)];
        }
        self.release.iter().map(|release| (release.name.name.as_str(), release.name.span)).collect()
    }

    /// One Application per release.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Vec<PlannedObject> {
        if self.deliver.value == Deliver::Rendered {
            lower.resolver.report(
                Diagnostic::new(
                    &NOT_RENDERED,
                    self.deliver.span,
                    format!("chart `{}` cannot be rendered by this version of hlc", self.name.value),
                )
                .label(self.name.span, "this chart")
                .help("write `deliver=\"argocd\"`: Argo CD renders it in the cluster"),
            );
            return Vec::new();
        }
        let changed = self.patch.iter().map(|patch| ("patch", &patch.object));
        let changed = changed.chain(self.remove.iter().map(|remove| ("remove", &remove.object)));
        for (what, object) in changed {
            let message =
                format!("Argo CD renders chart `{}`, so this `{what}` cannot be carried out", self.name.value);
            lower.resolver.report(
                Diagnostic::new(&NOT_PATCHED, object.span, message)
                    .label(self.deliver.span, "it is left to Argo CD here")
                    .help("look for a value of the chart that does the same"),
            );
        }
        if self.release.is_empty() {
            return self.application(lower, &self.name.value, self.name.span, None).into_iter().collect();
        }
        self.release
            .iter()
            .filter_map(|release| {
                self.application(lower, &release.name.name, release.name.span, release.values.as_ref())
            })
            .collect()
    }

    fn application(
        &self,
        lower: &Lower<'_>,
        release: &str,
        span: Span,
        values: Option<&FreeBlock>,
    ) -> Option<PlannedObject> {
        let repo = self.repo.repo(lower.workload)?;
        let base = self.values.as_ref().map(|values| lower.resolver.data(&values.value, lower.scope, Place::Values));
        let own = values.map(|values| lower.resolver.data(&values.value, lower.scope, Place::Values));
        let values = match (base, own) {
            (None, None) => None,
            (Some(only), None) | (None, Some(only)) => Some(only?),
            (Some(base), Some(own)) => {
                let mut base = base?;
                merge(&mut base, own?, lower.resolver)?;
                Some(base)
            }
        };
        let deliveries: Vec<_> = lower.resolver.model.deliveries().collect();
        let [(delivery, argocd)] = deliveries.as_slice() else {
            let diagnostic = Diagnostic::new(
                &NO_DELIVERY,
                self.deliver.span,
                format!("chart `{}` is left to Argo CD", self.name.value),
            );
            if lower.resolver.model.faults.may_hide(Delivery::decl()) {
                return None;
            }
            let names: Vec<_> = deliveries.iter().map(|(delivery, _)| delivery.name.name.as_str()).collect();
            lower.resolver.report(if names.is_empty() {
                diagnostic.here("no `delivery` is declared").help(
                    "declare one: `platform { addon \"argocd\" namespace=\"argocd\" { delivery \"workloads\" } }`",
                )
            } else {
                diagnostic
                    .here(format!("several are declared: {}", list_names(&names, "and")))
                    .help("keep one `delivery`")
            });
            return None;
        };
        let at = self.head;
        let namespace = Data::string(
            self.release_namespace(lower.workload),
            self.namespace.as_ref().map_or(at, |namespace| namespace.span),
        );
        let text = |text: &str| Data::string(text, at);
        let flag = |choose: fn(&crate::concept::Sync) -> Option<Spanned<bool>>| {
            delivery.sync.as_ref().and_then(choose).is_some_and(|flag| flag.value)
        };
        let mut helm = vec![("releaseName", Data::string(release, span))];
        if let Some(values) = values.filter(|values| values.as_map().is_some_and(|map| !map.is_empty())) {
            // As text, since `valuesObject` loses nulls, which Helm needs to delete a default.
            helm.push(("values", Data::string(hlc_kube::data_to_yaml(&values), values.span)));
        }
        let mut options = vec![text("CreateNamespace=true")];
        if flag(|sync| sync.server_side) {
            options.push(text("ServerSideApply=true"));
        }
        let automated = [("prune", flag(|sync| sync.prune)), ("selfHeal", flag(|sync| sync.self_heal))];
        let mut policy = vec![("syncOptions", Data::list(options, at))];
        if automated.iter().any(|(_, on)| *on) {
            policy.push(("automated", Data::map(automated.map(|(key, on)| (key, Data::bool(on, at))), at)));
        }
        let project = delivery.project.as_ref().map_or("default", |project| &project.value);
        let spec = Data::map(
            [
                ("project", text(project)),
                (
                    "source",
                    Data::map(
                        [
                            ("repoURL", Data::string(repo.value.argocd(), repo.span)),
                            ("chart", Data::string(self.name.value.as_str(), self.name.span)),
                            ("targetRevision", Data::new(self.version.value.to_value(), self.version.span)),
                            ("helm", Data::map(helm, at)),
                        ],
                        at,
                    ),
                ),
                (
                    "destination",
                    Data::map([("server", text("https://kubernetes.default.svc")), ("namespace", namespace)], at),
                ),
                ("syncPolicy", Data::map(policy, at)),
            ],
            at,
        );
        let name = format!("{}-{release}", lower.workload.name.name);
        let mut object = lower.object("argoproj.io/v1alpha1", "Application", &name, span);
        object.namespace(argocd);
        object.field("spec", spec);
        object.finish_with(self.extra.as_ref())
    }
}
