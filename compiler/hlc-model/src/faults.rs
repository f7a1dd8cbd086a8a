//! What could not be read, so that nothing is said about what only seems to be missing.

use std::collections::BTreeSet;

use hlc_schema::{FieldKind, NodeDecl, ScopeId};

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
    /// True when a node of this kind may stand in what could not be read: then nothing can be said to be missing.
    pub(crate) fn may_hide(&self, wanted: &NodeDecl) -> bool {
        let faulty = TOP_LEVEL.iter().map(|decl| decl()).filter(|decl| self.kinds.contains(decl.name));
        self.unread || faulty.into_iter().any(|decl| can_hold(decl, wanted.name))
    }
}

/// True when a node of this name can stand in a node, at any depth. No declaration holds itself.
fn can_hold(decl: &NodeDecl, wanted: &str) -> bool {
    decl.name == wanted
        || decl.fields.iter().any(|field| match field.kind {
            FieldKind::Block(inner) | FieldKind::Blocks(inner) => can_hold(inner(), wanted),
            FieldKind::Argument(_)
            | FieldKind::Arguments(_)
            | FieldKind::Property(_)
            | FieldKind::Properties(_)
            | FieldKind::Free
            | FieldKind::Defaults(_)
            | FieldKind::Objects => false,
        })
}
