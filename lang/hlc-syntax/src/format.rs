//! Documents in one layout.
//!
//! What is printed are the tokens of the document in their order; only what stands between them is decided here, by the
//! kinds on both sides and by the comments in between. Nothing is laid out twice: a block's width is known before its
//! first token is printed (`shape.rs`), so that one pass over the tokens is enough.
//!
//! The result is parsed and compared with the document before it is given out: a layout that would mean something else
//! is refused, whatever the reason.

mod order;
mod printer;
mod shape;
mod text;

pub use order::Order;

use std::fmt;
use std::sync::Arc;

use hlc_diag::{Diagnostic, Span};

use crate::parser;
use crate::token::{Token, TokenKind};
use crate::tree::Document;

/// Why a document has no layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unformattable {
    /// Here stands what KDL does not allow.
    NotKdl(Span),
    /// The text would not mean the same. So it is with text that has errors, and with a node that would come to stand
    /// where KDL looks for its version: `/- kdl-version 1` below an empty line.
    WouldChange,
}

impl fmt::Display for Unformattable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotKdl(_) => f.write_str("the text has syntax errors"),
            Self::WouldChange => f.write_str("the text would no longer mean the same"),
        }
    }
}

impl std::error::Error for Unformattable {}

/// Lays a document out: one node per line, four spaces per level, comments where they were.
///
/// The order of nodes and entries, and the spelling of names and values, stay. Formatting the result gives the result.
/// The rules are in `docs/formatting.md`.
///
/// # Errors
///
/// Only for a document with syntax errors, which the caller is to look for in [`Parse::diagnostics`], and for what
/// [`Unformattable::WouldChange`] tells of.
///
/// [`Parse::diagnostics`]: crate::Parse::diagnostics
pub fn format(document: &Document) -> Result<String, Unformattable> {
    lay_out(document).map(|made| made.text().to_owned())
}

/// Lays a document out like [`format`], with the fields of nodes in an order: as far as they stand together and no comment
/// would lose what it belongs to.
///
/// # Errors
///
/// Those of [`format`].
pub fn format_in_order(document: &Document, order: impl Order) -> Result<String, Unformattable> {
    let made = lay_out(document)?;
    // Runs are judged by the layout, so that formatting again finds the same ones.
    match order::arrange(&made, order) {
        None => Ok(made.text().to_owned()),
        Some(arranged) => format(&arranged),
    }
}

fn lay_out(document: &Document) -> Result<Document, Unformattable> {
    if let Some(token) = document.tokens().find(|token| !is_kdl(token.kind)) {
        return Err(Unformattable::NotKdl(token.span));
    }
    let (made, diagnostics) = parser::parse(document.file(), Arc::from(printer::print(document)));
    if diagnostics.iter().any(Diagnostic::is_error) || !is_same(document, &made) {
        return Err(Unformattable::WouldChange);
    }
    Ok(made)
}

const fn is_kdl(kind: TokenKind) -> bool {
    match kind {
        TokenKind::Bom
        | TokenKind::Whitespace
        | TokenKind::Newline
        | TokenKind::LineComment
        | TokenKind::BlockComment
        | TokenKind::Backslash
        | TokenKind::Slashdash
        | TokenKind::OpenParen
        | TokenKind::CloseParen
        | TokenKind::OpenBrace
        | TokenKind::CloseBrace
        | TokenKind::Equals
        | TokenKind::Semicolon
        | TokenKind::Word
        | TokenKind::OddWord
        | TokenKind::Number
        | TokenKind::Keyword
        | TokenKind::Quoted
        | TokenKind::Escaped
        | TokenKind::Multiline
        | TokenKind::Raw
        | TokenKind::RawMultiline
        | TokenKind::Eof => true,
        TokenKind::BareKeyword
        | TokenKind::NumberLike
        | TokenKind::BrokenWord
        | TokenKind::UnknownKeyword
        | TokenKind::HashComment
        | TokenKind::ForeignQuoted
        | TokenKind::BracketList
        | TokenKind::BrokenString
        | TokenKind::UnclosedString
        | TokenKind::UnclosedComment
        | TokenKind::Stray => false,
    }
}

/// True for documents of the same tree, the same tokens and the same comments.
fn is_same(a: &Document, b: &Document) -> bool {
    let trees = a.nodes.len() == b.nodes.len()
        && a.entries.len() == b.entries.len()
        && a.nodes.iter().zip(&b.nodes).all(|(a, b)| {
            (a.parent, a.subtree_end, a.entries, a.hidden) == (b.parent, b.subtree_end, b.entries, b.hidden)
        })
        && a.entries.iter().zip(&b.entries).all(|(a, b)| (a.annotated, a.hidden) == (b.annotated, b.hidden));
    let mut left = a.tokens().filter(says_something);
    let mut right = b.tokens().filter(says_something);
    trees
        && loop {
            match (left.next(), right.next()) {
                (None, None) => break true,
                (Some(x), Some(y)) if x.kind == y.kind => {
                    if !text::is_same(x.kind, a.slice(x.span), b.slice(y.span)) {
                        break false;
                    }
                }
                _ => break false,
            }
        }
}

fn says_something(token: &Token) -> bool {
    !matches!(
        token.kind,
        TokenKind::Bom | TokenKind::Whitespace | TokenKind::Newline | TokenKind::Backslash | TokenKind::Semicolon
    )
}
