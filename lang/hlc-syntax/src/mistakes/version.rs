//! Texts in KDL 1.

use hlc_diag::{Code, Diagnostic, Edit, FileId, Fix, Severity, Span};

use crate::parser::Parser;
use crate::token::TokenKind;
use crate::tree::index;
use crate::v1::Fault;

/// The text is KDL 1.
pub(crate) static LEGACY: Code = Code {
    id: "HLC0034",
    name: "kdl-version",
    severity: Severity::Error,
    summary: "the text is written in KDL 1",
    explain: "hlc reads KDL 2. The differences that matter: `true`, `false` and `null` are `#true`, `#false` and \
              `#null`; raw strings are `#\"…\"#` instead of `r\"…\"`; text over several lines stands in `\"\"\"`. \
              `hlc fmt --from-v1` converts files; comments and meaning stay.",
    bad: "path r\"C:\\data\"\nenabled true",
    good: "path #\"C:\\data\"#\nenabled #true",
};

/// A text was to be converted from KDL 1 and cannot be.
pub(crate) static NOT_LEGACY: Code = Code {
    id: "HLC0037",
    name: "not-convertible",
    severity: Severity::Error,
    summary: "a text that was to be converted from KDL 1 cannot be",
    explain: "`hlc fmt --from-v1` converts whole files: one that is neither KDL 1 nor KDL 2, or that mixes the two, is left as \
              it is, and so is one that says what KDL 2 has no way to say. Mend the place by hand and run it again.",
    bad: "",
    good: "",
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

/// The one report for a text that is KDL 1 throughout.
pub(crate) fn whole(mut places: Vec<Span>, edits: Vec<Edit>) -> Diagnostic {
    places.sort_unstable();
    places.dedup();
    let first = places.first().copied().unwrap_or(Span::new(FileId::new(0), 0, 0));
    let mut diagnostic = Diagnostic::new(&LEGACY, first, "this file is KDL 1; hlc reads KDL 2")
        .help("`hlc fmt --from-v1` converts it; comments and meaning stay");
    for place in places.iter().skip(1).take(2) {
        diagnostic = diagnostic.label(*place, "and here");
    }
    diagnostic.fixes.push(Fix { title: "convert to KDL 2".to_owned(), edits, safe: false });
    diagnostic
}

/// A place that KDL 1 does not allow, or that cannot be said in KDL 2.
pub(crate) fn not_v1(file: FileId, fault: &Fault) -> Diagnostic {
    let span = Span::new(file, index(fault.at.start), index(fault.at.end));
    Diagnostic::new(&NOT_LEGACY, span, fault.what).help(fault.help)
}

/// A place where nodes are put together as neither version allows.
pub(crate) fn not_v1_because(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::new(&NOT_LEGACY, span, format!("this is neither KDL 1 nor KDL 2: {reason}"))
        .help("mend it by hand, then convert again")
}

/// A value without quotes among what else is KDL 1.
pub(crate) fn bare_text(span: Span) -> Diagnostic {
    Diagnostic::new(&NOT_LEGACY, span, "KDL 1 has no text without quotes, so this file is not KDL 1 throughout")
        .help("put it in quotes, then convert again")
}

/// A place that would come out as something else.
pub(crate) fn would_change(span: Span) -> Diagnostic {
    Diagnostic::new(&NOT_LEGACY, span, "this would not mean the same in KDL 2").help("rewrite it by hand")
}
