//! Rules of roles that are put together from others.
//!
//! "The control plane automatically fills in the rules" (Kubernetes, "Using RBAC Authorization", Aggregated ClusterRoles), and
//! overwrites what stands there; Argo CD reports it unless told otherwise (Argo CD, "Diffing Customization").

use hlc_plan::PlannedObject;

use super::{Filled, of_kind};

pub(super) fn find<'o>(objects: &'o [PlannedObject], found: &mut Vec<Filled<'o>>) {
    for role in of_kind(objects, "rbac.authorization.k8s.io", "ClusterRole") {
        if role.body.get("aggregationRule").is_some_and(|rule| rule.as_map().is_some()) {
            found.push(Filled::pointer(role, "/rules", role.body.get("rules").is_some()));
        }
    }
}
