//! Checks across the homelab, one file each.
//!
//! A check looks at the whole model and plan and says what would fail later. Add one as a new file and a line in
//! [`CHECKS`]; its [`Code`] carries the documentation and the examples that the tests compile.

use hlc_diag::{Code, Diagnostic};
use hlc_plan::{Plan, PlannedObject};
use hlc_schema::{Data, ScopeId};

use crate::model::Model;
use crate::resolve::Resolver;
use crate::workload::Workload;

mod addresses;
mod branches;
mod data_blocks;
mod duplicate_host;
mod duplicate_object;
mod gateway_listener;
mod kubernetes;
mod missing_claim;
mod pod_security;
mod route_service;
mod secret_keys;
mod selector;
mod service_selector;
mod store_keys;

/// One check.
pub struct Check {
    /// What it can find.
    pub codes: &'static [&'static Code],
    run: fn(&Facts<'_>, &mut Vec<Diagnostic>),
}

/// Every check, in the order of their codes.
pub const CHECKS: &[Check] = &[
    data_blocks::CHECK,
    kubernetes::CHECK,
    duplicate_object::CHECK,
    route_service::CHECK,
    duplicate_host::CHECK,
    gateway_listener::CHECK,
    store_keys::CHECK,
    secret_keys::CHECK,
    selector::CHECK,
    service_selector::CHECK,
    missing_claim::CHECK,
    pod_security::CHECK,
    addresses::CHECK,
    branches::CHECK,
];

/// What checks look at.
pub struct Facts<'m> {
    pub(crate) model: &'m Model,
    pub(crate) resolver: &'m Resolver<'m>,
    pub(crate) plan: &'m Plan,
}

/// A workload with what it becomes.
pub(crate) struct WorkloadFacts<'m> {
    pub(crate) workload: &'m Workload,
    pub(crate) scope: ScopeId,
    pub(crate) objects: &'m [PlannedObject],
}

impl<'m> Facts<'m> {
    pub(crate) fn new(model: &'m Model, resolver: &'m Resolver<'m>, plan: &'m Plan) -> Self {
        Self { model, resolver, plan }
    }

    /// Workloads that hlc makes and of which everything could be read, so that what is not there is really missing.
    pub(crate) fn whole_workloads(&self) -> impl Iterator<Item = WorkloadFacts<'m>> {
        let (model, plan) = (self.model, self.plan);
        model.workloads().filter(move |(scope, workload)| !workload.existing && model.is_whole(*scope)).filter_map(
            move |(scope, workload)| {
                // The plan is ordered by name.
                let at = plan.workloads.binary_search_by(|planned| planned.name.cmp(&workload.name.name)).ok()?;
                let planned = plan.workloads.get(at)?;
                Some(WorkloadFacts { workload, scope, objects: &planned.objects })
            },
        )
    }

    /// Every planned object.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &'m PlannedObject> {
        self.plan.workloads.iter().flat_map(|workload| &workload.objects)
    }
}

impl<'m> WorkloadFacts<'m> {
    /// The objects of a kind.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &'m PlannedObject> {
        self.objects.iter().filter(move |object| object.kind == kind)
    }

    /// True when every object in the workload's namespace is known: with a chart there may be more than is written here.
    pub(crate) fn is_native(&self) -> bool {
        self.workload.chart.is_empty()
    }
}

/// The pod template of an object: where it stands and its `metadata` and `spec` (Kubernetes API, `PodTemplateSpec`).
pub(crate) fn pod_template(object: &PlannedObject) -> Option<&Data> {
    match object.kind.as_str() {
        "Pod" => Some(&object.body),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            object.body.at(&["spec", "template"])
        }
        "CronJob" => object.body.at(&["spec", "jobTemplate", "spec", "template"]),
        _ => None,
    }
}

/// Every container of a pod's spec.
pub(crate) fn containers(pod_spec: &Data) -> impl Iterator<Item = &Data> {
    ["initContainers", "containers", "ephemeralContainers"]
        .into_iter()
        .filter_map(|key| pod_spec.get(key)?.as_list())
        .flatten()
}

/// Runs every check.
pub(crate) fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for check in CHECKS {
        (check.run)(facts, found);
    }
}
