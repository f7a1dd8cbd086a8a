//! Helm releases that `hlc apply` installs.

use std::collections::BTreeMap;

use hlc_plan::{Address, Kind, PlannedResource};
use hlc_schema::{Data, Spanned};

use crate::lower::Lower;
use crate::resolve::Place;
use crate::workload::{Chart, ObjectName, Released};

/// A release of a Helm chart, rendered with its values and applied; no Argo CD takes part.
#[derive(Clone, Debug, Kind)]
#[kind(name = "release", stack = Platform, identity = "namespace and name")]
pub struct Release {
    /// The namespace of its objects, which is made when it is not there.
    #[change(identity)]
    pub namespace: String,
    /// The release's name: what the chart's templates are given as `.Release.Name`.
    #[change(identity)]
    pub name: String,
    /// The chart's name in its repository.
    #[change(update)]
    pub chart: String,
    /// The chart's exact version.
    #[change(update)]
    pub version: String,
    /// The chart's repository: `https://…` or `oci://…`.
    #[change(update)]
    pub repo: String,
    /// Its values.
    #[change(update)]
    pub values: Data,
    /// What is merged over objects that the chart renders, by `KIND/NAME`: maps deep, lists replaced.
    #[change(update)]
    pub patches: Option<BTreeMap<String, Data>>,
    /// Objects that the chart renders and that are left out, as `KIND/NAME`.
    #[change(update)]
    pub removed: Option<Vec<String>>,
}

/// One resource per release of a chart.
pub(super) fn lower(lower: &Lower<'_>, chart: &Chart) -> Vec<PlannedResource> {
    crate::charts::hold_against_surface(lower, chart);
    let namespace = chart.release_namespace(lower.workload);
    let made = |release: &Released<'_>| {
        let kind = Release {
            namespace: namespace.to_owned(),
            name: release.name.to_owned(),
            chart: chart.name.value.clone(),
            version: chart.version.value.as_str().to_owned(),
            repo: chart.repo.repo(lower.workload)?.value.as_str().to_owned(),
            values: lower.charts.release(lower.scope, chart, release)?.values.clone(),
            patches: patches(lower, chart)?,
            removed: (!chart.remove.is_empty())
                .then(|| chart.remove.iter().map(|remove| named(&remove.object)).collect()),
        };
        Some(PlannedResource::new(
            Address::resource::<Release>(&format!("{namespace}.{}", release.name)),
            kind,
            release.span,
        ))
    };
    chart.releases().iter().filter_map(made).collect()
}

/// What is merged over objects that the chart renders; the outer `None` after reporting.
#[expect(clippy::option_option, reason = "a chart may have no patches, and patches may be faulty")]
fn patches(lower: &Lower<'_>, chart: &Chart) -> Option<Option<BTreeMap<String, Data>>> {
    let mut patches = BTreeMap::new();
    for patch in &chart.patch {
        let data = lower.resolver.data(&patch.over(), lower.scope, Place::Manifest)?;
        patches.insert(named(&patch.object), data);
    }
    Some((!patches.is_empty()).then_some(patches))
}

/// `KIND/NAME`
fn named(object: &Spanned<ObjectName>) -> String {
    format!("{}/{}", object.value.kind, object.value.name)
}
