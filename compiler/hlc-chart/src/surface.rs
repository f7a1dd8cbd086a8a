//! What is kept of a rendered object: what checks across the homelab look at, and nothing else.
//!
//! It has the shape of the object itself, so that one check serves objects and surfaces. Values of Secrets and ConfigMaps
//! are left out; their keys stay.

use hlc_diag::Span;
use hlc_kube::Lookup;
use hlc_schema::{Data, DataValue, Map};

use crate::manifest::RenderedObject;

/// An object that a release makes, as far as others can depend on it.
#[derive(Clone, Debug, PartialEq)]
pub struct SurfaceObject {
    /// The file that it comes from, from the chart's folder; empty for manifests of a URL.
    pub template: String,
    /// `apps/v1`
    pub api_version: String,
    /// `Deployment`
    pub kind: String,
    /// `metadata.name`
    pub name: String,
    /// `metadata.namespace`; `None` for what belongs to the whole cluster.
    pub namespace: Option<String>,
    /// What is kept of the object, its identity included.
    pub body: Data,
}

impl SurfaceObject {
    /// What makes it this object and no other, for sorting.
    #[must_use]
    pub fn identity(&self) -> (&str, &str, Option<&str>, &str) {
        (&self.kind, &self.name, self.namespace.as_deref(), &self.api_version)
    }
}

/// What is kept of the objects of a release in a namespace, ordered by kind, name and namespace. Hooks that only test are
/// left out, as they are of what is written.
#[must_use]
pub fn surface(objects: &[RenderedObject], namespace: &str) -> Vec<SurfaceObject> {
    let is_test = |object: &RenderedObject| {
        let events = object.text(&["metadata", "annotations", "helm.sh/hook"]).unwrap_or_default();
        events.split(',').any(|event| matches!(event.trim(), "test" | "test-success" | "test-failure"))
    };
    let objects = objects.iter().filter(|object| !is_test(object));
    let mut kept: Vec<SurfaceObject> = objects.map(|object| reduced(object, namespace)).collect();
    kept.sort_by(|a, b| a.identity().cmp(&b.identity()));
    kept
}

fn reduced(object: &RenderedObject, release_namespace: &str) -> SurfaceObject {
    let text = |path: &[&str]| object.text(path).unwrap_or_default().to_owned();
    let (api_version, kind, name) = (text(&["apiVersion"]), text(&["kind"]), text(&["metadata", "name"]));
    let given = object.text(&["metadata", "namespace"]).filter(|namespace| !namespace.is_empty());
    let namespace = match hlc_kube::lookup(&kind, Some(&api_version)) {
        Lookup::Found(info) if !info.namespaced => None,
        Lookup::Found(_) => Some(given.unwrap_or(release_namespace)),
        // Helm puts what has no namespace of its own into the release's; what belongs to the cluster does not mind.
        Lookup::Ambiguous(_) | Lookup::Unknown { .. } => given,
    };
    let namespace = namespace.map(str::to_owned);
    let span = object.body.span;
    let body = body(&api_version, &kind, &name, namespace.as_deref(), parts(&kind, &object.body), span);
    SurfaceObject { template: object.template.clone(), api_version, kind, name, namespace, body }
}

/// An object of its identity and some fields.
pub(crate) fn body(
    api_version: &str,
    kind: &str,
    name: &str,
    namespace: Option<&str>,
    fields: Map,
    span: Span,
) -> Data {
    let mut metadata = Map::new();
    metadata.insert("name", span, Data::string(name, span));
    if let Some(namespace) = namespace {
        metadata.insert("namespace", span, Data::string(namespace, span));
    }
    let mut body = Map::new();
    body.insert("apiVersion", span, Data::string(api_version, span));
    body.insert("kind", span, Data::string(kind, span));
    body.insert("metadata", span, Data::new(DataValue::Map(metadata), span));
    for (key, entry) in fields.into_entries() {
        body.insert(key, entry.key_span, entry.value);
    }
    Data::new(DataValue::Map(body), span)
}

/// The fields to keep of an object, besides its identity.
fn parts(kind: &str, body: &Data) -> Map {
    match kind {
        "Service" => {
            keep(body, &[&["spec", "type"], &["spec", "clusterIP"], &["spec", "selector"], &["spec", "ports"]])
        }
        "Secret" | "ConfigMap" => {
            let mut kept = Map::new();
            if kind == "Secret" {
                kept = keep(body, &[&["type"]]);
            }
            for key in ["data", "stringData", "binaryData"] {
                if let Some(map) = body.get(key).and_then(Data::as_map) {
                    let keys = map.iter().map(|(key, _)| (key, Data::string("", body.span)));
                    kept.insert(key, body.span, Data::map(keys, body.span));
                }
            }
            kept
        }
        "CustomResourceDefinition" => {
            let mut kept = keep(body, &[&["spec", "group"], &["spec", "scope"], &["spec", "names", "kind"]]);
            let versions = body.at(&["spec", "versions"]).and_then(Data::as_list).unwrap_or_default();
            let versions = versions.iter().map(|version| {
                let kept = keep(version, &[&["name"], &["served"]]);
                Data::new(DataValue::Map(kept), body.span)
            });
            put(&mut kept, &["spec", "versions"], Data::list(versions.collect(), body.span));
            kept
        }
        "Role" | "ClusterRole" => {
            let mut kept = Map::new();
            if makes_secrets(body) {
                // No field of a Role: who looks at its rules has to know that they are not all there.
                kept.insert(MAKES, body.span, Data::list(vec![Data::string("Secret", body.span)], body.span));
            }
            kept
        }
        "Pod" => {
            let mut kept = keep(body, &[&["metadata", "labels"]]);
            // The metadata proper is put together by the caller.
            kept.remove("metadata");
            if let Some(spec) = body.get("spec") {
                kept.insert("spec", body.span, pod_spec(spec));
            }
            kept
        }
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => {
            let mut kept = keep(body, &[&["spec", "selector"], &["spec", "serviceName"]]);
            let claims = body.at(&["spec", "volumeClaimTemplates"]).and_then(Data::as_list).unwrap_or_default();
            let claims: Vec<Data> = claims
                .iter()
                .map(|claim| Data::new(DataValue::Map(keep(claim, &[&["metadata", "name"]])), body.span))
                .collect();
            if !claims.is_empty() {
                put(&mut kept, &["spec", "volumeClaimTemplates"], Data::list(claims, body.span));
            }
            template(&mut kept, body, &["spec", "template"]);
            kept
        }
        "CronJob" => {
            let mut kept = Map::new();
            template(&mut kept, body, &["spec", "jobTemplate", "spec", "template"]);
            kept
        }
        _ => Map::new(),
    }
}

/// What a Role lets somebody make, in a surface.
const MAKES: &str = "makes";

/// True for a Role, whole or in a surface, that lets somebody make Secrets while the chart runs.
#[must_use]
pub fn makes_secrets(role: &Data) -> bool {
    let rules = role.get("rules").and_then(Data::as_list).unwrap_or_default();
    let lists = |rule: &Data, key: &str, word: &str| {
        let items = rule.get(key).and_then(Data::as_list).unwrap_or_default();
        items.iter().any(|item| matches!(item.as_str(), Some(given) if given == word || given == "*"))
    };
    let makes = role.get(MAKES).and_then(Data::as_list).unwrap_or_default();
    makes.iter().any(|kind| kind.as_str() == Some("Secret"))
        || rules.iter().any(|rule| {
            lists(rule, "apiGroups", "") && lists(rule, "resources", "secrets") && lists(rule, "verbs", "create")
        })
}

/// What is kept of a pod template.
fn template(kept: &mut Map, body: &Data, path: &[&str]) {
    let Some(template) = body.at(path) else { return };
    let mut reduced = keep(template, &[&["metadata", "labels"]]);
    if let Some(spec) = template.get("spec") {
        reduced.insert("spec", body.span, pod_spec(spec));
    }
    put(kept, path, Data::new(DataValue::Map(reduced), body.span));
}

/// What is kept of a pod's spec: what it refers to, what it listens on, and what pod security looks at.
fn pod_spec(spec: &Data) -> Data {
    const SPEC: &[&[&str]] = &[
        &["serviceAccountName"],
        &["imagePullSecrets"],
        &["hostNetwork"],
        &["hostPID"],
        &["hostIPC"],
        &["securityContext"],
    ];
    const CONTAINER: &[&[&str]] = &[&["name"], &["ports"], &["envFrom"], &["securityContext"], &["volumeMounts"]];
    let mut kept = keep(spec, SPEC);
    for key in ["initContainers", "containers"] {
        let Some(containers) = spec.get(key).and_then(Data::as_list) else { continue };
        let containers = containers.iter().map(|container| {
            let mut kept = keep(container, CONTAINER);
            // Only what is read from somewhere else: plain values may hold anything.
            let env = container.get("env").and_then(Data::as_list).unwrap_or_default();
            let env: Vec<Data> = env.iter().filter(|entry| entry.get("valueFrom").is_some()).cloned().collect();
            if !env.is_empty() {
                kept.insert("env", spec.span, Data::list(env, spec.span));
            }
            Data::new(DataValue::Map(kept), spec.span)
        });
        kept.insert(key, spec.span, Data::list(containers.collect(), spec.span));
    }
    if let Some(volumes) = spec.get("volumes").filter(|volumes| volumes.as_list().is_some()) {
        kept.insert("volumes", spec.span, volumes.clone());
    }
    Data::new(DataValue::Map(kept), spec.span)
}

/// The values at some paths, where they are and are not null.
fn keep(data: &Data, paths: &[&[&str]]) -> Map {
    let mut kept = Map::new();
    for path in paths {
        if let Some(value) = data.at(path).filter(|value| value.value != DataValue::Null) {
            put(&mut kept, path, value.clone());
        }
    }
    kept
}

/// Puts a value at a path, with maps on the way.
fn put(map: &mut Map, path: &[&str], value: Data) {
    let Some((last, before)) = path.split_last() else { return };
    let span = value.span;
    let mut map = map;
    for key in before {
        if map.get(key).and_then(Data::as_map).is_none() {
            map.insert(*key, span, Data::new(DataValue::Map(Map::new()), span));
        }
        let Some(next) = map.get_mut(key).and_then(Data::as_map_mut) else { return };
        map = next;
    }
    map.insert(*last, span, value);
}

#[cfg(test)]
mod tests {
    use hlc_diag::FileId;

    use super::*;

    fn of(manifest: &str) -> Vec<String> {
        let span = Span::new(FileId::new(0), 0, 0);
        let objects = crate::manifest::objects(manifest, span).unwrap();
        surface(&objects, "apps").iter().map(|object| hlc_kube::to_yaml(&object.body)).collect()
    }

    #[test]
    fn no_value_of_a_secret_is_kept() {
        let kept =
            of("apiVersion: v1\nkind: Secret\nmetadata: {name: s, labels: {a: b}}\ndata: {password: aHVudGVyMg==}\n\
                       stringData: {user: root}\n");
        let wanted = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  namespace: apps\ndata:\n  password: \"\"\nstringData:\n  \
                      user: \"\"\n";
        assert_eq!(kept, [wanted]);
    }

    #[test]
    fn of_workloads_stays_what_others_depend_on() {
        let kept = of(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: other}\nspec:\n  replicas: 2\n  \
                       selector: {matchLabels: {app: d}}\n  template:\n    metadata: {labels: {app: d}, annotations: {x: y}}\n    \
                       spec:\n      serviceAccountName: sa\n      containers:\n      - name: c\n        image: i\n        env:\n        \
                       - {name: PLAIN, value: secret}\n        - {name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}\n        \
                       ports: [{containerPort: 80}]\n",
        );
        insta::assert_snapshot!(kept.join("---\n"));
    }

    #[test]
    fn of_roles_stays_what_makes_secrets() {
        let role = |rule: &str| {
            let kept = of(&format!(
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: r}}\nrules:\n- {rule}\n- {{apiGroups: [''], \
                 resources: [pods], verbs: ['*']}}\n"
            ));
            kept.first().is_some_and(|kept| kept.contains("makes:\n  - Secret") && !kept.contains("rules"))
        };
        assert!(role("{apiGroups: [''], resources: [secrets, configmaps], verbs: [get, create]}"));
        assert!(!role("{apiGroups: [''], resources: [secrets], verbs: [get]}"));
    }

    #[test]
    fn cluster_wide_objects_have_no_namespace() {
        let kept = of(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r, namespace: x}\nrules: []\n",
        );
        assert_eq!(kept, ["apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: r\n"]);
    }
}
