//! The charts that a homelab wants, and the releases made of them: what `hlc lock` locks and a renderer renders.

mod bring;
mod capabilities;
mod changed;
mod codes;
mod hook;
mod kube_version;
mod made;
mod random;
mod surfaces;
mod verdicts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hlc_chart::{Capabilities, ChartSource, Digest, Lock, RenderRequest, Verdict};
use hlc_diag::{Diagnostic, Sources, Span};
use hlc_plan::PlannedObject;
use hlc_schema::{Data, DataValue, Map, ScopeId};

use crate::inputs::{InputError, Inputs};
use crate::resolve::Resolver;
use crate::workload::{Chart, Deliver, Released, Workload};

pub(crate) use bring::Brought;
pub use capabilities::api_versions;
pub(crate) use codes::{CANNOT_BE_RENDERED, CODES, LOCAL};
pub(crate) use made::{hold_against_surface, made};
pub(crate) use surfaces::Unrendered;

/// The releases and the manifests of URLs that the homelab wants.
#[derive(Clone, Debug, Default)]
pub struct Charts {
    /// The releases whose values could be read, ordered by owner and name. Those of workloads that are switched off are
    /// among them.
    pub releases: Vec<WantedRelease>,
    /// Manifests of URLs, ordered by URL.
    pub manifests: Vec<WantedManifests>,
    /// What the lock file says; `None` without one, or when it cannot be read.
    pub lock: Option<Lock>,
    /// True when there is a lock file that cannot be read, which has been reported.
    pub(crate) unreadable: bool,
    /// What would be asked of a renderer for each release, by its place; `None` for those whose chart is not locked.
    requests: Vec<Option<RenderRequest>>,
    /// What the chart of each release says of its values, as far as that is known.
    verdicts: Vec<Option<Arc<Verdict>>>,
    /// What was rendered, by the place among the releases.
    brought: BTreeMap<usize, Brought>,
    /// What the lock file keeps of the objects of releases that are rendered elsewhere, as it holds still.
    pub(crate) surfaces: Vec<(ScopeId, PlannedObject)>,
    /// What is known of each release, by its place.
    known: Vec<Knowledge>,
}

/// What is known of the objects that a release makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// They are all known.
    Whole,
    /// They are known from another chart version, other values or another cluster.
    Stale,
    /// Nothing is.
    Nothing,
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
    /// What the cluster can do: the version of Kubernetes that the homelab declares, and the definitions of custom kinds
    /// that it holds or that the lock file knows of. So a new lock file can change what is asked: who writes one compiles again with it, until
    /// it changes no more.
    pub capabilities: Capabilities,
    /// True when what lies in the chart's `crds/` belongs to it.
    pub include_crds: bool,
    /// True when it is to be written as manifests.
    pub rendered: bool,
    /// True when random material stays what was written last.
    pub freeze: bool,
    /// False when its workload is switched off.
    pub made: bool,
    /// Where the chart is named.
    pub chart_span: Span,
    /// Where the release is named.
    pub span: Span,
    /// Where the version of Kubernetes is declared.
    pub(crate) kubernetes_span: Option<Span>,
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
        self.releases.get(self.place(scope, chart, release)?)
    }

    fn place(&self, scope: ScopeId, chart: &Chart, release: &Released<'_>) -> Option<usize> {
        let is =
            |wanted: &WantedRelease| wanted.scope == scope && wanted.head == chart.head && wanted.name == release.name;
        self.releases.iter().position(is)
    }

    /// What a release of a chart's node renders; `None` when it could not be had.
    pub(crate) fn brought(
        &self,
        scope: ScopeId,
        chart: &Chart,
        release: &Released<'_>,
    ) -> Option<(&WantedRelease, &Brought)> {
        let place = self.place(scope, chart, release)?;
        Some((self.releases.get(place)?, self.brought.get(&place)?))
    }

    /// The values of a release of a chart's node; `None` when it has none, or when they could not be read.
    pub(crate) fn values(&self, scope: ScopeId, chart: &Chart, release: &Released<'_>) -> Option<&Data> {
        let values = &self.releases.get(self.place(scope, chart, release)?)?.values;
        values.as_map().is_some_and(|map| !map.is_empty()).then_some(values)
    }

    /// What charts say of the values of their releases.
    pub(crate) fn verdicts(&self) -> impl Iterator<Item = (&WantedRelease, &Verdict)> {
        let all = self.releases.iter().zip(&self.verdicts);
        all.filter_map(|(release, verdict)| Some((release, verdict.as_deref()?)))
    }
}

/// The file in a workload's folder that says what the frozen fields of a release were rendered from. It ends in nothing
/// that Argo CD takes for a manifest.
#[must_use]
pub(crate) fn frozen_file(release: &str) -> String {
    format!(".frozen-{release}")
}

/// Reads the lock file beside a root file, and reports what is wrong with it.
pub(crate) fn read_lock(
    inputs: &dyn Inputs,
    root: &str,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Charts {
    let path = hlc_chart::lock::path(root);
    let text = match inputs.read(&path) {
        Ok(text) => text,
        Err(InputError::NotFound) => return Charts::default(),
        Err(error) => {
            let file = sources.add(path, "");
            let message = format!("the lock file cannot be read: {}", crate::load::describe(&error));
            diagnostics.push(Diagnostic::new(&hlc_chart::lock::UNREADABLE, Span::new(file, 0, 0), message));
            return Charts { unreadable: true, ..Charts::default() };
        }
    };
    let file = sources.add(path, text.clone());
    match Lock::read(file, text) {
        Ok(lock) => Charts { lock: Some(lock), ..Charts::default() },
        Err(found) => {
            diagnostics.push(*found);
            Charts { unreadable: true, ..Charts::default() }
        }
    }
}

/// Gathers what every workload and addon wants, reports what is wrong with the values, and has rendered what is to be
/// written as manifests.
pub(crate) fn gather(resolver: &Resolver<'_>, mut charts: Charts) -> Charts {
    let model = resolver.model;
    let mut api_versions = charts.lock.as_ref().map(api_versions).unwrap_or_default();
    api_versions.extend(capabilities::written(model));
    let workloads = model.workloads().map(|unit| ("workload", unit));
    for (kind, (scope, unit)) in workloads.chain(model.addons().map(|unit| ("addon", unit))) {
        if unit.existing || model.faults.spoiled.contains(&scope) {
            continue;
        }
        let owner = format!("{kind}.{}", unit.name.name);
        for chart in &unit.chart {
            let before = resolver.errors();
            for release in chart.releases() {
                let release = wanted(resolver, scope, unit, &owner, chart, &release);
                charts.releases.extend(release.map(|mut release| {
                    // Addons are rendered when they are applied.
                    release.rendered &= kind == "workload";
                    release.capabilities.api_versions.clone_from(&api_versions);
                    release
                }));
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
    let locked = |release: &WantedRelease| charts.lock.as_ref()?.chart(&release.source);
    let request = |release: &WantedRelease| Some(release.request(locked(release)?.digest));
    charts.requests = charts.releases.iter().map(request).collect();
    charts.verdicts = verdicts::find(&charts, resolver);
    let mut refused = changed::check(&charts, resolver);
    for (at, verdict) in charts.verdicts.iter_mut().enumerate() {
        verdict.take_if(|_| refused.contains(&at));
    }
    refused.extend(kube_version::check(&charts, resolver));
    charts.brought = bring::bring(&charts, &refused, resolver);
    surfaces::gather(&mut charts);
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
    let of_cluster = resolver.model.talos.first().map(|talos| &talos.kubernetes_version);
    let own = chart.kube_version.as_ref().map(|version| (version.value.as_str(), version.span));
    let kubernetes =
        own.or_else(|| of_cluster.map(|version| (version.value.as_str().trim_start_matches('v'), version.span)));
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
            kubernetes: kubernetes.map(|(version, _)| version.to_owned()),
            api_versions: BTreeSet::new(),
        },
        include_crds: chart.crds.is_none_or(|crds| crds.value),
        rendered: chart.deliver.is_some_and(|deliver| deliver.value == Deliver::Rendered),
        freeze: chart.freeze.is_some_and(|freeze| freeze.value),
        made: unit.is_made(),
        chart_span: chart.name.span,
        span: release.span,
        kubernetes_span: kubernetes.map(|(_, span)| span),
        scope,
        head: chart.head,
    })
}

/// True for what `hlc lock` and `hlc fetch` do away with: something that is not locked or not at hand, or a lock file that cannot be
/// read.
#[must_use]
pub fn is_mended_by_lock(found: &Diagnostic) -> bool {
    [codes::NOT_RENDERED.id, codes::DAMAGED.id, changed::CHANGED.id, hlc_chart::lock::UNREADABLE.id]
        .contains(&found.code.id)
}
