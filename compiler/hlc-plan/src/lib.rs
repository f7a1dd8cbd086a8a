//! What should exist: the compiler's output, before anything acts on it.
//!
//! A [`Plan`] is pure data and says nothing about what is there already. It is the same for the same input, in the same
//! order, whatever the order of files and nodes was.
//!
//! Architecture invariants:
//! - No IO, no clock, no randomness.
//! - A plan never holds a secret's value.

use hlc_diag::Span;
use hlc_schema::Data;

mod address;

pub use address::Address;

/// A Kubernetes object that should exist.
#[derive(Clone, Debug)]
pub struct PlannedObject {
    /// Where it stands in the homelab: `workload.grafana/HTTPRoute.grafana`.
    pub address: Address,
    /// `apps/v1`
    pub api_version: String,
    /// `Deployment`
    pub kind: String,
    /// `metadata.name`
    pub name: String,
    /// `metadata.namespace`; `None` for cluster-scoped kinds.
    pub namespace: Option<String>,
    /// The whole object, `apiVersion`, `kind` and `metadata` included.
    pub body: Data,
    /// The node that asked for it.
    pub origin: Span,
}

/// One workload's part of the plan.
#[derive(Clone, Debug)]
pub struct PlannedWorkload {
    /// The workload's name.
    pub name: String,
    /// Its folder in the output tree.
    pub folder: String,
    /// Its objects, ordered by kind, name, namespace.
    pub objects: Vec<PlannedObject>,
}

/// What should exist.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Ordered by name.
    pub workloads: Vec<PlannedWorkload>,
}
