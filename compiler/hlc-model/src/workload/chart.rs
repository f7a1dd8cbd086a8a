//! Helm charts and their releases.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::suggest::list_names;
use hlc_schema::{Choice, Data, Def, FreeBlock, Node, Spanned};

use crate::lower::Lower;
use crate::resolve::{Place, merge};

pub(crate) const CODES: &[&Code] = &[&NOT_RENDERED, &NO_DELIVERY, &CHART_REPO];

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

/// A chart repository that is no URL.
pub(crate) static CHART_REPO: Code = Code {
    id: "HLC0407",
    name: "chart-repo",
    severity: Severity::Error,
    summary: "a chart repository that is no `https://` or `oci://` URL",
    explain: "A chart comes from an HTTP repository (`https://…`, where `index.yaml` lies) or from an OCI registry \
              (`oci://host/path`, without the chart's name at the end).",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
          repo=\"charts.example.net\" deliver=\"argocd\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" \
           repo=\"https://charts.example.net\" deliver=\"argocd\"\n}",
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
    pub version: Spanned<String>,
    /// Its repository: `https://…` or `oci://…`.
    #[prop]
    pub repo: Spanned<String>,
    /// How it reaches the cluster. No default: say it once in the homelab's `defaults { chart deliver=… }`.
    #[prop]
    pub deliver: Spanned<Deliver>,
    /// Values for every release of it.
    #[free]
    pub values: Option<FreeBlock>,
    /// Its releases; without any, one with the chart's name.
    #[block]
    pub release: Vec<Release>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// One release of a chart. Its values are merged over those of the chart: maps deep, lists replaced.
#[derive(Debug, Node)]
#[node(name = "release", scope = Local, example = r#"release "otel-agent" { values { mode daemonset } }"#)]
pub struct Release {
    /// The release's name.
    #[arg]
    pub name: Def<Release>,
    /// Values for this release.
    #[free]
    pub values: Option<FreeBlock>,
}

impl Chart {
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

    /// The repository as Argo CD wants it: OCI registries without their scheme (Argo CD, "Helm", OCI registries).
    fn repository(&self, lower: &Lower<'_>) -> Option<&str> {
        let url = self.repo.value.as_str();
        if let Some(registry) = url.strip_prefix("oci://").filter(|rest| !rest.is_empty()) {
            return Some(registry.trim_end_matches('/'));
        }
        if url.starts_with("https://") || url.starts_with("http://") {
            return Some(url);
        }
        lower.resolver.report(
            Diagnostic::new(&CHART_REPO, self.repo.span, format!("`{url}` is no chart repository"))
                .help("write a URL that begins with `https://` or `oci://`"),
        );
        None
    }

    fn application(
        &self,
        lower: &Lower<'_>,
        release: &str,
        span: Span,
        values: Option<&FreeBlock>,
    ) -> Option<PlannedObject> {
        let repository = self.repository(lower);
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
        let deliveries = &lower.resolver.model.deliveries;
        let [(_, delivery, argocd)] = deliveries.as_slice() else {
            let diagnostic = Diagnostic::new(
                &NO_DELIVERY,
                self.deliver.span,
                format!("chart `{}` is left to Argo CD", self.name.value),
            );
            let names: Vec<_> = deliveries.iter().map(|(_, delivery, _)| delivery.name.name.as_str()).collect();
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
                            ("repoURL", Data::string(repository?, self.repo.span)),
                            ("chart", Data::string(self.name.value.as_str(), self.name.span)),
                            ("targetRevision", Data::string(self.version.value.as_str(), self.version.span)),
                            ("helm", Data::map(helm, at)),
                        ],
                        at,
                    ),
                ),
                (
                    "destination",
                    Data::map(
                        [("server", text("https://kubernetes.default.svc")), ("namespace", text(lower.namespace()))],
                        at,
                    ),
                ),
                ("syncPolicy", Data::map(policy, at)),
            ],
            at,
        );
        let name = format!("{}-{release}", lower.workload.name.name);
        let mut object = lower.object("argoproj.io/v1alpha1", "Application", &name, span);
        object.namespace(argocd);
        object.field("spec", spec);
        Some(object.finish())
    }
}
