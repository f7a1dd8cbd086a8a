//! What the compiler made, on its way to the disk.
//!
//! [`write_tree`] compares first and is done when nothing differs. Else it makes the whole new folder beside the old one
//! ([`stage`]), in which everything that stays is a hard link, exchanges the two in one step ([`swap`]), and takes the old
//! one down ([`retire`]). A process that is killed at any moment leaves the old folder or the new one, and beside it at
//! most a staging folder that the next run clears away ([`recover`]).

mod decide;
mod error;
pub(crate) mod manifest;
mod place;
mod recover;
mod retire;
mod stage;
mod swap;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hlc_kube::OutputTree;

use decide::{Decision, decide};
pub use error::{Obstacle, WriteError};
use manifest::Manifest;
use place::Place;

/// Which part of the output folder a write is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of it: every file of an earlier build that the tree does not have is removed.
    All,
    /// These folders of it, by their paths: the tree's other files are not written, files of earlier builds in
    /// other folders stay.
    Folders(BTreeSet<String>),
}

impl Scope {
    /// True for a path that the write is about.
    fn covers(&self, path: &str) -> bool {
        match self {
            Self::All => true,
            Self::Folders(folders) => {
                path.match_indices('/').any(|(end, _)| path.get(..end).is_some_and(|way| folders.contains(way)))
            }
        }
    }
}

/// How to write.
#[derive(Clone, Copy)]
pub struct WriteOptions<'a> {
    /// Replace files that hlc did not make where the tree has a file of the same path.
    pub overwrite: bool,
    /// The project's folder, which must not be inside the output folder.
    pub project: Option<&'a Path>,
    /// Called once when another build has to finish first.
    pub on_wait: &'a dyn Fn(),
}

impl Default for WriteOptions<'_> {
    fn default() -> Self {
        Self { overwrite: false, project: None, on_wait: &|| {} }
    }
}

/// What a write did. Paths are from the output folder, ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteReport {
    /// Files made or changed.
    pub written: Vec<String>,
    /// Files of an earlier build that are gone.
    pub removed: Vec<String>,
    /// Number of files that were as they should be.
    pub unchanged: usize,
    /// Among the written: files that somebody had changed, and files of others that `overwrite` gave up.
    pub overwritten: Vec<String>,
    /// Files of an earlier build that somebody has changed and that are no longer made: left in place, no longer listed.
    pub abandoned: Vec<String>,
    /// True when the folder was exchanged, so that a process standing in it stands in the old one.
    pub exchanged: bool,
}

/// Makes the folder `out` hold `tree`, in one step for whoever reads it.
///
/// Files that hlc did not make are kept as they are. Nothing at all is written when nothing differs.
///
/// # Errors
/// See [`WriteError`]; the folder is then as it was.
pub fn write_tree(
    out: &Path,
    tree: &OutputTree,
    scope: &Scope,
    options: WriteOptions<'_>,
) -> Result<WriteReport, WriteError> {
    write_tree_stepwise(out, tree, scope, options, &mut |_| {})
}

/// [`write_tree`], telling `step` before each thing it does, so that a test can stop it there.
///
/// # Errors
/// As [`write_tree`].
#[doc(hidden)]
pub fn write_tree_stepwise(
    out: &Path,
    tree: &OutputTree,
    scope: &Scope,
    options: WriteOptions<'_>,
    step: &mut dyn FnMut(&str),
) -> Result<WriteReport, WriteError> {
    let files: BTreeMap<&str, &str> = tree.iter().filter(|(path, _)| scope.covers(path)).collect();
    manifest::check_paths(files.keys().copied()).map_err(WriteError::BadPath)?;
    let place = Place::find(out, options.project)?;
    if !place.exists() && files.is_empty() {
        return Ok(WriteReport::default());
    }
    let _lock = place.lock(options.on_wait)?;
    recover::recover(&place, step)?;
    let exists = place.check()?;
    let old = if exists { Manifest::read(&place.out)? } else { None };
    let decision = decide(&place, exists, old.as_ref(), &files, scope, options.overwrite)?;
    let mut report = decision.report(&files);
    if decision.is_nothing() {
        return Ok(report);
    }
    replace(&place, exists, &decision, &files, step)?;
    report.exchanged = exists;
    Ok(report)
}

/// Puts the decided folder in the place of the old one.
fn replace(
    place: &Place,
    exists: bool,
    decision: &Decision,
    files: &BTreeMap<&str, &str>,
    step: &mut dyn FnMut(&str),
) -> Result<(), WriteError> {
    let staged = stage::stage(place, exists, decision, files, step).and_then(|()| swap::swap(place, exists, step));
    if let Err(error) = staged {
        // The old folder is in place; what could not be finished goes. A failure of that is the lesser news.
        let _ = recover::recover(place, &mut |_| {});
        return Err(error);
    }
    recover::recover(place, step)
}
