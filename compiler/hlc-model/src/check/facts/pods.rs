//! Where the pods of an object are described.

use hlc_plan::PlannedObject;
use hlc_schema::Data;

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
