//! Charts fit the cluster that they are for ([`versions`](crate::versions)).

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{DataValue, Node as _, ScopeId, Spanned};

use super::{Check, Facts};
use crate::concept::{Image, Machine, Role, Talos};
use crate::versions::{GATEWAY, KUBERNETES, SYSTEM, SystemRule, release};
use crate::workload::Chart;

pub(super) const CHECK: Check =
    Check { codes: &[&CHART_KUBERNETES, &GATEWAY_API, &GATEWAY_UNTRIED, &SYSTEM_LACKS, &SYSTEM_ADVISED], run };

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

/// A Cilium without the definitions that it looks for.
pub(crate) static GATEWAY_API: Code = Code {
    id: "HLC0674",
    name: "gateway-api-version",
    severity: Severity::Error,
    summary: "definitions of the Gateway API that are too old for Cilium",
    explain: "Cilium's operator looks for the kinds of the Gateway API that it needs, at their versions, and leaves gateways \
              alone where one is missing. docs/versions.md has the rules that hlc knows, with their sources.",
    bad: "platform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \"cilium\" version=\"1.17.2\" \
          repo=\"https://helm.cilium.io/\" { values { gatewayAPI enabled=#true} }\n    }\n    addon \"definitions\" namespace=\"kube-system\" {\n        manifests \
          \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.0.0/standard-install.yaml\" name=\"gateway-api\"\n    }\n}",
    good: "platform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \"cilium\" version=\"1.17.2\" \
           repo=\"https://helm.cilium.io/\" { values { gatewayAPI enabled=#true} }\n    }\n    addon \"definitions\" namespace=\"kube-system\" {\n        manifests \
           \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/standard-install.yaml\" name=\"gateway-api\"\n    }\n}",
};

/// A Cilium with older definitions than its documentation asks for.
pub(crate) static GATEWAY_UNTRIED: Code = Code {
    id: "HLC0685",
    name: "gateway-api-untried",
    severity: Severity::Warning,
    summary: "definitions of the Gateway API that are older than Cilium's documentation asks for",
    explain: "The documentation of a release of Cilium says which release of the Gateway API must be there. With one a little older \
              its operator begins all the same, and what it reads of the newer fields is not there. docs/versions.md has the \
              rules that hlc knows, with their sources.",
    bad: "platform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \"cilium\" version=\"1.17.2\" \
          repo=\"https://helm.cilium.io/\" { values { gatewayAPI enabled=#true} }\n    }\n    addon \"definitions\" namespace=\"kube-system\" {\n        manifests \
          \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.1.0/standard-install.yaml\" name=\"gateway-api\"\n    }\n}",
    good: "platform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \"cilium\" version=\"1.17.2\" \
           repo=\"https://helm.cilium.io/\" { values { gatewayAPI enabled=#true} }\n    }\n    addon \"definitions\" namespace=\"kube-system\" {\n        manifests \
           \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/standard-install.yaml\" name=\"gateway-api\"\n    }\n}",
};

/// Machines without what a chart needs of their system.
pub(crate) static SYSTEM_LACKS: Code = Code {
    id: "HLC0675",
    name: "system-lacks",
    severity: Severity::Error,
    summary: "machines that lack an extension without which a chart does not run",
    explain: "Talos has no package manager: what a workload needs of the system comes with the image, as an extension. An image \
              with a `schematic` of its own is not judged. docs/versions.md has the rules that hlc knows, with their sources.",
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
    let units = facts.units.iter().filter(|unit| !unit.idle);
    let charts: Vec<(ScopeId, &Chart)> =
        units.flat_map(|unit| unit.source.chart.iter().map(|chart| (unit.scope, chart))).collect();
    gateway_api(facts, &charts, found);
    // Workloads of a homelab with several clusters name none.
    let [talos] = facts.model.talos.as_slice() else { return };
    let sees_machines = !facts.model.faults.may_hide(Machine::decl());
    for (_, chart) in &charts {
        found.extend(kubernetes(chart, talos));
        if sees_machines {
            for rule in SYSTEM.iter().filter(|rule| rule.chart == chart.name.value) {
                system(chart, talos, rule, found);
            }
        }
    }
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

/// The release in the URL of the definitions: `…/gateway-api/releases/download/v1.2.1/standard-install.yaml`.
fn definitions(url: &str) -> Option<((u32, u32), &str)> {
    let version = url.split_once("/gateway-api/releases/download/")?.1.split('/').next()?;
    Some((release(version)?, version))
}

/// True for a Cilium that is told to serve gateways (`gatewayAPI.enabled` of its values).
fn serves_gateways(facts: &Facts<'_>, scope: ScopeId, chart: &Chart) -> bool {
    chart.releases().iter().any(|release| {
        let values = chart.values(facts.resolver, scope, release).flatten();
        let enabled = values.as_ref().and_then(|values| values.at(&["gatewayAPI", "enabled"]));
        enabled.is_some_and(|enabled| enabled.value == DataValue::Bool(true))
    })
}

fn gateway_api(facts: &Facts<'_>, charts: &[(ScopeId, &Chart)], found: &mut Vec<Diagnostic>) {
    let manifests = facts.units.iter().filter(|unit| !unit.idle).flat_map(|unit| &unit.source.manifests);
    let published: Vec<_> =
        manifests.filter_map(|it| Some((definitions(it.url.value.as_str())?, it.url.span))).collect();
    if published.is_empty() {
        return;
    }
    for (scope, chart) in charts.iter().filter(|(_, chart)| chart.name.value == "cilium") {
        let own = release(chart.version.value.as_str());
        let Some(rule) = GATEWAY.iter().find(|rule| Some(rule.cilium) == own) else { continue };
        if !serves_gateways(facts, *scope, chart) {
            continue;
        }
        for ((api, version), at) in published.iter().filter(|((api, _), _)| *api < rule.asks) {
            let (code, wants) =
                if *api < rule.needs { (&GATEWAY_API, "needs") } else { (&GATEWAY_UNTRIED, "asks for") };
            let (major, minor) = rule.asks;
            let message = format!("Cilium {} {wants} a newer Gateway API than {version}", chart.version.value.as_str());
            found.push(
                Diagnostic::new(code, *at, message)
                    .here(format!("its documentation asks for {major}.{minor}"))
                    .label(chart.version.span, "this Cilium"),
            );
        }
    }
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

fn system(chart: &Chart, talos: &Talos, rule: &SystemRule, found: &mut Vec<Diagnostic>) {
    let machines = talos.machines();
    let workers: Vec<&Machine> =
        machines.iter().copied().filter(|machine| machine.role.value == Role::Worker).collect();
    // Without workers pods run on control planes.
    let machines = if workers.is_empty() { machines } else { workers };
    let name = &chart.name.value;
    let has_some = |image: &Image| rule.extensions.iter().any(|names| extension(image, names).is_some());
    let on = |image: &Image| machines.iter().copied().filter(|it| it.image.name == image.name.name).collect::<Vec<_>>();
    let mut images: Vec<&Image> = talos.image.iter().filter(|image| !on(image).is_empty()).collect();
    if images.iter().any(|image| image.schematic.is_some()) && !rule.everywhere {
        return; // which may be the one
    }
    images.retain(|image| image.schematic.is_none() && (rule.everywhere || has_some(image)));
    images.sort_by(|a, b| a.name.name.cmp(&b.name.name));
    if images.is_empty() && !rule.everywhere && !machines.is_empty() {
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
