//! Data that nothing uses yet is checked all the same.

use hlc_diag::Diagnostic;
use hlc_schema::ScopeId;

use super::{Check, Facts};
use crate::resolve::Place;

pub(super) const CHECK: Check = Check { codes: &[], run };

fn run(facts: &Facts<'_>, _found: &mut Vec<Diagnostic>) {
    let shared = facts.model.shared_data().map(|data| (ScopeId::default(), data));
    let local = facts.model.units().flat_map(|(scope, workload)| workload.data.iter().map(move |data| (scope, data)));
    for (scope, data) in shared.chain(local) {
        facts.resolver.data(&data.value, scope, Place::Manifest);
    }
}
