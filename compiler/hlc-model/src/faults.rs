//! What could not be read, so that nothing is said about what only seems to be missing.

use std::collections::BTreeSet;

use hlc_schema::{NodeDecl, ScopeId};

use crate::concept::TOP_LEVEL;

/// The parts of a homelab that hold mistakes.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// A file, or a node at the top of one, could not be read at all: anything may stand there.
    pub(crate) unread: bool,
    /// Kinds of top-level node of which one holds a mistake.
    pub(crate) kinds: BTreeSet<&'static str>,
    /// Workloads that hold a mistake: a part of them may be missing.
    pub(crate) tainted: BTreeSet<ScopeId>,
    /// Workloads with a syntax error inside: no objects are made of them.
    pub(crate) spoiled: BTreeSet<ScopeId>,
}

impl Faults {
    /// True when a top-level node of this kind may be one that could not be read.
    pub(crate) fn may_hold(&self, kind: &str) -> bool {
        self.unread || self.kinds.contains(kind)
    }

    /// True when a node of this kind may stand in what could not be read: then nothing can be said to be missing.
    pub(crate) fn may_hide(&self, wanted: &NodeDecl) -> bool {
        let faulty = TOP_LEVEL.iter().map(|decl| decl()).filter(|decl| self.kinds.contains(decl.name));
        self.unread || faulty.into_iter().any(|decl| can_hold(decl, wanted.name))
    }
}

/// True when a node of this name can stand in a node, at any depth.
fn can_hold(decl: &'static NodeDecl, wanted: &str) -> bool {
    // A declaration can hold itself: each is looked at once.
    let mut open = vec![decl];
    let mut looked_at = 0;
    while let Some(decl) = open.get(looked_at).copied() {
        looked_at += 1;
        if decl.name == wanted {
            return true;
        }
        for inner in decl.fields.iter().filter_map(|field| field.kind.block()) {
            if !open.iter().any(|known| std::ptr::eq(*known, inner)) {
                open.push(inner);
            }
        }
    }
    false
}
