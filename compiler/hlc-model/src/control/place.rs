//! Where an `allow` would stand for a finding.

use hlc_diag::{Code, Edit, Fix, Span};
use hlc_schema::decode::{ALLOW, is_object_name};
use hlc_schema::{FieldKind, NodeDecl};
use hlc_syntax::{Document, Node};

use super::firm;
use crate::concept::TOP_LEVEL;

/// A change that allows a finding of a kind at a place, with a reason to be filled in; `None` when it cannot be allowed, or
/// stands in no node that takes an `allow`.
#[must_use]
pub fn allow_here(code: &Code, place: Span, document: &Document) -> Option<Fix> {
    if firm(code).is_some() {
        return None;
    }
    let (node, top) = nearest(place, document)?;
    let line = format!("{ALLOW} \"{}\" reason=\"\"", code.name);
    let title = format!("allow `{}` in this `{}`", code.name, node.name());
    let edit = match node.block_span() {
        Some(block) => {
            let inside = Span { start: block.start + 1, end: block.start + 1, ..block };
            let is_open = document.slice(block).contains('\n');
            let text = if is_open { format!("\n{}{line}", "    ".repeat(top + 1)) } else { format!(" {line};") };
            Edit { span: inside, text }
        }
        None => Edit { span: node.header_span().after(), text: format!(" {{ {line}; }}") },
    };
    Some(Fix { title, edits: vec![edit], safe: false })
}

/// The innermost typed node or Kubernetes object around a place.
pub(crate) fn node_around(place: Span, document: &Document) -> Option<Span> {
    nearest(place, document).map(|(node, _)| node.span())
}

/// The innermost typed node or Kubernetes object around a place, with how deep it stands.
fn nearest(place: Span, document: &Document) -> Option<(Node<'_>, usize)> {
    let around = |node: &Node<'_>| {
        let span = node.span();
        span.start <= place.start && place.end <= span.end
    };
    let mut node = document.nodes().find(around)?;
    let mut decl = TOP_LEVEL.iter().map(|decl| decl()).find(|decl| decl.name == node.name())?;
    let mut depth = 0;
    loop {
        let Some(child) = node.children().find(around) else { return Some((node, depth)) };
        match within(decl, child) {
            Some(Inner::Node(inner)) => (node, decl) = (child, inner),
            Some(Inner::Object) => return Some((child, depth + 1)),
            None => return Some((node, depth)),
        }
        depth += 1;
    }
}

/// How a node is declared, if it is a typed one.
pub(super) fn declaration(node: Node<'_>) -> Option<&'static NodeDecl> {
    let mut around: Vec<Node<'_>> = std::iter::successors(Some(node), |node| node.parent()).collect();
    let top = around.pop()?;
    let mut decl = TOP_LEVEL.iter().map(|decl| decl()).find(|decl| decl.name == top.name())?;
    while let Some(child) = around.pop() {
        match within(decl, child)? {
            Inner::Node(inner) => decl = inner,
            Inner::Object => return None,
        }
    }
    Some(decl)
}

enum Inner {
    Node(&'static NodeDecl),
    Object,
}

/// What a child is that can take an `allow` itself.
fn within(decl: &'static NodeDecl, child: Node<'_>) -> Option<Inner> {
    let name = child.name();
    let field = decl.field(&name).or_else(|| decl.member_field(&name).map(|(_, field)| field));
    match field.map(|field| field.kind) {
        Some(FieldKind::Block(inner) | FieldKind::Blocks(inner)) => Some(Inner::Node(inner())),
        Some(_) => None,
        None => (decl.holds_objects() && is_object_name(&name)).then_some(Inner::Object),
    }
}
