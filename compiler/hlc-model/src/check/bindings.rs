//! Role bindings bind what exists.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_plan::PlannedObject;

use super::meant::meant;
use super::pod_references::items;
use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&MISSING_ROLE, &MISSING_SUBJECT], run };

/// A role that nobody makes.
pub(crate) static MISSING_ROLE: Code = Code {
    id: "HLC0645",
    name: "missing-role",
    severity: Severity::Error,
    summary: "a binding to a Role or ClusterRole that nothing makes",
    explain: "The binding is accepted and gives nothing. A Role is looked for where everything in the namespace is written down, a \
              ClusterRole where one is written out and no chart and no operator could make another; Kubernetes' own (`view`, `edit`, `admin`, `cluster-admin`, \
              `system:…`) are known.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ServiceAccount \"web\"\n    Role \"web-reader\" { rules { - { \
          apiGroups { - \"\" }; resources { - pods }; verbs { - get } } } }\n    RoleBinding \"web\" { roleRef \
          apiGroup=rbac.authorization.k8s.io kind=Role name=web-raeder; subjects { - kind=ServiceAccount name=web namespace=web } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ServiceAccount \"web\"\n    Role \"web-reader\" { rules { - { \
           apiGroups { - \"\" }; resources { - pods }; verbs { - get } } } }\n    RoleBinding \"web\" { roleRef \
           apiGroup=rbac.authorization.k8s.io kind=Role name=web-reader; subjects { - kind=ServiceAccount name=web namespace=web } }\n}",
};

/// A subject that nobody makes.
pub(crate) static MISSING_SUBJECT: Code = Code {
    id: "HLC0646",
    name: "missing-subject",
    severity: Severity::Warning,
    summary: "a binding for a ServiceAccount that nothing makes",
    explain: "The binding is accepted and gives nothing, until somebody makes a ServiceAccount of this name and has its rights. Checked \
              where everything in the ServiceAccount's namespace is written down.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ServiceAccount \"web\"\n    ClusterRoleBinding \"web\" { roleRef \
          apiGroup=rbac.authorization.k8s.io kind=ClusterRole name=view; subjects { - kind=ServiceAccount name=wbe namespace=web } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ServiceAccount \"web\"\n    ClusterRoleBinding \"web\" { roleRef \
           apiGroup=rbac.authorization.k8s.io kind=ClusterRole name=view; subjects { - kind=ServiceAccount name=web namespace=web } \
           }\n}",
};

/// The ClusterRoles that every cluster has (Kubernetes, "Using RBAC Authorization", default roles).
const USER_FACING: &[&str] = &["admin", "cluster-admin", "edit", "view"];

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for object in facts.sound_workloads().flat_map(|workload| workload.planned) {
        if !matches!(object.kind.as_str(), "RoleBinding" | "ClusterRoleBinding") {
            continue;
        }
        found.extend(role(object, facts));
        for subject in items(&object.body, "subjects") {
            let text = |field| subject.get(field).and_then(hlc_schema::Data::as_str);
            if text("kind") != Some("ServiceAccount") {
                continue;
            }
            let namespace = text("namespace").or(object.namespace.as_deref()).and_then(|name| facts.namespace(name));
            let (Some(namespace), Some(name)) = (namespace.filter(|namespace| namespace.closed), subject.get("name"))
            else {
                continue;
            };
            let Some(wanted) = name.as_str().filter(|wanted| *wanted != "default") else { continue };
            if namespace.object("ServiceAccount", wanted).is_some() {
                continue;
            }
            let message = format!("nothing makes the ServiceAccount `{wanted}`");
            let others = namespace.of_kind("ServiceAccount").map(|object| (object.name.as_str(), object.origin));
            let help = format!("add `ServiceAccount \"{wanted}\"`, or remove the binding");
            found.push(meant(Diagnostic::new(&MISSING_SUBJECT, name.span, message), name, others, help));
        }
    }
}

fn role(binding: &PlannedObject, facts: &Facts<'_>) -> Option<Diagnostic> {
    let name = binding.body.at(&["roleRef", "name"])?;
    let wanted = name.as_str()?;
    let (kind, within) = match binding.body.at(&["roleRef", "kind"])?.as_str()? {
        "Role" => ("Role", facts.namespace(binding.namespace.as_deref()?)?),
        "ClusterRole" if USER_FACING.contains(&wanted) || wanted.starts_with("system:") => return None,
        "ClusterRole" => ("ClusterRole", facts.cluster()),
        _ => return None,
    };
    // Of ClusterRoles those that nobody writes down are made by something else.
    let none = kind == "ClusterRole" && within.of_kind(kind).next().is_none();
    if !within.closed || none || within.object(kind, wanted).is_some() {
        return None;
    }
    let others = within.of_kind(kind).map(|object| (object.name.as_str(), object.origin));
    let diagnostic = Diagnostic::new(&MISSING_ROLE, name.span, format!("nothing makes the {kind} `{wanted}`"));
    Some(meant(diagnostic, name, others, format!("add `{kind} \"{wanted}\" {{ rules {{ … }} }}`")))
}
