//! Which part of a tree is looked at.

use std::collections::BTreeSet;

/// The folders of some workloads, or all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Folders {
    /// Everything.
    #[default]
    All,
    /// What stands in one of these, or stood there.
    Named(BTreeSet<String>),
}

impl Folders {
    /// True for a file of one of them.
    pub(crate) fn hold(&self, path: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => path.split_once('/').is_some_and(|(folder, _)| names.contains(folder)),
        }
    }
}
