//! Helm charts and their releases.

mod patch;
mod repository;
mod version;

pub use patch::{ObjectName, Patch, Remove};
use repository::RepoSource;
pub use repository::{ChartRepo, ChartRepository};
use version::ChartVersion;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::scalar::DnsLabel;
use hlc_schema::suggest::list_names;
use hlc_schema::{Choice, Data, Def, FreeBlock, Node, Scalar, ScopeId, Spanned};

use super::{Workload, workload_namespace};
use crate::charts::LOCAL;
use crate::concept::{Delivery, Homelab, Ignore, Policy};
use crate::lower::Lower;
use crate::resolve::{Place, Resolver, merge};

pub(crate) const CODES: &[&Code] = &[&NO_DELIVERY, &NOT_PATCHED, &NO_DELIVER];

/// A chart that does not say how it reaches the cluster.
pub(crate) static NO_DELIVER: Code = Code {
    id: "HLC0831",
    name: "no-deliver",
    severity: Severity::Error,
    summary: "a chart that does not say how it reaches the cluster",
    explain: "How a chart reaches the cluster is always stated, never guessed: on the chart, or once for all of them in the \
              homelab's `defaults`. Charts of an `addon` are installed by `hlc apply` and need no word.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
          repo=\"https://charts.example.net\"\n}",
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
    good: "homelab \"home\" domain=\"example.net\" {\n    category \"apps\"\n    repository \
           \"https://github.com/example/homelab.git\" branch=\"main\" manifests=\"main-manifests\"\n}\nplatform { addon \
           \"argocd\" namespace=\"argocd\" { delivery \"workloads\" } }\nworkload \"web\" category=\"apps\" {\n    namespace \
           \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"argocd\"\n}",
};

/// A change to what Argo CD renders.
pub(crate) static NOT_PATCHED: Code = Code {
    id: "HLC0411",
    name: "not-patched",
    severity: Severity::Error,
    summary: "a `patch`, `remove`, `labels` or `freeze` of what Argo CD renders",
    explain: "With `deliver=\"argocd\"` the chart is rendered in the cluster, where hlc cannot change what comes out of it. Look \
              for a value of the chart that does the same; else leave the chart's part out by its values, and write the object \
              in the workload under another name. What a chart makes up, Argo CD renders anew each time it looks; nothing can keep it \
              but a Secret that the chart is told of.",
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
    /// hlc renders it to manifests, which needs its archive and `helm` (docs/charts.md).
    Rendered,
}

/// What becomes of objects that are hooks of Helm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Hooks {
    /// They are written as they are, annotations included.
    Keep,
    /// They are left out.
    Drop,
    /// They become hooks of Argo CD; those that it has nothing for are left out.
    Argocd,
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
    /// How it reaches the cluster. No default: say it once in the homelab's `defaults { chart deliver=… }`. In an `addon` it is
    /// not asked for: `hlc apply` installs what stands there.
    #[prop]
    pub deliver: Option<Spanned<Deliver>>,
    /// The namespace that it is released into.
    #[prop(default = "the workload's")]
    pub namespace: Option<Spanned<DnsLabel>>,
    /// Values for every release of it.
    #[free]
    pub values: Option<FreeBlock>,
    /// Its releases; without any, one with the chart's name.
    #[block]
    pub release: Vec<Release>,
    /// What becomes of the hooks that it renders. No default: to be said of a rendered chart that has some. What only `helm
    /// test` runs is always left out.
    #[prop]
    pub hooks: Option<Spanned<Hooks>>,
    /// Whether the definitions in its `crds/` belong to it.
    #[prop(default = "#true")]
    pub crds: Option<Spanned<bool>>,
    /// The version of Kubernetes that it is told, such as `1.30.0`.
    #[prop(default = "the cluster's")]
    pub kube_version: Option<Spanned<ChartVersion>>,
    /// Whether values that it makes up anew each time stay what was written last, as long as chart and values are the same.
    #[prop(default = "#false")]
    pub freeze: Option<Spanned<bool>>,
    /// Labels for every object that it renders.
    #[free]
    pub labels: Option<FreeBlock>,
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

/// A release of a chart, whether it has a node of its own or not.
#[derive(Clone, Copy, Debug)]
pub struct Released<'c> {
    /// Its name.
    pub name: &'c str,
    /// Where it is named.
    pub span: Span,
    values: Option<&'c FreeBlock>,
}

impl Chart {
    /// The namespace that it is released into.
    #[must_use]
    pub fn release_namespace<'w>(&'w self, workload: &'w Workload) -> &'w str {
        self.namespace.as_ref().map_or_else(|| workload_namespace(workload), |namespace| namespace.value.as_str())
    }

    /// Its releases: without any, one of the chart's own name.
    #[must_use]
    pub fn releases(&self) -> Vec<Released<'_>> {
        if self.release.is_empty() {
            return vec![Released { name: &self.name.value, span: self.name.span, values: None }];
        }
        let named = self.release.iter();
        named
            .map(|Release { name, values }| Released { name: &name.name, span: name.span, values: values.as_ref() })
            .collect()
    }

    /// The values of a release: its own over those of the chart. The outer `None` after reporting.
    #[expect(clippy::option_option, reason = "a chart may have no values, and values may be faulty")]
    pub(crate) fn values(
        &self,
        resolver: &Resolver<'_>,
        scope: ScopeId,
        release: &Released<'_>,
    ) -> Option<Option<Data>> {
        let data = |values: &FreeBlock| resolver.data(&values.value, scope, Place::Values);
        Some(match (self.values.as_ref().map(data), release.values.map(data)) {
            (None, None) => None,
            (Some(only), None) | (None, Some(only)) => Some(only?),
            (Some(base), Some(own)) => {
                let mut base = base?;
                merge(&mut base, own?, resolver)?;
                Some(base)
            }
        })
    }

    /// One Application per release, or what the releases render.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Vec<PlannedObject> {
        let Some(deliver) = self.deliver else {
            self.report_deliver(lower);
            return Vec::new();
        };
        if deliver.value == Deliver::Rendered {
            return crate::charts::made(lower, self);
        }
        let changed = self.patch.iter().map(|patch| ("patch", &patch.object));
        let changed = changed.chain(self.remove.iter().map(|remove| ("remove", &remove.object)));
        let changed = changed.map(|(what, object)| (what, object.span));
        let changed = changed.chain(self.labels.iter().map(|labels| ("labels", labels.head)));
        let frozen = self.freeze.iter().filter(|freeze| freeze.value).map(|freeze| ("freeze", freeze.span));
        for (what, span) in changed.chain(frozen) {
            let message =
                format!("Argo CD renders chart `{}`, so this `{what}` cannot be carried out", self.name.value);
            let help = if what == "freeze" {
                "look for values of the chart that take the name of a Secret, for what it makes up"
            } else {
                "look for a value of the chart that does the same"
            };
            lower.resolver.report(
                Diagnostic::new(&NOT_PATCHED, span, message)
                    .label(deliver.span, "it is left to Argo CD here")
                    .help(help),
            );
        }
        self.releases().iter().filter_map(|release| self.application(lower, deliver.span, release)).collect()
    }

    /// Reports that nothing says how it reaches the cluster, unless the homelab's defaults could not be read.
    fn report_deliver(&self, lower: &Lower<'_>) {
        lower.resolver.fail(lower.scope);
        let model = lower.resolver.model;
        if model.faults.unread || model.homelab.is_none() || model.faults.kinds.contains(Homelab::decl().name) {
            return;
        }
        lower.resolver.report(
            Diagnostic::new(
                &NO_DELIVER,
                self.name.span,
                format!("chart `{}` does not say how it reaches the cluster", self.name.value),
            )
            .help("write `deliver=\"argocd\"`, or once for all charts `defaults { chart deliver=\"argocd\" }` in `homelab`"),
        );
    }

    fn application(&self, lower: &Lower<'_>, deliver: Span, release: &Released<'_>) -> Option<PlannedObject> {
        let repo = self.repo.repo(lower.workload)?;
        if repo.value.is_local() {
            lower.resolver.report(
                Diagnostic::new(&LOCAL, repo.span, format!("chart `{}` lies in this project", self.name.value))
                    .label(deliver, "Argo CD does not see it")
                    .help("write `deliver=\"rendered\"`"),
            );
            return None;
        }
        let values = &lower.charts.release(lower.scope, self, release)?.values;
        let deliveries: Vec<_> = lower.resolver.model.deliveries().collect();
        let [(delivery, argocd)] = deliveries.as_slice() else {
            let diagnostic =
                Diagnostic::new(&NO_DELIVERY, deliver, format!("chart `{}` is left to Argo CD", self.name.value));
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
        let mut helm = vec![("releaseName", Data::string(release.name, release.span))];
        if values.as_map().is_some_and(|map| !map.is_empty()) {
            // As text, since `valuesObject` loses nulls, which Helm needs to delete a default.
            helm.push(("values", Data::string(hlc_kube::data_to_yaml(values), values.span)));
        }
        if let Some(version) = &self.kube_version {
            helm.push(("kubeVersion", Data::string(version.value.as_str(), version.span)));
        }
        if let Some(crds) = self.crds.filter(|crds| !crds.value) {
            helm.push(("skipCrds", Data::bool(true, crds.span)));
        }
        let spec = Data::map(
            [
                ("project", text(delivery.project())),
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
                ("syncPolicy", Policy { own: lower.workload.sync.as_ref(), shared: delivery.sync.as_ref() }.data(at)),
            ]
            .into_iter()
            .chain(ignored(lower.workload, at)),
            at,
        );
        let name = format!("{}-{}", lower.workload.name.name, release.name);
        let mut object = lower.object("argoproj.io/v1alpha1", "Application", &name, release.span);
        object.namespace(argocd);
        object.field("spec", spec);
        object.finish_with(self.extra.as_ref())
    }
}

/// What its workload says of differences holds for the Application of a chart too.
fn ignored(workload: &Workload, at: Span) -> Option<(&'static str, Data)> {
    let ignored: Vec<Data> = workload.ignore.iter().map(Ignore::lower).collect();
    (!ignored.is_empty()).then(|| ("ignoreDifferences", Data::list(ignored, at)))
}
