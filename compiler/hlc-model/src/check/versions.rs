//! Charts fit the cluster that they are for ([`versions`](crate::versions)); those with the Gateway API in `gateway_api`.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, ScopeId, Spanned};

use super::nodes::machines::{Node, Taint, nodes};
use super::pod_references::items;
use super::{Check, Facts};
use crate::concept::{Image, Machine, Role, Talos};
use crate::lower::Unit;
use crate::versions::{KUBERNETES, On, SYSTEM, SystemRule, release};
use crate::workload::Chart;

pub(super) const CHECK: Check = Check { codes: &[&CHART_KUBERNETES, &SYSTEM_LACKS, &SYSTEM_ADVISED], run };

/// A chart that nobody has tried with this Kubernetes.
pub(crate) static CHART_KUBERNETES: Code = Code {
    id: "HLC0673",
    name: "chart-kubernetes",
    severity: Severity::Warning,
    summary: "a chart that is not made for the cluster's version of Kubernetes",
    explain: "The authors of a chart say which releases of Kubernetes it is compatible with. With others it may work, and nobody has \
              looked. docs/versions.md has the rules that hlc knows, with their sources.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" \
          disk=\"30GiB\"\n}\nplatform {\n    addon \"certificates\" namespace=\"certificates\" {\n        chart \"cert-manager\" \
          version=\"v1.17.1\" repo=\"https://charts.jetstack.io\"\n    }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" \
           disk=\"30GiB\"\n}\nplatform {\n    addon \"certificates\" namespace=\"certificates\" {\n        chart \"cert-manager\" \
           version=\"v1.19.3\" repo=\"https://charts.jetstack.io\"\n    }\n}",
};

/// Machines without what a chart needs of their system.
pub(crate) static SYSTEM_LACKS: Code = Code {
    id: "HLC0675",
    name: "system-lacks",
    severity: Severity::Error,
    summary: "machines that lack an extension without which a chart does not run",
    explain: "Talos has no package manager: what a workload needs of the system comes with the image, as an extension. An image \
              with a `schematic` of its own is not judged, nor are machines with taints that the chart's values do not tolerate: its \
              pods do not come there. docs/versions.md has the rules that hlc knows, with their sources.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\" { extensions \
          util-linux-tools }\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" \
          disk=\"30GiB\"\n}\nworkload \"longhorn\" category=\"apps\" {\n    namespace \"longhorn-system\" \
          pod-security=\"privileged\"\n    chart \"longhorn\" version=\"1.10.0\" repo=\"https://charts.longhorn.io\" \
          deliver=\"argocd\"\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\" { extensions \
           iscsi-tools util-linux-tools }\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" \
           disk=\"30GiB\"\n}\nworkload \"longhorn\" category=\"apps\" {\n    namespace \"longhorn-system\" \
           pod-security=\"privileged\"\n    chart \"longhorn\" version=\"1.10.0\" repo=\"https://charts.longhorn.io\" \
           deliver=\"argocd\"\n}",
};

/// Machines without what a chart is to have.
pub(crate) static SYSTEM_ADVISED: Code = Code {
    id: "HLC0686",
    name: "system-advised",
    severity: Severity::Warning,
    summary: "machines that lack an extension or a kernel module which a chart is to have",
    explain: "What a workload is to have of the system comes with the image, as an extension, and its kernel modules are loaded by the \
              machine config (`kernel-modules`). Without them the chart is installed and a part of it may not work. \
              docs/versions.md has the rules that hlc knows, with their sources.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\" { extensions \
          iscsi-tools }\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" \
          disk=\"30GiB\"\n}\nworkload \"longhorn\" category=\"apps\" {\n    namespace \"longhorn-system\" \
          pod-security=\"privileged\"\n    chart \"longhorn\" version=\"1.10.0\" repo=\"https://charts.longhorn.io\" \
          deliver=\"argocd\"\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\" { extensions \
           iscsi-tools util-linux-tools }\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" \
           disk=\"30GiB\"\n}\nworkload \"longhorn\" category=\"apps\" {\n    namespace \"longhorn-system\" \
           pod-security=\"privileged\"\n    chart \"longhorn\" version=\"1.10.0\" repo=\"https://charts.longhorn.io\" \
           deliver=\"argocd\"\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    // Workloads of a homelab with several clusters name none.
    let [talos] = facts.model.talos.as_slice() else { return };
    let nodes = nodes(facts);
    for (scope, chart) in facts.units.iter().filter(|unit| !unit.idle).flat_map(charts) {
        found.extend(kubernetes(chart, talos));
        for rule in SYSTEM.iter().filter(|rule| rule.chart == chart.name.value) {
            if let Some(machines) = nodes.as_ref().and_then(|nodes| machines(facts, (scope, chart), rule, nodes)) {
                system(chart, talos, rule, &machines, found);
            }
        }
    }
}

fn charts<'m>(unit: &'m Unit<'_>) -> impl Iterator<Item = (ScopeId, &'m Chart)> {
    unit.source.chart.iter().map(|chart| (unit.scope, chart))
}

/// The machines that a chart's pods may come to; `None` when that cannot be told.
fn machines<'m>(
    facts: &Facts<'_>,
    (scope, chart): (ScopeId, &Chart),
    rule: &SystemRule,
    nodes: &[Node<'m>],
) -> Option<Vec<&'m Machine>> {
    let is_worker = |node: &&Node<'_>| node.machine.role.value == Role::Worker;
    let has_workers = nodes.iter().any(|node| is_worker(&node));
    let On::Tolerated(holders) = rule.on else {
        let on = nodes.iter().filter(|node| !has_workers || is_worker(node));
        return Some(on.map(|node| node.machine).collect());
    };
    let mut told = Vec::new();
    for release in chart.releases() {
        told.push(chart.values(facts.resolver, scope, &release)?);
    }
    let tolerating = |values: &'_ Option<Data>| -> Option<Data> {
        let values = values.as_ref()?;
        holders
            .iter()
            .filter_map(|holder| values.get(holder))
            .find(|holder| items(holder, "tolerations").next().is_some())
            .cloned()
    };
    let told: Vec<Option<Data>> = told.iter().map(tolerating).collect();
    let comes_to = |node: &&Node<'_>| {
        // Without workers pods run on control planes.
        let mut taints = node.taints.iter().filter(|taint| has_workers || !taint.is_of_control_plane());
        let keeps_off =
            |holder: &Option<Data>, taint: &Taint| !holder.as_ref().is_some_and(|holder| taint.is_tolerated_by(holder));
        node.all_labels && !taints.any(|taint| told.iter().all(|holder| keeps_off(holder, taint)))
    };
    Some(nodes.iter().filter(comes_to).map(|node| node.machine).collect())
}

fn kubernetes(chart: &Chart, talos: &Talos) -> Option<Diagnostic> {
    let own = release(chart.version.value.as_str())?;
    let rule = KUBERNETES.iter().find(|rule| rule.chart == chart.name.value && rule.release == own)?;
    let (oldest, newest) = rule.kubernetes;
    let kubernetes = &talos.kubernetes_version;
    if kubernetes.value.major != 1 || (oldest..=newest).contains(&kubernetes.value.minor) {
        return None;
    }
    let (name, version) = (&chart.name.value, chart.version.value.as_str());
    let message = format!("{name} {version} is not made for Kubernetes {}", kubernetes.value.as_str());
    Some(
        Diagnostic::new(&CHART_KUBERNETES, chart.version.span, message)
            .here(format!("made for Kubernetes 1.{oldest} to 1.{newest}"))
            .label(kubernetes.span, "the version of Kubernetes")
            .help("choose another release of the chart; docs/versions.md lists those that hlc knows"),
    )
}

/// The extension of an image that begins with one of these names.
fn extension<'m>(image: &'m Image, names: &[&str]) -> Option<&'m Spanned<String>> {
    let short = |name: &'m Spanned<String>| name.value.rsplit('/').next().unwrap_or_default();
    image.extensions.iter().find(|name| names.iter().any(|wanted| short(name).starts_with(wanted)))
}

/// Shows the list that lacks something, where there is one.
fn listed(found: Diagnostic, list: &[Spanned<String>]) -> Diagnostic {
    match list.first() {
        Some(first) => found.label(first.span, "this is where they are listed"),
        None => found,
    }
}

fn system(chart: &Chart, talos: &Talos, rule: &SystemRule, machines: &[&Machine], found: &mut Vec<Diagnostic>) {
    let is_equipped_only = rule.on == On::Equipped;
    let name = &chart.name.value;
    let has_some = |image: &Image| rule.extensions.iter().any(|names| extension(image, names).is_some());
    let on = |image: &Image| machines.iter().copied().filter(|it| it.image.name == image.name.name).collect::<Vec<_>>();
    let mut images: Vec<&Image> = talos.image.iter().filter(|image| !on(image).is_empty()).collect();
    if images.iter().any(|image| image.schematic.is_some()) && is_equipped_only {
        return; // which may be the one
    }
    images.retain(|image| image.schematic.is_none() && (!is_equipped_only || has_some(image)));
    images.sort_by(|a, b| a.name.name.cmp(&b.name.name));
    if images.is_empty() && is_equipped_only && !machines.is_empty() {
        let all: Vec<String> = rule.extensions.iter().map(|names| format!("`{}`", names.join("` or `"))).collect();
        let message = format!("no machine has what `{name}` needs of its system");
        found.push(
            Diagnostic::new(&SYSTEM_LACKS, chart.name.span, message)
                .label(talos.name.span, "none of its workers' images has these extensions")
                .help(format!("give the image of a pool the extensions {}", all.join(" and "))),
        );
    }
    for image in images {
        let lacks = |wanted: &[&[&str]]| {
            let wanted = wanted.iter().filter(|names| extension(image, names).is_none());
            wanted.map(|names| format!("`{}`", names.join("` or `"))).collect::<Vec<_>>()
        };
        let (mut lacking, advised) = (lacks(rule.extensions), lacks(rule.advised));
        let is_fatal = !lacking.is_empty();
        lacking.extend(advised);
        if !lacking.is_empty() {
            let (code, wants) = if is_fatal { (&SYSTEM_LACKS, "needs") } else { (&SYSTEM_ADVISED, "is to have") };
            let lacking = lacking.join(" and ");
            let message = format!("image `{}` lacks {lacking}, which `{name}` {wants}", image.name.name);
            let diagnostic = listed(Diagnostic::new(code, image.name.span, message), &image.extensions);
            found.push(
                diagnostic
                    .label(chart.name.span, "runs on machines that start from it")
                    .help(format!("add {lacking} to its `extensions`")),
            );
            continue;
        }
        for machine in on(image) {
            let loads = |module: &&&str| machine.kernel_modules.iter().any(|own| own.value == **module);
            let lacking: Vec<&str> = rule.modules.iter().filter(|module| !loads(module)).copied().collect();
            if !lacking.is_empty() {
                let lacking = format!("`{}`", lacking.join("`, `"));
                let message =
                    format!("machine `{}` does not load {lacking}, which `{name}` is to have", machine.name.name);
                let diagnostic =
                    listed(Diagnostic::new(&SYSTEM_ADVISED, machine.name.span, message), &machine.kernel_modules);
                found.push(
                    diagnostic
                        .label(image.name.span, "its image has the modules")
                        .label(chart.name.span, "is to have them")
                        .help("add them to the `kernel-modules` of the machine or its pool"),
                );
            }
        }
    }
}
