//! The order of declarations, for the formatter.

use hlc_syntax::Order;

use crate::decode::ALLOW;
use crate::{FieldDecl, FieldKind, NodeDecl};

/// What may stand in one place, in the order it is written in. Kubernetes objects have no place: each stays where it is.
#[derive(Clone, Copy)]
pub enum DeclOrder {
    /// The top of a file, whose nodes stay where they are.
    Top(&'static [fn() -> &'static NodeDecl]),
    /// The fields of a node.
    Fields(&'static NodeDecl),
    /// The nodes of a `defaults` block.
    Defaults(&'static [&'static NodeDecl]),
}

impl Order for DeclOrder {
    fn place(self, name: &str) -> Option<usize> {
        match self {
            Self::Top(_) => None,
            // What is allowed comes first, as a word about all that follows.
            Self::Fields(decl) if name == ALLOW && decl.field(ALLOW).is_none() => Some(0),
            Self::Fields(decl) => place(decl, name).map(|place| place + 1),
            Self::Defaults(decls) => decls.iter().position(|decl| decl.name == name),
        }
    }

    fn within(self, child: &str) -> Option<Self> {
        let named = |decl: &&'static NodeDecl| decl.name == child;
        match self {
            Self::Top(decls) => decls.iter().map(|decl| decl()).find(named).map(Self::Fields),
            Self::Defaults(decls) => decls.iter().copied().find(named).map(Self::Fields),
            Self::Fields(decl) => match decl.field(child).or_else(|| Some(decl.member_field(child)?.1))?.kind {
                FieldKind::Block(decl) | FieldKind::Blocks(decl) => Some(Self::Fields(decl())),
                FieldKind::Defaults(decls) => Some(Self::Defaults(decls())),
                // Data means what its keys say in the order they say it.
                FieldKind::Free | FieldKind::Objects => None,
                FieldKind::Argument(_)
                | FieldKind::Arguments(_)
                | FieldKind::Property(_)
                | FieldKind::Properties(_) => None,
            },
        }
    }
}

fn place(decl: &'static NodeDecl, name: &str) -> Option<usize> {
    // Its keys are somebody else's, whatever they are called.
    if decl.fields.iter().any(|field| matches!(field.kind, FieldKind::Free) && field.name.is_empty()) {
        return None;
    }
    let named = |field: &&FieldDecl| field.is_called(name) && !field.name.is_empty() && !field.is_argument();
    // What a group says for its members comes behind what it says for itself.
    decl.fields.iter().position(|field| named(&field)).or_else(|| {
        let members = decl.members();
        let mut fields = members.iter().flat_map(|member| member.fields);
        Some(decl.fields.len() + fields.position(|field| named(&field) && field.is_inherited())?)
    })
}
