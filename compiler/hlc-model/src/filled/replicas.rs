//! Replicas of what is scaled by something else.
//!
//! What an autoscaler sets, each sync would set back where the manifest states `replicas` (Argo CD, "Best Practices", Leaving Room
//! For Imperativeness). KEDA makes an autoscaler of each ScaledObject (KEDA, "Scaling Deployments").

use hlc_plan::PlannedObject;
use hlc_schema::Data;

use super::{Filled, of_kind};

pub(super) fn find<'o>(objects: &'o [PlannedObject], found: &mut Vec<Filled<'o>>) {
    let scalers = of_kind(objects, "autoscaling", "HorizontalPodAutoscaler");
    for scaler in scalers.chain(of_kind(objects, "keda.sh", "ScaledObject")) {
        let Some(target) = scaler.body.at(&["spec", "scaleTargetRef"]) else { continue };
        let text = |key| target.get(key).and_then(Data::as_str);
        // KEDA's usual kind; an autoscaler has to name one.
        let kind = text("kind").unwrap_or("Deployment");
        let is_target = |object: &&PlannedObject| {
            object.kind == kind && Some(object.name.as_str()) == text("name") && object.namespace == scaler.namespace
        };
        let targets = objects.iter().filter(is_target);
        let stated = targets.filter(|object| object.body.at(&["spec", "replicas"]).is_some());
        found.extend(stated.map(|object| Filled::pointer(object, "/spec/replicas", true)));
    }
}
