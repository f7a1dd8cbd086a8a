//! What the cluster needs before Argo CD can run workloads: the objects, charts and manifests of addons, and Secrets.

pub(crate) mod brought;
mod manifests;
mod object;
mod order;
mod reference;
mod release;
mod secret;

pub use manifests::Manifests;
pub use object::Object;
pub(crate) use object::address as object_address;
pub use release::Release;
pub use secret::Secret;

use hlc_plan::PlannedResource;

use crate::lower::{Carrier, Lower, Unit};
use crate::resolve::Resolver;
use order::Part;

/// The charts and manifests of an addon, which `hlc apply` installs itself.
pub(crate) fn installed(lower: &Lower<'_>) -> Vec<PlannedResource> {
    let charts = lower.workload.chart.iter().flat_map(|chart| release::lower(lower, chart));
    charts.chain(lower.workload.manifests.iter().map(|manifests| manifests::lower(lower, manifests))).collect()
}

/// Everything of every addon, and the Secrets of workloads too, each after what it needs.
pub(crate) fn lower(resolver: &Resolver<'_>, units: &[Unit<'_>]) -> Vec<PlannedResource> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for (scope, unit) in resolver.model.units().filter(|(_, unit)| unit.is_made()) {
        let secrets = unit.bootstrap_secret.iter().filter_map(|made| secret::lower(resolver, scope, unit, made));
        parts.extend(secrets.map(|resource| Part { unit, object: None, resource }));
    }
    for unit in units.iter().filter(|unit| unit.carrier == Carrier::Apply && !unit.idle) {
        for object in &unit.planned.objects {
            parts.push(Part { unit: unit.source, object: Some(object), resource: object::lower(object) });
        }
        for resource in &unit.installed {
            parts.push(Part { unit: unit.source, object: None, resource: resource.clone() });
        }
    }
    order::derive(parts)
}
