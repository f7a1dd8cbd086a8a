//! Declarations: the one source for decoding, help, documentation and editors.

use std::fmt;

/// What a typed node looks like and means.
#[derive(Debug)]
pub struct NodeDecl {
    /// The node's name in KDL.
    pub name: &'static str,
    /// What its page in the reference is called: the name, unless nodes of that name mean different things in different places.
    pub id: &'static str,
    /// Markdown: first line in the third person, then details.
    pub doc: &'static str,
    /// A whole example in KDL.
    pub example: &'static str,
    /// True when nodes and properties besides the declared ones may stand in it: what they mean is told elsewhere.
    pub open: bool,
    /// Annotations the node may carry, such as `existing`.
    pub annotations: &'static [&'static str],
    /// Its fields, in the order the formatter and the reference use.
    pub fields: &'static [FieldDecl],
    /// What `(ref)` and `(fmt)` can ask of it.
    pub attributes: &'static [AttrDecl],
}

impl NodeDecl {
    /// The field that a property or child of this name belongs to.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static FieldDecl> {
        self.fields.iter().find(|field| field.is_called(name) && !field.name.is_empty() && !field.is_argument())
    }

    /// The names a property or child may have here.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().filter(|field| !field.is_argument() && !field.name.is_empty()).map(|field| field.name)
    }

    /// The nodes that start from the fields of this one: its members, their members and so on, each once.
    #[must_use]
    pub fn members(&self) -> Vec<&'static Self> {
        let mut members: Vec<&'static Self> = Vec::new();
        let mut group = Some(self);
        let mut looked_at = 0;
        while let Some(decl) = group {
            for member in decl.fields.iter().filter(|field| field.members).filter_map(|field| field.kind.block()) {
                if !members.iter().any(|known| std::ptr::eq(*known, member)) {
                    members.push(member);
                }
            }
            group = members.get(looked_at).copied();
            looked_at += 1;
        }
        members
    }

    /// A field of a member that may be given in this node too, for all of its members; with the member.
    #[must_use]
    pub fn member_field(&self, name: &str) -> Option<(&'static Self, &'static FieldDecl)> {
        self.members().into_iter().find_map(|decl| Some((decl, decl.field(name).filter(|field| field.is_inherited())?)))
    }

    /// The names a property or child may have here for the members' sake alone, sorted.
    #[must_use]
    pub fn member_names(&self) -> Vec<&'static str> {
        let fields = self.members().into_iter().flat_map(|decl| decl.fields.iter());
        let mut names: Vec<_> = fields
            .filter(|field| field.is_inherited() && self.field(field.name).is_none())
            .map(|field| field.name)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// True when entries with keys of the user's own may stand in this node, beside its fields.
    #[must_use]
    pub fn holds_entries(&self) -> bool {
        self.fields.iter().any(|field| field.name.is_empty() && matches!(field.kind, FieldKind::Free))
    }

    /// True when Kubernetes objects may stand in this node.
    #[must_use]
    pub fn holds_objects(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.kind, FieldKind::Objects))
    }
}

/// One field of a node.
#[derive(Debug)]
pub struct FieldDecl {
    /// Its name in KDL; of an argument, a word for messages.
    pub name: &'static str,
    /// Markdown: first line in the third person.
    pub doc: &'static str,
    /// Where it stands and how often.
    pub kind: FieldKind,
    /// True when the node means nothing without it.
    pub required: bool,
    /// What holds when it is absent, in KDL; for the reader, the code has the same in one place.
    pub default: Option<&'static str>,
    /// True for blocks that start from the fields of the node they stand in.
    pub members: bool,
    /// True for a fact of one node alone, which no group can say for its members.
    pub own: bool,
    /// The name it had before, which is still read, with a warning.
    pub was: Option<&'static str>,
}

impl FieldDecl {
    /// True for its name, and for the one it had before.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.was == Some(name)
    }

    /// True for arguments, which have no name in KDL.
    #[must_use]
    pub fn is_argument(&self) -> bool {
        matches!(self.kind, FieldKind::Argument(_) | FieldKind::Arguments(_))
    }

    /// True when a member takes it from its group: all but what tells members apart, and what stands in the group for
    /// itself.
    #[must_use]
    pub fn is_inherited(&self) -> bool {
        let own = matches!(
            self.kind,
            FieldKind::Argument(_) | FieldKind::Arguments(_) | FieldKind::Defaults(_) | FieldKind::Objects
        );
        !own && !self.own && !self.members && !self.name.is_empty()
    }
}

/// Where a field stands and how often.
#[derive(Clone, Copy)]
pub enum FieldKind {
    /// The node's argument.
    Argument(TypeDecl),
    /// All arguments that are left.
    Arguments(TypeDecl),
    /// A property, or a child with the same value.
    Property(TypeDecl),
    /// A property or child with one or more values.
    Properties(TypeDecl),
    /// One child node.
    Block(fn() -> &'static NodeDecl),
    /// Child nodes, any number.
    Blocks(fn() -> &'static NodeDecl),
    /// A child whose content is data with keys of somebody else.
    Free,
    /// A `defaults` child: partial nodes that the named nodes start from.
    Defaults(fn() -> &'static [&'static NodeDecl]),
    /// Kubernetes objects: children whose names start upper-case.
    Objects,
}

impl FieldKind {
    /// What its values may be; `None` for blocks.
    #[must_use]
    pub fn value_type(&self) -> Option<TypeDecl> {
        match self {
            Self::Argument(ty) | Self::Arguments(ty) | Self::Property(ty) | Self::Properties(ty) => Some(*ty),
            Self::Block(_) | Self::Blocks(_) | Self::Free | Self::Defaults(_) | Self::Objects => None,
        }
    }
}

impl FieldKind {
    /// The declaration of its blocks; `None` for everything else.
    #[must_use]
    pub fn block(&self) -> Option<&'static NodeDecl> {
        match self {
            Self::Block(decl) | Self::Blocks(decl) => Some(decl()),
            Self::Argument(_)
            | Self::Arguments(_)
            | Self::Property(_)
            | Self::Properties(_)
            | Self::Free
            | Self::Defaults(_)
            | Self::Objects => None,
        }
    }
}

impl fmt::Debug for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(ty) => write!(f, "Argument({})", ty.name),
            Self::Arguments(ty) => write!(f, "Arguments({})", ty.name),
            Self::Property(ty) => write!(f, "Property({})", ty.name),
            Self::Properties(ty) => write!(f, "Properties({})", ty.name),
            Self::Block(decl) => write!(f, "Block({})", decl().name),
            Self::Blocks(decl) => write!(f, "Blocks({})", decl().name),
            Self::Free => f.write_str("Free"),
            Self::Defaults(_) => f.write_str("Defaults"),
            Self::Objects => f.write_str("Objects"),
        }
    }
}

/// What one value may be.
#[derive(Clone, Copy, Debug)]
pub struct TypeDecl {
    /// Short name for tables: `cidr`, `port`, `name of a gateway`.
    pub name: &'static str,
    /// What to write, with an article and an example, to follow "wants": "an IPv4 network such as `192.168.1.0/24`".
    pub wants: &'static str,
    /// The only words allowed, if it is a choice.
    pub choices: &'static [&'static str],
    /// True when `(ref)` and `(fmt)` may stand in its place.
    pub expr: bool,
}

impl TypeDecl {
    /// A type with no fixed choices.
    #[must_use]
    pub const fn new(name: &'static str, wants: &'static str) -> Self {
        Self { name, wants, choices: &[], expr: false }
    }

    /// The same type where a reference may stand in the place of the value.
    #[must_use]
    pub const fn or_expr(self) -> Self {
        Self { expr: true, ..self }
    }
}

/// One thing that `(ref)NODE.NAME.FIELD` can ask of a node.
#[derive(Clone, Copy, Debug)]
pub struct AttrDecl {
    /// The FIELD.
    pub name: &'static str,
    /// What it gives, in one line.
    pub doc: &'static str,
}
