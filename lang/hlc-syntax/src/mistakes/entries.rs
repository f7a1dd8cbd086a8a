//! Names, arguments and properties that are incomplete or run into each other.

use hlc_diag::{Code, Diagnostic, Severity, Span};

use crate::mistakes::excerpt;
use crate::string;
use crate::token::TokenKind;
use crate::tree::Document;

/// A node begins with something that is not a name.
pub(crate) static NAME_EXPECTED: Code = Code {
    id: "HLC0007",
    name: "name-expected",
    severity: Severity::Error,
    summary: "a node has no name",
    explain: "Every node begins with its name (or an annotation and its name); arguments, properties and a block follow. \
              A list item has the name `-`.",
    bad: "ports {\n    { name http }\n}",
    good: "ports {\n    - { name http }\n}",
};

/// Two parts of a node touch each other.
pub(crate) static MISSING_SPACE: Code = Code {
    id: "HLC0008",
    name: "missing-space",
    severity: Severity::Error,
    summary: "two entries of a node are not separated",
    explain: "Arguments and properties are separated by white space. Often a quote or an `=` is missing or left over.",
    bad: "machine \"w1\"ip=\"192.168.1.221\"",
    good: "machine \"w1\" ip=\"192.168.1.221\"",
};

/// A property has no value.
pub(crate) static MISSING_VALUE: Code = Code {
    id: "HLC0009",
    name: "missing-value",
    severity: Severity::Error,
    summary: "a property has no value",
    explain: "A value follows the `=` of a property on the same line. An empty text is `\"\"`, no value is `#null`.",
    bad: "machine \"w1\" ip= memory=\"8GiB\"",
    good: "machine \"w1\" ip=\"192.168.1.221\" memory=\"8GiB\"",
};

/// An `=` does not stand between a key and a value.
pub(crate) static STRAY_EQUALS: Code = Code {
    id: "HLC0010",
    name: "stray-equals",
    severity: Severity::Error,
    summary: "an `=` does not stand between a key and its value",
    explain: "`=` makes a property of a node: `machine \"w1\" cores=4`. A node and its argument have no `=` between them: \
              `cores 4`. A value that contains `=` needs quotes.",
    bad: "cores = 4",
    good: "cores 4",
};

/// A character has no meaning here.
pub(crate) static UNEXPECTED: Code = Code {
    id: "HLC0011",
    name: "unexpected-character",
    severity: Severity::Error,
    summary: "a character has no meaning here",
    explain: "`( ) { } [ ] / \\ \" # ; =` cannot be part of a bare word. Text that contains them needs quotes.",
    bad: "path a) b",
    good: "path \"a) b\"",
};

pub(crate) fn name_expected(doc: &Document, at: u32) -> Diagnostic {
    let text = doc.token_text(at);
    Diagnostic::new(&NAME_EXPECTED, doc.token_span(at), format!("a node cannot begin with `{text}`"))
        .help("a node begins with its name; text with special characters needs quotes")
}

/// A `{` where a node should begin.
pub(crate) fn block_without_name(doc: &Document, open: u32) -> Diagnostic {
    let span = doc.token_span(open);
    Diagnostic::new(&NAME_EXPECTED, span, "this block belongs to no node")
        .help("put the name of its node in front of it, or make it a list item: `- { … }`")
        .suggest("make it a list item", Span { end: span.start, ..span }, "- ")
}

/// Token `at` touches the one in front of it.
pub(crate) fn missing_space(doc: &Document, at: u32) -> Diagnostic {
    let span = doc.token_span(at);
    let before = Span { end: span.start, ..span };
    let previous = doc.token_span(at.saturating_sub(1));
    let (left, right) = (excerpt(doc.slice(previous)), excerpt(doc.slice(span)));
    let diagnostic = Diagnostic::new(&MISSING_SPACE, span, format!("no space between `{left}` and `{right}`"));
    let kind = doc.tokens.kind(at.saturating_sub(1));
    if kind == TokenKind::Word && doc.tokens.kind(at).is_string() {
        return diagnostic
            .help(format!("insert a space, or insert `=` if `{left}` is a key"))
            .suggest("insert a space", before, " ")
            .suggest("insert `=`", before, "=");
    }
    if doc.tokens.kind(at) == TokenKind::OpenParen {
        return diagnostic.help("separate them with a space; text with parentheses in it needs quotes");
    }
    diagnostic.help("insert a space; a quote within a text is `\\\"`").suggest("insert a space", before, " ")
}

pub(crate) fn missing_value(doc: &Document, key: u32, equals: u32) -> Diagnostic {
    let name = excerpt(doc.token_text(key));
    Diagnostic::new(&MISSING_VALUE, doc.tokens_span(key, equals), format!("property `{name}` has no value"))
        .help(format!("write its value behind the `=`; an empty text is `{name}=\"\"`"))
}

/// An `=` that does not follow a key; `id` is the node it stands in.
pub(crate) fn stray_equals(doc: &Document, id: u32, equals: u32) -> Diagnostic {
    let span = doc.token_span(equals);
    let name = doc.nodes.get(id as usize).map(|node| (node.name, excerpt(doc.token_text(node.name))));
    let behind_name = name.as_ref().filter(|(token, _)| (token + 1..equals).all(|i| doc.tokens.kind(i).is_trivia()));
    if let Some((token, name)) = behind_name {
        let place = doc.token_span(*token);
        if let Some(key) = name.strip_prefix('-').filter(|key| !key.is_empty()) {
            let dash = Span { end: place.start + 1, ..place };
            return Diagnostic::new(&STRAY_EQUALS, span, format!("no `=` between a node and its value: `{name}`"))
                .help(format!("put a space behind the dash of a list item: `- {key}=…`"))
                .suggest("put a space behind the dash", Span { start: dash.end, ..dash }, " ");
        }
        let start = place.end;
        let end = doc.tokens.start(equals + 1 + u32::from(doc.tokens.kind(equals + 1) == TokenKind::Whitespace));
        return Diagnostic::new(&STRAY_EQUALS, span, format!("no `=` between a node and its value: `{name}`"))
            .help(format!(
                "drop the `=`: write `{name} …`, or in a list `- {name}=…`; `key=value` stands behind the name of a node or a dash"
            ))
            .suggest("drop the `=`", Span::new(doc.file, start, end), " ");
    }
    Diagnostic::new(&STRAY_EQUALS, span, "this `=` has no key in front of it")
        .help("a property is `key=value`; a value that contains `=` needs quotes")
}

/// `key=value=…`
pub(crate) fn second_equals(doc: &Document, key: u32, value: u32) -> Diagnostic {
    let mut end = value + 1;
    while doc.tokens.kind(end) == TokenKind::Equals || doc.tokens.kind(end).is_value() {
        end += 1;
    }
    let span = doc.tokens_span(value, end - 1);
    let text = doc.slice(span);
    let name = excerpt(doc.token_text(key));
    let diagnostic = Diagnostic::new(&STRAY_EQUALS, span, format!("a second `=` in the property `{name}`")).help(
        format!("put it in quotes if `{}` is one text; otherwise separate two properties with a space", excerpt(text)),
    );
    if text.contains('"') {
        return diagnostic;
    }
    diagnostic.suggest("put it in quotes", span, string::quote(text))
}

pub(crate) fn unexpected(doc: &Document, at: u32) -> Diagnostic {
    let text = doc.token_text(at);
    Diagnostic::new(&UNEXPECTED, doc.token_span(at), format!("`{text}` has no meaning here"))
        .help(format!("drop it, or put the text that contains `{text}` in quotes"))
}
