//! The tree: flat arrays of nodes and entries that point into the tokens.
//!
//! Nodes stand in preorder; a node's subtree is the run of nodes up to its `subtree_end`, so that stepping to a sibling
//! is one jump. What slashdash has commented out is in the arrays too, marked hidden, and left out by the iterators.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use hlc_diag::{FileId, Span};

use crate::build::StandIn;
use crate::string;
use crate::token::{Token, TokenKind, Tokens};
use crate::value::{Annotation, Entries, Entry};

/// No token, no node.
pub(crate) const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeData {
    /// First token: the annotation's parenthesis, or the name.
    pub(crate) first: u32,
    pub(crate) name: u32,
    /// Last token that is not white space or a comment.
    pub(crate) last: u32,
    pub(crate) open: u32,
    pub(crate) close: u32,
    pub(crate) parent: u32,
    pub(crate) subtree_end: u32,
    /// First entry; the entries of the next node begin where these end.
    pub(crate) entries: u32,
    /// Within something that slashdash comments out.
    pub(crate) hidden: bool,
    /// The text that the tokens belong to.
    pub(crate) text: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryData {
    /// First token: the key, the annotation's parenthesis, or the value.
    pub(crate) first: u32,
    /// `NONE` for an argument.
    pub(crate) key: u32,
    pub(crate) value: u32,
    pub(crate) annotated: bool,
    pub(crate) hidden: bool,
    /// The text that the tokens belong to.
    pub(crate) text: u32,
    /// The value that is meant, where it is not the one in the text: an index into the document's stand-ins.
    pub(crate) stand_in: u32,
}

/// The text of a document that its own nodes come from.
pub(crate) const OWN: u32 = 0;

/// A text that nodes of a built document come from, besides its own.
#[derive(Clone)]
pub(crate) struct OtherText {
    pub(crate) file: FileId,
    pub(crate) text: Arc<str>,
    pub(crate) tokens: Arc<Tokens>,
}

/// One parsed file, or one built of parts of parsed files (`build.rs`).
#[derive(Clone)]
pub struct Document {
    pub(crate) file: FileId,
    pub(crate) text: Arc<str>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) nodes: Vec<NodeData>,
    pub(crate) entries: Vec<EntryData>,
    /// Empty for a parsed file.
    pub(crate) others: Vec<OtherText>,
    /// Values in place of those in the texts; empty for a parsed file.
    pub(crate) stand_ins: Vec<StandIn>,
}

/// A text and its tokens.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) file: FileId,
    pub(crate) text: &'a str,
    pub(crate) tokens: &'a Tokens,
}

impl<'a> Text<'a> {
    pub(crate) fn span(self, token: u32) -> Span {
        Span::new(self.file, self.tokens.start(token), self.tokens.end(token))
    }

    pub(crate) fn slice(self, token: u32) -> &'a str {
        self.text.get(self.span(token).range()).unwrap_or("")
    }

    /// From the first byte of one token to the last byte of another.
    pub(crate) fn spans(self, first: u32, last: u32) -> Span {
        self.span(first).to(self.span(last))
    }

    /// Finds the annotation that begins at or behind token `from` and stands in front of token `target`.
    pub(crate) fn annotation(self, from: u32, target: u32) -> Option<Annotation<'a>> {
        let open = (from..target).find(|&i| self.tokens.kind(i) == TokenKind::OpenParen)?;
        let name = (open + 1..target).find(|&i| !self.tokens.kind(i).is_trivia())?;
        let close = (open..target).rev().find(|&i| self.tokens.kind(i) == TokenKind::CloseParen);
        let outer = self.spans(open, close.unwrap_or(name));
        if !self.tokens.kind(name).is_value() {
            return Some(Annotation { text: Cow::Borrowed(""), span: self.span(open).after(), outer });
        }
        let text = string::value(self.slice(name), self.tokens.kind(name));
        Some(Annotation { text, span: self.span(name), outer })
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("file", &self.file)
            .field("bytes", &self.text.len())
            .field("tokens", &self.tokens.len())
            .field("nodes", &self.nodes.len())
            .field("entries", &self.entries.len())
            .finish()
    }
}

impl Document {
    /// The file this was parsed from.
    #[must_use]
    pub const fn file(&self) -> FileId {
        self.file
    }

    /// The whole source text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Top-level nodes in source order; those behind a slashdash are left out.
    #[must_use]
    pub fn nodes(&self) -> Nodes<'_> {
        Nodes { document: self, next: 0, end: index(self.nodes.len()) }
    }

    /// Every token; their texts together are the source.
    pub fn tokens(&self) -> impl DoubleEndedIterator<Item = Token> + '_ {
        (0..self.tokens.len()).map(|index| self.token_data(index))
    }

    /// The tokens that lie within, or touch, a range of bytes.
    pub fn tokens_in(&self, span: Span) -> impl DoubleEndedIterator<Item = Token> + '_ {
        let first = self.tokens.at(span.start);
        let last = self.tokens.at(span.end.saturating_sub(1).max(span.start));
        (first..last.saturating_add(1).min(self.tokens.len())).map(|index| self.token_data(index))
    }

    /// The token that contains the byte at `offset`; `None` at the end of the file.
    #[must_use]
    pub fn token_at(&self, offset: u32) -> Option<Token> {
        let index = self.tokens.at(offset);
        (index < self.tokens.len()).then(|| self.token_data(index))
    }

    /// The innermost node whose text contains `offset` or ends there.
    #[must_use]
    pub fn node_at(&self, offset: u32) -> Option<Node<'_>> {
        let after = self.nodes.partition_point(|node| self.tokens.start(node.first) <= offset);
        let mut candidate = index(after).checked_sub(1)?;
        loop {
            let node = self.node(candidate)?;
            let data = node.data()?;
            if !data.hidden && node.span().touches(offset) {
                return Some(node);
            }
            candidate = data.parent;
        }
    }

    /// The source text of a span of this file; empty if it does not fit.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    pub(crate) fn node(&self, id: u32) -> Option<Node<'_>> {
        ((id as usize) < self.nodes.len()).then_some(Node { document: self, id })
    }

    pub(crate) fn token_data(&self, index: u32) -> Token {
        Token { kind: self.tokens.kind(index), span: self.token_span(index) }
    }

    /// A text by its number in nodes and entries.
    pub(crate) fn text_of(&self, text: u32) -> Text<'_> {
        match text.checked_sub(1).and_then(|other| self.others.get(other as usize)) {
            Some(other) => Text { file: other.file, text: &other.text, tokens: &other.tokens },
            None => Text { file: self.file, text: &self.text, tokens: &self.tokens },
        }
    }

    pub(crate) fn token_span(&self, index: u32) -> Span {
        self.text_of(OWN).span(index)
    }

    pub(crate) fn token_text(&self, index: u32) -> &str {
        self.text_of(OWN).slice(index)
    }

    /// From the first byte of one token to the last byte of another.
    pub(crate) fn tokens_span(&self, first: u32, last: u32) -> Span {
        self.text_of(OWN).spans(first, last)
    }
}

pub(crate) fn index(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// A node: a cheap handle into its [`Document`].
///
/// Source: KDL 2.0, "Node".
#[derive(Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    id: u32,
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({:?} at {})", self.name(), self.span().start)
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.id == other.id
    }
}

impl Eq for Node<'_> {}

impl<'a> Node<'a> {
    pub(crate) fn data(self) -> Option<&'a NodeData> {
        self.document.nodes.get(self.id as usize)
    }

    fn token(self, pick: impl FnOnce(&NodeData) -> u32) -> u32 {
        self.data().map_or(NONE, pick)
    }

    fn text(self) -> Text<'a> {
        self.document.text_of(self.data().map_or(OWN, |node| node.text))
    }

    /// The document this belongs to.
    #[must_use]
    pub const fn document(self) -> &'a Document {
        self.document
    }

    /// Position among all nodes of the document in source order, hidden ones included: a key for side tables.
    #[must_use]
    pub const fn index(self) -> usize {
        self.id as usize
    }

    /// From the annotation or name to the end of the last entry or block.
    #[must_use]
    pub fn span(self) -> Span {
        self.text().spans(self.token(|node| node.first), self.token(|node| node.last))
    }

    /// From the annotation or name to the end of the last entry, the block left out.
    #[must_use]
    pub fn header_span(self) -> Span {
        let start = self.text().span(self.token(|node| node.first));
        // Of a built node, entries may stand in another file.
        let end = self.entries().map(Entry::span).rev().find(|end| end.file == start.file);
        start.to(end.unwrap_or_else(|| self.name_span()))
    }

    /// The name, decoded; `port` for `port:`, which is reported.
    #[must_use]
    pub fn name(self) -> Cow<'a, str> {
        let Some(data) = self.data() else { return Cow::Borrowed("") };
        let text = self.document.text_of(data.text);
        let (text, kind) = (text.slice(data.name), text.tokens.kind(data.name));
        if kind == TokenKind::OddWord {
            let meant = text.strip_suffix([':', ',']).filter(|name| !name.is_empty());
            return Cow::Borrowed(meant.unwrap_or(text));
        }
        string::value(text, kind)
    }

    /// Where the name stands, its quotes included.
    #[must_use]
    pub fn name_span(self) -> Span {
        self.text().span(self.token(|node| node.name))
    }

    /// True for a name without quotes.
    #[must_use]
    pub fn name_is_bare(self) -> bool {
        matches!(
            self.text().tokens.kind(self.token(|node| node.name)),
            TokenKind::Word
                | TokenKind::OddWord
                | TokenKind::BareKeyword
                | TokenKind::NumberLike
                | TokenKind::BrokenWord
                | TokenKind::Number
        )
    }

    /// The `(…)` in front of the name.
    #[must_use]
    pub fn annotation(self) -> Option<Annotation<'a>> {
        let data = self.data()?;
        self.text().annotation(data.first, data.name)
    }

    /// Arguments and properties in source order; those behind a slashdash are left out.
    #[must_use]
    pub fn entries(self) -> Entries<'a> {
        let first = self.token(|node| node.entries);
        let end = self
            .document
            .nodes
            .get(self.id as usize + 1)
            .map_or_else(|| index(self.document.entries.len()), |next| next.entries);
        Entries::new(self.document, first, end)
    }

    /// The entries without a key.
    pub fn args(self) -> impl Iterator<Item = Entry<'a>> + Clone + 'a {
        self.entries().filter(|entry| !entry.is_property())
    }

    /// The entries with a key. All of them: KDL lets the last of several with one key win, which is for the reader to
    /// apply or to forbid.
    pub fn props(self) -> impl Iterator<Item = Entry<'a>> + Clone + 'a {
        self.entries().filter(|entry| entry.is_property())
    }

    /// True for a node with a block, an empty one included.
    #[must_use]
    pub fn has_block(self) -> bool {
        self.token(|node| node.open) != NONE
    }

    /// From `{` to `}`; up to the last child if the `}` is missing.
    #[must_use]
    pub fn block_span(self) -> Option<Span> {
        let data = self.data()?;
        let close = if data.close == NONE { data.last } else { data.close };
        (data.open != NONE).then(|| self.text().spans(data.open, close))
    }

    /// The nodes of the block in source order; those behind a slashdash are left out.
    #[must_use]
    pub fn children(self) -> Nodes<'a> {
        Nodes { document: self.document, next: self.id + 1, end: self.token(|node| node.subtree_end) }
    }

    /// The node whose block this stands in.
    #[must_use]
    pub fn parent(self) -> Option<Node<'a>> {
        self.document.node(self.data()?.parent)
    }
}

/// Nodes of one block.
#[derive(Clone)]
pub struct Nodes<'a> {
    document: &'a Document,
    next: u32,
    end: u32,
}

impl fmt::Debug for Nodes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'a> Iterator for Nodes<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        while self.next < self.end {
            let id = self.next;
            let data = self.document.nodes.get(id as usize)?;
            self.next = data.subtree_end.max(id + 1);
            if !data.hidden {
                return Some(Node { document: self.document, id });
            }
        }
        None
    }
}
