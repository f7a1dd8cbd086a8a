//! Data that nothing uses yet is read all the same, so that what is wrong with it is known.

use hlc_schema::ScopeId;

use crate::resolve::{Place, Resolver};

pub(super) fn resolve(resolver: &Resolver<'_>) {
    let model = resolver.model;
    let shared = model.shared_data().map(|data| (ScopeId::default(), data));
    let local = model.units().flat_map(|(scope, workload)| workload.data.iter().map(move |data| (scope, data)));
    for (scope, data) in shared.chain(local) {
        resolver.data(&data.value, scope, Place::Manifest);
    }
}
