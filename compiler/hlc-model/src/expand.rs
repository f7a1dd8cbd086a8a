//! Components: every `use` is replaced by the nodes of its component, before anything is decoded.
//!
//! What comes of it are trees like parsed ones (`hlc_syntax::Builder`). Their nodes keep the places they were written at;
//! each use has a file id of its own, so that everything that is later said about a place can say which use is meant
//! (`hlc_diag::Sources::ground`).
//!
//! A `use` that cannot be replaced is reported and left in the tree; whatever holds it is known to lack something.

mod allowed;
mod arguments;
mod codes;
mod definition;
mod inside;
mod state;
mod substitute;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use hlc_diag::{Diagnostic, Sources, Span};
use hlc_schema::NameUse;
use hlc_schema::decode::Allowance;
use hlc_syntax::{Document, Node};

pub(crate) use codes::CODES;
pub(crate) use definition::text;
pub(crate) use inside::Inside;

use crate::concept::{Component, Use};
use crate::load::Loaded;
use definition::Definition;
use hlc_schema::Node as _;
use walk::Walk;

/// The trees of a project with every `use` replaced.
#[derive(Default)]
pub(crate) struct Expanded {
    /// By the number of the file among the loaded ones; `None` where nothing had to be replaced.
    documents: Vec<Option<Document>>,
    /// Where components are used.
    pub(crate) names: Vec<NameUse>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What uses allow of what they make.
    pub(crate) allowed: Vec<Allowance>,
    /// Parameters that nothing seems to use, with the place of the component.
    pub(crate) unused: Vec<(Span, Diagnostic)>,
    /// The names of `use` nodes that could not be replaced, which has been reported.
    pub(crate) unexpanded: BTreeSet<Span>,
}

impl Expanded {
    /// Puts another tree in the place of a file's.
    pub(crate) fn replace(&mut self, file: usize, document: Document) {
        if let Some(place) = self.documents.get_mut(file) {
            *place = Some(document);
        }
    }

    /// The tree of each loaded file.
    pub(crate) fn documents<'a>(&'a self, loaded: &'a [Document]) -> impl Iterator<Item = &'a Document> {
        loaded.iter().zip(&self.documents).map(|(document, expanded)| expanded.as_ref().unwrap_or(document))
    }
}

/// Replaces every `use` in the files whose shape is certain.
pub(crate) fn expand(loaded: &mut Loaded) -> Expanded {
    let Loaded { sources, documents, broken, spoiled, .. } = loaded;
    let mut expanded = Expanded::default();
    let sound = |document: &&Document| !broken.contains(&document.file());
    let mut definitions: BTreeMap<String, Definition<'_>> = BTreeMap::new();
    for node in documents.iter().filter(sound).flat_map(Document::nodes) {
        if node.name() == Component::decl().name
            && let Some(mut definition) = Definition::read(node, &mut expanded)
        {
            definition.broken |= holds_spoiled(sources, spoiled, node.span());
            // Of two with one name, which is reported, the first is meant.
            definitions.entry(definition.name.clone()).or_insert(definition);
        }
    }
    let mut walk = Walk::new(&definitions, sources, &mut expanded);
    let made: Vec<_> = documents
        .iter()
        .map(|document| {
            let concerned = sound(&document) && document.nodes().any(|node| holds_use(node));
            concerned.then(|| walk.document(document))
        })
        .collect();
    expanded.documents = made;
    expanded
}

/// True when a node of the name `use` stands somewhere in a node.
fn holds_use(node: Node<'_>) -> bool {
    descendants(node).any(|node| node.name() == Use::decl().name)
}

/// A node and everything in it, in source order.
pub(crate) fn descendants(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut open = Vec::new();
    let mut next = Some(node);
    std::iter::from_fn(move || {
        let node = next.take()?;
        open.push(node.children());
        while let Some(nodes) = open.last_mut() {
            next = nodes.next();
            if next.is_some() {
                break;
            }
            open.pop();
        }
        Some(node)
    })
}

fn holds_spoiled(sources: &Sources, spoiled: &BTreeSet<(hlc_diag::FileId, u32)>, span: Span) -> bool {
    let line = |offset| sources.get(span.file).map_or(0, |file| file.line_col(offset).line);
    spoiled.range((span.file, line(span.start))..=(span.file, line(span.end))).next().is_some()
}
