//! Tokens to text.

#![expect(clippy::wildcard_enum_match_arm, reason = "most kinds of tokens are printed as they are")]

use std::vec::IntoIter;

use crate::format::shape::{Shape, ends_block, shapes, space_between, width};
use crate::format::text;
use crate::token::TokenKind::{self, *};
use crate::tree::Document;

/// Columns that a block on one line may fill.
const LINE: usize = 120;
const INDENT: &str = "    ";
/// Deeper levels are indented like this one, or the text would grow with the square of its depth.
const DEEPEST: usize = 128;

/// Lays out a document without syntax errors.
pub(super) fn print(document: &Document) -> String {
    let printer = Printer {
        document,
        out: String::with_capacity(document.text().len() + document.text().len() / 8),
        column: 0,
        shapes: shapes(document).into_iter(),
        blocks: Vec::new(),
        level: 0,
        indent: String::new(),
        at: 0,
        left: None,
        in_node: false,
        gap: Vec::new(),
        spaced: false,
        ended: false,
    };
    printer.print()
}

/// What stands between two tokens that mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// A comment, and its token.
    Comment(TokenKind, u32),
    Backslash,
    Newline,
    Semicolon,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    OneLine,
    Broken,
}

struct Printer<'a> {
    document: &'a Document,
    out: String,
    /// Characters on the last line of `out`.
    column: usize,
    /// The blocks that are still to come.
    shapes: IntoIter<Shape>,
    /// The blocks that are open.
    blocks: Vec<Layout>,
    /// How many of them are broken.
    level: usize,
    /// White space of that many levels and one more; cut to fit where it is used.
    indent: String,
    /// The token to look at next.
    at: u32,
    /// What was printed last.
    left: Option<TokenKind>,
    /// Behind the first token of a node and in front of its end.
    in_node: bool,
    /// What stands between the last token and the one at `at`.
    gap: Vec<Piece>,
    /// There is something in that gap.
    spaced: bool,
    /// The node ended in that gap.
    ended: bool,
}

impl Printer<'_> {
    fn print(mut self) -> String {
        loop {
            self.collect();
            let next = self.document.tokens.kind(self.at);
            if self.is_one_line() {
                self.gap_on_one_line(next);
            } else if self.left == Some(Slashdash) || self.in_node && !self.ended && !matches!(next, CloseBrace | Eof) {
                self.gap_within_node(next);
            } else {
                self.gap_between_nodes(next);
                self.in_node = false;
            }
            if next == Eof {
                return self.out;
            }
            self.token(next);
            self.at += 1;
        }
    }

    fn is_one_line(&self) -> bool {
        self.blocks.last() == Some(&Layout::OneLine)
    }

    /// Steps over everything up to the next token that means something. `;` is such a token on one line only: elsewhere it
    /// is one of two ways to end a node.
    fn collect(&mut self) {
        self.gap.clear();
        (self.spaced, self.ended) = (false, false);
        let one_line = self.is_one_line();
        let mut continued = false;
        loop {
            let kind = self.document.tokens.kind(self.at);
            match kind {
                Whitespace | Bom => {}
                BlockComment => self.gap.push(Piece::Comment(kind, self.at)),
                LineComment => {
                    self.ended |= !continued;
                    self.gap.push(Piece::Comment(kind, self.at));
                }
                Backslash => {
                    continued = true;
                    self.gap.push(Piece::Backslash);
                }
                Newline => {
                    self.ended |= !continued;
                    continued = false;
                    self.gap.push(Piece::Newline);
                }
                Semicolon if !one_line => {
                    self.ended = true;
                    self.gap.push(Piece::Semicolon);
                }
                _ => return,
            }
            self.spaced = true;
            self.at += 1;
        }
    }

    /// Prints the token at `at`.
    fn token(&mut self, kind: TokenKind) {
        match kind {
            OpenBrace => {
                let layout = self.shapes.next().map_or(Layout::Broken, |shape| self.layout(shape));
                self.blocks.push(layout);
                self.level += usize::from(layout == Layout::Broken);
                self.in_node = false;
            }
            CloseBrace => {
                let layout = self.blocks.pop();
                self.level -= usize::from(layout == Some(Layout::Broken));
                self.in_node = true;
            }
            Semicolon => {
                self.in_node = false;
                if ends_block(self.document, self.at + 1) {
                    return;
                }
            }
            Slashdash => {}
            _ => self.in_node = true,
        }
        self.copy(kind, self.at);
    }

    fn layout(&self, shape: Shape) -> Layout {
        let fits = shape.one_line && self.column + shape.width <= LINE;
        if self.is_one_line() || shape.empty || fits { Layout::OneLine } else { Layout::Broken }
    }

    fn gap_on_one_line(&mut self, next: TokenKind) {
        for index in 0..self.gap.len() {
            if let Some(&Piece::Comment(kind, token)) = self.gap.get(index) {
                self.space();
                self.copy(kind, token);
            }
        }
        if space_between(self.left, next, self.spaced) {
            self.space();
        }
    }

    /// Between parts of a node, or behind a slashdash: only `\` and what ends in a line comment break the line.
    fn gap_within_node(&mut self, next: TokenKind) {
        let level = self.level + usize::from(self.in_node);
        let (mut fresh, mut breaks) = (false, false);
        for index in 0..self.gap.len() {
            match self.gap.get(index) {
                Some(&Piece::Comment(kind, token)) => {
                    if !fresh {
                        self.space();
                    }
                    self.copy(kind, token);
                    breaks |= kind == LineComment;
                    fresh = false;
                }
                // A line that holds nothing else is dropped.
                Some(Piece::Backslash) if fresh && self.gap.get(index + 1) == Some(&Piece::Newline) => {}
                Some(Piece::Backslash) => {
                    if !fresh {
                        self.space();
                    }
                    self.push("\\");
                    (fresh, breaks) = (false, true);
                }
                Some(Piece::Newline) if breaks => {
                    self.line(level);
                    (fresh, breaks) = (true, false);
                }
                Some(Piece::Newline | Piece::Semicolon) | None => {}
            }
        }
        if !fresh && space_between(self.left, next, self.spaced) {
            self.space();
        }
    }

    /// In front of a node, a `}` or the end of the file. A comment on the line of what stands before it stays there.
    fn gap_between_nodes(&mut self, next: TokenKind) {
        self.drop_continuations();
        let node_follows = !matches!(next, CloseBrace | Eof);
        let line_ends = self.gap.contains(&Piece::Newline);
        let ends = line_ends || !node_follows;
        // Whether a comment belongs to what is left of it, whether one stands in front of what comes next on its line.
        let (mut trails, mut leads) = match self.left {
            None => (false, false),
            Some(OpenBrace) => (line_ends, false),
            Some(_) => (true, false),
        };
        let mut at_start = matches!(self.left, None | Some(OpenBrace));
        let mut newlines = 0_u32;
        for index in 0..self.gap.len() {
            match self.gap.get(index) {
                Some(Piece::Newline) => {
                    newlines += 1;
                    (trails, leads) = (false, false);
                }
                Some(Piece::Semicolon) => trails &= ends,
                Some(&Piece::Comment(kind, token)) => {
                    if trails || leads {
                        self.space();
                    } else {
                        self.line_between(newlines, at_start);
                        (leads, at_start) = (true, false);
                    }
                    self.copy(kind, token);
                    newlines = 0;
                }
                Some(Piece::Backslash) | None => {}
            }
        }
        match next {
            Eof if self.out.is_empty() => {}
            Eof => self.line(0),
            CloseBrace => self.line(self.level.saturating_sub(1)),
            _ if leads => self.space(),
            _ => self.line_between(newlines, at_start),
        }
    }

    /// A `\` behind which the node does not go on joins nothing.
    fn drop_continuations(&mut self) {
        let mut continued = false;
        self.gap.retain(|piece| match piece {
            Piece::Backslash => {
                continued = true;
                false
            }
            Piece::Newline => !std::mem::take(&mut continued),
            Piece::Comment(LineComment, _) => {
                continued = false;
                true
            }
            Piece::Comment(..) | Piece::Semicolon => true,
        });
    }

    /// Begins a line behind that many newlines.
    fn line_between(&mut self, newlines: u32, at_start: bool) {
        if self.out.is_empty() {
            return;
        }
        if newlines > 1 && !at_start {
            self.out.push('\n');
        }
        self.line(self.level);
    }

    fn line(&mut self, level: usize) {
        self.out.push('\n');
        self.column = 0;
        let level = level.min(DEEPEST);
        for _ in 0..level {
            self.out.push_str(INDENT);
        }
        self.column = level * INDENT.len();
    }

    fn space(&mut self) {
        self.push(" ");
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += width(text);
    }

    /// Prints a token of the source.
    fn copy(&mut self, kind: TokenKind, token: u32) {
        let source = self.document.token_text(token);
        if matches!(kind, LineComment | BlockComment | Escaped | Multiline | RawMultiline) {
            let wanted = (self.level + 1).min(DEEPEST);
            while self.indent.len() < wanted * INDENT.len() {
                self.indent.push_str(INDENT);
            }
            let indent = self.indent.get(..wanted * INDENT.len()).unwrap_or("");
            let text = text::laid_out(kind, source, indent);
            self.out.push_str(&text);
            match text.rsplit_once('\n') {
                Some((_, last)) => self.column = width(last),
                None => self.column += width(&text),
            }
        } else {
            self.push(source);
        }
        self.left = Some(kind);
    }
}
