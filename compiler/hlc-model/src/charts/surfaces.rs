//! What is known of releases that are rendered elsewhere: their surfaces in the lock file.

use hlc_diag::Span;
use hlc_plan::{Address, PlannedObject, Rendered};
use hlc_schema::{Data, DataValue, ScopeId};

use super::{Charts, Knowledge, WantedRelease};
use crate::check::may_make_others;
use crate::workload::Workload;

/// A release that is not rendered here, with what the lock file keeps of it: what others depend on.
pub(crate) struct Unrendered<'c> {
    pub(crate) release: &'c WantedRelease,
    pub(crate) known: Knowledge,
    /// The objects of its surface; none unless it is whole.
    pub(crate) surface: Vec<&'c PlannedObject>,
}

/// Takes the surface of every release that is not rendered here, as long as it is the one of today.
pub(super) fn gather(charts: &mut Charts) {
    let mut known = Vec::with_capacity(charts.releases.len());
    let mut surfaces = Vec::new();
    for (at, release) in charts.releases.iter().enumerate() {
        if charts.brought.contains_key(&at) {
            known.push(Knowledge::Whole);
            continue;
        }
        let lock = charts.lock.as_ref();
        let locked = lock.and_then(|lock| lock.release(&release.owner, &release.name));
        let (Some(request), Some(locked)) = (charts.requests.get(at).and_then(Option::as_ref), locked) else {
            known.push(if locked.is_some() { Knowledge::Stale } else { Knowledge::Nothing });
            continue;
        };
        if request.digest() != locked.inputs {
            known.push(Knowledge::Stale);
            continue;
        }
        known.push(Knowledge::Whole);
        if release.made {
            surfaces.extend(locked.objects.iter().map(|object| (release.scope, planned(release, object))));
        }
    }
    charts.known = known;
    charts.surfaces = surfaces;
}

fn planned(release: &WantedRelease, object: &hlc_chart::surface::SurfaceObject) -> PlannedObject {
    let mut body = object.body.clone();
    place(&mut body, release.span);
    PlannedObject {
        address: Address::object(
            release.owner.split_once('.').map_or("", |(_, name)| name),
            &object.kind,
            &object.name,
        ),
        api_version: object.api_version.clone(),
        kind: object.kind.clone(),
        name: object.name.clone(),
        namespace: object.namespace.clone(),
        body,
        origin: release.span,
        rendered: Some(Rendered { release: release.name.clone(), template: object.template.clone() }),
    }
}

/// Gives all of some data one place.
pub(super) fn place(data: &mut Data, span: Span) {
    data.span = span;
    match &mut data.value {
        DataValue::Map(map) => map.place(span, &mut |value| place(value, span)),
        DataValue::List(items) => items.iter_mut().for_each(|item| place(item, span)),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => {}
    }
}

impl Charts {
    /// True when everything that the charts of a workload make in its namespace is known.
    pub(crate) fn knows(&self, scope: ScopeId, workload: &Workload) -> bool {
        let releases: Vec<_> =
            self.releases.iter().zip(&self.known).filter(|(release, _)| release.scope == scope).collect();
        let wanted: usize = workload.chart.iter().map(|chart| chart.releases().len()).sum();
        let makes_more = |kind: &str, version: &str| may_make_others(kind, Some(version));
        let surface = self.surfaces.iter().filter(|(of, _)| *of == scope);
        let mut rendered =
            self.brought.iter().filter(|(at, _)| self.releases.get(**at).is_some_and(|release| release.scope == scope));
        releases.len() == wanted
            && releases.iter().all(|(_, known)| **known == Knowledge::Whole)
            && !surface.into_iter().any(|(_, object)| makes_more(&object.kind, &object.api_version))
            && !rendered.any(|(_, brought)| brought.makes_others)
    }

    /// The releases that are made, but not rendered here.
    pub(crate) fn unrendered(&self) -> impl Iterator<Item = Unrendered<'_>> {
        let releases = self.releases.iter().zip(&self.known).enumerate();
        let unrendered = releases.filter(|(at, (release, _))| release.made && !self.brought.contains_key(at));
        unrendered.map(|(_, (release, known))| {
            let is_of = |object: &&PlannedObject| {
                let rendered = object.rendered.as_ref();
                object.origin == release.span && rendered.is_some_and(|rendered| rendered.release == release.name)
            };
            let surface = self.surfaces.iter().filter(|(scope, _)| *scope == release.scope).map(|(_, object)| object);
            Unrendered { release, known: *known, surface: surface.filter(is_of).collect() }
        })
    }

    /// The releases that are made and of whose objects not everything is known, with what is.
    pub fn unknown(&self) -> impl Iterator<Item = (&WantedRelease, Knowledge)> {
        let known = self.releases.iter().zip(self.known.iter().copied());
        known.filter(|(release, known)| release.made && *known != Knowledge::Whole)
    }
}
