//! What may stand in a place: nodes of the language, or data with keys of somebody else.

use hlc_schema::{FieldKind, Node as _, NodeDecl};
use hlc_syntax::Node;

use crate::concept::{TOP_LEVEL, Use};

/// What may stand in a block.
#[derive(Clone, Copy)]
pub(crate) enum Inside {
    /// The top of a file.
    Top,
    /// The block of a typed node.
    Node(&'static NodeDecl),
    /// `defaults { … }`
    Defaults(&'static [&'static NodeDecl]),
    /// Data, or what the language does not know.
    Data,
}

impl Inside {
    /// True where a `use` is one: not where it is a key, or a field of the node.
    pub(crate) fn takes_use(self) -> bool {
        match self {
            Self::Top | Self::Defaults(_) => true,
            Self::Node(decl) => decl.field(Use::decl().name).is_none(),
            Self::Data => false,
        }
    }

    /// What may stand in a block that stands here.
    pub(crate) fn of(self, node: Node<'_>) -> Self {
        let name = node.name();
        match self {
            Self::Top => Self::declared(TOP_LEVEL.iter().map(|decl| decl()).find(|decl| decl.name == name)),
            Self::Defaults(kinds) => Self::declared(kinds.iter().copied().find(|decl| decl.name == name)),
            Self::Data => Self::Data,
            Self::Node(decl) => {
                let field = decl.field(&name).or_else(|| decl.member_field(&name).map(|(_, field)| field));
                match field.map(|field| field.kind) {
                    Some(FieldKind::Block(inner) | FieldKind::Blocks(inner)) => Self::declared(Some(inner())),
                    Some(FieldKind::Defaults(kinds)) => match node.args().next().map(hlc_syntax::Entry::value) {
                        Some(hlc_syntax::Value::String(kind)) => {
                            Self::declared(kinds().iter().copied().find(|decl| decl.name == kind))
                        }
                        _ => Self::Defaults(kinds()),
                    },
                    _ => Self::Data,
                }
            }
        }
    }

    fn declared(decl: Option<&'static NodeDecl>) -> Self {
        // A component's own text is expanded where it is used.
        decl.filter(|decl| !decl.holds_entries() && !decl.open).map_or(Self::Data, Self::Node)
    }
}
