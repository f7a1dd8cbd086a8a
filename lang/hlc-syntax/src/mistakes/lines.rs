//! What separates nodes: line ends, continuations, semicolons, comments.

#![expect(clippy::wildcard_enum_match_arm, reason = "only few kinds may follow a backslash")]

use hlc_diag::{Code, Diagnostic, Severity, Span};

use crate::mistakes::excerpt;
use crate::token::TokenKind::*;
use crate::token::Tokens;
use crate::tree::Document;

/// A semicolon ends nothing.
pub(crate) static STRAY_SEMICOLON: Code = Code {
    id: "HLC0014",
    name: "stray-semicolon",
    severity: Severity::Error,
    summary: "`;` ends nothing",
    explain: "`;` ends a node where the line does not: `cores 4; memory \"6GiB\"`. It cannot stand by itself.",
    bad: "cores 4;; memory \"6GiB\"",
    good: "cores 4; memory \"6GiB\"",
};

/// Something stands between a `\` and the end of its line.
pub(crate) static LINE_CONTINUATION: Code = Code {
    id: "HLC0015",
    name: "line-continuation",
    severity: Severity::Error,
    summary: "a `\\` does not end its line",
    explain: "A `\\` joins a line to the next one, so that a long node can be written on several lines. Only white \
              space and a comment may stand behind it. A backslash within text needs quotes, and in plain quotes it is \
              written twice; in `#\"…\"#` it stands for itself.",
    bad: "args --listen \\ --port\nports 80",
    good: "args --listen \\\n    --port\nports 80",
};

/// A comment is never closed.
pub(crate) static UNCLOSED_COMMENT: Code = Code {
    id: "HLC0016",
    name: "unclosed-comment",
    severity: Severity::Error,
    summary: "a `/*` comment has no `*/`",
    explain: "Everything behind `/*` up to its `*/` is a comment; comments nest, so every `/*` within needs its own \
              `*/`. A path such as `/data/*` outside quotes opens a comment too.",
    bad: "cores 4 /* more later\nmemory \"6GiB\"",
    good: "cores 4 /* more later */\nmemory \"6GiB\"",
};

pub(crate) fn semicolon(doc: &Document, at: u32) -> Diagnostic {
    let span = doc.token_span(at);
    Diagnostic::new(&STRAY_SEMICOLON, span, "`;` ends nothing: no node in front of it")
        .help("drop the `;`: it only separates nodes on one line")
        .fix("drop the `;`", span, "")
}

/// The token behind the newline of a continuation; `None` if something else than a comment follows the `\`.
pub(crate) fn continuation_end(tokens: &Tokens, backslash: u32) -> Option<u32> {
    let mut at = backslash + 1;
    loop {
        match tokens.kind(at) {
            Whitespace | BlockComment => at += 1,
            LineComment if matches!(tokens.kind(at + 1), Newline | Eof) => at += 1,
            Newline => return Some(at + 1),
            Eof => return Some(at),
            _ => return None,
        }
    }
}

pub(crate) fn backslash(doc: &Document, at: u32) -> Diagnostic {
    let span = doc.token_span(at);
    let rest = doc.text().get(span.end as usize..).unwrap_or("");
    let line = rest.lines().next().unwrap_or("").trim();
    Diagnostic::new(
        &LINE_CONTINUATION,
        span,
        format!("`{}` stands between `\\` and the end of the line", excerpt(line)),
    )
    .help(
        "drop the `\\`: it joins two lines, and only a comment may follow it; text with a backslash needs quotes: `#\"…\"#`",
    )
    .suggest("drop the `\\`", span, "")
}

pub(crate) fn unclosed_comment(doc: &Document, at: u32) -> Diagnostic {
    let span = doc.token_span(at);
    let open = Span { end: span.start + 2, ..span };
    let before = doc.text().get(..span.start as usize).unwrap_or("");
    let diagnostic = Diagnostic::new(&UNCLOSED_COMMENT, open, "this comment has no `*/`").here("opened here");
    if before.ends_with(|c: char| !c.is_whitespace()) {
        return diagnostic.help("`/*` opens a comment wherever it stands outside quotes: put the text in quotes");
    }
    diagnostic.help("close it with `*/`; a `/*` within a comment needs a `*/` of its own")
}
