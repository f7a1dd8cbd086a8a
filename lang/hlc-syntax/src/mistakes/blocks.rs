//! Braces without a partner, and blocks in the wrong place.

use hlc_diag::{Code, Diagnostic, Severity};

use crate::mistakes::excerpt;
use crate::token::TokenKind;
use crate::tree::Document;

/// A block is never closed.
pub(crate) static UNCLOSED_BLOCK: Code = Code {
    id: "HLC0001",
    name: "unclosed-block",
    severity: Severity::Error,
    summary: "a block has no `}`",
    explain: "Every `{` needs its `}`. When one is missing, hlc takes the block to end where the indentation says so; if \
              the indentation gives no hint, the block that was opened last is named.",
    bad: "pool \"workers\" {\n    machine \"w1\" {\n        cores 4\n    machine \"w2\"\n}",
    good: "pool \"workers\" {\n    machine \"w1\" {\n        cores 4\n    }\n    machine \"w2\"\n}",
};

/// A `}` closes nothing.
pub(crate) static STRAY_CLOSING_BRACE: Code = Code {
    id: "HLC0002",
    name: "stray-closing-brace",
    severity: Severity::Error,
    summary: "a `}` closes nothing",
    explain: "There is one `}` more than there are blocks to close: it is left over, or a `{` further up is missing.",
    bad: "pool \"workers\" {\n    machine \"w1\"\n    }\n}",
    good: "pool \"workers\" {\n    machine \"w1\"\n}",
};

/// Nodes stand below a node as in a block, without its brace.
pub(crate) static MISSING_OPENING_BRACE: Code = Code {
    id: "HLC0003",
    name: "missing-opening-brace",
    severity: Severity::Error,
    summary: "indented nodes follow a node that has no `{`",
    explain: "Indentation means nothing in KDL: the nodes that belong to another stand between `{` and `}`. The file has \
              a `}` for this block, but no `{`.",
    bad: "pool \"workers\"\n    machine \"w1\"\n}",
    good: "pool \"workers\" {\n    machine \"w1\"\n}",
};

/// A block begins on a line of its own.
pub(crate) static BRACE_ON_NEXT_LINE: Code = Code {
    id: "HLC0004",
    name: "brace-on-next-line",
    severity: Severity::Error,
    summary: "a `{` stands on the line below its node",
    explain: "The end of the line ends a node, so that a block on the next line belongs to nothing. Its `{` stands on the \
              line of the node.",
    bad: "pool \"workers\"\n{\n    machine \"w1\"\n}",
    good: "pool \"workers\" {\n    machine \"w1\"\n}",
};

/// A node has two blocks.
pub(crate) static SECOND_BLOCK: Code = Code {
    id: "HLC0005",
    name: "second-block",
    severity: Severity::Error,
    summary: "a node has a second block",
    explain: "A node has one block at most. Put everything into the first, or end the node in front of the second.",
    bad: "pool \"workers\" { cores 4 } { memory \"6GiB\" }",
    good: "pool \"workers\" { cores 4; memory \"6GiB\" }",
};

/// Something stands behind a block on its line.
pub(crate) static ENTRY_BEHIND_BLOCK: Code = Code {
    id: "HLC0006",
    name: "behind-block",
    severity: Severity::Error,
    summary: "something stands behind a block on its line",
    explain: "Arguments and properties stand in front of the block of their node. Another node needs a line of its own, \
              or a `;` in front of it.",
    bad: "limits { cpu 4 } requests { cpu 1 }",
    good: "limits { cpu 4 }; requests { cpu 1 }",
};

/// A block whose end is concluded: `last` is the last token in it.
pub(crate) fn unclosed(doc: &Document, open: u32, last: u32) -> Diagnostic {
    let owner = owner(doc, open);
    let end = doc.token_span(last).after();
    let diagnostic = Diagnostic::new(&UNCLOSED_BLOCK, doc.token_span(open), format!("the block{owner} has no `}}`"))
        .here("opened here")
        .label(end, "by the indentation, it ends here")
        .help("insert `}` where the block ends");
    let same_line = !doc.slice(doc.tokens_span(open, last)).contains('\n');
    let text = if same_line { " }".to_owned() } else { format!("\n{}}}", indentation(doc, open)) };
    diagnostic.suggest("insert `}`", end, text)
}

/// Blocks that are open at the end of the file, outermost first.
pub(crate) fn unclosed_at_end(doc: &Document, open: &[u32]) -> Diagnostic {
    let innermost = open.last().copied().unwrap_or(0);
    let owner = owner(doc, innermost);
    let message = match open.len() {
        1 => format!("the block{owner} has no `}}`"),
        count => format!("{count} blocks have no `}}`"),
    };
    let mut diagnostic = Diagnostic::new(&UNCLOSED_BLOCK, doc.token_span(innermost), message)
        .here("opened here, and still open at the end");
    for &outer in open.iter().rev().skip(1).take(3) {
        diagnostic = diagnostic.label(doc.token_span(outer), "open as well");
    }
    if open.len() > 4 {
        diagnostic = diagnostic.note(format!("and {} more", open.len() - 4));
    }
    diagnostic.help("close it with `}`")
}

/// ` of \`name\`` for the node whose block begins at `open`; empty if there is none.
fn owner(doc: &Document, open: u32) -> String {
    let node = doc.nodes.partition_point(|node| node.first < open).checked_sub(1).and_then(|i| doc.nodes.get(i));
    node.map_or_else(String::new, |node| format!(" of `{}`", excerpt(doc.slice(doc.tokens_span(node.name, node.name)))))
}

/// The white space in front of the line of a token.
fn indentation(doc: &Document, token: u32) -> &str {
    let start = doc.token_span(token).start as usize;
    let line = doc.text().get(..start).unwrap_or("").rsplit('\n').next().unwrap_or("");
    line.get(..line.len() - line.trim_start().len()).unwrap_or("")
}

pub(crate) fn stray_close(doc: &Document, close: u32) -> Diagnostic {
    let span = doc.token_span(close);
    Diagnostic::new(&STRAY_CLOSING_BRACE, span, "this `}` closes nothing")
        .help("drop the `}`, or add the `{` it belongs to")
        .suggest("drop the `}`", span, "")
}

/// Node `id` has no block, and the file has a `}` for one.
pub(crate) fn missing_open(doc: &Document, id: u32) -> Diagnostic {
    let Some(node) = doc.nodes.get(id as usize) else { return stray_close(doc, 0) };
    let span = doc.tokens_span(node.first, node.last);
    let name = excerpt(doc.token_text(node.name));
    Diagnostic::new(&MISSING_OPENING_BRACE, span, format!("no `{{` behind `{name}`, though a block seems to follow"))
        .help("insert `{` at the end of this line")
        .suggest("insert `{`", span.after(), " {")
}

/// Node `id` ended with its line; token `open` begins its block below.
pub(crate) fn brace_on_next_line(doc: &Document, id: u32, open: u32) -> Diagnostic {
    let span = doc.token_span(open);
    let Some(node) = doc.nodes.get(id as usize) else { return stray_close(doc, open) };
    let name = excerpt(doc.token_text(node.name));
    let end = doc.token_span(node.last).after();
    let gap = hlc_diag::Span { end: span.start, ..end };
    let diagnostic = Diagnostic::new(
        &BRACE_ON_NEXT_LINE,
        span,
        format!("this block belongs to no node: `{name}` ended with its line"),
    )
    .label(end, format!("`{name}` ends here"))
    .help(format!("move the `{{` up to the line of `{name}`"));
    if doc.slice(gap).trim().is_empty() { diagnostic.fix("move the `{` up", gap, " ") } else { diagnostic }
}

pub(crate) fn second_block(doc: &Document, id: u32, open: u32) -> Diagnostic {
    let node = doc.nodes.get(id as usize);
    let name = node.map_or_else(String::new, |node| excerpt(doc.token_text(node.name)));
    let diagnostic = Diagnostic::new(&SECOND_BLOCK, doc.token_span(open), format!("a second block for `{name}`"));
    let diagnostic = match node {
        Some(node) => diagnostic.label(doc.token_span(node.open), "the first block"),
        None => diagnostic,
    };
    diagnostic.help("put everything into one block, or name the node of the second")
}

/// Token `at` stands behind the block of node `id`.
pub(crate) fn behind_block(doc: &Document, id: u32, at: u32) -> Diagnostic {
    let name = doc.nodes.get(id as usize).map_or_else(String::new, |node| excerpt(doc.token_text(node.name)));
    let span = doc.token_span(at);
    let text = excerpt(doc.slice(span));
    let property = doc.tokens.kind(at + 1) == TokenKind::Equals;
    let diagnostic =
        Diagnostic::new(&ENTRY_BEHIND_BLOCK, span, format!("`{text}` stands behind the block of `{name}`"));
    if property || !doc.tokens.kind(at).is_string() {
        return diagnostic.help(format!("arguments and properties of `{name}` stand in front of its block"));
    }
    let before = hlc_diag::Span { end: span.start, ..span };
    diagnostic
        .help("another node needs a line of its own or a `;` in front of it: insert `;`; arguments stand in front of the block")
        .suggest("insert `;`", before, "; ")
}
