//! What the cluster needs before Argo CD can run workloads.

use std::collections::BTreeMap;

use hlc_plan::{Address, Input, Kind, PlannedResource};
use hlc_schema::ScopeId;

use crate::resolve::Resolver;
use crate::workload::{BootstrapSecret, Workload, workload_namespace};

/// A Kubernetes Secret from values of the SOPS file (`v1/Secret`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "secret", stack = Platform, identity = "namespace and name", protected)]
pub struct Secret {
    /// Its namespace, which is made when it is not there.
    #[change(identity)]
    pub namespace: String,
    /// Its name.
    #[change(identity)]
    pub name: String,
    /// Its keys and their values, as text.
    #[change(update, secret)]
    pub data: BTreeMap<String, Input<String>>,
}

pub(crate) fn lower(resolver: &Resolver<'_>) -> Vec<PlannedResource> {
    let units = resolver.model.units().filter(|(_, unit)| unit.is_made());
    let secrets = units.flat_map(|(scope, unit)| unit.bootstrap_secret.iter().map(move |secret| (scope, unit, secret)));
    secrets.filter_map(|(scope, unit, secret)| bootstrap(resolver, scope, unit, secret)).collect()
}

fn bootstrap(
    resolver: &Resolver<'_>,
    scope: ScopeId,
    unit: &Workload,
    secret: &BootstrapSecret,
) -> Option<PlannedResource> {
    let namespace = workload_namespace(unit);
    let mut data = BTreeMap::new();
    for key in &secret.key {
        data.insert(key.name.value.as_str().to_owned(), resolver.sensitive(&key.value, scope)?);
    }
    let name = secret.name.name.as_str();
    let kind = Secret { namespace: namespace.to_owned(), name: name.to_owned(), data };
    let address = Address::resource::<Secret>(&format!("{namespace}.{name}"));
    Some(PlannedResource::new(address, kind, secret.name.span))
}
