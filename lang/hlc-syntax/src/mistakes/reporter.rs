//! Collects findings, so that any input gives few of them.

use hlc_diag::{Code, Diagnostic, Edit, Severity, Span};

use crate::mistakes::{entries, strings, version, words, yaml};
use crate::tree::{Document, index};

/// A file is so broken that not everything is shown.
pub(crate) static TOO_MANY: Code = Code {
    id: "HLC0099",
    name: "too-many-problems",
    severity: Severity::Hint,
    summary: "the file has more syntax problems than are shown",
    explain: "hlc shows the first hundred syntax problems of a file. Mend some of them and check again; the rest may \
              well be their consequences. A file that is not KDL at all (YAML, JSON, a binary) ends here too.",
    bad: "",
    good: "",
};

/// How many findings of one file are shown.
const LIMIT: usize = 100;

#[derive(Debug, Default)]
pub(crate) struct Reporter {
    diagnostics: Vec<Diagnostic>,
    omitted: usize,
    /// What shows that this is KDL 1, and the edits that make it KDL 2.
    pub(crate) legacy: Vec<(Span, Vec<Edit>)>,
}

impl Reporter {
    pub(crate) fn report(&mut self, make: impl FnOnce() -> Diagnostic) {
        if self.diagnostics.len() < LIMIT {
            self.diagnostics.push(make());
        } else {
            self.omitted += 1;
        }
    }

    /// The latest finding, to be extended instead of repeated.
    pub(crate) fn latest(&mut self) -> Option<&mut Diagnostic> {
        self.diagnostics.last_mut().filter(|_| self.omitted == 0)
    }

    /// Notes that the text is KDL 1.
    pub(crate) fn legacy(&mut self, evidence: Span, edits: Vec<Edit>) {
        if self.legacy.len() < LIMIT {
            self.legacy.push((evidence, edits));
        }
    }

    /// Everything in source order.
    pub(crate) fn finish(mut self, doc: &Document) -> Vec<Diagnostic> {
        if !self.legacy.is_empty() {
            let mut words = Vec::new();
            self.diagnostics.retain(|diagnostic| {
                let folded = *diagnostic.code == words::BARE_KEYWORD;
                if folded {
                    words.extend(diagnostic.fixes.iter().flat_map(|fix| fix.edits.iter().cloned()));
                }
                !folded
            });
            self.diagnostics.push(version::legacy(&self.legacy, words));
        }
        if self.diagnostics.iter().any(|diagnostic| *diagnostic.code == strings::UNCLOSED_STRING) {
            self.drop_consequences(doc);
        }
        if yaml::fold(doc, &mut self.diagnostics) {
            self.omitted = 0;
        }
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span.start);
        if self.omitted > 0 {
            let end = index(doc.text().len());
            let more = self.omitted;
            let plural = if more == 1 { "" } else { "s" };
            self.diagnostics.push(Diagnostic::new(
                &TOO_MANY,
                Span::new(doc.file(), end, end),
                format!("{more} more syntax problem{plural} in this file"),
            ));
        }
        self.diagnostics
    }

    /// A quote too few turns the strings of a line inside out: only the one that stays open is reported.
    fn drop_consequences(&mut self, doc: &Document) {
        let unclosed: Vec<u32> = self
            .diagnostics
            .iter()
            .filter(|diagnostic| *diagnostic.code == strings::UNCLOSED_STRING)
            .map(|diagnostic| diagnostic.primary.span.start)
            .collect();
        self.diagnostics.retain(|diagnostic| {
            if *diagnostic.code != entries::MISSING_SPACE {
                return true;
            }
            let start = diagnostic.primary.span.start;
            !unclosed.iter().any(|&end| start <= end && !doc.slice(Span::new(doc.file(), start, end)).contains('\n'))
        });
    }
}
