//! Kubernetes objects that `hlc apply` makes.

use std::collections::BTreeMap;

use hlc_plan::{Address, Kind, PlannedObject, PlannedResource};
use hlc_schema::Data;

/// A Kubernetes object of an addon, made by server-side apply: fields that others set are left alone.
#[derive(Clone, Debug, Kind)]
#[kind(name = "object", stack = Platform, identity = "API group, kind, namespace and name")]
pub struct Object {
    /// `apps/v1`; another version of one group is another view of the same object.
    #[change(update)]
    pub api_version: String,
    /// `Deployment`
    #[change(identity)]
    pub kind: String,
    /// `metadata.namespace`; none for kinds of the whole cluster.
    #[change(identity)]
    pub namespace: Option<String>,
    /// `metadata.name`
    #[change(identity)]
    pub name: String,
    /// The whole object.
    #[change(update)]
    pub body: Data,
    /// Of the body what Kubernetes never changes, by path: a role binding's role, a Deployment's selector.
    #[change(replace)]
    pub fixed: Option<BTreeMap<String, Data>>,
}

/// Fields that the API server refuses to change (Kubernetes API, validation of updates of each kind).
const FIXED: &[(&str, &[&[&str]])] = &[
    ("ClusterRoleBinding", &[&["roleRef"]]),
    ("DaemonSet", &[&["spec", "selector"]]),
    ("Deployment", &[&["spec", "selector"]]),
    ("IngressClass", &[&["spec", "controller"]]),
    ("Job", &[&["spec", "completionMode"], &["spec", "selector"], &["spec", "template"]]),
    ("PriorityClass", &[&["preemptionPolicy"], &["value"]]),
    ("ReplicaSet", &[&["spec", "selector"]]),
    ("RoleBinding", &[&["roleRef"]]),
    ("RuntimeClass", &[&["handler"]]),
    ("Secret", &[&["type"]]),
    ("Service", &[&["spec", "clusterIP"]]),
    ("StatefulSet", &[&["spec", "podManagementPolicy"], &["spec", "selector"], &["spec", "serviceName"]]),
    ("StorageClass", &[&["parameters"], &["provisioner"], &["reclaimPolicy"], &["volumeBindingMode"]]),
];

/// Kinds whose deletion takes more along than the object: what is in a namespace, the objects of a kind, data.
const HOLDING: &[&str] = &["CustomResourceDefinition", "Namespace", "PersistentVolume", "PersistentVolumeClaim"];

/// The address of an object: `platform/object.ClusterRole.cilium`, `platform/object.Certificate.cert-manager.io.web.tls` in
/// namespace `web`. Groups that are not Kubernetes' own are named, so that two kinds of one name stay two.
pub(crate) fn address(api_version: &str, kind: &str, namespace: Option<&str>, name: &str) -> Address {
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let group = if group.contains('.') && !group.ends_with(".k8s.io") { group } else { "" };
    let parts = [kind, group, namespace.unwrap_or(""), name];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Address::resource::<Object>(&parts.join("."))
}

/// The resource that an object of an addon is.
pub(super) fn lower(object: &PlannedObject) -> PlannedResource {
    let fixed = FIXED.iter().find(|(kind, _)| *kind == object.kind && is_builtin(object)).map(|(_, paths)| {
        let values = paths.iter().filter_map(|path| Some((path.join("."), object.body.at(path)?.clone())));
        values.collect::<BTreeMap<_, _>>()
    });
    let kind = Object {
        api_version: object.api_version.clone(),
        kind: object.kind.clone(),
        namespace: object.namespace.clone(),
        name: object.name.clone(),
        body: object.body.clone(),
        fixed: fixed.filter(|fixed| !fixed.is_empty()),
    };
    let resource = PlannedResource::new(object.address.clone(), kind, object.origin);
    if HOLDING.contains(&object.kind.as_str()) && is_builtin(object) { resource.protected() } else { resource }
}

/// True for the kinds that Kubernetes itself serves.
pub(super) fn is_builtin(object: &PlannedObject) -> bool {
    let found = hlc_kube::lookup(&object.kind, Some(&object.api_version));
    matches!(found, hlc_kube::Lookup::Found(info) if info.has_schema())
}
