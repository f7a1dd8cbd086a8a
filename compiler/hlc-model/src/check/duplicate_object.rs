//! One object, one owner.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};

use super::{Check, Facts};
use crate::workload::{Released, workload_namespace};

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

/// What claims an identity, and where.
struct Claim<'m> {
    kind: &'m str,
    namespace: Option<&'m str>,
    name: &'m str,
    span: Span,
}

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let written = facts.objects().map(|object| {
        let group = object.api_version.rsplit_once('/').map_or("", |(group, _)| group);
        let (kind, namespace) = (object.kind.as_str(), object.namespace.as_deref());
        (group, Claim { kind, namespace, name: &object.name, span: object.origin })
    });
    // The Secret that a store's operator makes is no object of the plan, and has one owner all the same; so has the one from
    // the SOPS file.
    let made = facts.model.units().filter(|(_, workload)| workload.is_made()).flat_map(|(_, workload)| {
        let from_store = workload.secret.iter().map(|secret| (secret.name.name.as_str(), secret.name.span));
        let bootstrap = workload.bootstrap_secret.iter().map(|secret| (secret.name.name.as_str(), secret.name.span));
        let namespace = Some(workload_namespace(workload));
        let claim = move |(name, span)| ("", Claim { kind: "Secret", namespace, name, span });
        from_store.chain(bootstrap).map(claim)
    });
    // Two releases of one name in one namespace are one to Helm, whatever their charts.
    let released = facts.model.units().filter(|(_, workload)| workload.is_made());
    let released = released.flat_map(|(_, workload)| workload.chart.iter().map(move |chart| (workload, chart)));
    let released = released.flat_map(|(workload, chart)| {
        let namespace = Some(chart.release_namespace(workload));
        chart
            .releases()
            .into_iter()
            .map(move |Released { name, span, .. }| ("helm.sh", Claim { kind: "Helm release", namespace, name, span }))
    });
    let mut claims: Vec<(&str, Claim<'_>)> = written.chain(made).chain(released).collect();
    claims.sort_by_key(|(_, claim)| claim.span);
    let mut seen: BTreeMap<_, Span> = BTreeMap::new();
    for (group, claim) in &claims {
        // What differs most comes first.
        let identity = (claim.name, claim.namespace, claim.kind, *group);
        match seen.get(&identity) {
            Some(_) if facts.repeated.contains(&claim.span) => {}
            Some(first) => found.push(twice(claim, *first)),
            None => {
                seen.insert(identity, claim.span);
            }
        }
    }
}

fn twice(claim: &Claim<'_>, first: Span) -> Diagnostic {
    let place = claim.namespace.map_or(String::new(), |namespace| format!(" in namespace `{namespace}`"));
    let message = format!("{} `{}`{place} is made twice", claim.kind, claim.name);
    let diagnostic =
        Diagnostic::new(&DUPLICATE_OBJECT, claim.span, message).here("made again").label(first, "first made here");
    diagnostic.help(if claim.kind == "Namespace" {
        "let one workload make it and write `(existing)namespace` in the other"
    } else {
        "rename or remove one of the two"
    })
}
