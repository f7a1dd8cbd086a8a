//! An older tree against a plan.

use std::collections::{BTreeMap, BTreeSet};

use hlc_diag::Span;
use hlc_kube::{output_paths, to_yaml, workload_files, workload_text};
use hlc_plan::Plan;
use hlc_schema::Data;

use crate::manifests::{self, read};
use crate::secret::{hide, is_secret, mask};
use crate::{Action, Changes, Files, Folders, ObjectChange, ObjectId, Version, fields, is_compared};

/// What a plan changes about the files of an older tree, in some folders or in all of them.
///
/// Files that are byte for byte what the plan makes are not read at all. Objects are found by their identity, wherever they
/// stand; of several files with one object, the one that stays where it is counts.
#[must_use]
pub fn compare(old: &Files, plan: &Plan, folders: &Folders) -> Changes {
    let mut changes = Changes::default();
    let mut planned = Planned { old, known: BTreeSet::new(), equal: BTreeSet::new(), after: BTreeMap::new() };
    for (path, object) in output_paths(plan) {
        let Some(id) = ObjectId::of(&object.body) else { continue };
        planned.take(path, id, to_yaml, &object.body, object.origin);
    }
    for (path, workload) in workload_files(plan) {
        let id = ObjectId::workload(manifests::workload(&path).unwrap_or_default());
        planned.take(path, id, workload_text, &workload, workload.span);
    }
    let Planned { known, equal, after, .. } = planned;
    let counted = |path: &str| folders.hold(path);
    changes.unchanged = equal.iter().filter(|path| counted(path)).count();
    changes.before = changes.unchanged;
    let mut before: BTreeMap<ObjectId, Vec<Version>> = BTreeMap::new();
    for (path, bytes) in old.iter().filter(|(path, _)| is_compared(path) && !equal.contains(path.as_str())) {
        match read(path, bytes) {
            Ok(objects) => {
                changes.before += if counted(path) { objects.len() } else { 0 };
                for (id, body) in objects {
                    before.entry(id).or_default().push(Version { path: path.clone(), body, origin: None });
                }
            }
            Err(unreadable) => changes.unreadable.extend(counted(path).then_some(unreadable)),
        }
    }
    let mut pairs = Pairs { before, after, found: Vec::new() };
    pairs.same_place();
    pairs.same_identity();
    pairs.implied_namespace();
    let is_counted = |pair: &Pair| pair.old.iter().chain(&pair.new).any(|version| counted(&version.path));
    for pair in pairs.into_all(&known).into_iter().filter(is_counted) {
        match change(pair) {
            Some(change) => changes.objects.push(change),
            None => {
                changes.unchanged += 1;
                changes.laid_out += 1;
            }
        }
    }
    changes.objects.sort_by(|a, b| (a.folder(), &a.id, a.path()).cmp(&(b.folder(), &b.id, b.path())));
    changes
}

/// What the plan makes, held against files of the same paths.
struct Planned<'a> {
    old: &'a Files,
    known: BTreeSet<ObjectId>,
    /// Files that stay as they are.
    equal: BTreeSet<String>,
    after: BTreeMap<ObjectId, Vec<Version>>,
}

impl Planned<'_> {
    fn take(&mut self, path: String, id: ObjectId, text: fn(&Data) -> String, body: &Data, origin: Span) {
        self.known.insert(id.clone());
        if self.old.get(&path).is_some_and(|bytes| *bytes == text(body).into_bytes()) {
            self.equal.insert(path);
            return;
        }
        let version = Version { path, body: body.clone(), origin: Some(origin) };
        self.after.entry(id).or_default().push(version);
    }
}

/// One object on both sides, or on one.
struct Pair {
    id: ObjectId,
    old: Option<Version>,
    new: Option<Version>,
}

/// Finds what belongs together.
struct Pairs {
    before: BTreeMap<ObjectId, Vec<Version>>,
    after: BTreeMap<ObjectId, Vec<Version>>,
    found: Vec<Pair>,
}

impl Pairs {
    /// An object that stays in its file.
    fn same_place(&mut self) {
        for (id, after) in &mut self.after {
            let Some(before) = self.before.get_mut(id) else { continue };
            after.retain(|new| {
                let Some(at) = before.iter().position(|old| old.path == new.path) else { return true };
                self.found.push(Pair { id: id.clone(), old: Some(before.remove(at)), new: Some(new.clone()) });
                false
            });
        }
    }

    /// An object that stands in another file.
    fn same_identity(&mut self) {
        for (id, after) in &mut self.after {
            let Some(before) = self.before.get_mut(id) else { continue };
            let pairs = before.len().min(after.len());
            for (old, new) in before.drain(..pairs).zip(after.drain(..pairs)) {
                self.found.push(Pair { id: id.clone(), old: Some(old), new: Some(new) });
            }
        }
    }

    /// An object that on one side leaves its namespace to whoever applies it.
    fn implied_namespace(&mut self) {
        let ids: Vec<ObjectId> =
            self.after.iter().filter(|(_, new)| !new.is_empty()).map(|(id, _)| id.clone()).collect();
        for id in ids {
            let matches = |old: &&ObjectId| {
                old.is(&id.group, &id.kind) && old.name == id.name && old.namespace.is_none() != id.namespace.is_none()
            };
            let folder = self.after.get(&id).and_then(|new| new.first()).map(|new| new.folder().to_owned());
            let Some(before) = self.before.keys().find(matches).cloned() else { continue };
            let (Some(old), Some(new)) = (self.before.get_mut(&before), self.after.get_mut(&id)) else { continue };
            let at = old.iter().position(|old| Some(old.folder()) == folder.as_deref());
            if let (Some(at), Some(new)) = (at, new.pop()) {
                self.found.push(Pair { id, old: Some(old.remove(at)), new: Some(new) });
            }
        }
    }

    /// All pairs and what is left on one side. A further file of an object that stays is no object that goes.
    fn into_all(self, known: &BTreeSet<ObjectId>) -> Vec<Pair> {
        let Self { before, after, mut found } = self;
        let paired: BTreeSet<ObjectId> = found.iter().map(|pair| pair.id.clone()).collect();
        for (id, versions) in before {
            if !known.contains(&id) && !paired.contains(&id) {
                let one = versions.into_iter().next();
                found.extend(one.map(|old| Pair { id: id.clone(), old: Some(old), new: None }));
            }
        }
        for (id, versions) in after {
            found.extend(versions.into_iter().map(|new| Pair { id: id.clone(), old: None, new: Some(new) }));
        }
        found
    }
}

/// What happens to an object; `None` for nothing.
fn change(pair: Pair) -> Option<ObjectChange> {
    let Pair { id, mut old, mut new } = pair;
    let mut fields = old.as_ref().zip(new.as_ref()).map(|(old, new)| fields::between(&old.body, &new.body));
    let moved = old.as_ref().zip(new.as_ref()).is_some_and(|(old, new)| old.path != new.path);
    let action = match (&old, &new) {
        (None, _) => Action::Added,
        (_, None) => Action::Removed,
        _ if moved => Action::Moved,
        _ => Action::Changed,
    };
    if action == Action::Changed && fields.as_ref().is_some_and(Vec::is_empty) {
        return None;
    }
    if is_secret(&id) {
        fields = fields.map(hide);
        old.iter_mut().chain(new.iter_mut()).for_each(|version| mask(&mut version.body));
    }
    Some(ObjectChange { id, action, old, new, fields: fields.unwrap_or_default() })
}
