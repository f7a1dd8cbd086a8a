//! Findings that no homelab can allow or make less of.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hlc_diag::{Code, Severity};

/// Why a kind of finding stands, whatever the homelab says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firm {
    /// The text cannot be read, so that nobody knows what would be allowed.
    Unread,
    /// A name or a reference means nothing, so that there is no value to go on with.
    Unnamed,
    /// What it is about cannot be made, so that it would be missing from the output.
    Unmade,
    /// Whoever it is for takes nothing of the kind: the API of a vendor, the API server.
    Refused,
    /// A secret would be where everybody can read it.
    Leak,
    /// Something would be overwritten or lost.
    Loss,
    /// It is about these words.
    Control,
}

impl Firm {
    /// Why, in a sentence.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::Unread => "what cannot be read means nothing, so there would be nothing to go on with",
            Self::Unnamed => "a name or reference without a meaning leaves nothing to go on with",
            Self::Unmade => "what it is about cannot be made: it would be missing, and nobody would be told",
            Self::Refused => "whoever it is for refuses it: `hlc apply`, or Argo CD, would get stuck there",
            Self::Leak => "a secret would stand where everybody could read it",
            Self::Loss => "something would be overwritten or lost",
            Self::Control => "it is about what is said of findings",
        }
    }
}

/// Why a homelab can neither allow findings of this kind nor make less of them; `None` when it can. Warnings and hints are the
/// homelab's own to judge; of errors those that checks find, but for a few.
#[must_use]
pub fn firm(code: &Code) -> Option<Firm> {
    FIRM.get(code.id).copied()
}

static FIRM: LazyLock<BTreeMap<&'static str, Firm>> = LazyLock::new(|| {
    let stages: [(Vec<&'static Code>, Firm); 16] = [
        (hlc_syntax::CODES.to_vec(), Firm::Unread),
        (hlc_schema::codes(), Firm::Unread),
        (crate::load::CODES.to_vec(), Firm::Unread),
        (crate::expand::CODES.to_vec(), Firm::Unread),
        (hlc_chart::lock::CODES.to_vec(), Firm::Unread),
        (crate::charts::CODES.to_vec(), Firm::Unmade),
        (crate::environment::CODES.to_vec(), Firm::Unnamed),
        (crate::collect::CODES.to_vec(), Firm::Unread),
        (crate::names::CODES.to_vec(), Firm::Unnamed),
        (crate::resolve::CODES.to_vec(), Firm::Unnamed),
        (crate::concept::codes(), Firm::Unmade),
        (crate::workload::codes(), Firm::Unmade),
        (crate::stack::codes(), Firm::Unmade),
        // A danger is accepted for one change, not for good.
        (hlc_diff::codes(), Firm::Loss),
        // Found while a plan is made against what is there, never in the homelab alone.
        (hlc_change::CODES.to_vec(), Firm::Loss),
        (super::CODES.to_vec(), Firm::Control),
    ];
    let stages = stages.iter().flat_map(|(codes, firm)| codes.iter().map(|code| (*code, *firm)));
    let mut firm: BTreeMap<_, _> =
        stages.filter(|(code, _)| code.severity == Severity::Error).map(|(code, firm)| (code.id, firm)).collect();
    firm.extend(crate::check::FIRM.iter().map(|(code, why)| (code.id, *why)));
    firm.extend(crate::resolve::LEAKS.iter().chain(crate::stack::LEAKS).map(|code| (code.id, Firm::Leak)));
    firm
});
