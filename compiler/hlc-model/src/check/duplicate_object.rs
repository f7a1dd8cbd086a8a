//! One object, one owner.

use std::collections::BTreeMap;

use foldhash::HashMap;
use hlc_diag::{Code, Diagnostic, Severity, Span};

use super::application_name::way_out;
use super::{Check, Facts};
use crate::workload::{Released, Workload, workload_namespace};

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
            .map(move |Released { name, span, .. }| ("helm.sh", Claim { kind: RELEASE, namespace, name, span }))
    });
    // What a workload makes whose name is another's is what the other makes too.
    let repeated: Vec<&Workload> =
        facts.model.units().map(|(_, workload)| workload).filter(|it| facts.is_repeated(it.name.span)).collect();
    let is_of_repeated = |span: Span| repeated.iter().any(|workload| workload.holds(span));
    let mut claims: Vec<(&str, Claim<'_>)> = written.chain(made).chain(released).collect();
    claims.sort_by_key(|(_, claim)| claim.span);
    let mut seen: HashMap<_, Span> = HashMap::default();
    let mut clashes: BTreeMap<(Span, Span), Vec<(&Claim<'_>, Span)>> = BTreeMap::new();
    for (group, claim) in &claims {
        let identity = (claim.name, claim.namespace, claim.kind, *group);
        match seen.get(&identity) {
            Some(_) if facts.is_repeated(claim.span) || is_of_repeated(claim.span) => {}
            // Of two releases with one name the Applications have one name too.
            Some(_) if claim.kind == RELEASE && clashes.keys().any(|(again, _)| *again == claim.span) => {}
            Some(first) => clashes.entry(parties(facts, claim.span, *first)).or_default().push((claim, *first)),
            None => {
                seen.insert(identity, claim.span);
            }
        }
    }
    for clashes in clashes.values() {
        found.extend(twice(facts, clashes));
    }
}

/// What makes something twice: two uses of a component, two releases, or just two objects. All that these two both make is one
/// mistake.
fn parties(facts: &Facts<'_>, again: Span, first: Span) -> (Span, Span) {
    let uses = (facts.resolver.outermost(again), facts.resolver.outermost(first));
    if uses.0 == uses.1 { (again, first) } else { uses }
}

/// What Helm knows as one thing.
const RELEASE: &str = "Helm release";

/// What helps with most kinds.
const OTHERWISE: &str = "rename or remove one of the two";

fn twice(facts: &Facts<'_>, clashes: &[(&Claim<'_>, Span)]) -> Option<Diagnostic> {
    let ((claim, first), others) = clashes.split_first()?;
    let place = claim.namespace.map_or(String::new(), |namespace| format!(" in namespace `{namespace}`"));
    let message = format!("{} `{}`{place} is made twice", claim.kind, claim.name);
    let mut diagnostic =
        Diagnostic::new(&DUPLICATE_OBJECT, claim.span, message).here("made again").label(*first, "first made here");
    let also: Vec<String> = others.iter().map(|(other, _)| format!("{} `{}`", other.kind, other.name)).collect();
    match also.as_slice() {
        [] => {}
        [first, second, third, _, ..] => {
            let more = also.len() - 3;
            diagnostic = diagnostic.note(format!("both also make {first}, {second}, {third} and {more} more"));
        }
        few => diagnostic = diagnostic.note(format!("both also make {}", few.join(", "))),
    }
    Some(diagnostic.help(match claim.kind {
        "Namespace" => "let one workload make it and write `(existing)namespace` in the other",
        RELEASE => "remove one of the two, or give it another name: `release=\"NAME\"`",
        "Application" => way_out(facts, claim.span).unwrap_or(OTHERWISE),
        _ => OTHERWISE,
    }))
}
