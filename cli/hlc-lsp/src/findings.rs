//! Findings in the protocol's words.

use std::collections::BTreeMap;

use gen_lsp_types as lsp;
use hlc_diag::{Diagnostic, FileId, Severity, Span};

use crate::analysis::Analysis;
use crate::position::{Encoding, Lines};

/// What a client can take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    pub(crate) encoding: Encoding,
    /// Shows places that belong to a finding.
    pub(crate) related: bool,
    /// Takes edits with the version of the text they are for.
    pub(crate) document_changes: bool,
    /// Tells of changes on disk when it is asked to.
    pub(crate) watches: bool,
    /// Shows Markdown where something is explained.
    pub(crate) markdown: bool,
}

/// Turns spans of one analysis into ranges.
pub(crate) struct Places<'a> {
    analysis: &'a Analysis,
    lines: BTreeMap<FileId, Lines<'a>>,
    encoding: Encoding,
}

impl<'a> Places<'a> {
    pub(crate) fn new(analysis: &'a Analysis, encoding: Encoding) -> Self {
        Self { analysis, lines: BTreeMap::new(), encoding }
    }

    fn lines(&mut self, file: FileId) -> Option<&Lines<'a>> {
        let source = self.analysis.sources.get(file)?;
        Some(self.lines.entry(file).or_insert_with(|| Lines::new(source.text())))
    }

    pub(crate) fn range(&mut self, span: Span) -> lsp::Range {
        let encoding = self.encoding;
        self.lines(span.file).map(|lines| lines.range(span.range(), encoding)).unwrap_or_default()
    }

    pub(crate) fn uri(&self, span: Span) -> &'a str {
        self.analysis.uri(self.analysis.sources.path(span.file))
    }

    /// The bytes of a range in a file.
    pub(crate) fn bytes(&mut self, file: FileId, range: lsp::Range) -> std::ops::Range<usize> {
        let encoding = self.encoding;
        self.lines(file).map_or(0..0, |lines| lines.offset(range.start, encoding)..lines.offset(range.end, encoding))
    }
}

/// One finding. Notes and helps stand below the message, since clients show no other place for them.
pub(crate) fn finding(places: &mut Places<'_>, diagnostic: &Diagnostic, client: Client) -> lsp::Diagnostic {
    let mut message = diagnostic.message.clone();
    let mut add = |text: &str| {
        message.push('\n');
        message.push_str(text);
    };
    if !diagnostic.primary.text.is_empty() {
        add(&diagnostic.primary.text);
    }
    if !client.related {
        for label in &diagnostic.labels {
            add(&format!("{}: {}", places.analysis.sources.locate(label.span), label.text));
        }
    }
    diagnostic.notes.iter().for_each(|note| add(&format!("note: {note}")));
    diagnostic.helps.iter().for_each(|help| add(&format!("help: {help}")));
    let related = |label: &hlc_diag::Label| lsp::DiagnosticRelatedInformation {
        location: lsp::Location { uri: places.uri(label.span).into(), range: places.range(label.span) },
        message: label.text.clone(),
    };
    let related: Vec<_> = if client.related { diagnostic.labels.iter().map(related).collect() } else { Vec::new() };
    lsp::Diagnostic {
        range: places.range(diagnostic.primary.span),
        severity: Some(match diagnostic.severity {
            Severity::Error => lsp::DiagnosticSeverity::Error,
            Severity::Warning => lsp::DiagnosticSeverity::Warning,
            Severity::Hint => lsp::DiagnosticSeverity::Hint,
        }),
        code: Some(diagnostic.code.id.to_owned().into()),
        source: Some("hlc".to_owned()),
        message: message.into(),
        related_information: (!related.is_empty()).then_some(related),
        data: Some(serde_json::json!({ "name": diagnostic.code.name })),
        ..lsp::Diagnostic::default()
    }
}

/// All findings by the URI of their file; files without any are there too.
pub(crate) fn by_file(analysis: &Analysis, client: Client) -> BTreeMap<String, Vec<lsp::Diagnostic>> {
    let mut places = Places::new(analysis, client.encoding);
    let mut files: BTreeMap<String, Vec<lsp::Diagnostic>> =
        analysis.uris().map(|uri| (uri.to_owned(), Vec::new())).collect();
    for diagnostic in &analysis.diagnostics {
        let uri = places.uri(diagnostic.primary.span).to_owned();
        let finding = finding(&mut places, diagnostic, client);
        files.entry(uri).or_default().push(finding);
    }
    files
}
