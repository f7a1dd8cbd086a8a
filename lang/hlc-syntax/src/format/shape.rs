//! What is known of a block before it is printed.

#![expect(clippy::wildcard_enum_match_arm, reason = "most kinds of tokens only have a width")]

use crate::token::TokenKind;
use crate::tree::Document;

/// A block as it would be on one line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// It holds no node and no comment.
    pub(super) empty: bool,
    /// It stands on one line in the source.
    pub(super) one_line: bool,
    /// Characters from `{` to `}`.
    pub(super) width: usize,
}

/// The blocks in the order of their `{`.
pub(super) fn shapes(document: &Document) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let mut open: Vec<(usize, usize, usize)> = Vec::new();
    let (mut column, mut line_ends, mut left, mut spaced) = (0, 0, None, false);
    for index in 0..document.tokens.len() {
        let kind = document.tokens.kind(index);
        match kind {
            TokenKind::Newline => {
                line_ends += 1;
                spaced = true;
            }
            TokenKind::Whitespace | TokenKind::Backslash | TokenKind::Bom => spaced = true,
            TokenKind::Semicolon if ends_block(document, index + 1) => {}
            _ => {
                let text = document.token_text(index);
                column += usize::from(space_between(left, kind, spaced));
                if kind == TokenKind::OpenBrace {
                    open.push((shapes.len(), column, line_ends));
                    shapes.push(Shape { empty: false, one_line: false, width: 0 });
                }
                column += width(text);
                line_ends += usize::from(kind == TokenKind::LineComment || text.contains(['\n', '\r']));
                if kind == TokenKind::CloseBrace
                    && let Some((shape, start, lines)) = open.pop()
                    && let Some(shape) = shapes.get_mut(shape)
                {
                    let empty = left == Some(TokenKind::OpenBrace);
                    *shape = Shape { empty, one_line: lines == line_ends, width: column - start };
                }
                (left, spaced) = (Some(kind), false);
            }
        }
    }
    shapes
}

/// True if the next token that is neither white space nor comment is a `}`.
pub(super) fn ends_block(document: &Document, from: u32) -> bool {
    let next = (from..document.tokens.len()).map(|index| document.tokens.kind(index)).find(|kind| !kind.is_trivia());
    next == Some(TokenKind::CloseBrace)
}

/// Characters of a text; what tabs and wide characters take on a screen is not known here.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// True if a space stands between two tokens on one line; `spaced` if one does in the source.
pub(super) const fn space_between(left: Option<TokenKind>, right: TokenKind, spaced: bool) -> bool {
    use TokenKind::{
        BlockComment, CloseBrace, CloseParen, Equals, LineComment, OpenBrace, OpenParen, Semicolon, Slashdash,
    };
    match (left, right) {
        (None, _) | (_, Semicolon) => false,
        (Some(BlockComment), _) | (_, BlockComment | LineComment) => true,
        (Some(OpenBrace), CloseBrace) | (Some(OpenParen | CloseParen | Equals), _) | (_, CloseParen | Equals) => false,
        (Some(Slashdash), _) => spaced,
        _ => true,
    }
}
