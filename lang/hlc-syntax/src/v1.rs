//! Texts in KDL 1, and the same in KDL 2.
//!
//! The two differ in the spelling of strings, keywords and some bare words; how nodes are put together is the same. So a
//! text is converted token by token, and all that stands between the tokens stays. Then the result is parsed, and its
//! tokens are compared with what the old ones meant: a text that would lose or change anything is refused.
//!
//! A text that is legal in both versions means the same in both.
//!
//! Source: KDL 1.0.0, "Full Grammar".

mod lexer;
mod strings;

use std::borrow::Cow;
use std::sync::Arc;

use hlc_diag::{Diagnostic, Edit, FileId, Span};

use crate::mistakes::{strings as string_mistakes, version, words};
use crate::parser;
use crate::string;
use crate::token::TokenKind;
use crate::tree::{Document, index};
pub(crate) use lexer::Fault;
use lexer::{Kind, Piece};

/// A text of KDL 1 in KDL 2.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The new text.
    pub text: String,
    /// What makes it of the old one, in the order of the text.
    pub edits: Vec<Edit>,
}

/// Writes a text of KDL 1 as KDL 2: the same nodes, comments and white space.
///
/// # Errors
///
/// The first place that is not KDL 1, or that KDL 2 has no way to write: nothing is converted by half.
pub fn from_v1(file: FileId, text: &str) -> Result<Converted, Box<Diagnostic>> {
    let mut pieces = lexer::lex(text).map_err(|fault| Box::new(version::not_v1(file, &fault)))?;
    mark_version(&mut pieces);
    let (made, starts) = put_together(&pieces);
    let place = |at: usize| old_span(file, &pieces, &starts, at);
    let (document, diagnostics) = parser::parse(file, Arc::from(made.as_str()));
    if let Some(found) = diagnostics.iter().find(|found| found.is_error()) {
        let span = place(found.primary.span.start as usize);
        return Err(Box::new(version::not_v1_because(span, &found.message)));
    }
    if let Some(at) = bare_value(&document, &pieces, &starts) {
        return Err(Box::new(version::bare_text(place(at))));
    }
    if let Some(at) = first_difference(&document, &pieces, &starts) {
        return Err(Box::new(version::would_change(place(at))));
    }
    let edits = pieces.iter().filter_map(|piece| {
        let span = Span::new(file, index(piece.start), index(piece.start + piece.old.len()));
        (piece.new != piece.old).then(|| Edit { span, text: piece.new.clone().into_owned() })
    });
    Ok(Converted { edits: edits.collect(), text: made })
}

/// `/- kdl-version 1` at the start of a file names the version of the text.
fn mark_version(pieces: &mut [Piece<'_>]) {
    let mut said = pieces.iter_mut().filter(|piece| piece.kind != Kind::Space && piece.kind != Kind::Bom);
    let marker = (said.next(), said.next(), said.next());
    if let (Some(slashdash), Some(name), Some(number)) = marker
        && (slashdash.old, name.old, number.old) == ("/-", "kdl-version", "1")
    {
        number.new = Cow::Borrowed("2");
        number.value = Cow::Borrowed("2");
    }
}

/// The new text, and where each piece begins in it.
fn put_together(pieces: &[Piece<'_>]) -> (String, Vec<usize>) {
    let mut made = String::new();
    let mut starts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        starts.push(made.len());
        made.push_str(&piece.new);
    }
    (made, starts)
}

/// The piece of the old text that a place in the new one comes from.
fn old_span(file: FileId, pieces: &[Piece<'_>], starts: &[usize], at: usize) -> Span {
    let number = starts.partition_point(|&start| start <= at).saturating_sub(1);
    let (start, end) = pieces.get(number).map_or((0, 0), |piece| (piece.start, piece.start + piece.old.len()));
    Span::new(file, index(start), index(end))
}

/// A value without quotes, which KDL 1 does not have.
fn bare_value(document: &Document, pieces: &[Piece<'_>], starts: &[usize]) -> Option<usize> {
    document.entries.iter().map(|entry| document.tokens.start(entry.value) as usize).find(|start| {
        let piece = starts.binary_search(start).ok().and_then(|number| pieces.get(number));
        piece.is_some_and(|piece| piece.kind == Kind::Word)
    })
}

/// Where a token of the new text is not what the piece it was made of says.
fn first_difference(document: &Document, pieces: &[Piece<'_>], starts: &[usize]) -> Option<usize> {
    let mut tokens =
        document.tokens().filter(|token| !matches!(token.kind, TokenKind::Whitespace | TokenKind::Newline));
    for (piece, &start) in pieces.iter().zip(starts).filter(|(piece, _)| piece.kind != Kind::Space) {
        let same = tokens.next().is_some_and(|token| {
            let text = document.slice(token.span);
            let said = match piece.kind {
                Kind::Word | Kind::Text => token.kind.is_string() && string::value(text, token.kind) == piece.value,
                Kind::Plain | Kind::Bom => text == piece.value,
                Kind::Space => true,
            };
            said && token.span.range() == (start..start + piece.new.len())
        });
        if !same {
            return Some(start);
        }
    }
    tokens.next().map(|token| token.span.start as usize)
}

/// Replaces what was found in a text of KDL 1 by the one finding that says so.
///
/// One `true` without `#` is a slip in a text of KDL 2; what only KDL 1 has, or several of what it also has, is not.
pub(crate) fn recognise(document: &Document, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    const ENOUGH: usize = 2;
    let certain = |found: &&Diagnostic| *found.code == version::LEGACY;
    let hint = |found: &&Diagnostic| {
        [&words::BARE_KEYWORD, &string_mistakes::BROKEN_STRING, &string_mistakes::ESCAPE].contains(&found.code)
    };
    if found.iter().find(certain).is_none() && found.iter().filter(hint).count() < ENOUGH {
        return found;
    }
    let Ok(converted) = from_v1(document.file(), document.text()) else { return found };
    let mut places: Vec<Span> = Vec::new();
    for found in found.iter().filter(|found| certain(found) || hint(found)) {
        places.push(found.primary.span);
        if certain(&found) {
            places.extend(found.labels.iter().map(|label| label.span));
        }
    }
    vec![version::whole(places, converted.edits)]
}
