//! A cluster can start from nothing: what it needs for that does not wait for what it brings up itself.
//!
//! Of the relations of the homelab those count that a start waits for. Workloads start once the platform is there, which is put
//! there before them, and everything in the cluster once the cluster runs. Calls between workloads are tried again and count
//! for nothing; where people log in matters to people alone ([`sso`](super::sso)).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hlc_diag::{Code, Diagnostic, Severity, Span};

use super::{Check, Facts};
use crate::lower::Carrier;
use crate::relations::{Need, Relation, Thing, thing};

pub(super) const CHECK: Check = Check { codes: &[&RING], run };

/// A cluster that waits for itself.
pub(crate) static RING: Code = Code {
    id: "HLC0670",
    name: "bootstrap-ring",
    severity: Severity::Error,
    summary: "something that has to be there before it can start",
    explain: "A homelab that runs may hold a ring that nobody sees until everything has to start at once, after a power cut \
              or on new machines: a registry that pulls its own images from itself, a platform that waits for a secret store \
              which it has to bring up, machines whose only name server runs on them, a repository in the cluster that Argo CD \
              reads.\n\nThe report names each step: what needs which, why, and where that is written. `hlc apply` puts the \
              platform there before any workload, so that an addon cannot wait for a workload. A mirror of a registry \
              (`machine.registries.mirrors`) counts where `skipFallback` forbids to pull from elsewhere, and a name server \
              where the network has no other. What workloads only call is tried again and does not count.",
    bad: "workload \"harbor\" category=\"apps\" {\n    namespace \"harbor\"\n    chart \"harbor\" version=\"1.18.0\" \
          repo=\"https://helm.goharbor.io\" deliver=\"argocd\" {\n        values { core { image \
          repository=\"harbor.example.net/library/harbor-core\" tag=\"v2.14.0\" } }\n    }\n    route \"harbor\" \
          service=\"harbor\" port=80\n}",
    good: "workload \"harbor\" category=\"apps\" {\n    namespace \"harbor\"\n    chart \"harbor\" version=\"1.18.0\" \
           repo=\"https://helm.goharbor.io\" deliver=\"argocd\" {\n        values { core { image \
           repository=\"goharbor/harbor-core\" tag=\"v2.14.0\" } }\n    }\n    route \"harbor\" service=\"harbor\" port=80\n}",
};

/// A step that a start waits for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Step<'m> {
    from: Thing<'m>,
    to: Thing<'m>,
    at: Span,
    why: String,
}

/// Steps that lead back to where the first begins, which is what a person would change.
struct Ring<'m> {
    need: Need,
    steps: Vec<Step<'m>>,
}

/// True for what a start waits for.
const fn holds_up(need: Need) -> bool {
    match need {
        Need::Secret
        | Need::Database
        | Need::Image
        | Need::Storage
        | Need::Runtime
        | Need::Manifests
        | Need::NameServer
        | Need::RunsOn => true,
        Need::Record | Need::HandsOn | Need::Serves | Need::MadeBy | Need::Login | Need::Calls | Need::Certificate => {
            false
        }
    }
}

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let causes: Vec<&Relation<'_>> = facts.relations().iter().filter(|relation| holds_up(relation.need)).collect();
    // What runs somewhere is as it is; the others were chosen.
    let chosen = || causes.iter().filter(|relation| relation.need != Need::RunsOn);
    if chosen().next().is_none() {
        return;
    }
    let mut steps: BTreeSet<Step<'_>> = causes.iter().map(|relation| written(relation)).collect();
    // A ring only passes what something leads to.
    let needed: BTreeSet<Thing<'_>> = causes.iter().map(|relation| relation.to).collect();
    steps.extend(presupposed(facts, &needed));
    let reached: BTreeSet<Thing<'_>> = steps.iter().map(|step| step.to).collect();
    let mut after: BTreeMap<Thing<'_>, Vec<&Step<'_>>> = BTreeMap::new();
    for step in &steps {
        after.entry(step.from).or_default().push(step);
    }
    let mut rings: Vec<Ring<'_>> = chosen()
        .filter(|cause| reached.contains(&cause.from))
        .filter_map(|cause| {
            let mut ring = vec![written(cause)];
            ring.extend(way(cause.to, cause.from, &after)?);
            Some(Ring { need: cause.need, steps: ring })
        })
        .collect();
    rings.sort_by_key(|ring| (ring.steps.len(), ring.need, ring.steps.first().map(|step| step.at)));
    // A longer ring by way of a step that was reported says nothing new.
    let mut reported: BTreeSet<(Thing<'_>, Thing<'_>)> = BTreeSet::new();
    for ring in rings {
        let Some(first) = ring.steps.first() else { continue };
        if !ring.steps.iter().any(|step| reported.contains(&(step.from, step.to))) {
            reported.insert((first.from, first.to));
            found.push(report(&ring, first));
        }
    }
}

fn written<'m>(relation: &Relation<'m>) -> Step<'m> {
    Step { from: relation.from, to: relation.to, at: relation.at, why: format!("it {}", relation.why) }
}

/// What is so for everything in a cluster, as far as it is needed.
fn presupposed<'m>(facts: &Facts<'m>, needed: &BTreeSet<Thing<'_>>) -> Vec<Step<'m>> {
    let mut steps = Vec::new();
    let made = || facts.units.iter().filter(|unit| !unit.idle);
    for unit in made().filter(|unit| unit.carrier == Carrier::Apply || needed.contains(&thing(unit))) {
        let (from, at) = (thing(unit), unit.source.name.span);
        if let [cluster] = facts.model.talos.as_slice() {
            let to = Thing::Cluster(&cluster.name.name);
            steps.push(Step { from, to, at, why: "it runs there".to_owned() });
        }
        if unit.carrier == Carrier::ArgoCd {
            for addon in made().filter(|it| it.carrier == Carrier::Apply) {
                let why = if addon.source.delivery.is_some() {
                    "it is brought into the cluster by Argo CD"
                } else {
                    "it starts once the platform is there"
                };
                steps.push(Step { from, to: thing(addon), at, why: why.to_owned() });
            }
        }
    }
    steps
}

/// The shortest way from one thing to another; no step at all when they are the same.
fn way<'m>(from: Thing<'m>, to: Thing<'m>, after: &BTreeMap<Thing<'m>, Vec<&Step<'m>>>) -> Option<Vec<Step<'m>>> {
    let mut by: BTreeMap<Thing<'_>, &Step<'_>> = BTreeMap::new();
    let mut open = VecDeque::from([from]);
    while let Some(thing) = open.pop_front() {
        if thing == to {
            break;
        }
        for step in after.get(&thing).into_iter().flatten() {
            if step.to != from && !by.contains_key(&step.to) {
                by.insert(step.to, step);
                open.push_back(step.to);
            }
        }
    }
    let mut way = Vec::new();
    let mut last = to;
    while last != from {
        let step = by.get(&last)?;
        way.push((*step).clone());
        last = step.from;
    }
    way.reverse();
    Some(way)
}

fn report(ring: &Ring<'_>, first: &Step<'_>) -> Diagnostic {
    let names: Vec<String> = ring.steps.iter().map(|step| step.from.to_string()).collect();
    let drawn = format!("{} -> {}", names.join(" -> "), first.from);
    let mut labels: Vec<(Span, String)> = Vec::new();
    for (number, step) in ring.steps.iter().enumerate() {
        let text = if step.from == step.to {
            format!("{} {}", step.from, step.why.trim_start_matches("it "))
        } else {
            format!("{}: {} needs {}: {}", number + 1, step.from, step.to, step.why)
        };
        match labels.iter_mut().find(|(at, _)| *at == step.at) {
            Some((_, label)) => *label = format!("{label}; {text}"),
            None => labels.push((step.at, text)),
        }
    }
    let message = format!("{} has to be there before it can start", first.from);
    let mut diagnostic = Diagnostic::new(&RING, first.at, message);
    for (number, (at, text)) in labels.into_iter().enumerate() {
        diagnostic = if number == 0 { diagnostic.here(text) } else { diagnostic.label(at, text) };
    }
    if ring.steps.len() > 1 {
        diagnostic = diagnostic.note(format!("the ring: {drawn}"));
    }
    diagnostic.help(match ring.need {
        Need::Image => "pull it from a registry outside of the cluster",
        Need::Secret => "use a `bootstrap-secret`, which is put into the cluster before anything else runs",
        Need::Manifests => "let Argo CD read a repository outside of the cluster, such as a mirror of this one",
        Need::NameServer => "add a name server outside of the cluster to the `nameservers` of the network",
        Need::Database
        | Need::Storage
        | Need::Runtime
        | Need::Record
        | Need::HandsOn
        | Need::Serves
        | Need::MadeBy
        | Need::Login
        | Need::Calls
        | Need::Certificate
        | Need::RunsOn => "take one of these steps out",
    })
}
