//! What people write out of habit from YAML, JSON, TOML and shells.
//!
//! Some of it is legal KDL with another meaning. It is an error here nevertheless, because that meaning is never the
//! one wanted; quotes always get it through.

use hlc_diag::{Code, Diagnostic, Edit, Severity, Span};

use crate::mistakes::{Role, excerpt};
use crate::number::{Numeric, numeric};
use crate::parser::Parser;
use crate::string;
use crate::token::TokenKind;
use crate::tree::Document;

/// A colon stands behind a name.
pub(crate) static COLON: Code = Code {
    id: "HLC0027",
    name: "colon",
    severity: Severity::Error,
    summary: "a colon stands behind a name",
    explain: "KDL has no colon: a node is its name and its values, `port 80`, and a property is `port=80`. A bare word may \
              contain a colon, so `port:` would be a node of that name, which is never meant. A name that really ends \
              in a colon goes in quotes.",
    bad: "service {\n    port: 80\n}",
    good: "service {\n    port 80\n}",
};

/// A comma stands between values.
pub(crate) static COMMA: Code = Code {
    id: "HLC0028",
    name: "comma",
    severity: Severity::Error,
    summary: "a comma stands between values",
    explain: "Values are separated by spaces: `- ALL NET_RAW`. A bare word may contain a comma, so `ALL,` would be text that \
              ends in one, which is never meant. A text that really ends in a comma goes in quotes.",
    bad: "drop {\n    - ALL, NET_RAW\n}",
    good: "drop {\n    - ALL NET_RAW\n}",
};

/// An address stands without quotes.
pub(crate) static ADDRESS: Code = Code {
    id: "HLC0029",
    name: "bare-address",
    severity: Severity::Error,
    summary: "an address stands without quotes",
    explain: "`//` begins a comment, even directly behind a colon: of `http://x:80` KDL would keep `http:`. Put the \
              address in quotes.",
    bad: "proxmox url=https://192.168.1.235:8006",
    good: "proxmox url=\"https://192.168.1.235:8006\"",
};

/// `${…}` as in a shell.
pub(crate) static DOLLAR_BLOCK: Code = Code {
    id: "HLC0030",
    name: "dollar-block",
    severity: Severity::Error,
    summary: "`${…}` is read as `$` and a block",
    explain: "KDL has no variables in braces. A secret is `(secret)NAME`, a reference `(ref)path.to.field`, a text made of \
              references `(fmt)\"{path.to.field}/x\"`. The text `${NAME}` itself, for a program that replaces it later, goes \
              in quotes.",
    bad: "token ${CLOUDFLARE_TOKEN}",
    good: "token (secret)CLOUDFLARE_TOKEN",
};

/// A comment begins with `#`.
pub(crate) static HASH_COMMENT: Code = Code {
    id: "HLC0031",
    name: "hash-comment",
    severity: Severity::Error,
    summary: "a comment begins with `#`",
    explain: "Comments are `// …` to the end of the line and `/* … */`. `/-` comments out the node, entry or block behind \
              it.",
    bad: "# the workers\ncores 4",
    good: "// the workers\ncores 4",
};

/// Text stands in other quotes than `"`.
pub(crate) static FOREIGN_QUOTES: Code = Code {
    id: "HLC0032",
    name: "foreign-quotes",
    severity: Severity::Error,
    summary: "text stands in quotes that are not `\"`",
    explain: "KDL knows only `\"`. Single and typographic quotes are ordinary characters of a word, so the text would keep \
              them and end at its first space.",
    bad: "machine 'w1'",
    good: "machine \"w1\"",
};

/// A list stands in brackets.
pub(crate) static BRACKETS: Code = Code {
    id: "HLC0033",
    name: "brackets",
    severity: Severity::Error,
    summary: "a list stands in brackets",
    explain: "KDL has no `[…]`. Several values of a setting stand behind its name: `extensions a b`. In free data a list is a \
              block of dashes: `drop { - ALL NET_RAW }`, and the empty list is `(list)drop`.",
    bad: "drop [ALL, NET_RAW]",
    good: "drop { - ALL NET_RAW }",
};

/// Reports a word that ends in `:` and is meant without.
pub(crate) fn colon(parser: &mut Parser, token: u32, role: Role) {
    let doc = &parser.doc;
    let Some(name) = doc.token_text(token).strip_suffix(':') else { return };
    let next = doc.tokens.kind(token + 1 + u32::from(doc.tokens.kind(token + 1) == TokenKind::Whitespace));
    let value_follows = next.is_value() || next == TokenKind::OpenParen;
    let meant = match role {
        Role::Name | Role::Key => !name.is_empty(),
        Role::Argument => value_follows && !name.is_empty(),
        Role::Value | Role::Annotation => false,
    };
    if !meant {
        return;
    }
    parser.report(|doc| {
        let span = doc.token_span(token);
        let colon = Span { start: span.end - 1, ..span };
        let name = excerpt(name_of(doc, token));
        let diagnostic = Diagnostic::new(&COLON, span, format!("KDL has no colon behind a name: `{name}:`"));
        if role == Role::Argument {
            let gap = Span { end: doc.tokens.start(token + 2).max(span.end), ..colon };
            return diagnostic.help(format!("a property is `key=value`: write `{name}=`")).suggest(
                format!("write `{name}=`"),
                gap,
                "=",
            );
        }
        let shape = if value_follows { format!("`{name} value`") } else { format!("`{name} {{ … }}`") };
        let diagnostic = diagnostic
            .help(format!("drop the colon: it is {shape} in KDL; a name that really ends in a colon goes in quotes"));
        if value_follows || next == TokenKind::OpenBrace {
            diagnostic.fix("drop the colon", colon, "")
        } else {
            diagnostic // what follows is indented as in YAML: it needs braces too
        }
    });
}

fn name_of(doc: &Document, token: u32) -> &str {
    doc.token_text(token).trim_end_matches(':')
}

/// Reports a word that ends in a comma, once per line. True if that is what was wrong with it.
pub(crate) fn comma(parser: &mut Parser, token: u32, role: Role) -> bool {
    let doc = &parser.doc;
    let Some(word) = doc.token_text(token).strip_suffix(',') else { return false };
    if matches!(role, Role::Key | Role::Annotation) {
        return false;
    }
    let sound = doc.tokens.kind(token) == TokenKind::OddWord
        || numeric(word.as_bytes()) == Numeric::Number
        || matches!(word, "#true" | "#false" | "#null" | "#inf" | "#-inf" | "#nan");
    let wrong = sound || word.is_empty();
    if wrong {
        report_comma(parser, token);
    }
    wrong
}

fn report_comma(parser: &mut Parser, token: u32) {
    let span = parser.doc.token_span(token);
    let comma = Span { start: span.end - 1, ..span };
    let line_start = parser.doc.tokens.start(parser.line);
    if let Some(latest) = parser.reporter.latest()
        && *latest.code == COMMA
        && latest.primary.span.start >= line_start
        && let Some(fix) = latest.fixes.last_mut()
    {
        fix.edits.push(Edit { span: comma, text: String::new() });
        return;
    }
    parser.report(|_| {
        Diagnostic::new(&COMMA, comma, "values are separated by spaces, not by commas")
            .help("drop the comma; a text that really ends in one goes in quotes")
            .fix("drop the comma", comma, "")
    });
}

/// `"name": …` and `"a", "b"`: a sign that touches the string in front of it. True if it was one.
pub(crate) fn glued_sign(parser: &mut Parser, id: u32) -> bool {
    let at = parser.at;
    match parser.doc.token_text(at) {
        "," => report_comma(parser, at),
        ":" => {
            let is_name = parser.doc.nodes.get(id as usize).is_some_and(|node| node.name + 1 == at);
            parser.report(|doc| {
                let span = doc.token_span(at);
                let name = excerpt(doc.token_text(at.saturating_sub(1)));
                let diagnostic = Diagnostic::new(&COLON, span, format!("KDL has no colon behind a name: `{name}:`"));
                if is_name {
                    diagnostic.help(format!("drop the colon: it is `{name} value` in KDL")).fix(
                        "drop the colon",
                        span,
                        "",
                    )
                } else {
                    diagnostic.help(format!("a property is `{name}=value`"))
                }
            });
        }
        _ => return false,
    }
    parser.at += 1;
    true
}

/// An address such as `http://x:80` without quotes.
pub(crate) fn address(doc: &Document, token: u32) -> Diagnostic {
    let span = doc.token_span(token);
    let text = doc.token_text(token);
    let quoted = string::quote(text);
    Diagnostic::new(&ADDRESS, span, "an address without quotes")
        .note("`//` begins a comment, so that KDL would drop everything behind the colon")
        .help(format!("write `{}`", excerpt(&quoted)))
        .fix("put it in quotes", span, quoted)
}

/// `$` directly in front of the `{` at the current token. True if it was one and closes near by.
pub(crate) fn dollar_block(parser: &mut Parser) -> bool {
    /// Bounds the search.
    const REACH: u32 = 64;
    let open = parser.at;
    let word = open.saturating_sub(1);
    let doc = &parser.doc;
    if doc.tokens.kind(word) != TokenKind::OddWord || !doc.token_text(word).ends_with('$') {
        return false;
    }
    let line = (open..open + REACH).take_while(|&i| doc.tokens.kind(i) != TokenKind::Newline);
    let Some(close) = line.into_iter().find(|&i| doc.tokens.kind(i) == TokenKind::CloseBrace) else { return false };
    let mut end = close + 1;
    while doc.tokens.kind(end).is_string() {
        end += 1;
    }
    parser.at = end;
    parser.report(|doc| {
        let span = doc.tokens_span(word, end - 1);
        let text = doc.slice(span);
        let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).map(str::trim);
        let diagnostic =
            Diagnostic::new(&DOLLAR_BLOCK, span, format!("`{}` is read as `$` and a block", excerpt(text)));
        let quoted = string::quote(text);
        match name.filter(|name| string::is_bare_identifier(name)) {
            Some(name) => diagnostic
                .help(format!("a secret is `(secret){name}`, the text itself `{quoted}`"))
                .note("hlc has no variables of the environment: builds give the same result everywhere")
                .suggest(format!("write `(secret){name}`"), span, format!("(secret){name}"))
                .suggest("put it in quotes", span, quoted),
            None => diagnostic
                .help(
                    "for a text made of references write `(fmt)\"{path.to.field}/x\"`; for the text itself put it in quotes",
                )
                .suggest("put it in quotes", span, quoted),
        }
    });
    true
}

/// A comment with `#`, from token `first` up to token `end`.
pub(crate) fn hash_comment(doc: &Document, first: u32, end: u32) -> Diagnostic {
    let span = doc.tokens_span(first, end.saturating_sub(1).max(first));
    let text = doc.slice(span);
    let hashes = text.bytes().take_while(|&b| b == b'#').count();
    let sign = Span { end: span.start + crate::tree::index(hashes), ..span };
    let space = if text.as_bytes().get(hashes).is_none_or(u8::is_ascii_whitespace) { "" } else { " " };
    Diagnostic::new(&HASH_COMMENT, span, "a comment begins with `//`, not with `#`").help("write `//`").fix(
        "write `//`",
        sign,
        format!("//{space}"),
    )
}

/// Text in quotes KDL does not know.
pub(crate) fn foreign_quotes(doc: &Document, token: u32) -> Diagnostic {
    let span = doc.token_span(token);
    let text = doc.token_text(token);
    let quote = text.chars().next().unwrap_or('\'');
    let inner = string::value(text, TokenKind::ForeignQuoted);
    let quoted = format!("\"{}\"", inner.replace('\\', "\\\\").replace('"', "\\\""));
    Diagnostic::new(&FOREIGN_QUOTES, span, format!("`{quote}` is not a quote in KDL"))
        .help(format!("write `{}`", excerpt(&quoted)))
        .fix("use `\"`", span, quoted)
}

/// `[…]` on one line.
pub(crate) fn brackets(doc: &Document, token: u32, role: Role) -> Diagnostic {
    let span = doc.token_span(token);
    let text = doc.token_text(token);
    let diagnostic = Diagnostic::new(&BRACKETS, span, format!("KDL has no lists in brackets: `{}`", excerpt(text)));
    let inner = text.get(1..text.len() - 1).unwrap_or("");
    if role == Role::Name && string::is_bare_identifier(inner) {
        return diagnostic.help(format!("a section is a node with a block: `{inner} {{ … }}`"));
    }
    if role != Role::Argument || inner.contains(['[', '{']) {
        return diagnostic.help("write a child block with one `-` line per item: `name { - a; - b }`");
    }
    let items: Vec<&str> = inner.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
    let list = format!("{{ - {} }}", items.join(" "));
    if items.is_empty() {
        return diagnostic.help("the empty list is `(list)name`");
    }
    diagnostic
        .help(format!(
            "write the values behind the name, or in free data write a block of dashes: `{}`",
            excerpt(&list)
        ))
        .suggest("write a block of dashes", span, list)
}

/// `r"…"` of KDL 1 with its string at the current token. True if it was one; the string takes the place of the `r`.
pub(crate) fn legacy_raw_string(parser: &mut Parser, id: u32) -> bool {
    let string = parser.at;
    let letter = string.saturating_sub(1);
    let doc = &mut parser.doc;
    let kind = doc.tokens.kind(string);
    let is_raw = kind == TokenKind::Raw || kind == TokenKind::RawMultiline;
    if doc.token_text(letter) != "r" || !(is_raw || matches!(kind, TokenKind::Quoted | TokenKind::Escaped)) {
        return false;
    }
    let letter_span = doc.token_span(letter);
    let string_span = doc.token_span(string);
    if let Some(entry) = doc.entries.last_mut().filter(|entry| entry.value == letter) {
        entry.value = string;
    } else if let Some(node) = doc.nodes.get_mut(id as usize).filter(|node| node.name == letter) {
        node.name = string;
    }
    let edits = if is_raw {
        vec![Edit { span: letter_span, text: String::new() }]
    } else {
        vec![Edit { span: letter_span, text: "#".to_owned() }, Edit { span: string_span.after(), text: "#".to_owned() }]
    };
    parser.reporter.legacy(letter_span.to(string_span), edits);
    true
}
