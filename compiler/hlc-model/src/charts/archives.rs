//! The charts themselves, as far as their archives are at hand.

use std::collections::BTreeMap;

use hlc_chart::{Chart, ChartSource, Unavailable};
use hlc_diag::Diagnostic;
use rayon::prelude::*;

use super::Charts;
use super::bring::{damaged, limits};
use super::codes::DAMAGED;
use crate::resolve::Resolver;

/// Reads the archive of every locked chart that a release is made of.
pub(super) fn read(charts: &Charts, resolver: &Resolver<'_>) -> BTreeMap<ChartSource, Chart> {
    let mut read = BTreeMap::new();
    let (Some(lock), Some(archives)) = (&charts.lock, resolver.inputs().archives()) else { return read };
    let mut seen: Vec<&ChartSource> = Vec::new();
    let mut at_hand = Vec::new();
    for release in &charts.releases {
        let Some(locked) = lock.chart(&release.source) else { continue };
        if seen.contains(&&release.source) {
            continue;
        }
        seen.push(&release.source);
        match archives.archive(&locked.digest) {
            Ok(bytes) => at_hand.push((release, bytes)),
            // Reported where it matters: when it is to be rendered.
            Err(Unavailable::NotFetched | Unavailable::Other(_)) => {}
            Err(Unavailable::Damaged { found }) if !release.rendered => {
                resolver.report(damaged(release, &locked.digest, &format!("the archive has {found}")));
            }
            Err(Unavailable::Damaged { .. }) => {}
        }
    }
    let opened: Vec<_> = at_hand.par_iter().map(|(release, bytes)| (*release, Chart::read(bytes, &limits()))).collect();
    for (release, chart) in opened {
        match chart {
            Ok(chart) => {
                read.insert(release.source.clone(), chart);
            }
            Err(error) => {
                let (name, version) = (&release.source.name, &release.source.version);
                let message = format!("the archive of chart `{name}` {version} is refused: {error}");
                resolver.report(
                    Diagnostic::new(&DAMAGED, release.chart_span, message)
                        .help("tell the owner of the repository; nothing of it is used"),
                );
            }
        }
    }
    read
}
