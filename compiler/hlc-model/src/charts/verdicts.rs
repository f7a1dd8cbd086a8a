//! What charts say of the values that they are given. It depends on chart and values alone, so that it is worked out once: an
//! archive is only opened for what is not remembered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hlc_chart::{Chart, Digest, Digester, Limits, Memory, RenderRequest, Unavailable, Verdict, verdict};
use hlc_diag::Diagnostic;
use rayon::prelude::*;

use super::bring::damaged;
use super::codes::DAMAGED;
use super::{Charts, WantedRelease};
use crate::resolve::Resolver;

/// What is remembered are verdicts.
const KIND: &str = "verdicts";

/// What the chart of every release says of its values; `None` where the archive would be needed and is not at hand.
pub(super) fn find(charts: &Charts, resolver: &Resolver<'_>) -> Vec<Option<Arc<Verdict>>> {
    let memory = resolver.inputs().memory();
    let keys: Vec<Option<Digest>> = charts.requests.iter().map(|request| request.as_ref().map(key)).collect();
    let distinct: BTreeSet<Digest> = keys.iter().flatten().copied().collect();
    let mut known: BTreeMap<Digest, Arc<Verdict>> =
        distinct.into_iter().filter_map(|key| Some((key, Arc::new(recall(memory?, &key)?)))).collect();
    let places = charts.releases.iter().zip(&charts.requests).zip(&keys);
    let mut asked = BTreeSet::new();
    let unknown: Vec<(&WantedRelease, Digest, Digest)> = places
        .filter_map(|((release, request), key)| Some((release, request.as_ref()?.chart, (*key)?)))
        .filter(|(_, _, key)| !known.contains_key(key) && asked.insert(*key))
        .collect();
    let opened = open(&unknown, resolver);
    // Walking the templates of a large chart takes as long as all other checks.
    let found: Vec<(Digest, Verdict)> = unknown
        .par_iter()
        .filter_map(|(release, digest, key)| {
            let verdict = Verdict::of(opened.get(digest)?, &release.values);
            if let (Some(memory), Ok(kept)) = (memory, serde_json::to_vec(&verdict)) {
                memory.remember(KIND, key, &kept);
            }
            Some((*key, verdict))
        })
        .collect();
    known.extend(found.into_iter().map(|(key, verdict)| (key, Arc::new(verdict))));
    keys.into_iter().map(|key| known.get(&key?).cloned()).collect()
}

/// What a verdict depends on.
fn key(request: &RenderRequest) -> Digest {
    let mut digester = Digester::new("hlc verdict");
    for text in [verdict::FORMAT, env!("CARGO_PKG_VERSION"), &request.chart.to_string(), &request.values] {
        digester.text(text);
    }
    digester.finish()
}

fn recall(memory: &dyn Memory, key: &Digest) -> Option<Verdict> {
    serde_json::from_slice(&memory.recall(KIND, key)?).ok()
}

/// Opens the charts of releases, and reports archives that are not what they should be.
fn open(unknown: &[(&WantedRelease, Digest, Digest)], resolver: &Resolver<'_>) -> BTreeMap<Digest, Chart> {
    let Some(archives) = resolver.inputs().archives() else { return BTreeMap::new() };
    let mut seen = BTreeSet::new();
    let mut at_hand = Vec::new();
    for (release, digest, _) in unknown.iter().filter(|(_, digest, _)| seen.insert(*digest)) {
        match archives.archive(digest) {
            Ok(bytes) => at_hand.push((*release, *digest, bytes)),
            // Reported where it matters: when it is to be rendered.
            Err(Unavailable::NotFetched | Unavailable::Other(_)) => {}
            Err(Unavailable::Damaged { found }) if !release.rendered => {
                resolver.report(damaged(release, digest, &format!("the archive has {found}")));
            }
            Err(Unavailable::Damaged { .. }) => {}
        }
    }
    let read: Vec<_> = at_hand
        .into_par_iter()
        .map(|(release, digest, bytes)| (release, digest, Chart::read(&bytes, &Limits::default())))
        .collect();
    let mut opened = BTreeMap::new();
    for (release, digest, chart) in read {
        match chart {
            Ok(chart) => {
                opened.insert(digest, chart);
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
    opened
}
