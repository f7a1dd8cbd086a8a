//! Documents built of parts of others: what remains of a file once its components are expanded.
//!
//! A built document is read like a parsed one. Its nodes and entries keep the places they were written at; those of a
//! part come under the file id that the part is given. Nothing of it can be looked up by place ([`Document::node_at`]) or
//! formatted: that is for parsed files.

use std::collections::BTreeMap;
use std::sync::Arc;

use hlc_diag::FileId;

use crate::string;
use crate::token::TokenKind;
use crate::tree::{Document, EntryData, NONE, Node, NodeData, OWN, OtherText, index};
use crate::value::{Entry, Value, decoded};

/// A value that stands in for the one in the text.
#[derive(Clone, Debug)]
pub struct StandIn {
    pub(crate) raw: String,
    pub(crate) kind: TokenKind,
    pub(crate) annotation: Option<String>,
}

impl StandIn {
    /// The value of an entry, with its annotation.
    #[must_use]
    pub fn of(entry: Entry<'_>) -> Self {
        let annotation = entry.annotation().map(|annotation| annotation.text.into_owned());
        Self { raw: entry.raw().to_owned(), kind: entry.kind(), annotation }
    }

    /// A text.
    #[must_use]
    pub fn text(text: &str, annotation: Option<&str>) -> Self {
        let raw = string::quote(text);
        let kind = match raw.strip_prefix('"') {
            None => TokenKind::Word,
            Some(quoted) if quoted.contains('\\') => TokenKind::Escaped,
            Some(_) => TokenKind::Quoted,
        };
        Self { raw, kind, annotation: annotation.map(str::to_owned) }
    }

    /// The `(…)` in front of the value.
    #[must_use]
    pub fn annotation(&self) -> Option<&str> {
        self.annotation.as_deref()
    }

    /// The value, decoded.
    #[must_use]
    pub fn value(&self) -> Value<'_> {
        decoded(&self.raw, self.kind)
    }

    /// Bytes of its spelling.
    #[must_use]
    pub fn size(&self) -> usize {
        self.raw.len()
    }
}

/// A document that parts are taken from, with the file ids they come under.
#[derive(Clone, Debug)]
pub struct Part {
    /// By the number of the text in the document.
    texts: Vec<u32>,
}

/// A state to go back to.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    nodes: usize,
    entries: usize,
    open: usize,
}

/// Builds one document.
pub struct Builder {
    out: Document,
    open: Vec<u32>,
    /// The texts of the document by their file.
    texts: BTreeMap<FileId, u32>,
}

impl Builder {
    /// Begins the document of the same file, with nothing in it.
    #[must_use]
    pub fn new(document: &Document) -> Self {
        let out = Document {
            file: document.file,
            text: Arc::clone(&document.text),
            tokens: Arc::clone(&document.tokens),
            nodes: Vec::with_capacity(document.nodes.len()),
            entries: Vec::with_capacity(document.entries.len()),
            others: Vec::new(),
            stand_ins: Vec::new(),
        };
        Self { out, open: Vec::new(), texts: BTreeMap::from([(document.file, OWN)]) }
    }

    /// A document to take parts from; its own text comes under the id `file`.
    pub fn part(&mut self, document: &Document, file: FileId) -> Part {
        let own = OtherText { file, text: Arc::clone(&document.text), tokens: Arc::clone(&document.tokens) };
        let texts = std::iter::once(own).chain(document.others.iter().cloned()).map(|text| self.text(text)).collect();
        Part { texts }
    }

    fn text(&mut self, text: OtherText) -> u32 {
        let others = &mut self.out.others;
        *self.texts.entry(text.file).or_insert_with(|| {
            others.push(text);
            index(others.len())
        })
    }

    /// Opens a node with the head of another one, without its entries. Its entries come before its children.
    pub fn open(&mut self, node: Node<'_>, part: &Part) {
        let Some(data) = node.data() else { return };
        let id = index(self.out.nodes.len());
        self.out.nodes.push(NodeData {
            parent: self.open.last().copied().unwrap_or(NONE),
            subtree_end: id + 1,
            entries: index(self.out.entries.len()),
            text: part.texts.get(data.text as usize).copied().unwrap_or(0),
            ..*data
        });
        self.open.push(id);
    }

    /// Adds an entry to the open node, with another value if one is given.
    pub fn entry(&mut self, entry: Entry<'_>, part: &Part, stand_in: Option<StandIn>) {
        let data = entry.data();
        let text = part.texts.get(data.text as usize).copied().unwrap_or(0);
        let stand_in = match stand_in.or_else(|| entry.stand_in().cloned()) {
            Some(stand_in) => {
                self.out.stand_ins.push(stand_in);
                index(self.out.stand_ins.len() - 1)
            }
            None => NONE,
        };
        self.out.entries.push(EntryData { text, stand_in, ..data });
    }

    /// Gives the open node a block, which the node it was taken from may not have.
    pub fn with_block(&mut self) {
        let node = self.open.last().and_then(|id| self.out.nodes.get_mut(*id as usize));
        if let Some(node) = node.filter(|node| node.open == NONE) {
            node.open = node.last;
            node.close = node.last;
        }
    }

    /// Closes the node that was opened last.
    pub fn close(&mut self) {
        let end = index(self.out.nodes.len());
        let node = self.open.pop().and_then(|id| self.out.nodes.get_mut(id as usize));
        if let Some(node) = node {
            node.subtree_end = end;
        }
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.out.nodes.len()
    }

    /// True for a document without nodes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.out.nodes.is_empty()
    }

    /// The state now.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { nodes: self.out.nodes.len(), entries: self.out.entries.len(), open: self.open.len() }
    }

    /// Takes back everything since a mark.
    pub fn reset(&mut self, mark: Mark) {
        self.out.nodes.truncate(mark.nodes);
        self.out.entries.truncate(mark.entries);
        self.open.truncate(mark.open);
    }

    /// The document.
    #[must_use]
    pub fn finish(mut self) -> Document {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }
}
