//! Charts of the project that are no longer what is locked.

use std::collections::{BTreeMap, BTreeSet};

use hlc_chart::ChartSource;
use hlc_diag::{Code, Diagnostic, Severity};

use super::Charts;
use crate::resolve::Resolver;

/// A chart of the project that was changed.
pub(crate) static CHANGED: Code = Code {
    id: "HLC0707",
    name: "chart-changed",
    severity: Severity::Error,
    summary: "a chart in the project is no longer the one that is locked",
    explain: "Charts are rendered from the bytes that the lock file names, also those in a folder of the project: what a build writes does \
              not depend on when somebody looked. After a change in that folder, `hlc lock` takes it as it is now.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"edited\" version=\"1.0.0\" repo=\"./charts\" \
          deliver=\"rendered\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"untouched\" version=\"1.0.0\" repo=\"./charts\" \
           deliver=\"rendered\"\n}",
};

/// Reports charts of the project that are not as they were locked, and gives back the places of their releases: what is locked of them
/// is about another chart.
pub(super) fn check(charts: &Charts, resolver: &Resolver<'_>) -> BTreeSet<usize> {
    let (Some(lock), Some(archives)) = (&charts.lock, resolver.inputs().archives()) else { return BTreeSet::new() };
    let mut looked_at: BTreeMap<&ChartSource, bool> = BTreeMap::new();
    let mut changed = BTreeSet::new();
    for (at, release) in charts.releases.iter().enumerate().filter(|(_, release)| release.made) {
        let source = &release.source;
        let Some(locked) = lock.chart(source).filter(|_| source.folder().is_some()) else { continue };
        let is_first = !looked_at.contains_key(source);
        if !*looked_at.entry(source).or_insert_with(|| archives.is_changed(source, &locked.digest)) {
            continue;
        }
        changed.insert(at);
        if is_first {
            let message = format!("chart `{}` {} was changed after it was locked", source.name, source.version);
            resolver.report(
                Diagnostic::new(&CHANGED, release.chart_span, message)
                    .note(format!("its files in `{}` are others than in {}", folder(source), locked.digest))
                    .help("run `hlc lock`"),
            );
        }
    }
    changed
}

fn folder(source: &ChartSource) -> String {
    source.folder().unwrap_or_default()
}
