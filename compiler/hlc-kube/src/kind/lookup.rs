//! From a name in the source to a kind.

use super::{KindInfo, kinds};
use crate::schema::catalog;

/// What a kind's name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Exactly one kind.
    Found(KindInfo),
    /// Kinds of several groups, the preferred version of each; ordered by group. An `apiVersion` decides.
    Ambiguous(Vec<KindInfo>),
    /// None that is known. Custom kinds are many more than the known ones: with an `apiVersion` this is no mistake.
    Unknown {
        /// The kind that was likely meant; where the kind is known in the group but not in the version, the
        /// `apiVersion` it is known in.
        suggestion: Option<&'static str>,
    },
}

/// Finds a kind by its name, and its `apiVersion` where one is written.
///
/// Without an `apiVersion` the preferred version is found ([`KindInfo::is_preferred`]); only kinds of different groups are
/// ambiguous.
#[must_use]
pub fn lookup(kind: &str, api_version: Option<&str>) -> Lookup {
    let named = catalog().named(kind);
    if named.is_empty() {
        let suggestion = if api_version.is_none() { nearest(kind) } else { None };
        return Lookup::Unknown { suggestion };
    }
    if let Some(api_version) = api_version {
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let mut suggestion = None;
        for info in named {
            if info.api_version == api_version {
                return Lookup::Found(*info);
            }
            if info.group() == group && suggestion.is_none() {
                suggestion = Some(info.api_version);
            }
        }
        return Lookup::Unknown { suggestion };
    }
    let mut found: Vec<KindInfo> = Vec::new();
    for info in named {
        if found.last().is_none_or(|last| last.group() != info.group()) {
            found.push(*info);
        }
    }
    match found.as_slice() {
        [one] => Lookup::Found(*one),
        _ => Lookup::Ambiguous(found),
    }
}

/// kubectl's short names, for people who write what they type.
const SHORT_NAMES: &[(&str, &str)] = &[
    ("cj", "CronJob"),
    ("cm", "ConfigMap"),
    ("crd", "CustomResourceDefinition"),
    ("deploy", "Deployment"),
    ("ds", "DaemonSet"),
    ("hpa", "HorizontalPodAutoscaler"),
    ("ing", "Ingress"),
    ("netpol", "NetworkPolicy"),
    ("ns", "Namespace"),
    ("pc", "PriorityClass"),
    ("pdb", "PodDisruptionBudget"),
    ("po", "Pod"),
    ("pv", "PersistentVolume"),
    ("pvc", "PersistentVolumeClaim"),
    ("rs", "ReplicaSet"),
    ("sa", "ServiceAccount"),
    ("sc", "StorageClass"),
    ("sts", "StatefulSet"),
    ("svc", "Service"),
];

fn nearest(kind: &str) -> Option<&'static str> {
    let lower = kind.to_lowercase();
    if let Some((_, full)) = SHORT_NAMES.iter().find(|(short, _)| *short == lower) {
        return Some(full);
    }
    hlc_schema::suggest::nearest(kind, kinds().map(|info| info.kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggestion(kind: &str, api_version: Option<&str>) -> Option<&'static str> {
        let Lookup::Unknown { suggestion } = lookup(kind, api_version) else { panic!("{kind} is known") };
        suggestion
    }

    fn found(kind: &str, api_version: Option<&str>) -> (&'static str, bool) {
        let Lookup::Found(info) = lookup(kind, api_version) else { panic!("{kind} is not found") };
        (info.api_version, info.namespaced)
    }

    #[test]
    fn one() {
        assert_eq!(found("Deployment", None), ("apps/v1", true));
        assert_eq!(found("Namespace", None), ("v1", false));
        assert_eq!(found("HorizontalPodAutoscaler", None), ("autoscaling/v2", true));
        assert_eq!(found("HorizontalPodAutoscaler", Some("autoscaling/v1")), ("autoscaling/v1", true));
        assert_eq!(found("HTTPRoute", None), ("gateway.networking.k8s.io/v1", true));
        assert_eq!(found("TLSRoute", None), ("gateway.networking.k8s.io/v1alpha2", true));
        assert_eq!(found("CiliumLoadBalancerIPPool", None), ("cilium.io/v2alpha1", false));
        assert_eq!(found("Node", Some("longhorn.io/v1beta2")), ("longhorn.io/v1beta2", true));
    }

    #[test]
    fn several() {
        let groups = |kind| {
            let Lookup::Ambiguous(all) = lookup(kind, None) else { panic!("{kind} is not ambiguous") };
            all.iter().map(|info| info.api_version).collect::<Vec<_>>()
        };
        assert_eq!(groups("Event"), ["v1", "events.k8s.io/v1"]);
        assert_eq!(groups("Backup"), ["longhorn.io/v1beta2", "postgresql.cnpg.io/v1"]);
    }

    #[test]
    fn none() {
        assert_eq!(suggestion("Deploymnet", None), Some("Deployment"));
        assert_eq!(suggestion("deployment", None), Some("Deployment"));
        assert_eq!(suggestion("HttpRoute", None), Some("HTTPRoute"));
        assert_eq!(suggestion("PVC", None), Some("PersistentVolumeClaim"));
        assert_eq!(suggestion("Blueprint", None), None);
        assert_eq!(suggestion("Deployment", Some("apps/v1beta1")), Some("apps/v1"));
        assert_eq!(suggestion("Deployment", Some("mine.example.net/v1")), None);
        assert_eq!(suggestion("Mine", Some("example.net/v1")), None);
    }
}
