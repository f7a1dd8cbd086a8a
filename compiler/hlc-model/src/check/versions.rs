//! Charts fit the cluster that they are for ([`versions`](crate::versions)).

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Node as _, Spanned};

use super::{Check, Facts};
use crate::concept::{Image, Machine, Role, Talos};
use crate::versions::{GATEWAY, KUBERNETES, SYSTEM, SystemRule, release};
use crate::workload::Chart;

pub(super) const CHECK: Check = Check { codes: &[&CHART_KUBERNETES, &GATEWAY_API, &SYSTEM_LACKS], run };

/// A chart that nobody has tried with this Kubernetes.
pub(crate) static CHART_KUBERNETES: Code = Code {
    id: "HLC0673",
    name: "chart-kubernetes",
    severity: Severity::Warning,
    summary: "a chart that is not made for the cluster's version of Kubernetes",
    explain: "The authors of a chart say which releases of Kubernetes they test it with. With others it may work, and nobody has \
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
    explain: "Each release of Cilium wants the definitions of a release of the Gateway API, and leaves gateways alone where it \
              finds older ones. docs/versions.md has the rules that hlc knows, with their sources.",
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
    summary: "machines that lack an extension or a kernel module which a chart needs",
    explain: "Talos has no package manager: what a workload needs of the system comes with the image, as an extension, and its \
              kernel modules are loaded by the machine config (`kernel-modules`). Without them its pods start and wait. An \
              image with a `schematic` of its own is not judged. docs/versions.md has the rules that hlc knows, with their \
              sources.",
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
    let charts: Vec<&Chart> =
        facts.units.iter().filter(|unit| !unit.idle).flat_map(|unit| &unit.source.chart).collect();
    gateway_api(facts, &charts, found);
    // Workloads of a homelab with several clusters name none.
    let [talos] = facts.model.talos.as_slice() else { return };
    let sees_machines = !facts.model.faults.may_hide(Machine::decl());
    for chart in &charts {
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

fn gateway_api(facts: &Facts<'_>, charts: &[&Chart], found: &mut Vec<Diagnostic>) {
    let manifests = facts.units.iter().filter(|unit| !unit.idle).flat_map(|unit| &unit.source.manifests);
    let published: Vec<_> =
        manifests.filter_map(|it| Some((definitions(it.url.value.as_str())?, it.url.span))).collect();
    for chart in charts.iter().filter(|chart| chart.name.value == "cilium") {
        let own = release(chart.version.value.as_str());
        let Some(rule) = GATEWAY.iter().find(|rule| Some(rule.cilium) == own) else { continue };
        for ((_, version), at) in published.iter().filter(|((api, _), _)| *api < rule.gateway_api) {
            let (major, minor) = rule.gateway_api;
            let message = format!("Cilium {} wants a newer Gateway API than {version}", chart.version.value.as_str());
            found.push(
                Diagnostic::new(&GATEWAY_API, *at, message)
                    .here(format!("it wants {major}.{minor} or later"))
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
        let lacking: Vec<String> = rule
            .extensions
            .iter()
            .filter(|names| extension(image, names).is_none())
            .map(|names| format!("`{}`", names.join("` or `")))
            .collect();
        if !lacking.is_empty() {
            let lacking = lacking.join(" and ");
            let message = format!("image `{}` lacks {lacking}, which `{name}` needs", image.name.name);
            let diagnostic = listed(Diagnostic::new(&SYSTEM_LACKS, image.name.span, message), &image.extensions);
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
                let message = format!("machine `{}` does not load {lacking}, which `{name}` needs", machine.name.name);
                let diagnostic =
                    listed(Diagnostic::new(&SYSTEM_LACKS, machine.name.span, message), &machine.kernel_modules);
                found.push(
                    diagnostic
                        .label(image.name.span, "its image has the modules")
                        .label(chart.name.span, "needs them")
                        .help("add them to the `kernel-modules` of the machine or its pool"),
                );
            }
        }
    }
}
