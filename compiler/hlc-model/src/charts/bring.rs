//! Rendered charts: asked for all at once, and what cannot be had reported.

use std::collections::{BTreeMap, BTreeSet};

use hlc_chart::manifest::{RenderedObject, objects};
use hlc_chart::{Chart, Digest, Limits, RenderFailure, RenderRequest, Rendering, Unavailable};
use hlc_diag::Diagnostic;

use super::codes::{DAMAGED, NO_OBJECTS, NOT_RENDERED, REFUSED};
use super::random::{Frozen, freeze};
use super::{Charts, WantedRelease};
use crate::resolve::Resolver;

/// What a release renders.
#[derive(Clone, Debug)]
pub(crate) struct Brought {
    /// Its objects, as the chart wrote them.
    pub(crate) objects: Vec<RenderedObject>,
    /// The digest of what they were rendered from.
    pub(crate) inputs: Digest,
    /// True when it renders something else each time.
    pub(crate) random: bool,
}

/// What is asked for one release.
struct Asked<'c> {
    release: &'c WantedRelease,
    request: RenderRequest,
}

/// Renders every release that is to be written as manifests; by its place among the releases.
pub(super) fn bring(charts: &Charts, resolver: &Resolver<'_>) -> BTreeMap<usize, Brought> {
    let mut asked: Vec<(usize, Asked<'_>)> = Vec::new();
    let mut unlocked: Vec<&WantedRelease> = Vec::new();
    for (at, release) in charts.releases.iter().enumerate().filter(|(_, release)| release.made && release.rendered) {
        let locked = charts.lock.as_ref().and_then(|lock| lock.chart(&release.source));
        match locked {
            Some(chart) => {
                let twice = charts.chart(&release.source).is_none_or(Chart::may_be_random);
                let request = RenderRequest { twice, ..release.request(chart.digest) };
                asked.push((at, Asked { release, request }));
            }
            None => unlocked.push(release),
        }
    }
    if !charts.unreadable {
        report_unlocked(&unlocked, charts.lock.is_some(), resolver);
    }
    for release in unlocked {
        resolver.fail(release.scope);
    }
    if asked.is_empty() {
        return BTreeMap::new();
    }
    let requests: Vec<RenderRequest> = asked.iter().map(|(_, asked)| asked.request.clone()).collect();
    let answers = match resolver.inputs().renderer() {
        Some(renderer) => renderer.render(&requests),
        None => {
            let none = || RenderFailure::NoRenderer {
                reason: "nothing here renders charts".to_owned(),
                help: "run `hlc check` or `hlc build workloads`".to_owned(),
            };
            requests.iter().map(|_| Err(none())).collect()
        }
    };
    let mut brought = BTreeMap::new();
    let mut without = BTreeSet::new();
    for ((at, asked), answer) in asked.iter().zip(answers) {
        match answer {
            Ok(rendering) => {
                if let Some(objects) = read(asked, &rendering, resolver) {
                    let random = rendering.again.is_some();
                    brought.insert(*at, Brought { objects, inputs: asked.request.digest(), random });
                }
            }
            Err(failure) => report(asked, failure, resolver, &mut without),
        }
    }
    // What else seems to be missing in the workload may be what the chart renders.
    for (at, asked) in &asked {
        if !brought.contains_key(at) {
            resolver.fail(asked.release.scope);
        }
    }
    brought
}

fn read(asked: &Asked<'_>, rendering: &Rendering, resolver: &Resolver<'_>) -> Option<Vec<RenderedObject>> {
    let release = asked.release;
    let read = |manifest: &str| match objects(manifest, release.span) {
        Ok(objects) => Some(objects),
        Err(error) => {
            let message = format!(
                "release `{}` of chart `{}` renders no objects: {}",
                release.name, release.source.name, error.message
            );
            resolver.report(
                Diagnostic::new(&NO_OBJECTS, release.span, message)
                    .note(format!("it comes from `{}`", error.template))
                    .help("look at the values that this template reads"),
            );
            None
        }
    };
    let objects = read(&rendering.manifest)?;
    let Some(again) = &rendering.again else { return Some(objects) };
    let again = read(again)?;
    let frozen = Frozen { release, inputs: asked.request.digest() };
    Some(freeze(objects, &again, &frozen, resolver))
}

fn report_unlocked(unlocked: &[&WantedRelease], has_lock: bool, resolver: &Resolver<'_>) {
    let mut seen = BTreeSet::new();
    for release in unlocked {
        if !seen.insert(release.head) {
            continue;
        }
        let chart = &release.source;
        let why = if has_lock { "the lock file does not have it" } else { "there is no lock file" };
        resolver.report(
            Diagnostic::new(
                &NOT_RENDERED,
                release.chart_span,
                format!("chart `{}` {} cannot be rendered: {why}", chart.name, chart.version),
            )
            .help("run `hlc lock`, which pins it by its digest; or write `deliver=\"argocd\"`: Argo CD renders it in the cluster"),
        );
    }
}

fn report<'c>(
    asked: &Asked<'c>,
    failure: RenderFailure,
    resolver: &Resolver<'_>,
    without: &mut BTreeSet<(&'c str, &'c str)>,
) {
    let release = asked.release;
    let chart = &release.source;
    let cannot = |why: &str| {
        let message = format!("chart `{}` {} cannot be rendered: {why}", chart.name, chart.version);
        Diagnostic::new(&NOT_RENDERED, release.chart_span, message)
    };
    // One missing archive or renderer is one mistake, however many releases wait for it.
    let mut first = |name: &'c str, version: &'c str| without.insert((name, version));
    match failure {
        RenderFailure::NoRenderer { reason, help } => {
            if first("", "") {
                resolver.report(cannot(&reason).help(help));
            }
        }
        RenderFailure::Unavailable(Unavailable::NotFetched) => {
            if first(&chart.name, &chart.version) {
                let help = "run `hlc fetch`, or `hlc vendor` to keep the archives beside the homelab";
                resolver.report(cannot("its archive is not at hand").help(help));
            }
        }
        RenderFailure::Unavailable(Unavailable::Damaged { found }) => {
            if first(&chart.name, &chart.version) {
                resolver.report(damaged(release, &asked.request.chart, &format!("the archive has {found}")));
            }
        }
        RenderFailure::Unavailable(Unavailable::Other(words)) => {
            if first(&chart.name, &chart.version) {
                resolver.report(cannot("its archive cannot be read").note(words));
            }
        }
        // The archive is looked into elsewhere, and an editor is told what the lock file knows.
        RenderFailure::NotNow => {}
        RenderFailure::Refused(error) => {
            let message = format!(
                "release `{}` of chart `{}` {} cannot be rendered with these values",
                release.name, chart.name, chart.version
            );
            let mut found = Diagnostic::new(&REFUSED, release.span, message);
            let mut lines = error.message.lines().map(str::trim).filter(|line| !line.is_empty());
            let said: Vec<&str> = lines.by_ref().take(8).collect();
            found = match &error.at {
                Some(place) => found.note(format!("`{place}` says: {}", said.join("; "))),
                None => found.note(format!("the renderer says: {}", said.join("; "))),
            };
            resolver.report(found);
        }
        RenderFailure::Other(words) => resolver.report(cannot("the renderer failed").note(words)),
    }
}

/// The finding that an archive is not the locked one.
pub(super) fn damaged(release: &WantedRelease, locked: &Digest, found: &str) -> Diagnostic {
    let chart = &release.source;
    let message = format!("the archive of chart `{}` {} is not the one that is locked", chart.name, chart.version);
    Diagnostic::new(&DAMAGED, release.chart_span, message)
        .note(format!("the lock file has {locked}"))
        .note(found.to_owned())
        .help("remove the archive and run `hlc fetch`; when the repository gives out other bytes, ask its owner why")
}

/// The limits that archives are read with.
pub(super) fn limits() -> Limits {
    Limits::default()
}
