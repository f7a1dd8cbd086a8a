//! Rendered charts: asked for all at once, and what cannot be had reported.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use hlc_chart::manifest::RenderedObject;
use hlc_chart::{Digest, Packed, RenderFailure, RenderRequest, Rendering, Unavailable};
use hlc_diag::{Diagnostic, Span};
use rayon::prelude::*;

use super::codes::{DAMAGED, NO_OBJECTS, NOT_RENDERED, REFUSED};
use super::random::{Frozen, Looked, RandomField, freeze, mark};
use super::{Charts, WantedRelease};
use crate::check::may_make_others;
use crate::resolve::Resolver;

/// What a release renders.
#[derive(Clone, Debug)]
pub(crate) struct Brought {
    /// Its objects, as the chart wrote them.
    packed: Packed,
    /// The same, read already: for the first who wants them, who is the only one but in tests.
    read: Arc<Mutex<Option<Vec<RenderedObject>>>>,
    /// True when an object among them makes others that nobody knows.
    pub(super) makes_others: bool,
    /// What is another one each time, and nothing keeps.
    pub(super) random: Vec<RandomField>,
    /// What says what the objects were made of, for the next time; of a release with frozen fields.
    pub(crate) mark: Option<String>,
}

impl Brought {
    fn new(packed: Packed, objects: Vec<RenderedObject>) -> Self {
        let makes_others = |object: &RenderedObject| may_make_others(object.kind(), object.text(&["apiVersion"]));
        let makes_others = objects.iter().any(makes_others);
        let read = Arc::new(Mutex::new(Some(objects)));
        Self { packed, read, makes_others, random: Vec::new(), mark: None }
    }

    /// The objects, all of them at one place.
    pub(super) fn objects(&self, span: Span) -> Vec<RenderedObject> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner).take();
        read.or_else(|| self.packed.objects(span)).unwrap_or_default()
    }
}

/// What is asked for one release.
struct Asked<'c> {
    release: &'c WantedRelease,
    request: RenderRequest,
}

/// Renders every release that is to be written as manifests, but for those that are refused already; by its place among the releases.
pub(super) fn bring(charts: &Charts, refused: &BTreeSet<usize>, resolver: &Resolver<'_>) -> BTreeMap<usize, Brought> {
    let mut asked: Vec<(usize, Asked<'_>)> = Vec::new();
    let mut unlocked: Vec<&WantedRelease> = Vec::new();
    let places = charts.releases.iter().zip(&charts.requests).zip(&charts.verdicts).enumerate();
    for (at, ((release, request), verdict)) in places.filter(|(_, ((release, _), _))| release.made && release.rendered)
    {
        match request {
            Some(_) if refused.contains(&at) => resolver.fail(release.scope),
            Some(request) => {
                let twice = verdict.as_ref().is_none_or(|verdict| verdict.may_be_random);
                asked.push((at, Asked { release, request: RenderRequest { twice, ..request.clone() } }));
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
    // Large definitions are most of it, and take a while.
    let answers: Vec<Result<Read, RenderFailure>> =
        asked.par_iter().zip(answers).map(|((_, asked), answer)| Read::of(answer?, asked.release.span)).collect();
    let mut brought = BTreeMap::new();
    let mut without = BTreeSet::new();
    for ((at, asked), answer) in asked.iter().zip(answers) {
        match answer {
            Ok(read) => {
                brought.insert(*at, read.kept(asked, resolver));
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

/// A rendering that is read.
struct Read {
    packed: Packed,
    objects: Vec<RenderedObject>,
    /// Those of the second time, if they are others.
    again: Option<Vec<RenderedObject>>,
}

impl Read {
    fn of(rendering: Rendering, span: Span) -> Result<Self, RenderFailure> {
        let read = |packed: &Packed| {
            packed.objects(span).ok_or_else(|| RenderFailure::Other("it gives no objects that can be read".to_owned()))
        };
        let again = rendering.again.as_ref().map(read).transpose()?;
        Ok(Self { objects: read(&rendering.objects)?, packed: rendering.objects, again })
    }

    /// With what was written last in the fields that are another each time, where the homelab says so.
    fn kept(self, asked: &Asked<'_>, resolver: &Resolver<'_>) -> Brought {
        let Some(again) = self.again else { return Brought::new(self.packed, self.objects) };
        let made_of = asked.request.made_of();
        let Looked { objects, random, named } =
            freeze(self.objects, &again, &Frozen { release: asked.release, made_of }, resolver);
        let mark = asked.release.freeze.then(|| mark(&made_of, &named));
        let packed = if asked.release.freeze { Packed::of(&objects) } else { self.packed };
        Brought { random, mark, ..Brought::new(packed, objects) }
    }
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
        RenderFailure::NoObjects(error) => {
            let message =
                format!("release `{}` of chart `{}` renders no objects: {}", release.name, chart.name, error.message);
            resolver.report(
                Diagnostic::new(&NO_OBJECTS, release.span, message)
                    .note(format!("it comes from `{}`", error.template))
                    .help("look at the values that this template reads"),
            );
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
