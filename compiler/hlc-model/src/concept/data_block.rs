//! Data with a name.

use hlc_schema::decode::Source;
use hlc_schema::{Cx, Data, Def, FieldDecl, FieldKind, Free, Node, NodeDecl, ScopeId, Setting};

use crate::resolve::{Ask, Referable};

/// Data to be used elsewhere by `(ref)data.NAME`, whole or in part.
#[derive(Debug)]
pub struct DataBlock {
    /// Its name.
    pub name: Def<DataBlock>,
    /// What it holds: a map.
    pub value: Free,
}

impl hlc_schema::Concept for DataBlock {
    const KIND: &'static str = "data";
    const SCOPE: hlc_schema::Scope = hlc_schema::Scope::Local;
    const NAMES: hlc_schema::NameRule = hlc_schema::NameRule::Any;
}

// Written by hand, since its entries are free data and stand in the node itself.
impl Node for DataBlock {
    fn decl() -> &'static NodeDecl {
        static DECL: NodeDecl = NodeDecl {
            name: "data",
            id: "data",
            doc: "Data to be used elsewhere by `(ref)data.NAME`, whole or in part.\n\nAs the base of a map it is merged with \
                  what follows: `resources (ref)data.tiny { limits memory=\"1Gi\" }`.",
            example: "data \"tiny\" {\n    limits cpu=\"100m\" memory=\"128Mi\"\n    requests cpu=\"50m\" memory=\"64Mi\"\n}",
            open: false,
            annotations: &[],
            fields: &[
                FieldDecl {
                    name: "name",
                    doc: "The data's name.",
                    kind: FieldKind::Argument(<Def<DataBlock> as Setting>::TYPE),
                    required: true,
                    default: None,
                    members: false,
                    own: false,
                    was: None,
                },
                FieldDecl {
                    name: "",
                    doc: "Entries with keys of your own.",
                    kind: FieldKind::Free,
                    required: false,
                    default: None,
                    members: false,
                    own: false,
                    was: None,
                },
            ],
            attributes: &[],
        };
        &DECL
    }

    fn decode_as<'a>(decl: &'static NodeDecl, source: Source<'a>, cx: &mut Cx<'a>) -> Option<Self> {
        let Source::Node(node) = source else {
            cx.report(hlc_schema::decode::not_a_property(decl, source.span()));
            return None;
        };
        let (name, value) = hlc_schema::free::named(node, cx)?;
        let name = Def::new(name.value, name.span);
        cx.declare(&name);
        Some(Self { name, value })
    }
}

/// Data and the scope it was declared in.
pub(crate) struct DataIn<'m> {
    pub(crate) block: &'m DataBlock,
    pub(crate) scope: ScopeId,
}

impl Referable for DataIn<'_> {
    fn declaration(&self) -> &'static NodeDecl {
        DataBlock::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        ask.resolver.data_at(self.block, self.scope, ask)
    }
}
