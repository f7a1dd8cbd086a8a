//! Fields of objects that the cluster fills in by itself: Argo CD would report them as differences from Git for ever, and some of
//! them it would take back.
//!
//! Add one as a new file and a line in [`RULES`], with the source of the fact.

mod aggregated_role;
mod claim_template;
mod replicas;
mod webhook_ca;

use hlc_plan::PlannedObject;
use hlc_schema::Data;

/// Fields of one object.
#[derive(Debug)]
pub(crate) struct Filled<'o> {
    pub(crate) object: &'o PlannedObject,
    /// As JSON pointers.
    pub(crate) pointers: Vec<&'static str>,
    /// As jq paths.
    pub(crate) jq: Vec<&'static str>,
    /// True when the manifest says something there too, which a sync would put in their place.
    pub(crate) stated: bool,
}

type Rule = for<'o> fn(&'o [PlannedObject], &mut Vec<Filled<'o>>);

const RULES: &[Rule] = &[aggregated_role::find, claim_template::find, replicas::find, webhook_ca::find];

/// What is filled in of the objects of one Application, in the order of the objects.
pub(crate) fn filled(objects: &[PlannedObject]) -> Vec<Filled<'_>> {
    let mut found = Vec::new();
    RULES.iter().for_each(|rule| rule(objects, &mut found));
    let place = |filled: &Filled<'_>| objects.iter().position(|object| std::ptr::eq(object, filled.object));
    found.sort_by_key(place);
    found
}

impl<'o> Filled<'o> {
    fn pointer(object: &'o PlannedObject, pointer: &'static str, stated: bool) -> Self {
        Self { object, pointers: vec![pointer], jq: Vec::new(), stated }
    }

    /// An entry of `ignoreDifferences`.
    pub(crate) fn lower(&self) -> Data {
        let at = self.object.origin;
        let text = |text: &str| Data::string(text, at);
        let mut entry = vec![("kind", text(&self.object.kind)), ("name", text(&self.object.name))];
        if let Some((group, _)) = self.object.api_version.rsplit_once('/') {
            entry.push(("group", text(group)));
        }
        entry.extend(self.object.namespace.as_deref().map(|namespace| ("namespace", text(namespace))));
        for (key, paths) in [("jsonPointers", &self.pointers), ("jqPathExpressions", &self.jq)] {
            if !paths.is_empty() {
                entry.push((key, Data::list(paths.iter().map(|path| text(path)).collect(), at)));
            }
        }
        Data::map(entry, at)
    }
}

/// The objects of a kind in a group of the API.
fn of_kind<'o>(
    objects: &'o [PlannedObject],
    group: &'static str,
    kind: &'static str,
) -> impl Iterator<Item = &'o PlannedObject> {
    let in_group = move |object: &PlannedObject| object.api_version.split('/').next() == Some(group);
    objects.iter().filter(move |object| object.kind == kind && in_group(object))
}
