//! Objects against Kubernetes' own schemas.

use hlc_diag::Diagnostic;
use hlc_kube::Lookup;

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[], run };

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for object in facts.objects() {
        if let Lookup::Found(info) = hlc_kube::lookup(&object.kind, Some(&object.api_version)) {
            found.extend(hlc_kube::validate(&info, &object.body));
        }
    }
}
