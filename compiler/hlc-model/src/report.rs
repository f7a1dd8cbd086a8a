//! Findings in the order and number they are given out.

use std::collections::BTreeMap;

use hlc_diag::{Allowed, Code, Diagnostic, FileId, Severity, Sources, Span};

use crate::control::firm::Firm;
use crate::control::{Control, Verdict, firm};

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
    /// The number of the `allow` that covers it.
    allowed: Option<usize>,
}

impl Found {
    /// Judges a finding and gives it places in real files; `None` when the homelab does not want to know.
    pub(crate) fn judged(mut diagnostic: Diagnostic, control: &Control, sources: &Sources) -> Option<Self> {
        let allowed = match control.judge(&diagnostic, sources) {
            Verdict::Reported(severity) => {
                diagnostic.severity = severity;
                None
            }
            Verdict::Allowed(number) => Some(number),
            Verdict::Off => return None,
        };
        let used = sources.ground(&mut diagnostic);
        Some(Self { diagnostic, used, allowed })
    }

    /// True for an error that nobody allows.
    pub(crate) fn stands(&self) -> bool {
        self.allowed.is_none() && self.diagnostic.is_error()
    }

    /// True when something could not be read or made, so that not every check has run.
    pub(crate) fn hides_others(&self) -> bool {
        let firm = firm(self.diagnostic.code);
        self.stands() && firm.is_some_and(|firm| !matches!(firm, Firm::Control | Firm::Refused))
    }
}

/// Findings as they are given out.
pub(crate) struct Report {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) allowed: Vec<Allowed>,
}

/// Orders findings by path and place, drops those said twice (a default is read for every block it reaches, a component for
/// each use), and of too many in one file all but the first.
pub(crate) fn in_order(mut found: Vec<Found>, control: &Control, sources: &Sources) -> Report {
    found.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.primary.span.start, d.primary.span.end, d.code.id);
        let (a, b) = ((&a.diagnostic, a.allowed), (&b.diagnostic, b.allowed));
        (sources.path(a.0.primary.span.file), key(a.0), &a.0.message, a.1).cmp(&(
            sources.path(b.0.primary.span.file),
            key(b.0),
            &b.0.message,
            b.1,
        ))
    });
    found.dedup_by(|later, first| {
        if later.allowed != first.allowed {
            return false;
        }
        let (b, a) = (&later.diagnostic, &mut first.diagnostic);
        let of_uses = first.used && later.used;
        if of_uses && (a.code, a.primary.span, &a.message) == (b.code, b.primary.span, &b.message) {
            a.merge_uses(b);
            return true;
        }
        a == b
    });
    let (mut allowed, mut diagnostics) = (Vec::new(), Vec::new());
    for Found { diagnostic, allowed: by, .. } in found {
        match by.and_then(|number| control.allow(number, sources)) {
            Some((at, reason)) => allowed.push(Allowed { finding: diagnostic, at, reason: reason.to_owned() }),
            None => diagnostics.push(diagnostic),
        }
    }
    limit(&mut diagnostics, sources);
    Report { diagnostics, allowed }
}

/// Leaves out what is too much for one file, and says how much that is.
fn limit(diagnostics: &mut Vec<Diagnostic>, sources: &Sources) {
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
}
