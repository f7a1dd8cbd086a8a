//! Where a field is given.

use hlc_diag::Span;
use hlc_syntax as syntax;

use super::{Source, is_allow};
use crate::FieldDecl;

/// A property or a child of one name.
#[derive(Clone, Copy)]
pub(super) enum Occurrence<'a> {
    Property(syntax::Entry<'a>),
    Child(syntax::Node<'a>),
}

impl<'a> Occurrence<'a> {
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Property(entry) => entry.span(),
            Self::Child(node) => node.header_span(),
        }
    }

    pub(super) fn source(self) -> Source<'a> {
        match self {
            Self::Property(entry) => Source::Value(entry),
            Self::Child(node) => Source::Node(node),
        }
    }
}

/// Every place in a node where a field is given, properties first.
pub(super) fn occurrences<'a>(source: Source<'a>, field: &FieldDecl) -> impl Iterator<Item = Occurrence<'a>> {
    let node = match source {
        Source::Node(node) => Some(node),
        Source::Value(_) => None,
    };
    let is_named = |entry: &syntax::Entry<'a>| entry.key().is_some_and(|key| field.is_called(&key.text));
    let is_given = |child: &syntax::Node<'a>| field.is_called(&child.name()) && !is_allow(*child);
    let properties = node.into_iter().flat_map(syntax::Node::props).filter(is_named).map(Occurrence::Property);
    let children = node.into_iter().flat_map(syntax::Node::children).filter(is_given).map(Occurrence::Child);
    properties.chain(children)
}
