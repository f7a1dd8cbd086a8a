//! Pods find a machine of the cluster to run on.
//!
//! Judged where the homelab has one cluster whose machines are all written down.

pub(super) mod machines;
mod values;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Data;

use super::labels::fits;
use super::pod_references::items;
use super::{Check, Facts};
use machines::{Node, nodes};

pub(super) const CHECK: Check = Check { codes: &[&TOO_LARGE, &NOT_TOLERATED, &NO_SUCH_MACHINE], run };

/// A pod that no machine has room for.
pub(crate) static TOO_LARGE: Code = Code {
    id: "HLC0655",
    name: "pod-too-large",
    severity: Severity::Error,
    summary: "a pod that asks for more than any machine of the cluster has",
    explain: "The scheduler finds no node for it: the pod stays `Pending` for ever. What counts are the requests of all its containers \
              together (the limits, where there are no requests). Machines keep a part of what they have for themselves, so that a pod \
              that fits exactly does not fit either.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    machine \
          \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    machine \"two\" \
          ip=\"192.168.1.221\" role=\"worker\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}\nworkload \"web\" \
          category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\" { resources { requests memory=\"8Gi\" } }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    machine \
           \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    machine \"two\" \
           ip=\"192.168.1.221\" role=\"worker\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}\nworkload \"web\" \
           category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\" { resources { requests memory=\"4Gi\" } }\n}",
};

/// A pod that every machine it may run on keeps off.
pub(crate) static NOT_TOLERATED: Code = Code {
    id: "HLC0656",
    name: "not-tolerated",
    severity: Severity::Error,
    summary: "a pod for machines whose taint it does not tolerate",
    explain: "A pod that asks for a device, or names machines by their labels, can run on these alone. Where each of them has a taint \
              (`NoSchedule`, `NoExecute`), the pod needs a toleration for it, or stays `Pending` for ever. Of a chart that is not \
              rendered here its values say what it will ask for; whether it adds a toleration by itself is not known, so that is a \
              warning.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    machine \
          \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    machine \"gpu\" \
          ip=\"192.168.1.221\" role=\"worker\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" { pci \"0000:28:00.0\"; taints \
          dedicated=\"ai:NoSchedule\"; }\n}\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" \
          image=\"web:1\" { resources { limits { \"nvidia.com/gpu\" 1 } } }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    machine \
           \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    machine \"gpu\" \
           ip=\"192.168.1.221\" role=\"worker\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" { pci \"0000:28:00.0\"; taints \
           dedicated=\"ai:NoSchedule\"; }\n}\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" \
           image=\"web:1\" {\n        resources { limits { \"nvidia.com/gpu\" 1 } }\n        pod { tolerations { - key=dedicated \
           operator=Equal value=ai effect=NoSchedule } }\n    }\n}",
};

/// A label that no machine has.
pub(crate) static NO_SUCH_MACHINE: Code = Code {
    id: "HLC0657",
    name: "no-such-machine",
    severity: Severity::Warning,
    summary: "a pod for machines with a label that none has",
    explain: "The pod stays `Pending` for ever. Labels are those of the machines' `labels` and what Kubernetes and Talos give every node \
              (`kubernetes.io/hostname`, `kubernetes.io/arch`, the role of control planes). One that somebody sets by hand is gone with \
              the machine: declare it. Labels whose domain is that of an operator, such as `feature.node.kubernetes.io/…`, are left to it, unless \
              a machine declares them.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    machine \
          \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    machine \"two\" \
          ip=\"192.168.1.221\" role=\"worker\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" { labels disk=ssd; }\n}\nworkload \
          \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\" { pod { nodeSelector disk=sdd } }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    machine \
           \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    machine \"two\" \
           ip=\"192.168.1.221\" role=\"worker\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" { labels disk=ssd; }\n}\nworkload \
           \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\" { pod { nodeSelector disk=ssd } }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(nodes) = nodes(facts) else { return };
    for workload in facts.sound_workloads() {
        for (object, template) in workload.pod_templates() {
            let Some(spec) = template.get("spec") else { continue };
            // A pod that names its node passes the scheduler by.
            if spec.get("nodeName").is_some() {
                continue;
            }
            let of = format!("{} `{}`", object.kind, object.name);
            found.extend(too_large(&of, spec, &nodes));
            let named = named(spec);
            match no_such_machine(&named, &nodes) {
                Some(finding) => found.push(finding),
                // A DaemonSet is for the machines that take it, whichever these are.
                None if object.kind == "DaemonSet" => {}
                None => found.extend(not_tolerated(&of, spec, &named, &nodes)),
            }
        }
    }
    values::judge(facts, &nodes, found);
}

/// What a pod asks of one resource: its containers together, or an init container that asks for more.
fn asked<'s>(spec: &'s Data, resource: &str) -> Option<(i128, &'s Data)> {
    let of = |container: &'s Data| {
        let at = |field| container.at(&["resources", field, resource]);
        let data = at("requests").or_else(|| at("limits"))?;
        Some((hlc_kube::amount(data)?, data))
    };
    let list = |field| items(spec, field).filter_map(of).collect::<Vec<_>>();
    let (running, before) = (list("containers"), list("initContainers"));
    let together: i128 = running.iter().map(|(amount, _)| *amount).sum();
    let largest = running.iter().max_by_key(|(amount, _)| *amount).map(|(_, at)| *at);
    let first = before.iter().max_by_key(|(amount, _)| *amount);
    match (largest, first) {
        (_, Some((amount, at))) if *amount > together => Some((*amount, at)),
        (Some(at), _) => Some((together, at)),
        (None, _) => None,
    }
}

fn too_large(of: &str, spec: &Data, nodes: &[Node<'_>]) -> Option<Diagnostic> {
    const BILLION: i128 = 1_000_000_000;
    let has = |node: &Node<'_>, resource: &str| match resource {
        "cpu" => i128::from(node.machine.cores.value),
        _ => i128::from(node.machine.memory.value.bytes()),
    };
    ["memory", "cpu"].into_iter().find_map(|resource| {
        let (amount, at) = asked(spec, resource)?;
        let largest = nodes.iter().max_by_key(|node| (has(node, resource), std::cmp::Reverse(node.name())))?;
        if amount <= has(largest, resource).saturating_mul(BILLION) {
            return None;
        }
        let (what, size, span) = match resource {
            "cpu" => ("cores", largest.machine.cores.value.to_string(), largest.machine.cores.span),
            _ => ("memory", largest.machine.memory.value.to_string(), largest.machine.memory.span),
        };
        let message = format!("the pods of {of} ask for more {what} than any machine has");
        Some(
            Diagnostic::new(&TOO_LARGE, at.span, message)
                .label(span, format!("`{}` has the most: {size}", largest.name()))
                .help("ask for less, or make a machine larger"),
        )
    })
}

/// What a pod wants of the labels of its node: each has to hold.
struct Wanted<'s> {
    key: &'s str,
    /// As an expression: `key`, `operator`, `values`; none for a plain value.
    expression: Option<&'s Data>,
    /// Where it stands; of a plain one its value.
    at: &'s Data,
}

impl Wanted<'_> {
    fn holds(&self, node: &Node<'_>) -> bool {
        let label = |key: &str| node.label(key);
        match self.expression {
            Some(expression) => fits(expression, &label),
            None => node.label(self.key) == self.at.as_str(),
        }
    }
}

/// What the `nodeSelector` of a pod wants, and its `affinity` where it gives no choice.
fn named(spec: &Data) -> Vec<Wanted<'_>> {
    let plain = spec.get("nodeSelector").and_then(Data::as_map);
    let plain = plain.into_iter().flat_map(hlc_schema::Map::iter);
    let mut wanted: Vec<_> = plain.map(|(key, entry)| Wanted { key, expression: None, at: &entry.value }).collect();
    let required = spec.at(&["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]);
    // Terms are alternatives: only a single one is a must.
    let terms: Vec<_> = required.into_iter().flat_map(|required| items(required, "nodeSelectorTerms")).collect();
    if let [only] = terms.as_slice() {
        wanted.extend(items(only, "matchExpressions").filter_map(|expression| {
            let key = expression.get("key").and_then(Data::as_str)?;
            Some(Wanted { key, expression: Some(expression), at: expression })
        }));
    }
    wanted
}

fn no_such_machine(wanted: &[Wanted<'_>], nodes: &[Node<'_>]) -> Option<Diagnostic> {
    if nodes.iter().any(|node| !node.all_labels) {
        return None;
    }
    wanted.iter().find_map(|wanted| {
        let declared = nodes.iter().any(|node| node.label(wanted.key).is_some());
        // Labels with a domain may be an operator's.
        if (!declared && wanted.key.contains('/') && wanted.key != "kubernetes.io/hostname")
            || nodes.iter().any(|node| wanted.holds(node))
        {
            return None;
        }
        let key = wanted.key;
        let message = match (wanted.expression, wanted.at.as_str()) {
            (None, Some(value)) => format!("no machine has the label `{key}={value}`"),
            _ => format!("no machine fits what is asked of its label `{key}`"),
        };
        let diagnostic = Diagnostic::new(&NO_SUCH_MACHINE, wanted.at.span, message);
        Some(match nodes.iter().find(|node| node.label(key).is_some()) {
            Some(node) => {
                let value = node.label(key).unwrap_or_default();
                diagnostic.label(node.machine.name.span, format!("machine `{}` has `{key}={value}`", node.name()))
            }
            None => diagnostic.help(format!("add it to a machine or pool: `labels {key}=…`")),
        })
    })
}

fn not_tolerated(of: &str, spec: &Data, named: &[Wanted<'_>], nodes: &[Node<'_>]) -> Option<Diagnostic> {
    let known: Vec<_> =
        named.iter().filter(|wanted| nodes.iter().any(|node| node.label(wanted.key).is_some())).collect();
    let device = device(spec).filter(|_| nodes.iter().any(|node| !node.machine.pci.is_empty()));
    let at = match (device, known.first()) {
        (Some(device), _) => device,
        (None, Some(wanted)) => wanted.at,
        (None, None) => return None,
    };
    let suits = |node: &&Node<'_>| {
        known.iter().all(|wanted| wanted.holds(node)) && (device.is_none() || !node.machine.pci.is_empty())
    };
    let suiting: Vec<_> = nodes.iter().filter(suits).collect();
    let first = suiting.first()?;
    let kept_off = |node: &&&Node<'_>| node.taints.iter().any(|taint| !taint.is_tolerated_by(spec));
    if suiting.iter().any(|node| !kept_off(&node)) {
        return None;
    }
    let taint = first.taints.iter().find(|taint| !taint.is_tolerated_by(spec))?;
    let message = format!("the pods of {of} do not tolerate the machines that they are for");
    let value = if taint.value.is_empty() {
        "operator=Exists".to_owned()
    } else {
        format!("operator=Equal value={}", taint.value)
    };
    let mut found = Diagnostic::new(&NOT_TOLERATED, at.span, message)
        .label(taint.span, format!("machine `{}` keeps off pods that do not tolerate this", first.name()));
    if let Some(wanted) = named.first().filter(|_| device.is_some()) {
        found = found.label(wanted.at.span, "they choose machines by this too");
    }
    for toleration in items(spec, "tolerations").take(2) {
        found = found.label(toleration.span, "they tolerate this");
    }
    Some(found.help(format!("they need `tolerations {{ - key=\"{}\" {value} effect={} }}`", taint.key, taint.effect)))
}

/// Where a pod asks for a device such as `nvidia.com/gpu`: a resource whose domain is not Kubernetes'.
fn device(spec: &Data) -> Option<&Data> {
    const GPUS: &[&str] = &["amd.com/gpu", "gpu.intel.com/i915", "gpu.intel.com/xe", "nvidia.com/gpu"];
    super::containers(spec).find_map(|container| {
        let of = |field| container.at(&["resources", field]).and_then(Data::as_map);
        let held = of("limits").into_iter().chain(of("requests")).flat_map(hlc_schema::Map::iter);
        held.filter(|(name, _)| GPUS.contains(name)).map(|(_, entry)| &entry.value).next()
    })
}
