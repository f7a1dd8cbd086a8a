//! What is offered and told where findings are named: in an `allow`, and where the homelab says how bad they are.

use std::collections::BTreeSet;
use std::ops::Range;

use gen_lsp_types as lsp;
use hlc_diag::{Code, Sources, Span};
use hlc_model::control::{FindingLevel, Word, WordKind, firm, word_at};
use hlc_model::docs;
use serde_json::{Value, json};

use crate::analysis::Analysis;
use crate::documents::Document;
use crate::findings::{Client, Places};
use crate::position::Lines;

/// A text that is open, with the word about findings at a place in it.
struct Asked<'d> {
    lines: Lines<'d>,
    parsed: hlc_syntax::Document,
    word: Word,
    /// Up to here it is written.
    offset: usize,
}

impl<'d> Asked<'d> {
    fn at(document: &'d Document, position: lsp::Position, client: Client) -> Option<Self> {
        let lines = Lines::new(&document.text);
        let offset = lines.offset(position, client.encoding);
        let file = Sources::default().add(document.uri.clone(), document.text.clone());
        let parsed = hlc_syntax::parse(file, document.text.clone()).document;
        let word = word_at(&parsed, u32::try_from(offset).ok()?)?;
        Some(Self { lines, parsed, word, offset })
    }

    fn range(&self, client: Client) -> lsp::Range {
        self.lines.range(self.word.span.range(), client.encoding)
    }
}

/// What could stand at a place. Findings that are there to be allowed come first.
pub(crate) fn completions(
    document: &Document,
    analyses: &[&Analysis],
    position: lsp::Position,
    client: Client,
) -> Vec<lsp::CompletionItem> {
    let Some(asked) = Asked::at(document, position, client) else { return Vec::new() };
    let range = asked.range(client);
    // Clients hold what is written so far, with its quote, against this.
    let written = asked.parsed.text().get(asked.word.span.range().start..asked.offset).unwrap_or_default();
    let quote = if written.starts_with('"') { "\"" } else { "" };
    let item = |label: &str, kind, sort: String| lsp::CompletionItem {
        label: label.to_owned(),
        kind: Some(kind),
        sort_text: Some(sort),
        text_edit: Some(lsp::TextEdit { range, new_text: format!("\"{label}\"") }.into()),
        ..lsp::CompletionItem::default()
    };
    let found = match asked.word.kind {
        WordKind::Severity => {
            let words = FindingLevel::WORDS.iter().enumerate();
            let words = words.map(|(number, word)| lsp::CompletionItem {
                filter_text: Some(format!("{quote}{word}")),
                ..item(word, lsp::CompletionItemKind::EnumMember, number.to_string())
            });
            return words.collect();
        }
        WordKind::Judged => BTreeSet::new(),
        WordKind::Allowed(node) => found_in(node, document, analyses, client),
    };
    let codes = hlc_model::codes().into_iter().filter(|code| firm(code).is_none());
    let codes = codes.map(|code| {
        let place = u8::from(!found.contains(code.id));
        lsp::CompletionItem {
            // By its name or by its code.
            filter_text: Some(format!("{quote}{} {}", code.name, code.id)),
            detail: Some(format!("{} ({}): {}", code.id, code.severity.as_str(), code.summary)),
            data: Some(json!({ "code": code.id })),
            ..item(code.name, lsp::CompletionItemKind::Constant, format!("{place}{}", code.id))
        }
    });
    codes.collect()
}

/// The codes of what is found in a node.
fn found_in(node: Span, document: &Document, analyses: &[&Analysis], client: Client) -> BTreeSet<&'static str> {
    let mut codes = BTreeSet::new();
    for analysis in analyses {
        let places = Places::new(analysis, client.encoding);
        let inside = |span: Span, node: Range<usize>| {
            node.start <= span.range().start && span.range().end <= node.end && places.uri(span) == document.uri
        };
        let found = analysis.diagnostics.iter().filter(|found| inside(found.primary.span, node.range()));
        codes.extend(found.map(|found| found.code.id));
    }
    codes
}

/// A completion with what `hlc explain` says of it.
pub(crate) fn resolve(mut item: lsp::CompletionItem, client: Client) -> lsp::CompletionItem {
    let id = item.data.as_ref().and_then(|data| data.get("code")).and_then(Value::as_str);
    item.documentation = id.and_then(docs::code).map(|code| page(code, client).into());
    item
}

/// What `hlc explain` says of the finding that is named at a place.
pub(crate) fn hover(document: &Document, position: lsp::Position, client: Client) -> Option<lsp::Hover> {
    let asked = Asked::at(document, position, client)?;
    let code = match asked.word.kind {
        WordKind::Allowed(_) | WordKind::Judged => docs::code(asked.word.text(&asked.parsed))?,
        WordKind::Severity => return None,
    };
    Some(lsp::Hover { contents: page(code, client).into(), range: Some(asked.range(client)) })
}

fn page(code: &Code, client: Client) -> lsp::MarkupContent {
    let kind = if client.markdown { lsp::MarkupKind::Markdown } else { lsp::MarkupKind::PlainText };
    lsp::MarkupContent { kind, value: docs::code_page(code) }
}
