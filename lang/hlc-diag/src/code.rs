//! The identity and documentation of one kind of finding.

use crate::Severity;

/// One kind of finding: what `hlc explain CODE` prints and docs/diagnostics lists.
///
/// Declared as a `static` beside the code that detects it:
///
/// ```
/// use hlc_diag::{Code, Severity};
///
/// /// A route names a Service that nothing makes.
/// pub static ROUTE_SERVICE: Code = Code {
///     id: "HLC0601",
///     name: "route-service",
///     severity: Severity::Error,
///     summary: "a route leads to a Service that nothing makes",
///     explain: "The gateway would answer every request with 500 …",
///     bad: "…",
///     good: "…",
/// };
/// ```
#[derive(Debug)]
pub struct Code {
    /// Stable identifier, `HLC` and four digits. Never reused.
    pub id: &'static str,
    /// Stable kebab-case name, for people.
    pub name: &'static str,
    /// How bad it is unless the homelab says otherwise.
    pub severity: Severity,
    /// One line: what is wrong in general.
    pub summary: &'static str,
    /// Markdown: why it matters and what to do about it.
    pub explain: &'static str,
    /// KDL that is reported with this code (a fixture, see docs/contributing.md); empty when no KDL text can show it.
    pub bad: &'static str,
    /// The same KDL, mended; empty when `bad` is.
    pub good: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}
