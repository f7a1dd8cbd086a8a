//! Strings that do not end, and what is wrong within those that do.

use std::ops::Range;

use hlc_diag::{Code, Diagnostic, Severity, Span};

use crate::chars;
use crate::mistakes::excerpt;
use crate::parser::Parser;
use crate::string::{self, Flaw, Sink};
use crate::tree::{Document, index};

/// A string has no end.
pub(crate) static UNCLOSED_STRING: Code = Code {
    id: "HLC0022",
    name: "unclosed-string",
    severity: Severity::Error,
    summary: "a string has no closing quote",
    explain: "A string in `\"…\"` ends on its line. A raw string ends with its quote and as many `#` as it began with. Text \
              over several lines stands between `\"\"\"` and `\"\"\"`, each at the end or on a line of its own.",
    bad: "machine \"w1 {\n    cores 4\n}",
    good: "machine \"w1\" {\n    cores 4\n}",
};

/// A string in single quotes runs over several lines.
pub(crate) static BROKEN_STRING: Code = Code {
    id: "HLC0023",
    name: "string-over-lines",
    severity: Severity::Error,
    summary: "a string in `\"…\"` runs over several lines",
    explain: "Text over several lines stands between `\"\"\"` at the end of a line and `\"\"\"` on a line of its own; what the \
              last line is indented by is taken off every line. To break a long text without a newline in it, end the \
              line with `\\`.",
    bad: "note \"one\ntwo\"",
    good: "note \"\"\"\n    one\n    two\n    \"\"\"",
};

/// A backslash in a string makes no escape.
pub(crate) static ESCAPE: Code = Code {
    id: "HLC0024",
    name: "escape",
    severity: Severity::Error,
    summary: "a `\\` in a string makes no escape",
    explain: "The escapes are `\\n`, `\\r`, `\\t`, `\\b`, `\\f`, `\\s` (a space), `\\\\`, `\\\"`, `\\u{…}` with one to six \
              hexadecimal digits, and `\\` in front of white space, which drops both. For text full of backslashes \
              (regular expressions, Windows paths) use a raw string: `#\"…\"#`.",
    bad: "match \"\\d+\"",
    good: "match #\"\\d+\"#",
};

/// The quotes of a multi-line string are not at the end and at the start of a line.
pub(crate) static MULTILINE_QUOTES: Code = Code {
    id: "HLC0025",
    name: "multiline-quotes",
    severity: Severity::Error,
    summary: "text stands on the line of a `\"\"\"`",
    explain: "The opening `\"\"\"` ends its line, and only white space may stand in front of the closing one. Text on one \
              line stands in `\"…\"`.",
    bad: "note \"\"\"one line\"\"\"",
    good: "note \"one line\"",
};

/// A line of a multi-line string is indented less than its last line.
pub(crate) static MULTILINE_INDENT: Code = Code {
    id: "HLC0026",
    name: "multiline-indent",
    severity: Severity::Error,
    summary: "a line of a multi-line string is not indented like its last line",
    explain: "The white space in front of the closing `\"\"\"` is taken off every line, so that every line (blank ones apart) \
              has to begin with exactly that white space: tabs and spaces are not the same.",
    bad: "note \"\"\"\n    one\n  two\n    \"\"\"",
    good: "note \"\"\"\n    one\n    two\n    \"\"\"",
};

/// How many flaws of one string are reported.
const LIMIT: usize = 8;

#[derive(Default)]
struct Flaws(Vec<(Range<usize>, Flaw)>);

impl Sink for Flaws {
    fn piece(&mut self, _: &str, _: usize) {}

    fn flaw(&mut self, at: Range<usize>, flaw: Flaw) {
        // Lines indented too little are one mistake: the last line is indented too much.
        let again = flaw == Flaw::Indent && self.0.iter().any(|(_, other)| *other == Flaw::Indent);
        if self.0.len() < LIMIT && !again {
            self.0.push((at, flaw));
        }
    }
}

/// Reports what is wrong within a string.
pub(crate) fn check(parser: &mut Parser, token: u32) {
    let mut flaws = Flaws::default();
    string::walk(parser.doc.token_text(token), parser.tokens().kind(token), &mut flaws);
    for (at, flaw) in flaws.0 {
        parser.report(|doc| describe(doc, token, at, flaw));
    }
}

fn describe(doc: &Document, token: u32, at: Range<usize>, flaw: Flaw) -> Diagnostic {
    let start = doc.tokens.start(token);
    let span = Span::new(doc.file, start + index(at.start), start + index(at.end));
    let text = doc.slice(span);
    let opening = Span { end: start + 3, ..doc.token_span(token) };
    match flaw {
        Flaw::UnknownEscape => unknown_escape(span, text),
        Flaw::UnicodeSyntax => Diagnostic::new(&ESCAPE, span, format!("`{text}` is not a Unicode escape"))
            .help("write one to six hexadecimal digits in braces: `\\u{1f600}`"),
        Flaw::NotScalar => Diagnostic::new(&ESCAPE, span, format!("`{text}` is not a character"))
            .help("characters go up to `\\u{10ffff}`, with no surrogates (`\\u{d800}` to `\\u{dfff}`)"),
        Flaw::OneLine => one_line(doc, token, text),
        Flaw::TextBehindOpening => Diagnostic::new(&MULTILINE_QUOTES, span, "text behind the opening `\"\"\"`")
            .label(opening, "text begins on the next line")
            .help("start a new line for the text; the newline here is not part of it")
            .suggest("start a new line", Span { end: span.start, ..span }, "\n"),
        Flaw::TextBeforeClosing => Diagnostic::new(&MULTILINE_QUOTES, span, "text in front of the closing `\"\"\"`")
            .label(opening, "opened here")
            .help("put the closing `\"\"\"` on a line of its own; the newline in front of it is not part of the text"),
        Flaw::Indent => {
            let end = doc.token_span(token).end;
            let hashes = doc.token_text(token).bytes().take_while(|&b| b == b'#').count();
            let quotes = end.saturating_sub(index(hashes + 3));
            let line = doc.text().get(..quotes as usize).unwrap_or("");
            let prefix = index(line.len() - line.trim_end_matches([' ', '\t']).len());
            Diagnostic::new(&MULTILINE_INDENT, span, "this line is not indented like the closing `\"\"\"`")
                .label(Span::new(doc.file, quotes - prefix, end), "every line begins with this white space")
                .help("indent the line exactly like the last one, or the last one less")
        }
    }
}

fn unknown_escape(span: Span, text: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(&ESCAPE, span, format!("`{text}` is not an escape"));
    if text == "\\/" {
        return diagnostic.help("`/` needs no escape").fix("drop the backslash", span, "/");
    }
    if text == "\\'" {
        return diagnostic.help("`'` needs no escape").fix("drop the backslash", span, "'");
    }
    diagnostic
        .help(format!("for the backslash itself write `\\{text}`, or use a raw string: `#\"…{text}…\"#`"))
        .suggest("write the backslash twice", span, format!("\\{text}"))
}

fn one_line(doc: &Document, token: u32, text: &str) -> Diagnostic {
    let span = doc.token_span(token);
    let raw = doc.token_text(token).starts_with('#');
    let diagnostic = Diagnostic::new(&MULTILINE_QUOTES, span, "a string in `\"\"\"` on one line")
        .help("use one quote for text on one line: `\"…\"`; text in `\"\"\"` begins on a line of its own");
    if raw { diagnostic } else { diagnostic.suggest("use one quote", span, string::quote(text)) }
}

/// A string over several lines in `"…"`.
pub(crate) fn broken(doc: &Document, token: u32) -> Diagnostic {
    let span = doc.token_span(token);
    let text = doc.token_text(token);
    let first = Span { end: span.start + index(chars::line_end(text.as_bytes(), 0)), ..span };
    Diagnostic::new(&BROKEN_STRING, first, "a string in `\"…\"` ends on its line")
        .label(Span { start: span.end - 1, ..span }, "closed here")
        .help("for text over several lines use `\"\"\"`; to break a long text, end the line with `\\`")
}

/// A string without its end.
pub(crate) fn unclosed(doc: &Document, token: u32) -> Diagnostic {
    let span = doc.token_span(token);
    let text = doc.token_text(token);
    let hashes = text.bytes().take_while(|&b| b == b'#').count();
    let open = text.bytes().skip(hashes).take_while(|&b| b == b'"').count();
    let closing = "#".repeat(hashes.min(8));
    let first = Span { end: span.start + index(chars::line_end(text.as_bytes(), 0)), ..span };
    if open >= 3 {
        return Diagnostic::new(&UNCLOSED_STRING, first, format!("no `\"\"\"{closing}` closes this string"))
            .here("opened here")
            .help(format!("close it with `\"\"\"{closing}` on a line of its own"));
    }
    if hashes > 0 && text.len() > hashes + 1 && text.ends_with('"') {
        return Diagnostic::new(&UNCLOSED_STRING, first, format!("no `{closing}` behind the closing quote"))
            .help(format!("a string that begins with `{closing}\"` ends with `\"{closing}`"))
            .suggest(format!("insert `{closing}`"), span.after(), closing);
    }
    Diagnostic::new(&UNCLOSED_STRING, first, format!("no closing quote behind `{}`", excerpt(text)))
        .here("opened here")
        .help("a string ends on its line: insert the quote, or use `\"\"\"` for text over several lines")
        .suggest("insert the quote", span.after(), format!("\"{closing}"))
}
