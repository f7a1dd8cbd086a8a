//! How bad a kind of finding is in this homelab.

use hlc_diag::Severity;
use hlc_schema::{Choice, Node, Spanned};

/// How bad a kind of finding is in this homelab, in place of what hlc takes it for.
///
/// It holds everywhere; what is right in one place only is said there, with [`allow`](allow.md). Findings that say that
/// something cannot be read, named or made stay errors.
#[derive(Debug, Node)]
#[node(name = "finding", example = r#"finding "open-ssh" severity="error""#)]
pub struct FindingRule {
    /// The finding's code or its name, as in `hlc explain`.
    #[arg]
    pub code: Spanned<String>,
    /// How bad it is; `off` when it is not reported at all.
    #[prop]
    pub severity: Spanned<FindingLevel>,
}

/// How bad a kind of finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum FindingLevel {
    /// Nothing is written while one stands.
    Error,
    /// Probably not what was meant.
    Warning,
    /// Could be better.
    Hint,
    /// Not reported.
    Off,
}

impl FindingLevel {
    /// The severity; `None` for what is not reported.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Hint => Some(Severity::Hint),
            Self::Off => None,
        }
    }
}
