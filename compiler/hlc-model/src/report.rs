//! Findings in the order and number they are given out.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, FileId, Severity, Sources, Span};

/// A file has more findings than are shown.
pub(crate) static TOO_MANY: Code = Code {
    id: "HLC0039",
    name: "too-many-findings",
    severity: Severity::Hint,
    summary: "a file has more findings than are shown",
    explain: "hlc shows the first thousand errors of a file and as many of its warnings. Mend some of them and check again: so \
              many mostly have one cause.",
    bad: "",
    good: "",
};

/// How many errors of one file are shown, and how many other findings.
const LIMIT: usize = 1000;

/// A finding whose places are in real files.
pub(crate) struct Found {
    pub(crate) diagnostic: Diagnostic,
    /// It is about the text of a component, for one use of it.
    used: bool,
}

impl Found {
    /// Gives a finding places in real files.
    pub(crate) fn new(mut diagnostic: Diagnostic, sources: &Sources) -> Self {
        let used = sources.ground(&mut diagnostic);
        Self { diagnostic, used }
    }
}

/// Orders findings by path and place, drops those said twice (a default is read for every block it reaches, a component for
/// each use), and of too many in one file all but the first.
pub(crate) fn in_order(mut found: Vec<Found>, sources: &Sources) -> Vec<Diagnostic> {
    found.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.primary.span.start, d.primary.span.end, d.code.id);
        let (a, b) = (&a.diagnostic, &b.diagnostic);
        (sources.path(a.primary.span.file), key(a), &a.message).cmp(&(
            sources.path(b.primary.span.file),
            key(b),
            &b.message,
        ))
    });
    found.dedup_by(|later, first| {
        let (b, a) = (&later.diagnostic, &mut first.diagnostic);
        let of_uses = first.used && later.used;
        if of_uses && (a.code, a.primary.span, &a.message) == (b.code, b.primary.span, &b.message) {
            a.merge_uses(b);
            return true;
        }
        a == b
    });
    let mut diagnostics: Vec<Diagnostic> = found.into_iter().map(|found| found.diagnostic).collect();
    let mut counts: BTreeMap<(FileId, bool), usize> = BTreeMap::new();
    diagnostics.retain(|found| {
        let count = counts.entry((found.primary.span.file, found.is_error())).or_default();
        *count += 1;
        *count <= LIMIT
    });
    let mut omitted: BTreeMap<FileId, usize> = BTreeMap::new();
    for ((file, _), count) in counts {
        *omitted.entry(file).or_default() += count.saturating_sub(LIMIT);
    }
    diagnostics.extend(omitted.into_iter().filter(|&(_, more)| more > 0).map(|(file, more)| {
        let end = sources.get(file).map_or(0, |file| u32::try_from(file.text().len()).unwrap_or(u32::MAX));
        let plural = if more == 1 { "" } else { "s" };
        Diagnostic::new(&TOO_MANY, Span::new(file, end, end), format!("{more} more finding{plural} in this file"))
    }));
    diagnostics
}
