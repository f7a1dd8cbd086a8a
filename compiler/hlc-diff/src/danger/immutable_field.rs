//! Fields that the API server lets nobody change.

use hlc_diag::{Code, Severity};
use hlc_schema::{Data, DataValue};

use super::{Danger, Example, Question, Rule, SYNC_OPTIONS, annotation, has_option};
use crate::{Difference, FieldChange, ObjectChange, ObjectId};

pub(super) const RULE: Rule = Rule { code: &IMMUTABLE_FIELD, example: EXAMPLE, run };

/// A field changes that cannot be changed.
pub(crate) static IMMUTABLE_FIELD: Code = Code {
    id: "HLC1076",
    name: "immutable-field",
    severity: Severity::Error,
    summary: "a field changes that the API server lets nobody change",
    explain: "Some fields are fixed when an object is made: the spec of a claim but for its size, which may only grow; most of a \
              StatefulSet but for its replicas, pods and update strategy; the pods of a Job; the role of a binding; a Service's \
              `clusterIP`; provisioner, parameters and policy of a StorageClass; the data of a ConfigMap or Secret that says \
              `immutable`. The API server refuses the new object, and Argo CD stays out of sync with the old one in \
              place.\n\nGive the object another name, or delete it by hand once this is published: what it holds goes with it. With \
              the annotation `argocd.argoproj.io/sync-options=\"Force=true,Replace=true\"` Argo CD deletes it and makes it anew; hlc \
              says nothing then.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: web, namespace: web}\nroleRef: {apiGroup: \
          rbac.authorization.k8s.io, kind: Role, name: read}\n",
    dangerous: "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: web, namespace: web}\nroleRef: {apiGroup: \
                rbac.authorization.k8s.io, kind: Role, name: write}\n",
    fine: "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: web, namespace: web}\nroleRef: {apiGroup: \
           rbac.authorization.k8s.io, kind: Role, name: read}\nsubjects: [{kind: ServiceAccount, name: web, namespace: web}]\n",
};

/// What cannot be changed of a kind. Kubernetes, pkg/apis/*/validation, `Validate…Update`, and the API reference's "Cannot be
/// updated", "immutable" and "cannot be changed".
struct Fixed {
    group: &'static str,
    kind: &'static str,
    /// Fields that are fixed, and everything in them.
    fields: &'static [&'static [&'static str]],
    /// What may change in them all the same.
    but: &'static [&'static [&'static str]],
    /// What some of them are when absent.
    defaults: &'static [(&'static str, &'static str)],
}

const FIXED: &[Fixed] = &[
    Fixed {
        group: "",
        kind: "Service",
        fields: &[&["spec", "clusterIP"], &["spec", "clusterIPs"], &["spec", "loadBalancerClass"]],
        but: &[],
        defaults: &[],
    },
    Fixed {
        group: "",
        kind: "PersistentVolumeClaim",
        fields: &[&["spec"]],
        but: &[&["spec", "resources"], &["spec", "volumeAttributesClassName"]],
        defaults: &[("spec.volumeMode", "Filesystem")],
    },
    Fixed {
        group: "",
        kind: "PersistentVolume",
        fields: &[
            &["spec", "csi"],
            &["spec", "nfs"],
            &["spec", "hostPath"],
            &["spec", "local"],
            &["spec", "volumeMode"],
        ],
        but: &[],
        defaults: &[("spec.volumeMode", "Filesystem")],
    },
    Fixed { group: "", kind: "Secret", fields: &[&["type"]], but: &[], defaults: &[("type", "Opaque")] },
    Fixed {
        group: "apps",
        kind: "StatefulSet",
        fields: &[&["spec"]],
        // "updates to statefulset spec for fields other than … are forbidden" (pkg/apis/apps/validation). Its selector has a
        // rule of its own.
        but: &[
            &["spec", "replicas"],
            &["spec", "ordinals"],
            &["spec", "template"],
            &["spec", "updateStrategy"],
            &["spec", "revisionHistoryLimit"],
            &["spec", "persistentVolumeClaimRetentionPolicy"],
            &["spec", "minReadySeconds"],
            &["spec", "selector"],
        ],
        defaults: &[("spec.podManagementPolicy", "OrderedReady"), ("spec.serviceName", "")],
    },
    Fixed {
        group: "batch",
        kind: "Job",
        fields: &[
            &["spec", "template"],
            &["spec", "selector"],
            &["spec", "completions"],
            &["spec", "completionMode"],
            &["spec", "podFailurePolicy"],
            &["spec", "backoffLimitPerIndex"],
            &["spec", "successPolicy"],
            &["spec", "managedBy"],
        ],
        but: &[],
        defaults: &[("spec.completionMode", "NonIndexed"), ("spec.completions", "1")],
    },
    Fixed {
        group: "storage.k8s.io",
        kind: "StorageClass",
        fields: &[&["provisioner"], &["parameters"], &["reclaimPolicy"], &["volumeBindingMode"]],
        but: &[],
        defaults: &[("reclaimPolicy", "Delete"), ("volumeBindingMode", "Immediate")],
    },
    Fixed { group: "rbac.authorization.k8s.io", kind: "RoleBinding", fields: &[&["roleRef"]], but: &[], defaults: &[] },
    Fixed {
        group: "rbac.authorization.k8s.io",
        kind: "ClusterRoleBinding",
        fields: &[&["roleRef"]],
        but: &[],
        defaults: &[],
    },
    Fixed {
        group: "scheduling.k8s.io",
        kind: "PriorityClass",
        fields: &[&["value"], &["preemptionPolicy"]],
        but: &[],
        defaults: &[("preemptionPolicy", "PreemptLowerPriority")],
    },
    Fixed {
        group: "networking.k8s.io",
        kind: "IngressClass",
        fields: &[&["spec", "controller"]],
        but: &[],
        defaults: &[],
    },
    Fixed { group: "node.k8s.io", kind: "RuntimeClass", fields: &[&["handler"]], but: &[], defaults: &[] },
    Fixed { group: "discovery.k8s.io", kind: "EndpointSlice", fields: &[&["addressType"]], but: &[], defaults: &[] },
    Fixed {
        group: "apiextensions.k8s.io",
        kind: "CustomResourceDefinition",
        fields: &[&["spec", "group"], &["spec", "scope"], &["spec", "names", "kind"], &["spec", "names", "plural"]],
        but: &[],
        defaults: &[],
    },
];

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in question.changes.objects.iter().filter(|change| !is_made_anew(change)) {
        let fixed: Vec<&FieldChange> = change.fields.iter().filter(|field| is_fixed(change, field)).collect();
        let Some(first) = fixed.first() else { continue };
        let mut message = format!("`{}` of {} cannot be changed", first.path, change.id);
        if fixed.len() > 1 {
            message =
                format!("`{}` and {} more fields of {} cannot be changed", first.path, fixed.len() - 1, change.id);
        }
        found.push(
            Danger::of(&IMMUTABLE_FIELD, change, message)
                .field(&first.path, first.origin)
                .why("the API server refuses the new object, and the old one stays in the cluster as it is")
                .help(way_out(&change.id)),
        );
    }
}

fn way_out(id: &ObjectId) -> &'static str {
    match id.kind.as_str() {
        "PersistentVolumeClaim" | "PersistentVolume" | "StatefulSet" => {
            "take it back; or give the object another name and move its data: deleted by hand, it takes that along"
        }
        _ => {
            "take it back, give the object another name, or let Argo CD make it anew with \
             `argocd.argoproj.io/sync-options=\"Force=true,Replace=true\"`"
        }
    }
}

/// True for an object that Argo CD deletes and makes again, so that nothing has to be changed ("Sync Options", "Resource Hooks").
fn is_made_anew(change: &ObjectChange) -> bool {
    let hooks = ["argocd.argoproj.io/hook", "helm.sh/hook"];
    change.new.as_ref().is_some_and(|new| {
        has_option(&new.body, SYNC_OPTIONS, "Force=true")
            || hooks.iter().any(|hook| annotation(&new.body, hook).is_some())
    })
}

fn is_fixed(change: &ObjectChange, field: &FieldChange) -> bool {
    let id = &change.id;
    let fixed = FIXED.iter().find(|fixed| id.is(fixed.group, fixed.kind));
    let listed = fixed.is_some_and(|fixed| {
        let within = |paths: &[&[&str]]| paths.iter().any(|path| field.path.starts_with(path));
        within(fixed.fields) && !within(fixed.but) && !is_default(field, fixed.defaults)
    });
    listed || is_frozen(change, field) || (id.is("", "PersistentVolumeClaim") && shrinks(field))
}

/// True where a default is written out or left out.
fn is_default(field: &FieldChange, defaults: &[(&str, &str)]) -> bool {
    let (Difference::Added(value) | Difference::Removed(value)) = &field.difference else { return false };
    let text = match &value.value {
        DataValue::String(text) => text.as_str().to_owned(),
        DataValue::Integer(number) => number.to_string(),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Float(_)
        | DataValue::List(_)
        | DataValue::Map(_)
        | DataValue::Deferred(_) => return false,
    };
    let path = field.path.to_string();
    defaults.contains(&(path.as_str(), text.as_str()))
}

/// True for the data of a ConfigMap or Secret that says it is immutable.
fn is_frozen(change: &ObjectChange, field: &FieldChange) -> bool {
    let says_so = |body: &Data| body.get("immutable").is_some_and(|value| value.value == DataValue::Bool(true));
    let frozen = change.old.as_ref().is_some_and(|old| says_so(&old.body));
    let keeps_data = change.id.is("", "ConfigMap") || change.id.is("", "Secret");
    let fields: [&[&str]; 4] = [&["data"], &["binaryData"], &["stringData"], &["immutable"]];
    frozen && keeps_data && fields.iter().any(|path| field.path.starts_with(path))
}

/// True for a request of storage that gets smaller.
fn shrinks(field: &FieldChange) -> bool {
    let Difference::Changed { old, new } = &field.difference else { return false };
    let size = field.path.starts_with(&["spec", "resources", "requests", "storage"]);
    size && bytes(old).zip(bytes(new)).is_some_and(|(old, new)| new < old)
}

/// A size in bytes (apimachinery, `resource.Quantity`, without the suffixes below one and exponents).
fn bytes(data: &Data) -> Option<f64> {
    if let Some(number) = data.as_integer() {
        return number.to_string().parse().ok();
    }
    let text = data.as_str()?;
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(end)?;
    let place = |suffixes: [&str; 6]| suffixes.iter().position(|known| *known == suffix);
    let power = |place: usize| i32::try_from(place + 1).unwrap_or(i32::MAX);
    let factor = if suffix.is_empty() {
        1.0
    } else if let Some(place) = place(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]) {
        1024_f64.powi(power(place))
    } else {
        1000_f64.powi(power(place(["k", "M", "G", "T", "P", "E"])?))
    };
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use crate::testing::dangers;

    #[track_caller]
    fn judge(old: &str, new: &str) -> Option<String> {
        let found = dangers(old, new);
        assert!(found.len() < 2, "{found:#?}");
        found.into_iter().next().map(|danger| danger.message)
    }

    #[test]
    fn claims_only_grow() {
        let claim = |size: &str, class: &str| {
            format!(
                "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: a, namespace: w}}\nspec: {{storageClassName: {class}, \
                 resources: {{requests: {{storage: {size}}}}}}}\n"
            )
        };
        assert_eq!(judge(&claim("1Gi", "a"), &claim("2Gi", "a")), None);
        assert_eq!(judge(&claim("1000Mi", "a"), &claim("1Gi", "a")), None);
        let shrunk = "`spec.resources.requests.storage` of PersistentVolumeClaim w/a cannot be changed";
        assert_eq!(judge(&claim("1Gi", "a"), &claim("1G", "a")).as_deref(), Some(shrunk));
        let class = "`spec.storageClassName` of PersistentVolumeClaim w/a cannot be changed";
        assert_eq!(judge(&claim("1Gi", "a"), &claim("1Gi", "b")).as_deref(), Some(class));
    }

    #[test]
    fn sets_of_pods() {
        let set = |spec: &str| {
            format!("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: a, namespace: w}}\nspec: {{{spec}}}\n")
        };
        assert_eq!(judge(&set("replicas: 1"), &set("replicas: 2, podManagementPolicy: OrderedReady")), None);
        let message = "`spec.podManagementPolicy` and 1 more fields of StatefulSet w/a cannot be changed";
        let new = set("podManagementPolicy: Parallel, serviceName: a");
        assert_eq!(judge(&set("replicas: 1"), &new).as_deref(), Some(message));
    }

    #[test]
    fn frozen_data_and_secrets() {
        let map = |kind: &str, rest: &str| {
            format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: a, namespace: w}}\n{rest}\n")
        };
        for kind in ["ConfigMap", "Secret"] {
            let frozen = map(kind, "immutable: true\ndata: {a: canary}");
            let message = judge(&frozen, &map(kind, "immutable: true\ndata: {a: other}")).unwrap();
            assert_eq!(message, format!("`data.a` of {kind} w/a cannot be changed"));
            assert_eq!(judge(&map(kind, "data: {a: b}"), &map(kind, "data: {a: c}")), None);
        }
    }

    #[test]
    fn what_is_made_anew_is_not_changed() {
        let job = |image: &str, annotations: &str| {
            format!(
                "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: a, namespace: w, annotations: {{{annotations}}}}}\nspec: \
                 {{template: {{spec: {{containers: [{{name: a, command: [{image}]}}]}}}}}}\n"
            )
        };
        assert!(judge(&job("a", ""), &job("b", "")).is_some());
        for annotations in
            ["argocd.argoproj.io/hook: PreSync", "argocd.argoproj.io/sync-options: 'Force=true,Replace=true'"]
        {
            assert_eq!(judge(&job("a", annotations), &job("b", annotations)), None);
        }
    }
}
