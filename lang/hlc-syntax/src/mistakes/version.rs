//! Texts in KDL 1.

use hlc_diag::{Code, Diagnostic, Edit, Fix, Severity, Span};

use crate::parser::Parser;
use crate::token::TokenKind;

/// The text is KDL 1.
pub(crate) static LEGACY: Code = Code {
    id: "HLC0034",
    name: "kdl-version",
    severity: Severity::Error,
    summary: "the text is written in KDL 1",
    explain: "hlc reads KDL 2. The differences that matter: `true`, `false` and `null` are `#true`, `#false` and \
              `#null`; raw strings are `#\"…\"#` instead of `r\"…\"`; text over several lines stands in `\"\"\"`. The \
              fix rewrites what it can.",
    bad: "path r\"C:\\data\"\nenabled true",
    good: "path #\"C:\\data\"#\nenabled #true",
};

/// Looks for `/- kdl-version 1` at the start of the file.
///
/// Source: KDL 2.0, "Full Grammar", `version`.
pub(crate) fn check(parser: &mut Parser) {
    let mut at = 0;
    let tokens = parser.tokens();
    let mut next = |kind: TokenKind, optional: bool| {
        let found = tokens.kind(at) == kind;
        at += u32::from(found);
        found || optional
    };
    if !(next(TokenKind::Bom, true) && next(TokenKind::Slashdash, false) && next(TokenKind::Whitespace, true)) {
        return;
    }
    if !(next(TokenKind::Word, false) && next(TokenKind::Whitespace, false) && next(TokenKind::Number, false)) {
        return;
    }
    let doc = &parser.doc;
    let number = at - 1;
    let is_marker = doc.token_text(number - 2) == "kdl-version";
    if !is_marker || doc.token_text(number) != "1" {
        return;
    }
    let slashdash = (0..number).find(|&i| doc.tokens.kind(i) == TokenKind::Slashdash).unwrap_or(0);
    let span = doc.tokens_span(slashdash, number);
    let edit = Edit { span: doc.token_span(number), text: "2".to_owned() };
    parser.reporter.legacy(span, vec![edit]);
}

/// The one report for a text in KDL 1; `words` are the edits for its bare keywords.
pub(crate) fn legacy(evidence: &[(Span, Vec<Edit>)], words: Vec<Edit>) -> Diagnostic {
    let first = evidence.first().map_or_else(|| Span::new(hlc_diag::FileId::new(0), 0, 0), |(span, _)| *span);
    let mut diagnostic = Diagnostic::new(&LEGACY, first, "this is KDL 1; hlc reads KDL 2")
        .help("in KDL 2 write `#true`, `#false`, `#null`, and raw strings as `#\"…\"#`");
    for (span, _) in evidence.iter().skip(1).take(2) {
        diagnostic = diagnostic.label(*span, "and here");
    }
    let mut edits: Vec<Edit> = evidence.iter().flat_map(|(_, edits)| edits.iter().cloned()).chain(words).collect();
    edits.sort_by_key(|edit| edit.span.start);
    diagnostic.fixes.push(Fix { title: "rewrite as KDL 2".to_owned(), edits, safe: false });
    diagnostic
}
