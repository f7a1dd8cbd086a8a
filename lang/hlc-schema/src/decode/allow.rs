//! `allow "CODE" reason="…"`: a word that may stand in every node, beside what the node declares.
//!
//! What it means is not known here: decoding only keeps it apart from fields and data, and notes what it covers.

use std::sync::Arc;

use hlc_diag::Span;
use hlc_syntax as syntax;

use super::{Cx, Source};
use crate::{Node, NodeDecl, Spanned};

/// The word that a node says, with which it is called.
pub const ALLOW: &str = "allow";
/// What tells it from a field or a key of the same name.
const REASON: &str = "reason";

/// A kind of finding that is not reported for the node it stands in.
///
/// It covers that node with everything inside, and every file that is only read because something in it names the file. A
/// Kubernetes object takes it too, and so does a map at any depth of data. Of several that could cover a finding the nearest
/// one does. What is written in a component holds for its uses; what is written in the braces of a `use` holds for that use.
/// In a `firewall`, an `allow` without a reason opens a port. Findings that say that something cannot be read, named or made
/// cannot be allowed; [findings](../findings.md) says more.
#[derive(Debug, Node)]
#[node(name = "allow", example = r#"allow "open-ssh" reason="the addresses at home change every day""#)]
pub struct Allow {
    /// The finding's code or its name, as in `hlc explain`.
    #[arg]
    pub code: Spanned<String>,
    /// Why it is right as it is, for whoever reads this later.
    #[prop]
    pub reason: Option<Spanned<String>>,
    /// The whole node.
    #[span]
    pub span: Span,
}

/// An [`Allow`] with what it covers.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// The finding's code or its name.
    pub code: Spanned<String>,
    /// Why it is right as it is.
    pub reason: Option<Spanned<String>>,
    /// The whole node.
    pub span: Span,
    /// The node it stands in, then parts of that node which were written elsewhere.
    pub covers: Arc<[Span]>,
}

/// True for an `allow` that stands in the place of data: with a reason it has a value and an entry, which no data has.
#[must_use]
pub fn is_allow(node: syntax::Node<'_>) -> bool {
    let is_reason = |entry: syntax::Entry<'_>| entry.key().is_some_and(|key| key.text == REASON);
    node.name() == ALLOW
        && node.args().next().is_some()
        && (node.props().any(is_reason) || node.children().any(|child| child.name() == REASON))
}

/// True for an `allow` in a typed node: it may lack its reason, where the node has no such field itself.
pub(super) fn is_allow_in(decl: &NodeDecl, child: syntax::Node<'_>) -> bool {
    child.name() == ALLOW && (is_allow(child) || decl.field(ALLOW).is_none() && !decl.holds_entries())
}

/// True for an `allow` in a Kubernetes object: it may lack its reason.
pub(crate) fn is_allow_in_object(child: syntax::Node<'_>) -> bool {
    child.name() == ALLOW && child.args().next().is_some()
}

impl<'a> Cx<'a> {
    /// Notes what is allowed in a node: those of its children that say so.
    pub(crate) fn note_allowed(&mut self, node: syntax::Node<'a>, is_allow: impl Fn(syntax::Node<'a>) -> bool) {
        let mut covers: Option<Arc<[Span]>> = None;
        for child in node.children().filter(|child| is_allow(*child)) {
            let Some(Allow { code, reason, span }) = Allow::decode(Source::Node(child), self) else { continue };
            let covers = Arc::clone(covers.get_or_insert_with(|| pieces(node).into()));
            self.allowed.push(Allowance { code, reason, span, covers });
        }
    }
}

/// The places of a node: its own, and those of parts that come from elsewhere, such as a component or an `override`.
#[must_use]
pub fn pieces(node: syntax::Node<'_>) -> Vec<Span> {
    let mut pieces = vec![node.span()];
    let mut open = vec![(node.span().file, node.children())];
    let foreign = |node: syntax::Node<'_>, file| {
        node.entries().map(syntax::Entry::span).filter(|span| span.file != file).collect::<Vec<_>>()
    };
    pieces.extend(foreign(node, node.span().file));
    while let Some((file, nodes)) = open.last_mut() {
        let file = *file;
        let Some(node) = nodes.next() else {
            open.pop();
            continue;
        };
        let span = node.span();
        pieces.extend((span.file != file).then_some(span));
        pieces.extend(foreign(node, span.file));
        open.push((span.file, node.children()));
    }
    pieces
}
