//! Names of planned things.

use std::fmt;

use crate::Kind;

/// Names one planned thing for good: `workload.grafana/HTTPRoute.grafana`, `hetzner/server.bifrost`.
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

    /// The address of a resource of a stack.
    #[must_use]
    pub fn resource<K: Kind>(name: &str) -> Self {
        let decl = K::decl();
        Self(format!("{}/{}.{name}", decl.stack, decl.name))
    }

    /// An address that was written down, in a state file or in an output reference.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
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
