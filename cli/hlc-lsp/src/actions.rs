//! Fixes as code actions, and the word that allows a finding.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use gen_lsp_types as lsp;
use hlc_diag::{Diagnostic, Fix};

use crate::analysis::Analysis;
use crate::documents::Documents;
use crate::findings::{Client, Places, finding};

/// The fixes of findings that touch a range of a file, and what allows them, in the order of the findings.
pub(crate) fn actions(
    analysis: &Analysis,
    documents: &Documents,
    params: &lsp::CodeActionParams,
    client: Client,
) -> Vec<lsp::CodeAction> {
    let is_wanted =
        |kind: &lsp::CodeActionKind| matches!(kind, lsp::CodeActionKind::QuickFix | lsp::CodeActionKind::Empty);
    if params.context.only.as_ref().is_some_and(|only| !only.iter().any(is_wanted)) {
        return Vec::new();
    }
    let Some(uri) = documents.get(&params.text_document.uri.0).map(|document| document.uri.as_str()) else {
        return Vec::new();
    };
    let mut places = Places::new(analysis, client.encoding);
    let mut found = Vec::new();
    for diagnostic in &analysis.diagnostics {
        let span = diagnostic.primary.span;
        if places.uri(span) != uri {
            continue;
        }
        let wanted = places.bytes(span.file, params.range);
        if span.range().start <= wanted.end && wanted.start <= span.range().end {
            for fix in diagnostic.fixes.iter().chain(&allow(analysis, diagnostic)) {
                found.push(action(&mut places, documents, diagnostic, fix, client));
            }
        }
    }
    found
}

/// Allows a finding where it stands. The reason is left empty: hlc asks for it.
fn allow(analysis: &Analysis, diagnostic: &Diagnostic) -> Option<Fix> {
    let span = diagnostic.primary.span;
    let file = analysis.sources.get(span.file).filter(|file| file.path().ends_with(".kdl"))?;
    let parsed = hlc_syntax::parse(span.file, Arc::clone(file.text()));
    hlc_model::control::allow_here(diagnostic.code, span, &parsed.document)
}

fn action(
    places: &mut Places<'_>,
    documents: &Documents,
    diagnostic: &Diagnostic,
    fix: &Fix,
    client: Client,
) -> lsp::CodeAction {
    let mut edits: BTreeMap<String, Vec<lsp::TextEdit>> = BTreeMap::new();
    for edit in &fix.edits {
        let range = places.range(edit.span);
        edits
            .entry(places.uri(edit.span).to_owned())
            .or_default()
            .push(lsp::TextEdit { range, new_text: edit.text.clone() });
    }
    lsp::CodeAction {
        title: fix.title.clone(),
        kind: Some(lsp::CodeActionKind::QuickFix),
        diagnostics: Some(vec![finding(places, diagnostic, client)]),
        is_preferred: fix.safe.then_some(true),
        edit: Some(workspace_edit(edits, documents, client)),
        ..lsp::CodeAction::default()
    }
}

fn workspace_edit(
    edits: BTreeMap<String, Vec<lsp::TextEdit>>,
    documents: &Documents,
    client: Client,
) -> lsp::WorkspaceEdit {
    if !client.document_changes {
        let changes: HashMap<_, _> = edits.into_iter().map(|(uri, edits)| (uri.into(), edits)).collect();
        return lsp::WorkspaceEdit { changes: Some(changes), ..lsp::WorkspaceEdit::default() };
    }
    let change = |(uri, edits): (String, Vec<lsp::TextEdit>)| {
        let text_document = lsp::OptionalVersionedTextDocumentIdentifier {
            version: documents.get(&uri).map(|document| document.version),
            text_document_identifier: lsp::TextDocumentIdentifier { uri: uri.into() },
        };
        lsp::TextDocumentEdit { text_document, edits: edits.into_iter().map(Into::into).collect() }.into()
    };
    lsp::WorkspaceEdit {
        document_changes: Some(edits.into_iter().map(change).collect()),
        ..lsp::WorkspaceEdit::default()
    }
}
