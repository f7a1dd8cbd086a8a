//! What the API server adds to the claim templates of a StatefulSet: Argo CD reports a difference, with server-side apply above all
//! (argoproj/argo-cd issues 11143 and 16707). They can never be changed, so that a sync has nothing to take back.

use hlc_plan::PlannedObject;
use hlc_schema::Data;

use super::{Filled, of_kind};

/// Where it is, and how the manifest would say it.
const ADDED: &[(&str, &[&str])] = &[
    (".spec.volumeClaimTemplates[]?.apiVersion", &["apiVersion"]),
    (".spec.volumeClaimTemplates[]?.kind", &["kind"]),
    (".spec.volumeClaimTemplates[]?.spec.volumeMode", &["spec", "volumeMode"]),
    (".spec.volumeClaimTemplates[]?.status", &["status"]),
];

pub(super) fn find<'o>(objects: &'o [PlannedObject], found: &mut Vec<Filled<'o>>) {
    for set in of_kind(objects, "apps", "StatefulSet") {
        let templates = set.body.at(&["spec", "volumeClaimTemplates"]).and_then(Data::as_list).unwrap_or_default();
        let missing = |path: &&[&str]| templates.iter().any(|template| template.at(path).is_none());
        let jq: Vec<_> = ADDED.iter().filter(|(_, path)| missing(path)).map(|(jq, _)| *jq).collect();
        if !jq.is_empty() {
            found.push(Filled { object: set, pointers: Vec::new(), jq, stated: false });
        }
    }
}
