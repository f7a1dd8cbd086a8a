//! What holds for every text, legal or not. One function for the test that makes up texts and for `fuzz/`.

use std::sync::Arc;

use hlc_diag::{Diagnostic, FileId, Sources, Span};

/// Parses, formats, converts and compiles a text.
///
/// # Panics
/// When something does not hold.
pub fn check(text: &str) {
    let file = FileId::new(0);
    let parsed = hlc_syntax::parse(file, Arc::from(text));
    let joined: String = parsed.document.tokens().map(|token| parsed.document.slice(token.span)).collect();
    assert_eq!(joined, text, "the tokens are not the text");
    for span in parsed.diagnostics.iter().flat_map(spans) {
        assert!(text.get(span.range()).is_some(), "{span:?} is no part of the text");
    }
    if !parsed.diagnostics.iter().any(Diagnostic::is_error)
        && let Ok(made) = formatted(text)
    {
        assert_eq!(formatted(&made).as_ref(), Ok(&made), "formatting twice is not formatting once");
    }
    if let Ok(converted) = hlc_syntax::from_v1(file, text) {
        let again = hlc_syntax::parse(file, converted.text.into()).diagnostics;
        assert!(!again.iter().any(Diagnostic::is_error), "{again:?}");
    }
    let compilation = crate::example(text);
    for span in compilation.diagnostics.iter().flat_map(spans) {
        assert!(lies_within(&compilation.sources, span), "{span:?} is no part of its file");
    }
    let broken = compilation.diagnostics.iter().any(Diagnostic::is_error);
    assert_eq!(compilation.plan.is_none(), broken, "there is a plan exactly when there is no error");
    let _ = crate::rendered(&compilation);
}

fn formatted(text: &str) -> Result<String, hlc_syntax::Unformattable> {
    let document = hlc_syntax::parse(FileId::new(0), Arc::from(text)).document;
    hlc_syntax::format_in_order(&document, hlc_model::concept::field_order())
}

fn spans(found: &Diagnostic) -> Vec<Span> {
    let edits = found.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
    let labels = found.labels.iter().map(|label| label.span);
    std::iter::once(found.primary.span).chain(labels).chain(edits).collect()
}

fn lies_within(sources: &Sources, span: Span) -> bool {
    sources.get(span.file).is_some_and(|file| file.text().get(span.range()).is_some())
}
