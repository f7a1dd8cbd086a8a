//! What should exist: the compiler's output, before anything acts on it.
//!
//! A [`Plan`] is pure data and says nothing about what is there already. It is the same for the same input, in the same
//! order, whatever the order of files and nodes was.
//!
//! Architecture invariants:
//! - No IO, no clock, no randomness.
//! - A plan never holds a secret's value.
//! - What a change of a property means is said once, on the resource kind's declaration ([`KindDecl`]).

use hlc_diag::Span;
use hlc_schema::Data;

// `#[derive(Kind)]` names this crate from outside.
extern crate self as hlc_plan;

mod address;
mod input;
mod kind;
mod property;
mod resource;
mod stack;

pub use address::Address;
pub use hlc_plan_derive::{Kind, Part};
pub use input::Input;
pub use kind::{Change, Kind, KindDecl, OutputDecl, PropertyDecl, Secrecy};
pub use property::Property;
pub use resource::{Ownership, PlannedResource};
pub use stack::{PlannedStack, Stack};

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
    /// What of a chart made it; `None` for what is written in the homelab.
    pub rendered: Option<Rendered>,
}

/// Where an object of a chart comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The release.
    pub release: String,
    /// The template, from the chart's folder.
    pub template: String,
}

/// One workload's part of the plan.
#[derive(Clone, Debug)]
pub struct PlannedWorkload {
    /// The workload's name.
    pub name: String,
    /// Its folder in the output tree.
    pub folder: String,
    /// The namespace that it is meant for.
    pub namespace: String,
    /// Where it is named.
    pub origin: Span,
    /// What its Application says besides the template that Argo CD makes it from: a patch of an Application.
    pub application: Option<Data>,
    /// Its objects, ordered by kind, name, namespace.
    pub objects: Vec<PlannedObject>,
    /// Files in its folder that are no objects, by name: what a later build has to know.
    pub files: Vec<(String, String)>,
}

/// What should exist.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Ordered by name.
    pub workloads: Vec<PlannedWorkload>,
    /// True when Argo CD reads which workloads there are from files, one per workload.
    pub listed: bool,
    /// In the order of [`Stack::ALL`]; stacks without resources are left out.
    pub stacks: Vec<PlannedStack>,
}
