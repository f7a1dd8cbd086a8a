//! Where blocks begin and end, and where they were meant to.
//!
//! As long as a file has as many `{` as `}`, braces alone decide and indentation means nothing. Once the numbers
//! differ, indentation tells which block lost its brace, so that the report stands there and the tree keeps the shape
//! its author sees.

use crate::mistakes::{blocks, entries};
use crate::parser::Parser;
use crate::token::TokenKind;
use crate::tree::{NONE, index};

/// What an open block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameKind {
    /// The block of a node.
    Block,
    /// A block behind a slashdash, or a second one.
    Extra,
    /// A block whose `{` is missing.
    Assumed,
    /// A block without a node.
    Nameless,
}

/// What the lines of a block say about its indentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Unknown,
    /// Its nodes stand deeper than the line that opened it.
    Indented,
    /// They do not: nothing can be concluded.
    Flat,
}

/// An open block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) node: u32,
    /// The `{`.
    pub(crate) open: u32,
    /// First token of the line of the `{`.
    line: u32,
    /// How far that line is indented.
    indent: u32,
    pub(crate) kind: FrameKind,
    /// Within something that slashdash comments out.
    pub(crate) hidden: bool,
    layout: Layout,
}

impl Frame {
    pub(crate) fn new(node: u32, open: u32, line: u32, indent: u32, kind: FrameKind, hidden: bool) -> Self {
        Self { node, open, line, indent, kind, hidden, layout: Layout::Unknown }
    }
}

/// The open blocks, and how many braces the file has too few or too many.
#[derive(Debug)]
pub(crate) struct Blocks {
    frames: Vec<Frame>,
    /// `}` that are missing.
    missing: u32,
    /// `}` that have no `{`.
    surplus: u32,
    /// Indentation of the line the latest node began on.
    node_indent: u32,
}

impl Blocks {
    pub(crate) fn new(opened: u32, closed: u32) -> Self {
        Self {
            frames: Vec::new(),
            missing: opened.saturating_sub(closed),
            surplus: closed.saturating_sub(opened),
            node_indent: 0,
        }
    }

    #[inline]
    pub(crate) const fn balanced(&self) -> bool {
        self.missing == 0 && self.surplus == 0
    }

    #[inline]
    pub(crate) fn top(&self) -> Option<&Frame> {
        self.frames.last()
    }

    pub(crate) fn push(&mut self, frame: Frame) {
        self.frames.push(frame);
    }

    /// Notes a `{` that was skipped.
    pub(crate) fn skip_open(&mut self) {
        self.missing = self.missing.saturating_sub(1);
    }
}

impl Parser {
    /// Indentation of the current line in bytes.
    pub(crate) fn indent(&self) -> u32 {
        if self.tokens().kind(self.line) != TokenKind::Whitespace {
            return 0;
        }
        self.tokens().end(self.line) - self.tokens().start(self.line)
    }

    /// True when only white space stands in front of the current token.
    fn first_on_line(&self) -> bool {
        self.at == self.line || (self.at == self.line + 1 && self.tokens().kind(self.line) == TokenKind::Whitespace)
    }

    /// Uses the indentation of the node that begins here if braces are out of balance.
    #[inline]
    pub(crate) fn before_node(&mut self) {
        if !self.blocks.balanced() {
            self.compare_indentation();
        }
    }

    #[cold]
    fn compare_indentation(&mut self) {
        let indent = self.indent();
        let first_on_line = self.first_on_line();
        if self.blocks.surplus > 0 && first_on_line && indent > self.blocks.node_indent {
            self.assume_open();
        }
        self.blocks.node_indent = indent;
        let mut last = None;
        while self.blocks.missing > 0 {
            let line = self.line;
            let Some(frame) = self.blocks.frames.last_mut() else { return };
            if frame.line == line || (first_on_line && indent > frame.indent) {
                if frame.layout == Layout::Unknown {
                    frame.layout = Layout::Indented;
                }
                return;
            }
            if !first_on_line {
                return;
            }
            if frame.layout != Layout::Indented {
                frame.layout = Layout::Flat;
                return;
            }
            let last = *last.get_or_insert_with(|| self.last_significant());
            self.close_unclosed(last);
        }
    }

    /// The last token in front of the current one that is not white space or a comment.
    fn last_significant(&self) -> u32 {
        (0..self.at).rev().find(|&i| !self.tokens().kind(i).is_trivia()).unwrap_or(0)
    }

    /// A node that stands deeper than the one above it, which has no block: its `{` is missing.
    fn assume_open(&mut self) {
        let id = self.previous;
        let Some(node) = self.doc.nodes.get(id as usize) else { return };
        if node.open != NONE {
            return;
        }
        let hidden = node.hidden;
        let open = node.last;
        self.blocks.surplus -= 1;
        self.misplaced(|doc| blocks::missing_open(doc, id));
        let (line, indent) = (self.line, self.blocks.node_indent);
        self.blocks.push(Frame::new(id, open, line, indent, FrameKind::Assumed, hidden));
        self.previous = NONE;
    }

    /// Reports the innermost block as unclosed and leaves it; `last` is the last token that belongs to it.
    fn close_unclosed(&mut self, last: u32) {
        let Some(frame) = self.blocks.frames.pop() else { return };
        self.blocks.missing = self.blocks.missing.saturating_sub(1);
        if frame.kind == FrameKind::Nameless {
            return;
        }
        self.report(|doc| blocks::unclosed(doc, frame.open, last));
        let subtree_end = index(self.doc.nodes.len());
        if let Some(node) = self.doc.nodes.get_mut(frame.node as usize) {
            node.last = last;
            node.subtree_end = subtree_end;
        }
        self.previous = frame.node;
    }

    /// The current token is a `}`.
    pub(crate) fn close_block(&mut self) {
        if !self.blocks.balanced() {
            if self.blocks.surplus > 0 && self.is_stray_close() {
                self.skip_close();
                return;
            }
            self.close_deeper_blocks();
        }
        match self.blocks.frames.pop() {
            Some(frame) => self.leave_block(&frame),
            None => self.skip_close(),
        }
    }

    fn skip_close(&mut self) {
        self.blocks.surplus = self.blocks.surplus.saturating_sub(1);
        let at = self.at;
        self.misplaced(|doc| blocks::stray_close(doc, at));
        self.at += 1;
    }

    /// True for a `}` that does not look like the end of the innermost block.
    fn is_stray_close(&self) -> bool {
        let Some(frame) = self.blocks.top() else { return true };
        if frame.line == self.line {
            return false;
        }
        !self.first_on_line() || self.indent() > frame.indent
    }

    /// A `}` that is indented like the `{` of an outer block closes the inner ones too.
    fn close_deeper_blocks(&mut self) {
        /// Bounds the search.
        const REACH: usize = 32;
        if self.blocks.missing == 0 || !self.first_on_line() {
            return;
        }
        let indent = self.indent();
        let reach = REACH.min(self.blocks.missing as usize);
        let deeper = self.blocks.frames.iter().rev().take_while(|frame| frame.indent > indent).take(reach + 1).count();
        let outer = self.blocks.frames.iter().rev().nth(deeper);
        if deeper <= reach && outer.is_some_and(|frame| frame.indent == indent) {
            let last = self.last_significant();
            for _ in 0..deeper {
                self.close_unclosed(last);
            }
        }
    }

    /// The current token is a `{` where a node should begin.
    pub(crate) fn block_without_node(&mut self) {
        let open = self.at;
        let previous = self.previous;
        let node = self.doc.nodes.get(previous as usize).copied();
        if let Some(node) = node
            && node.open == NONE
            && !self.quiet
            && (node.last..open).all(|i| i == node.last || self.tokens().kind(i).is_trivia())
        {
            self.misplaced(|doc| blocks::brace_on_next_line(doc, previous, open));
            if let Some(node) = self.doc.nodes.get_mut(previous as usize) {
                node.open = open;
            }
            self.push_frame(previous, open, FrameKind::Block, node.hidden);
        } else {
            self.misplaced(|doc| entries::block_without_name(doc, open));
            if self.blocks.missing > 0 {
                self.blocks.skip_open();
            } else {
                let parent = self.blocks.top().map_or(NONE, |frame| frame.node);
                self.push_frame(parent, open, FrameKind::Nameless, true);
            }
        }
        self.at += 1;
    }

    /// Reports what is still open at the end of the file.
    pub(crate) fn end_of_file(&mut self) {
        let open: Vec<u32> = self
            .blocks
            .frames
            .iter()
            .filter(|frame| !matches!(frame.kind, FrameKind::Nameless | FrameKind::Assumed))
            .map(|frame| frame.open)
            .collect();
        if !open.is_empty() {
            self.report(|doc| blocks::unclosed_at_end(doc, &open));
        }
        let last = self.last_significant();
        let subtree_end = index(self.doc.nodes.len());
        while let Some(frame) = self.blocks.frames.pop() {
            if let Some(node) = self.doc.nodes.get_mut(frame.node as usize) {
                node.last = last;
                node.subtree_end = subtree_end;
            }
        }
    }
}
