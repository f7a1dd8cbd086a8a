//! What becomes of each file of the branch: the rules of `docs/output.md`, held against a tree of Git.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hlc_kube::OutputTree;

use super::PublishError;
use super::git::{Entries, Entry, Git};
use crate::output::manifest::{Digest, MANIFEST, Manifest, check_paths};
use crate::{Obstacle, WriteError};

/// A regular file.
pub(super) const FILE: &str = "100644";

/// What is to be published.
#[derive(Default)]
pub(super) struct Decision {
    /// What stays as it is.
    pub(super) kept: Entries,
    /// Files to be written, with the list of them.
    pub(super) write: BTreeMap<String, String>,
    pub(super) added: Vec<String>,
    pub(super) changed: Vec<String>,
    pub(super) removed: Vec<String>,
    pub(super) overwritten: Vec<String>,
    pub(super) abandoned: Vec<String>,
    /// Files of others.
    pub(super) others: usize,
    /// The list of files goes, since there is none left.
    list_changes: bool,
}

impl Decision {
    /// True when the branch is as it should be.
    pub(super) fn is_nothing(&self) -> bool {
        self.write.is_empty() && self.removed.is_empty() && !self.list_changes
    }
}

pub(super) fn decide(
    git: &Git<'_>,
    old: Entries,
    tree: &OutputTree,
    branch: &str,
    overwrite: bool,
) -> Result<Decision, PublishError> {
    check_paths(tree.iter().map(|(path, _)| path)).map_err(WriteError::BadPath)?;
    let list = old.get(MANIFEST.as_bytes());
    let is_wanted = |path: &[u8]| std::str::from_utf8(path).is_ok_and(|path| tree.get(path).is_some());
    let wanted = old.iter().filter(|(path, entry)| is_file(entry) && is_wanted(path)).map(|(_, entry)| entry);
    let texts = git.blobs(list.into_iter().chain(wanted).map(|entry| entry.id.as_str()))?;
    let bytes = |entry: &Entry| texts.get(&entry.id).map(Vec::as_slice);
    let name = format!("{branch}:{MANIFEST}");
    let manifest = list.map(|entry| match bytes(entry) {
        Some(bytes) if is_file(entry) => Manifest::parse(bytes, Path::new(&name)),
        _ => Err(WriteError::DamagedManifest(name.clone().into(), "it is not a regular file".into())),
    });
    let manifest = manifest.transpose()?;
    let before = |path: &str| manifest.as_ref().and_then(|manifest| manifest.digest(path));

    let mut decision = Decision::default();
    let mut obstacles = BTreeSet::new();
    let mut listed = BTreeMap::new();
    for (path, text) in tree.iter() {
        listed.insert(path.to_owned(), Digest::of(text.as_bytes()));
        let Some(entry) = old.get(path.as_bytes()) else {
            decision.added.push(path.to_owned());
            decision.write.insert(path.to_owned(), text.to_owned());
            continue;
        };
        let found = bytes(entry).filter(|_| is_file(entry));
        if found == Some(text.as_bytes()) {
            decision.kept.insert(path.as_bytes().to_vec(), entry.clone());
            continue;
        }
        let is_own = found.is_some_and(|bytes| before(path) == Some(&Digest::of(bytes)));
        if !is_own {
            if before(path).is_none() && !overwrite {
                let what = if found.is_some() { "a file" } else { "not a regular file" };
                obstacles.insert(Obstacle { path: path.to_owned(), what, replaceable: true });
            }
            decision.overwritten.push(path.to_owned());
        }
        decision.changed.push(path.to_owned());
        decision.write.insert(path.to_owned(), text.to_owned());
    }
    let kept_list = list.cloned();
    retire(git, old, manifest.as_ref(), tree, &mut decision)?;
    obstacles.extend(blocked(&decision));
    if !obstacles.is_empty() {
        return Err(WriteError::InTheWay(obstacles.into_iter().collect()).into());
    }
    let new = Manifest::new(listed);
    match kept_list {
        Some(entry) if manifest.as_ref() == Some(&new) => {
            decision.kept.insert(MANIFEST.as_bytes().to_vec(), entry);
        }
        Some(_) | None if new.is_empty() => decision.list_changes = manifest.is_some(),
        Some(_) | None => {
            decision.write.insert(MANIFEST.to_owned(), new.to_text());
        }
    }
    Ok(decision)
}

/// Decides about what is in the branch and not in the tree.
fn retire(
    git: &Git<'_>,
    old: Entries,
    manifest: Option<&Manifest>,
    tree: &OutputTree,
    decision: &mut Decision,
) -> Result<(), PublishError> {
    let listed = |path: &[u8]| std::str::from_utf8(path).ok().and_then(|path| manifest?.digest(path));
    let is_wanted = |path: &[u8]| std::str::from_utf8(path).is_ok_and(|path| tree.get(path).is_some());
    let is_left = |path: &[u8]| path != MANIFEST.as_bytes() && !is_wanted(path);
    let left: Entries = old.into_iter().filter(|(path, _)| is_left(path)).collect();
    let own = left.iter().filter(|(path, entry)| is_file(entry) && listed(path).is_some());
    let texts = git.blobs(own.map(|(_, entry)| entry.id.as_str()))?;
    for (path, entry) in left {
        let Some(digest) = listed(&path) else {
            decision.others += 1;
            decision.kept.insert(path, entry);
            continue;
        };
        let name = String::from_utf8_lossy(&path).into_owned();
        if is_file(&entry) && texts.get(&entry.id).is_some_and(|bytes| Digest::of(bytes) == *digest) {
            decision.removed.push(name);
        } else {
            decision.abandoned.push(name);
            decision.kept.insert(path, entry);
        }
    }
    Ok(())
}

/// Files of others where a folder has to be, and folders of others where a file has to be.
fn blocked(decision: &Decision) -> Vec<Obstacle> {
    let mut found = BTreeSet::new();
    for path in decision.write.keys() {
        let ways = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
        let files = ways.filter(|way| decision.kept.contains_key(way.as_bytes()));
        found.extend(files.map(|way| (way.to_owned(), "a file")));
        let below = format!("{path}/").into_bytes();
        if decision.kept.range(below.clone()..).next().is_some_and(|(other, _)| other.starts_with(&below)) {
            found.insert((path.clone(), "a folder"));
        }
    }
    found.into_iter().map(|(path, what)| Obstacle { path, what, replaceable: false }).collect()
}

fn is_file(entry: &Entry) -> bool {
    entry.mode == FILE || entry.mode == "100755"
}
