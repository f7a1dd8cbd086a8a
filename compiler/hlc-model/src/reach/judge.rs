//! Which hop a finding is about.
//!
//! A finding belongs to the hop in whose places it stands. Where several hops share a place (a route's host stands for its record,
//! its listener and its certificate) the code decides.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::{Data, DataValue};

use super::hop::Draft;
use super::{Hop, HopKind, State};
use crate::check::codes;
use crate::control::Control;
use crate::resolve::Resolver;
use crate::stack::hetzner::traefik;
use crate::workload::{DOUBLED_DOMAIN, ROUTE_GATEWAY};

/// The codes that judge a kind of hop wherever they stand in its places.
const JUDGES: &[(HopKind, &[&Code])] = &[
    (HopKind::Record, &[codes::ZONE_ABSENT, codes::FOREIGN_HOST, codes::NO_RECORD]),
    (HopKind::Address, &[codes::RECORD_ELSEWHERE]),
    (HopKind::Firewall, &[codes::CLOSED_PORT]),
    (HopKind::Router, &[codes::OPEN_PORT, codes::NO_EDGE]),
    (HopKind::Middleware, &[&traefik::NO_FORWARD_AUTH]),
    (HopKind::Login, &[codes::UNCOVERED]),
    (HopKind::Certificate, &[codes::LISTENER_TLS, codes::LISTENER_HOST, codes::ROUTE_HOST]),
    (HopKind::Gateway, &[&ROUTE_GATEWAY, &traefik::GATEWAY_ADDRESS, codes::OTHER_GATEWAY]),
    (HopKind::Listener, &[codes::NO_LISTENER, codes::NO_PASSTHROUGH]),
    (HopKind::Route, &[&DOUBLED_DOMAIN, codes::DUPLICATE_HOST]),
    (HopKind::Pods, &[codes::SELECTS_NOTHING, codes::TARGET_PORT]),
    (HopKind::Redirect, &[codes::NO_REDIRECT, codes::REDIRECT_HOST]),
];

/// Findings by their places.
pub(super) struct Judge<'f> {
    found: BTreeMap<Span, Vec<&'f Diagnostic>>,
    resolved: BTreeMap<Span, Vec<Diagnostic>>,
}

impl<'f> Judge<'f> {
    /// Findings that somebody allows break nothing.
    pub(super) fn of(found: &'f [Diagnostic], resolver: &Resolver<'_>, control: &Control) -> Self {
        let mut judge = Self { found: BTreeMap::new(), resolved: BTreeMap::new() };
        for diagnostic in found.iter().filter(|found| !found.is_error() || resolver.stands(found, control)) {
            judge.found.entry(diagnostic.primary.span).or_default().push(diagnostic);
        }
        for diagnostic in resolver.found() {
            judge.resolved.entry(diagnostic.primary.span).or_default().push(diagnostic);
        }
        judge
    }

    /// The findings that stand within a place.
    fn within(&self, place: Span) -> impl Iterator<Item = &Diagnostic> {
        let first = Span { end: place.start, ..place };
        let last = Span { start: place.end, end: u32::MAX, ..place };
        let inside = move |at: &Span| at.end <= place.end;
        let found = self
            .found
            .range(first..=last)
            .filter(move |(at, _)| inside(at))
            .flat_map(|(_, found)| found.iter().copied());
        let resolved = self.resolved.range(first..=last).filter(move |(at, _)| inside(at)).flat_map(|(_, found)| found);
        found.chain(resolved)
    }

    /// Gives the hops of a way their states: each finding breaks one of them.
    pub(super) fn judge(&self, drafts: Vec<Draft<'_>>) -> Vec<Hop> {
        // The hop that a finding is about, and how narrow the place is by which it is known to be.
        let mut claims: BTreeMap<(Span, &'static str), (u32, usize, &Diagnostic)> = BTreeMap::new();
        if !self.found.is_empty() || !self.resolved.is_empty() {
            for (index, draft) in drafts.iter().enumerate() {
                for (width, found) in self.about(draft) {
                    let claim = claims.entry((found.primary.span, found.code.id)).or_insert((width, index, found));
                    if width < claim.0 {
                        *claim = (width, index, found);
                    }
                }
            }
        }
        let mut hops: Vec<Hop> = drafts.into_iter().map(|draft| draft.hop).collect();
        let mut gravest: BTreeMap<usize, &Diagnostic> = BTreeMap::new();
        for (_, index, found) in claims.into_values() {
            let known = gravest.entry(index).or_insert(found);
            if found.severity > known.severity {
                *known = found;
            }
        }
        for (index, found) in gravest {
            if let Some(hop) = hops.get_mut(index) {
                let span = found.primary.span;
                hop.state = State::Broken { code: found.code, message: found.message.clone(), span };
            }
        }
        hops
    }

    /// The findings about a hop.
    fn about(&self, draft: &Draft<'_>) -> Vec<(u32, &Diagnostic)> {
        let kind = draft.hop.kind;
        let judged =
            |found: &Diagnostic| JUDGES.iter().find(|(_, codes)| codes.contains(&found.code)).map(|(kind, _)| *kind);
        let mut about = Vec::new();
        let mut look = |place: Span, own: bool| {
            for found in self.within(place) {
                match judged(found) {
                    Some(judged) if judged == kind => about.push((0, found)),
                    None if own && found.severity == Severity::Error => about.push((place.end - place.start, found)),
                    Some(_) | None => {}
                }
            }
        };
        draft.own.iter().for_each(|place| look(*place, true));
        draft.shared.iter().for_each(|place| look(*place, false));
        for object in &draft.objects {
            each_place(object, &mut |place| look(place, true));
        }
        for object in &draft.beside {
            each_place(object, &mut |place| look(place, false));
        }
        about
    }
}

/// Every place in an object.
fn each_place(object: &PlannedObject, look: &mut dyn FnMut(Span)) {
    fn each(data: &Data, look: &mut dyn FnMut(Span)) {
        look(data.span);
        match &data.value {
            DataValue::List(items) => items.iter().for_each(|item| each(item, look)),
            DataValue::Map(map) => {
                for (_, entry) in map.iter() {
                    look(entry.key_span);
                    each(&entry.value, look);
                }
            }
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Integer(_)
            | DataValue::Float(_)
            | DataValue::String(_)
            | DataValue::Deferred(_) => {}
        }
    }
    look(object.origin);
    each(&object.body, look);
}
