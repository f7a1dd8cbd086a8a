//! `/-` without something to comment out.

use hlc_diag::{Code, Diagnostic, Severity};

use crate::token::TokenKind;
use crate::tree::Document;

/// A slashdash stands in front of nothing.
pub(crate) static SLASHDASH: Code = Code {
    id: "HLC0013",
    name: "slashdash",
    severity: Severity::Error,
    summary: "`/-` has nothing to comment out",
    explain: "`/-` comments out the one thing behind it: a node with its block, an argument, a property, or a block. \
              It cannot stand in front of `}`, `;`, another `/-` or the end of the file, nor between a key and its \
              value, and arguments and properties cannot follow a block that it comments out.",
    bad: "disk \"30GiB\" /-;",
    good: "disk \"30GiB\" /- \"40GiB\";",
};

/// Nothing that could be commented out stands behind `/-`.
pub(crate) fn target(doc: &Document, slashdash: u32) -> Diagnostic {
    let next = (slashdash + 1..doc.tokens.len()).find(|&i| !doc.tokens.kind(i).is_trivia());
    let what = match next {
        Some(next) if doc.tokens.kind(next) == TokenKind::Slashdash => "another `/-` follows".to_owned(),
        Some(next) if doc.token_text(next).len() == 1 => format!("`{}` follows", doc.token_text(next)),
        Some(_) => "this cannot be commented out here".to_owned(),
        None => "the file ends".to_owned(),
    };
    Diagnostic::new(&SLASHDASH, doc.token_span(slashdash), format!("`/-` comments out nothing: {what}"))
        .help(
            "drop the `/-`, or put it directly in front of the node, argument, property or block it is to comment out",
        )
        .suggest("drop the `/-`", doc.token_span(slashdash), "")
}
