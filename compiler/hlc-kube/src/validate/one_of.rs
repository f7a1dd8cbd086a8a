//! Fields of which an object takes one.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::suggest::list_names;
use hlc_schema::{Data, Map};

use super::walk::Walk;
use crate::schema::Definition;

/// Several fields of which one may be there, or none where one has to be.
pub(super) static ONE_OF: Code = Code {
    id: "HLC0517",
    name: "one-of",
    severity: Severity::Error,
    summary: "not exactly one of several fields of which there has to be one",
    explain: "A volume has one source, a probe asks in one way, a variable has a `value` or comes from somewhere (`valueFrom`). With \
              two of them, or none where one is needed, the API server refuses the object.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" {
        spec {
            containers { - name=web image="web:1" }
            volumes { - name=data { emptyDir {}; configMap name=web optional=#true } }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" {
        spec {
            containers { - name=web image="web:1" }
            volumes { - name=data { configMap name=web optional=#true } }
        }
    }
}"#,
};

/// Definition, fields, whether one has to be there. Source: pkg/apis/*/validation ("may not specify more than 1 volume type",
/// "must specify a handler type", "may not be specified when `value` is not empty" …).
const GROUPS: &[(&str, &[&str], bool)] = &[
    ("core.v1.EnvFromSource", &["configMapRef", "secretRef"], true),
    ("core.v1.EnvVar", &["value", "valueFrom"], false),
    ("core.v1.EnvVarSource", &["configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"], true),
    ("core.v1.LifecycleHandler", &["exec", "httpGet", "sleep", "tcpSocket"], true),
    ("core.v1.Probe", &["exec", "grpc", "httpGet", "tcpSocket"], true),
    (
        "core.v1.VolumeProjection",
        &["clusterTrustBundle", "configMap", "downwardAPI", "podCertificate", "secret", "serviceAccountToken"],
        true,
    ),
    ("core.v1.VolumeMount", &["subPath", "subPathExpr"], false),
    ("networking.v1.IngressBackend", &["resource", "service"], true),
    ("networking.v1.NetworkPolicyPeer", &["ipBlock", "podSelector"], false),
    ("networking.v1.NetworkPolicyPeer", &["ipBlock", "namespaceSelector"], false),
    ("networking.v1.ServiceBackendPort", &["name", "number"], true),
    ("policy.v1.PodDisruptionBudgetSpec", &["maxUnavailable", "minAvailable"], false),
];

pub(super) fn find(walk: &mut Walk<'_>, definition: &Definition, map: &Map, span: Span) {
    if definition.name == "core.v1.Volume" {
        let fields: Vec<&str> =
            definition.fields().iter().map(|field| field.name).filter(|name| *name != "name").collect();
        return judge(walk, &fields, false, map, span);
    }
    for (_, fields, needed) in GROUPS.iter().filter(|(name, _, _)| *name == definition.name) {
        judge(walk, fields, *needed, map, span);
    }
}

fn judge(walk: &mut Walk<'_>, fields: &[&str], needed: bool, map: &Map, span: Span) {
    let given = fields.iter().filter_map(|field| Some((*field, map.entry(field)?)));
    let mut given = given.filter(|(_, entry)| entry.value.as_str() != Some("")).collect::<Vec<_>>();
    given.sort_by_key(|(_, entry)| entry.key_span);
    let at = |walk: &Walk<'_>| match walk.path() {
        path if path.is_empty() => walk.kind().to_owned(),
        path => path,
    };
    match given.as_slice() {
        [(first, one), (second, other), ..] => {
            let message = format!("`{}` has both `{first}` and `{second}`", at(walk));
            walk.report(
                Diagnostic::new(&ONE_OF, other.key_span, message)
                    .here("only one of them may be there")
                    .label(one.key_span, "the other"),
            );
        }
        [] if needed && map.iter().all(|(_, entry)| Data::as_deferred(&entry.value).is_none()) => {
            let message = format!("`{}` has none of {}", at(walk), list_names(fields, "and"));
            walk.report(Diagnostic::new(&ONE_OF, span, message).here("one of them has to be there"));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::GROUPS;
    use crate::schema;

    #[test]
    fn every_group_is_of_fields_that_are_there() {
        for (name, fields, _) in GROUPS {
            let definition = schema::named(name).unwrap_or_else(|| panic!("no {name}"));
            for field in *fields {
                assert!(definition.field(field).is_some(), "{name} has no {field}");
            }
        }
    }
}
