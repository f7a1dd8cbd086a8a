//! Secrets whose values come from the SOPS file.

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
    /// Its annotations: Argo CD is told to leave it alone when it is not in Git.
    #[change(update)]
    pub annotations: BTreeMap<String, String>,
    /// Its keys and their values, as text.
    #[change(update, secret)]
    pub data: BTreeMap<String, Input<String>>,
}

/// The resource that a bootstrap Secret is; `None` after reporting.
pub(super) fn lower(
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
    // An Application that once held the Secret must not delete it (Argo CD, "Sync Options", No Prune Resources).
    let kept = ("argocd.argoproj.io/sync-options".to_owned(), "Prune=false".to_owned());
    let annotations = BTreeMap::from([kept]);
    let kind = Secret { namespace: namespace.to_owned(), name: name.to_owned(), annotations, data };
    let address = Address::resource::<Secret>(&format!("{namespace}.{name}"));
    Some(PlannedResource::new(address, kind, secret.name.span))
}
