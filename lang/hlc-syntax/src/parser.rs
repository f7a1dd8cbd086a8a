//! Tokens to tree.
//!
//! One loop over nodes, one over the entries of a node, and a stack of open blocks in between: nothing recurses. The
//! parser always moves on; what it cannot place it reports once per line and skips.
//!
//! Source: KDL 2.0, "Full Grammar".

#![expect(clippy::wildcard_enum_match_arm, reason = "at every point all but a few kinds of tokens are out of place")]

use std::sync::Arc;

use hlc_diag::{Diagnostic, FileId};

use crate::blocks::{Blocks, Frame, FrameKind};
use crate::lexer;
use crate::mistakes::{
    Role, annotations, blocks, check, entries, habits, lines, reporter::Reporter, slashdash, version,
};
use crate::token::TokenKind::{self, *};
use crate::token::Tokens;
use crate::tree::{Document, EntryData, NONE, NodeData, OWN, index};

/// Parses a text. The tree and what is wrong, in source order.
pub(crate) fn parse(file: FileId, text: Arc<str>) -> (Document, Vec<Diagnostic>) {
    let lexed = lexer::lex(&text);
    let mut reporter = Reporter::default();
    crate::mistakes::characters::scan(file, &text, &mut reporter);
    let nodes = Vec::with_capacity(lexed.tokens.len() as usize / 8 + 4);
    let entries = Vec::with_capacity(lexed.tokens.len() as usize / 8 + 4);
    let mut parser = Parser {
        doc: Document {
            file,
            text,
            tokens: Arc::new(lexed.tokens),
            nodes,
            entries,
            others: Vec::new(),
            stand_ins: Vec::new(),
        },
        at: 0,
        line: 0,
        quiet: false,
        previous: NONE,
        blocks: Blocks::new(lexed.opened, lexed.closed),
        reporter,
    };
    parser.document();
    let Parser { mut doc, reporter, .. } = parser;
    doc.nodes.shrink_to_fit();
    doc.entries.shrink_to_fit();
    let diagnostics = reporter.finish(&doc);
    (doc, diagnostics)
}

pub(crate) struct Parser {
    pub(crate) doc: Document,
    /// The token to look at next.
    pub(crate) at: u32,
    /// First token of the line.
    pub(crate) line: u32,
    /// Set once the shape of this line is known to be broken: what follows on it is most likely a consequence.
    pub(crate) quiet: bool,
    /// The node that ended last in the innermost open block.
    pub(crate) previous: u32,
    pub(crate) blocks: Blocks,
    pub(crate) reporter: Reporter,
}

impl Parser {
    #[inline]
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.doc.tokens
    }

    #[inline]
    pub(crate) fn kind(&self) -> TokenKind {
        self.doc.tokens.kind(self.at)
    }

    /// Reports something that can hardly be the consequence of another mistake.
    pub(crate) fn report(&mut self, make: impl FnOnce(&Document) -> Diagnostic) {
        let doc = &self.doc;
        self.reporter.report(|| make(doc));
    }

    /// Reports that tokens are out of place: once per line.
    pub(crate) fn misplaced(&mut self, make: impl FnOnce(&Document) -> Diagnostic) {
        if !self.quiet {
            self.quiet = true;
            self.report(make);
        }
    }

    #[inline]
    pub(crate) fn newline(&mut self) {
        self.at += 1;
        self.line = self.at;
        self.quiet = false;
    }

    fn document(&mut self) {
        version::check(self);
        loop {
            match self.kind() {
                Newline => self.newline(),
                Whitespace | LineComment | BlockComment | Bom => self.at += 1,
                Backslash => self.continuation(),
                HashComment | UnclosedComment => self.odd_comment(),
                Slashdash => self.slashdash_node(),
                CloseBrace => self.close_block(),
                OpenBrace => self.block_without_node(),
                Semicolon => {
                    let at = self.at;
                    self.misplaced(|doc| lines::semicolon(doc, at));
                    self.at += 1;
                }
                Eof => break,
                kind if kind.is_value() || kind == OpenParen => self.node(false),
                _ => {
                    let at = self.at;
                    self.misplaced(|doc| entries::name_expected(doc, at));
                    self.at += 1;
                }
            }
        }
        self.end_of_file();
    }

    fn slashdash_node(&mut self) {
        let slashdash = self.at;
        self.at += 1;
        self.line_space();
        let kind = self.kind();
        if kind.is_value() || kind == OpenParen {
            self.node(true);
        } else {
            self.misplaced(|doc| slashdash::target(doc, slashdash));
        }
    }

    fn node(&mut self, hidden: bool) {
        self.before_node();
        let first = self.at;
        if self.kind() == OpenParen {
            self.annotation();
            self.node_space();
        }
        let name = self.at;
        let kind = self.kind();
        if !kind.is_value() {
            self.misplaced(|doc| annotations::target(doc, first, name));
            return;
        }
        if kind == UnknownKeyword && first == name {
            self.comment_with_hash();
            return;
        }
        if !matches!(kind, Word | Quoted | Raw) {
            check::token(self, name, Role::Name);
        }
        let id = index(self.doc.nodes.len());
        let (parent, in_hidden) = self.blocks.top().map_or((NONE, false), |frame| (frame.node, frame.hidden));
        self.doc.nodes.push(NodeData {
            first,
            name,
            last: name,
            open: NONE,
            close: NONE,
            parent,
            subtree_end: id + 1,
            entries: index(self.doc.entries.len()),
            hidden: hidden | in_hidden,
            text: OWN,
        });
        self.at += 1;
        self.entries(id, false);
    }

    /// `# …` at the start of a node: a comment in most other languages.
    fn comment_with_hash(&mut self) {
        let first = self.at;
        while !matches!(self.kind(), Newline | Eof) {
            self.at += 1;
        }
        let end = self.at;
        self.misplaced(|doc| habits::hash_comment(doc, first, end));
    }

    /// Everything of node `id` behind its name, or behind a block of it.
    fn entries(&mut self, id: u32, mut behind_block: bool) {
        loop {
            let spaced = self.node_space();
            match self.kind() {
                Newline | Eof | LineComment | CloseBrace => break,
                Semicolon => {
                    self.at += 1;
                    break;
                }
                HashComment | UnclosedComment => self.odd_comment(),
                OpenBrace => {
                    if habits::dollar_block(self) {
                        continue;
                    }
                    self.open_block(id, false);
                    return;
                }
                Slashdash => {
                    let slashdash = self.at;
                    self.at += 1;
                    self.line_space();
                    let kind = self.kind();
                    if kind == OpenBrace {
                        self.open_block(id, true);
                        return;
                    }
                    if (kind.is_value() || kind == OpenParen) && !behind_block {
                        self.entry(id, true);
                        self.set_last(id);
                    } else {
                        self.misplaced(|doc| slashdash::target(doc, slashdash));
                        // What comes now stands on a line of its own or is out of place too.
                        behind_block = true;
                    }
                }
                kind if kind.is_value() || kind == OpenParen => {
                    if behind_block {
                        let at = self.at;
                        self.misplaced(|doc| blocks::behind_block(doc, id, at));
                        break;
                    }
                    if !spaced && self.glued(id) {
                        continue;
                    }
                    self.entry(id, false);
                    self.set_last(id);
                }
                kind => {
                    let at = self.at;
                    match kind {
                        Equals => self.misplaced(|doc| entries::stray_equals(doc, id, at)),
                        _ => self.misplaced(|doc| entries::unexpected(doc, at)),
                    }
                    self.at += 1;
                }
            }
        }
        let subtree_end = index(self.doc.nodes.len());
        if let Some(node) = self.doc.nodes.get_mut(id as usize) {
            node.subtree_end = subtree_end;
        }
        self.previous = id;
    }

    /// Takes the token in front of the current one as the last of a node; white space behind a broken entry is none.
    #[inline]
    fn set_last(&mut self, id: u32) {
        let mut last = self.at.saturating_sub(1);
        while last > 0 && self.tokens().kind(last).is_trivia() {
            last -= 1;
        }
        if let Some(node) = self.doc.nodes.get_mut(id as usize) {
            node.last = last.max(node.last);
        }
    }

    /// An entry that touches what stands in front of it. True when nothing is left to be parsed as an entry.
    #[cold]
    fn glued(&mut self, id: u32) -> bool {
        if habits::glued_sign(self, id) {
            return true;
        }
        let at = self.at;
        if habits::legacy_raw_string(self, id) {
            self.at += 1;
            self.set_last(id);
            return true;
        }
        self.misplaced(|doc| entries::missing_space(doc, at));
        false
    }

    fn entry(&mut self, _id: u32, hidden: bool) {
        let first = self.at;
        let annotated = self.kind() == OpenParen;
        if annotated {
            self.annotation();
            self.node_space();
        }
        let value = self.at;
        let kind = self.kind();
        if !kind.is_value() {
            self.misplaced(|doc| annotations::target(doc, first, value));
            return;
        }
        self.at += 1;
        if self.equals_ahead() {
            if annotated {
                self.misplaced(|doc| annotations::before_key(doc, first, value));
            }
            self.property(value, hidden);
            return;
        }
        if !kind.is_sound_value() {
            check::token(self, value, Role::Argument);
        }
        self.doc.entries.push(EntryData { first, key: NONE, value, annotated, hidden, text: OWN, stand_in: NONE });
    }

    /// Steps over white space in front of `=`, if there is one.
    #[inline]
    fn equals_ahead(&mut self) -> bool {
        let mut ahead = self.at;
        loop {
            match self.tokens().kind(ahead) {
                Equals => break,
                Whitespace | BlockComment => ahead += 1,
                Backslash => match lines::continuation_end(self.tokens(), ahead) {
                    Some(end) => ahead = end,
                    None => return false,
                },
                _ => return false,
            }
        }
        if ahead > self.at {
            self.node_space();
        }
        true
    }

    /// The rest of a property whose key is known and whose `=` comes next.
    fn property(&mut self, key: u32, hidden: bool) {
        let kind = self.tokens().kind(key);
        if !matches!(kind, Word | Quoted | Raw) {
            check::token(self, key, Role::Key);
        }
        let equals = self.at;
        self.at += 1;
        let mut spaced = self.node_space();
        let annotated = self.kind() == OpenParen;
        let open = self.at;
        if annotated {
            self.annotation();
            spaced = self.node_space();
        }
        let value = self.at;
        let kind = self.kind();
        // `a= b=1`: the value of `a` is missing, and `b` is the next property.
        let next_key = spaced && kind.is_string() && self.tokens().kind(value + 1) == Equals;
        if next_key || !kind.is_value() {
            if annotated {
                self.misplaced(|doc| annotations::target(doc, open, value));
            } else {
                self.misplaced(|doc| entries::missing_value(doc, key, equals));
            }
            return;
        }
        self.at += 1;
        if !kind.is_sound_value() {
            check::token(self, value, Role::Value);
        }
        self.doc.entries.push(EntryData { first: key, key, value, annotated, hidden, text: OWN, stand_in: NONE });
        if self.kind() == Equals {
            self.misplaced(|doc| entries::second_equals(doc, key, value));
            while self.kind() == Equals || self.kind().is_value() {
                self.at += 1;
            }
        }
    }

    /// `(name)`, with the current token at its `(`.
    fn annotation(&mut self) {
        let open = self.at;
        self.at += 1;
        self.node_space();
        let name = self.at;
        let kind = self.kind();
        if kind.is_value() {
            if !matches!(kind, Word | Quoted | Raw) {
                check::token(self, name, Role::Annotation);
            }
            self.at += 1;
            self.node_space();
        } else {
            self.misplaced(|doc| annotations::name(doc, open, name));
        }
        if self.kind() == CloseParen {
            self.at += 1;
        } else {
            let at = self.at;
            self.misplaced(|doc| annotations::unclosed(doc, open, at));
        }
        // `((a)b` and the like: the innermost one counts.
        while self.kind() == OpenParen {
            let at = self.at;
            self.misplaced(|doc| annotations::second(doc, at));
            self.at += 1;
            while matches!(self.kind(), CloseParen | Whitespace) || self.kind().is_value() {
                self.at += 1;
                if self.tokens().kind(self.at - 1) == CloseParen {
                    break;
                }
            }
        }
    }

    fn open_block(&mut self, id: u32, slashdashed: bool) {
        let open = self.at;
        let in_hidden = self.blocks.top().is_some_and(|frame| frame.hidden);
        let Some(node) = self.doc.nodes.get_mut(id as usize) else { return };
        let hidden = node.hidden | in_hidden | slashdashed;
        let second = !slashdashed && node.open != NONE;
        if !slashdashed && node.open == NONE {
            node.open = open;
        }
        node.last = open;
        if second {
            self.misplaced(|doc| blocks::second_block(doc, id, open));
        }
        let kind = if slashdashed || second { FrameKind::Extra } else { FrameKind::Block };
        self.push_frame(id, open, kind, hidden);
        self.at += 1;
    }

    pub(crate) fn push_frame(&mut self, node: u32, open: u32, kind: FrameKind, hidden: bool) {
        let indent = if self.blocks.balanced() { 0 } else { self.indent() };
        self.blocks.push(Frame::new(node, open, self.line, indent, kind, hidden));
        self.previous = NONE;
    }

    /// Goes on behind the `}` at the current token.
    pub(crate) fn leave_block(&mut self, frame: &Frame) {
        let close = self.at;
        self.at += 1;
        if frame.kind == FrameKind::Nameless {
            self.previous = NONE;
            return;
        }
        if let Some(node) = self.doc.nodes.get_mut(frame.node as usize) {
            node.last = close;
            if frame.kind == FrameKind::Block {
                node.close = close;
            }
        }
        self.entries(frame.node, true);
    }

    /// White space within a node. True if there was any.
    #[inline]
    pub(crate) fn node_space(&mut self) -> bool {
        let start = self.at;
        loop {
            match self.kind() {
                Whitespace | BlockComment => self.at += 1,
                Backslash => self.continuation(),
                _ => return self.at > start,
            }
        }
    }

    /// White space between nodes and behind slashdash.
    fn line_space(&mut self) {
        loop {
            match self.kind() {
                Newline => self.newline(),
                Whitespace | LineComment | BlockComment => self.at += 1,
                HashComment | UnclosedComment => self.odd_comment(),
                Backslash => self.continuation(),
                _ => return,
            }
        }
    }

    /// Steps over a `\`, and over its newline if nothing stands in between.
    fn continuation(&mut self) {
        let backslash = self.at;
        match lines::continuation_end(self.tokens(), backslash) {
            Some(end) => {
                self.at = end;
                self.line = end;
            }
            None => {
                self.misplaced(|doc| lines::backslash(doc, backslash));
                self.at += 1;
            }
        }
    }

    fn odd_comment(&mut self) {
        let at = self.at;
        if self.kind() == HashComment {
            self.report(|doc| habits::hash_comment(doc, at, at + 1));
        } else {
            self.report(|doc| lines::unclosed_comment(doc, at));
        }
        self.at += 1;
    }
}
