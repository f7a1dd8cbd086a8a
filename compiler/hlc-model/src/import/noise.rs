//! What a cluster writes into objects, and nobody asked for.
//!
//! `kubectl get -o yaml` shows it beside what somebody wrote. Only what means nothing to whoever creates the object is left
//! out; what may have been chosen stays (`clusterIP`, `nodeName`, defaults that the API server filled in).

use std::collections::BTreeMap;

use hlc_kube::Lookup;
use hlc_schema::{Data, DataValue, Map};

/// The API server sets these whatever a client says; a `uid` or `resourceVersion` would even make it refuse the object.
const METADATA: &[&str] = &[
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];
/// What `kubectl apply` and the Deployment controller remember for themselves.
const ANNOTATIONS: &[&str] = &["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];

/// What was left out, and how often.
#[derive(Debug, Default)]
pub(super) struct Noise {
    fields: BTreeMap<String, usize>,
}

impl Noise {
    /// Leaves out of an object what the cluster wrote.
    pub(super) fn take(&mut self, kind: &str, api_version: &str, object: &mut Data) {
        let Some(object) = object.as_map_mut() else { return };
        // The status of a built-in kind is set apart from the rest. In a file that never was in a cluster it stays, so that the
        // first diff is empty; a custom kind may keep what is wished for there.
        let built_in = matches!(hlc_kube::lookup(kind, Some(api_version)), Lookup::Found(info) if info.has_schema());
        let is_filled_in = built_in && was_in_cluster(object);
        if object.get("status").is_some_and(|status| is_filled_in || says_nothing(status)) {
            self.remove(object, "status", "status");
        }
        if let Some(metadata) = object.get_mut("metadata").and_then(Data::as_map_mut) {
            for key in METADATA {
                self.remove(metadata, key, &format!("metadata.{key}"));
            }
            if let Some(annotations) = metadata.get_mut("annotations").and_then(Data::as_map_mut) {
                for key in ANNOTATIONS {
                    self.remove(annotations, key, key);
                }
                if annotations.is_empty() {
                    metadata.remove("annotations");
                }
            }
        }
        if kind == "StatefulSet" {
            let spec = object.get_mut("spec").and_then(Data::as_map_mut);
            if let Some(Data { value: DataValue::List(claims), .. }) =
                spec.and_then(|spec| spec.get_mut("volumeClaimTemplates"))
            {
                for claim in claims.iter_mut().filter_map(Data::as_map_mut) {
                    self.remove(claim, "status", "status");
                }
            }
        }
        object.each_value(&mut |key, value| self.templates(key, value));
    }

    /// `metadata: {creationTimestamp: null}` of a template, which is what Go writes for no time.
    fn templates(&mut self, key: &str, value: &mut Data) {
        match &mut value.value {
            DataValue::Map(map) => {
                let unset = map.get("creationTimestamp").is_some_and(|time| time.value == DataValue::Null);
                if key == "metadata" && unset {
                    self.remove(map, "creationTimestamp", "metadata.creationTimestamp");
                }
                map.each_value(&mut |key, value| self.templates(key, value));
            }
            DataValue::List(items) => items.iter_mut().for_each(|item| self.templates("", item)),
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Integer(_)
            | DataValue::Float(_)
            | DataValue::String(_)
            | DataValue::Deferred(_) => {}
        }
    }

    fn remove(&mut self, map: &mut Map, key: &str, called: &str) {
        if map.remove(key).is_some() {
            *self.fields.entry(called.to_owned()).or_default() += 1;
        }
    }

    /// What was left out, in a sentence.
    pub(super) fn note(&self) -> Option<String> {
        let names: Vec<&str> = self.fields.keys().map(String::as_str).collect();
        let names = names.join("`, `");
        match self.fields.values().sum() {
            0 => None,
            1 => Some(format!("1 field that the cluster filled in is left out: `{names}`")),
            count => Some(format!("{count} fields that the cluster filled in are left out: `{names}`")),
        }
    }
}

fn was_in_cluster(object: &Map) -> bool {
    let metadata = object.get("metadata");
    METADATA.iter().filter_map(|key| metadata?.get(key)).any(|set| !says_nothing(set))
}

fn says_nothing(data: &Data) -> bool {
    data.value == DataValue::Null || data.as_map().is_some_and(Map::is_empty)
}
