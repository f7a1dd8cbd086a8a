//! Names of planned things.

use std::fmt;

/// Names one planned thing for good: `workload.grafana/HTTPRoute.grafana`.
///
/// Made of the names in the source, never of positions, so that moving text changes no address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

impl Address {
    /// The address of an object that a workload makes.
    #[must_use]
    pub fn object(workload: &str, kind: &str, name: &str) -> Self {
        Self(format!("workload.{workload}/{kind}.{name}"))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
