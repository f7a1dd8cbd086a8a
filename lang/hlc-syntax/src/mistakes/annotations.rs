//! `(…)` in the wrong place, or without what belongs in it.

use hlc_diag::{Code, Diagnostic, Severity};

use crate::mistakes::excerpt;
use crate::token::TokenKind;
use crate::tree::{Document, OWN};

/// An annotation is incomplete or stands in front of nothing it could annotate.
pub(crate) static ANNOTATION: Code = Code {
    id: "HLC0012",
    name: "annotation",
    severity: Severity::Error,
    summary: "an annotation `(…)` is incomplete or in the wrong place",
    explain: "An annotation is one word in parentheses in front of a node's name or of a value: `(existing)zone`, \
              `password=(secret)ADMIN_PASSWORD`. It never stands in front of a property's key, and a name or a value \
              has at most one. Text that merely contains parentheses needs quotes.",
    bad: "secret \"admin\" (secret)key=ADMIN_PASSWORD",
    good: "secret \"admin\" key=(secret)ADMIN_PASSWORD",
};

/// Nothing, or no word, stands behind `(`.
pub(crate) fn name(doc: &Document, open: u32, name: u32) -> Diagnostic {
    let diagnostic = if doc.tokens.kind(name) == TokenKind::CloseParen {
        Diagnostic::new(&ANNOTATION, doc.tokens_span(open, name), "an empty annotation").suggest(
            "drop the parentheses",
            doc.tokens_span(open, name),
            "",
        )
    } else {
        Diagnostic::new(&ANNOTATION, doc.token_span(open), "no word behind this `(`")
    };
    diagnostic.help("an annotation is one word in parentheses in front of a value, such as `(secret)ADMIN_PASSWORD`")
}

/// The `)` is missing.
pub(crate) fn unclosed(doc: &Document, open: u32, at: u32) -> Diagnostic {
    let last = (open..at).rev().find(|&i| !doc.tokens.kind(i).is_trivia()).unwrap_or(open);
    let span = doc.tokens_span(open, last);
    let text = doc.slice(span);
    Diagnostic::new(&ANNOTATION, span, format!("no `)` behind `{}`", excerpt(text)))
        .help("close the parenthesis; text with parentheses in it needs quotes")
        .suggest("close the parenthesis", span.after(), ")")
}

/// A second `(…)`.
pub(crate) fn second(doc: &Document, open: u32) -> Diagnostic {
    Diagnostic::new(&ANNOTATION, doc.token_span(open), "a second annotation in front of one value")
        .help("keep one: a name or a value has at most one annotation")
}

/// Nothing follows that could be annotated.
pub(crate) fn target(doc: &Document, open: u32, at: u32) -> Diagnostic {
    let last = (open..at).rev().find(|&i| !doc.tokens.kind(i).is_trivia()).unwrap_or(open);
    let span = doc.tokens_span(open, last);
    let text = excerpt(doc.slice(span));
    let diagnostic = Diagnostic::new(&ANNOTATION, span, format!("nothing to annotate behind `{text}`"));
    if doc.tokens.kind(at) == TokenKind::Slashdash {
        return diagnostic.help("put the `/-` in front of the annotation to comment both out");
    }
    diagnostic.help("a name or a value stands directly behind its annotation; plain text in parentheses needs quotes")
}

/// An annotation in front of `key=value`.
pub(crate) fn before_key(doc: &Document, open: u32, key: u32) -> Diagnostic {
    let annotation =
        doc.text_of(OWN).annotation(open, key).map_or_else(|| doc.token_span(open), |annotation| annotation.outer);
    let text = doc.slice(annotation);
    let key_text = doc.token_text(key);
    let equals = (key..doc.tokens.len()).find(|&i| doc.tokens.kind(i) == TokenKind::Equals).unwrap_or(key);
    let mut diagnostic =
        Diagnostic::new(&ANNOTATION, annotation, format!("annotation `{text}` in front of the key `{key_text}`"))
            .help(format!("the annotation belongs to the value: `{key_text}={text}…`"));
    let between = doc.tokens_span(open, key);
    let edits = vec![
        hlc_diag::Edit { span: hlc_diag::Span { end: doc.token_span(key).start, ..between }, text: String::new() },
        hlc_diag::Edit { span: doc.token_span(equals).after(), text: text.to_owned() },
    ];
    diagnostic.fixes.push(hlc_diag::Fix { title: "move it behind the `=`".to_owned(), edits, safe: true });
    diagnostic
}
