//! One object, one owner.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&DUPLICATE_OBJECT], run };

/// Two objects with one identity.
pub(crate) static DUPLICATE_OBJECT: Code = Code {
    id: "HLC0601",
    name: "duplicate-object",
    severity: Severity::Error,
    summary: "two Kubernetes objects have one identity",
    explain: "Group, kind, namespace and name identify an object in the cluster. Two of one identity overwrite each other, \
              within one workload or, through two Argo CD applications, for ever in turn.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web\" { data a=\"1\" }\n    ConfigMap \
          \"web\" { data b=\"2\" }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web\" { data a=\"1\" b=\"2\" }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeMap::new();
    for object in facts.objects() {
        let group = object.api_version.rsplit_once('/').map_or("", |(group, _)| group);
        let identity = (group, &object.kind, &object.namespace, &object.name);
        let Some(first) = seen.get(&identity).copied() else {
            seen.insert(identity, object);
            continue;
        };
        let (first, second) = if first.origin <= object.origin { (first, object) } else { (object, first) };
        let place = object.namespace.as_ref().map_or(String::new(), |namespace| format!(" in namespace `{namespace}`"));
        let mut diagnostic = Diagnostic::new(
            &DUPLICATE_OBJECT,
            second.origin,
            format!("{} `{}`{place} is made twice", object.kind, object.name),
        )
        .here("made again")
        .label(first.origin, "first made here");
        diagnostic = if object.kind == "Namespace" {
            diagnostic.help("let one workload make it and write `(existing)namespace` in the other")
        } else {
            diagnostic.help("rename or remove one of the two")
        };
        found.push(diagnostic);
    }
}
