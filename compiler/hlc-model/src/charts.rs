//! The charts that a homelab wants, and the releases made of them: what `hlc lock` locks and a renderer renders.

use std::collections::BTreeSet;

use hlc_chart::{Capabilities, ChartSource, Digest, RenderRequest};
use hlc_diag::Span;
use hlc_schema::{Data, DataValue, Map, ScopeId};

use crate::resolve::Resolver;
use crate::workload::{Chart, Deliver, Released, Workload};

/// The releases and the manifests of URLs that the homelab wants.
#[derive(Clone, Debug, Default)]
pub struct Charts {
    /// The releases whose values could be read, ordered by owner and name. Those of workloads that are switched off are
    /// among them.
    pub releases: Vec<WantedRelease>,
    /// Manifests of URLs, ordered by URL.
    pub manifests: Vec<WantedManifests>,
}

/// A YAML file at a URL that the homelab wants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WantedManifests {
    /// The URL.
    pub url: String,
    /// Where it is written.
    pub span: Span,
}

/// A release of a chart that the homelab wants.
#[derive(Clone, Debug)]
pub struct WantedRelease {
    /// The node that the chart stands in: `workload.grafana`, `addon.cilium`.
    pub owner: String,
    /// The release's name.
    pub name: String,
    /// The namespace that it is released into.
    pub namespace: String,
    /// The chart.
    pub source: ChartSource,
    /// Its values, places included: always a map.
    pub values: Data,
    /// What the cluster can do.
    pub capabilities: Capabilities,
    /// True when what lies in the chart's `crds/` belongs to it.
    pub include_crds: bool,
    /// True when it is to be written as manifests.
    pub rendered: bool,
    /// False when its workload is switched off.
    pub made: bool,
    /// Where the chart is named.
    pub chart_span: Span,
    /// Where the release is named.
    pub span: Span,
    pub(crate) scope: ScopeId,
    /// The chart's node.
    pub(crate) head: Span,
}

impl WantedRelease {
    /// What is asked of a renderer, once the chart's archive is known.
    #[must_use]
    pub fn request(&self, chart: Digest) -> RenderRequest {
        let empty = self.values.as_map().is_none_or(Map::is_empty);
        RenderRequest {
            chart,
            release: self.name.clone(),
            namespace: self.namespace.clone(),
            values: if empty { String::new() } else { hlc_kube::data_to_yaml(&self.values) },
            capabilities: self.capabilities.clone(),
            include_crds: self.include_crds,
            twice: false,
        }
    }
}

impl Charts {
    /// Every chart of a release that is made, each once and sorted.
    #[must_use]
    pub fn sources(&self) -> BTreeSet<&ChartSource> {
        self.releases.iter().filter(|release| release.made).map(|release| &release.source).collect()
    }

    /// The release of a chart's node.
    pub(crate) fn release(&self, scope: ScopeId, chart: &Chart, release: &Released<'_>) -> Option<&WantedRelease> {
        self.releases
            .iter()
            .find(|wanted| wanted.scope == scope && wanted.head == chart.head && wanted.name == release.name)
    }
}

/// Gathers what every workload and addon wants, and reports what is wrong with the values.
pub(crate) fn gather(resolver: &Resolver<'_>) -> Charts {
    let model = resolver.model;
    let mut charts = Charts::default();
    let workloads = model.workloads().map(|unit| ("workload", unit));
    for (kind, (scope, unit)) in workloads.chain(model.addons().map(|unit| ("addon", unit))) {
        if unit.existing || model.faults.spoiled.contains(&scope) {
            continue;
        }
        let owner = format!("{kind}.{}", unit.name.name);
        for chart in &unit.chart {
            let before = resolver.errors();
            for release in chart.releases() {
                charts.releases.extend(wanted(resolver, scope, unit, &owner, chart, &release));
            }
            if resolver.errors() > before {
                resolver.fail(scope);
            }
        }
        if unit.is_made() {
            let manifests = unit.manifests.iter().map(|node| &node.url);
            charts
                .manifests
                .extend(manifests.map(|url| WantedManifests { url: url.value.as_str().to_owned(), span: url.span }));
        }
    }
    charts.releases.sort_by(|a, b| (&a.owner, &a.name, a.head).cmp(&(&b.owner, &b.name, b.head)));
    charts.manifests.sort();
    charts
}

fn wanted(
    resolver: &Resolver<'_>,
    scope: ScopeId,
    unit: &Workload,
    owner: &str,
    chart: &Chart,
    release: &Released<'_>,
) -> Option<WantedRelease> {
    let none = Data::new(DataValue::Map(Map::new()), chart.head);
    let values = chart.values(resolver, scope, release)?.unwrap_or(none);
    let kubernetes = resolver.model.talos.first().map(|talos| &talos.kubernetes_version.value);
    Some(WantedRelease {
        owner: owner.to_owned(),
        name: release.name.to_owned(),
        namespace: chart.release_namespace(unit).to_owned(),
        source: ChartSource {
            name: chart.name.value.clone(),
            version: chart.version.value.as_str().to_owned(),
            repo: chart.repo.repo(unit)?.value.as_str().to_owned(),
        },
        values,
        capabilities: Capabilities {
            kubernetes: kubernetes.map(|version| version.as_str().trim_start_matches('v').to_owned()),
            api_versions: BTreeSet::new(),
        },
        include_crds: true,
        rendered: chart.deliver.is_some_and(|deliver| deliver.value == Deliver::Rendered),
        made: unit.is_made(),
        chart_span: chart.name.span,
        span: release.span,
        scope,
        head: chart.head,
    })
}

/// True for what `hlc lock` and `hlc fetch` do away with: something that is not locked, or not at hand.
#[must_use]
pub fn is_mended_by_lock(found: &hlc_diag::Diagnostic) -> bool {
    found.code.id == "HLC0405"
}
