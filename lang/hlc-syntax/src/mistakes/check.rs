//! Looks at one token that is not plainly right.

#![expect(clippy::wildcard_enum_match_arm, reason = "callers pass every kind of value; most need no word")]

use crate::mistakes::{Role, habits, strings, words};
use crate::parser::Parser;
use crate::token::TokenKind::*;

/// Reports what is wrong with a value, name, key or annotation in its place.
#[cold]
pub(crate) fn token(parser: &mut Parser, token: u32, role: Role) {
    let kind = parser.tokens().kind(token);
    if matches!(kind, OddWord | NumberLike | BrokenWord | UnknownKeyword) && habits::comma(parser, token, role) {
        return;
    }
    match kind {
        Number | Keyword if matches!(role, Role::Name | Role::Key | Role::Annotation) => {
            parser.misplaced(|doc| words::not_a_string(doc, token, role));
        }
        BareKeyword => parser.report(|doc| words::bare_keyword(doc, token, role)),
        NumberLike => parser.report(|doc| words::number_like(doc, token)),
        BrokenWord => parser.report(|doc| {
            if doc.token_text(token).contains("://") {
                habits::address(doc, token)
            } else {
                words::broken_word(doc, token)
            }
        }),
        OddWord => habits::colon(parser, token, role),
        UnknownKeyword => parser.report(|doc| words::unknown_keyword(doc, token)),
        Escaped | Multiline | RawMultiline => strings::check(parser, token),
        BrokenString => parser.report(|doc| strings::broken(doc, token)),
        UnclosedString => parser.report(|doc| strings::unclosed(doc, token)),
        ForeignQuoted => parser.report(|doc| habits::foreign_quotes(doc, token)),
        BracketList => parser.report(|doc| habits::brackets(doc, token, role)),
        _ => {}
    }
}
