//! The charts themselves, as far as their archives are at hand.

use std::collections::BTreeMap;

use hlc_chart::{Chart, ChartSource, Unavailable};
use hlc_diag::Diagnostic;

use super::Charts;
use super::bring::{damaged, limits};
use super::codes::DAMAGED;
use crate::resolve::Resolver;

/// Reads the archive of every locked chart that a release is made of.
pub(super) fn read(charts: &Charts, resolver: &Resolver<'_>) -> BTreeMap<ChartSource, Chart> {
    let mut read = BTreeMap::new();
    let (Some(lock), Some(archives)) = (&charts.lock, resolver.inputs().archives()) else { return read };
    let mut seen: Vec<&ChartSource> = Vec::new();
    for release in &charts.releases {
        let Some(locked) = lock.chart(&release.source) else { continue };
        if seen.contains(&&release.source) {
            continue;
        }
        seen.push(&release.source);
        match archives.archive(&locked.digest) {
            Ok(bytes) => match Chart::read(&bytes, &limits()) {
                Ok(chart) => {
                    read.insert(release.source.clone(), chart);
                }
                Err(error) => {
                    let message = format!(
                        "the archive of chart `{}` {} is refused: {error}",
                        release.source.name, release.source.version
                    );
                    resolver.report(
                        Diagnostic::new(&DAMAGED, release.chart_span, message)
                            .help("tell the owner of the repository; nothing of it is used"),
                    );
                }
            },
            // Reported where it matters: when it is to be rendered.
            Err(Unavailable::NotFetched | Unavailable::Other(_)) => {}
            Err(Unavailable::Damaged { found }) if !release.rendered => {
                resolver.report(damaged(release, &locked.digest, &format!("the archive has {found}")));
            }
            Err(Unavailable::Damaged { .. }) => {}
        }
    }
    read
}
