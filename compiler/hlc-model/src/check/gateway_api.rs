//! The definitions of the Gateway API that Cilium looks for ([`versions`](crate::versions)).

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::{DataValue, ScopeId};

use super::{Check, Facts};
use crate::lower::Carrier;
use crate::stack::platform::brought;
use crate::versions::{CHANNEL, ChannelFault, GATEWAY, GatewayRule, exact, release};
use crate::workload::{Chart, Manifests};

pub(super) const CHECK: Check = Check { codes: &[&GATEWAY_API, &GATEWAY_CHANNEL, &GATEWAY_UNTRIED], run };

/// A Cilium without the definitions that it looks for.
pub(crate) static GATEWAY_API: Code = Code {
    id: "HLC0674",
    name: "gateway-api-version",
    severity: Severity::Error,
    summary: "definitions of the Gateway API that are too old or too new for Cilium",
    explain: "Cilium's operator looks for the kinds of the Gateway API that it needs, at their versions, and leaves gateways \
              alone where one is missing: it is not there yet, or at this version no more. docs/versions.md has the rules that hlc knows, with their sources.",
    bad: "platform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \"cilium\" version=\"1.17.4\" \
          repo=\"https://helm.cilium.io/\" { values { gatewayAPI enabled=#true} }\n    }\n    addon \"definitions\" namespace=\"kube-system\" {\n        manifests \
          \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.0.0/standard-install.yaml\" name=\"gateway-api\"\n    }\n}",
    good: "platform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \"cilium\" version=\"1.17.4\" \
           repo=\"https://helm.cilium.io/\" { values { gatewayAPI enabled=#true} }\n    }\n    addon \"definitions\" namespace=\"kube-system\" {\n        manifests \
           \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/standard-install.yaml\" name=\"gateway-api\"\n    }\n}",
};

/// A Cilium that looks for what only the experimental channel has.
pub(crate) static GATEWAY_CHANNEL: Code = Code {
    id: "HLC0676",
    name: "gateway-api-channel",
    severity: Severity::Error,
    summary: "definitions of the Gateway API without the experimental ones that Cilium needs",
    explain: "The Gateway API is published twice: `standard-install.yaml`, and `experimental-install.yaml`, which has more kinds. The \
              operators of Cilium 1.15 and 1.16 look for TLSRoutes, which only the experimental channel has as `v1alpha2`, and leave \
              gateways alone where they are missing, even if nothing uses them. Some releases after them fail in other ways. \
              docs/versions.md has the rules that hlc knows, with their sources.",
    bad: "platform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \"cilium\" version=\"1.16.6\" \
          repo=\"https://helm.cilium.io/\" { values { gatewayAPI enabled=#true} }\n    }\n    addon \"definitions\" namespace=\"kube-system\" {\n        manifests \
          \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/standard-install.yaml\" name=\"gateway-api\"\n    }\n}",
    good: "platform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \"cilium\" version=\"1.16.6\" \
           repo=\"https://helm.cilium.io/\" { values { gatewayAPI enabled=#true} }\n    }\n    addon \"definitions\" namespace=\"kube-system\" {\n        manifests \
           \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/experimental-install.yaml\" name=\"gateway-api\"\n    }\n}",
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
    bad: "platform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \"cilium\" version=\"1.17.4\" \
          repo=\"https://helm.cilium.io/\" { values { gatewayAPI enabled=#true} }\n    }\n    addon \"definitions\" namespace=\"kube-system\" {\n        manifests \
          \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.1.0/standard-install.yaml\" name=\"gateway-api\"\n    }\n}",
    good: "platform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \"cilium\" version=\"1.17.4\" \
           repo=\"https://helm.cilium.io/\" { values { gatewayAPI enabled=#true} }\n    }\n    addon \"definitions\" namespace=\"kube-system\" {\n        manifests \
           \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/standard-install.yaml\" name=\"gateway-api\"\n    }\n}",
};

/// The group of the Gateway API.
const GROUP: &str = "gateway.networking.k8s.io";

/// The definition of TLSRoutes.
const TLS_ROUTES: &str = "tlsroutes.gateway.networking.k8s.io";

/// Definitions of the Gateway API as they are published: `…/gateway-api/releases/download/v1.2.1/standard-install.yaml`.
struct Published<'m> {
    release: (u32, u32),
    /// As it is written.
    version: &'m str,
    /// True when all of them come from the standard channel.
    standard: bool,
    at: Span,
}

impl<'m> Published<'m> {
    fn of(manifests: &'m Manifests) -> Option<Self> {
        let (_, rest) = manifests.url.value.as_str().split_once("/gateway-api/releases/download/")?;
        let (version, file) = rest.split_once('/')?;
        let standard = file == "standard-install.yaml";
        Some(Self { release: release(version)?, version, standard, at: manifests.url.span })
    }
}

/// True for a Cilium that is told to serve gateways (`gatewayAPI.enabled` of its values).
fn serves_gateways(facts: &Facts<'_>, scope: ScopeId, chart: &Chart) -> bool {
    chart.releases().iter().any(|release| {
        let values = facts.charts.values(scope, chart, release);
        let enabled = values.and_then(|values| values.at(&["gatewayAPI", "enabled"]));
        enabled.is_some_and(|enabled| enabled.value == DataValue::Bool(true))
    })
}

/// True unless it is certain that TLSRoutes come from nowhere but the standard channel.
fn may_have_more(facts: &Facts<'_>, published: &[Published<'_>]) -> bool {
    let units = || facts.units.iter().filter(|unit| !unit.idle);
    let mut urls = units().flat_map(|unit| &unit.source.manifests).map(|manifests| &manifests.url);
    let is_standard = |at| published.iter().any(|it| it.at == at && it.standard);
    let addons = || units().filter(|unit| unit.carrier == Carrier::Apply);
    facts.model.faults.unread
        || urls.any(|url| brought::url_may_bring(url.value.as_str(), GROUP) && !is_standard(url.span))
        || addons().flat_map(|unit| &unit.source.chart).any(|chart| brought::chart_may_bring(&chart.name.value, GROUP))
        || facts.objects().any(|object| object.kind == "CustomResourceDefinition" && object.name == TLS_ROUTES)
}

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let units = || facts.units.iter().filter(|unit| !unit.idle);
    let charts = units().flat_map(|unit| unit.source.chart.iter().map(|chart| (unit.scope, chart)));
    let manifests = units().flat_map(|unit| &unit.source.manifests);
    let published: Vec<_> = manifests.filter_map(Published::of).collect();
    if published.is_empty() {
        return;
    }
    for (scope, chart) in charts.filter(|(_, chart)| chart.name.value == "cilium") {
        let own = release(chart.version.value.as_str());
        let Some(rule) = GATEWAY.iter().find(|rule| Some(rule.cilium) == own) else { continue };
        if !serves_gateways(facts, scope, chart) {
            continue;
        }
        let judged = published.iter().filter_map(|it| judge(chart.version.value.as_str(), rule, it));
        found.extend(judged.map(|finding| finding.label(chart.version.span, "this Cilium")));
        let version = chart.version.value.as_str();
        let why = |published: &Published<'_>| {
            let rule = rule.experimental.then_some("the standard channel has no TLSRoutes as `v1alpha2`");
            rule.or_else(|| channel_fault(version, published).map(|fault| fault.here))
        };
        let first = published.iter().find_map(|published| Some((published, why(published)?)));
        if let Some((first, why)) = first.filter(|_| !may_have_more(facts, &published)) {
            found.push(
                Diagnostic::new(
                    &GATEWAY_CHANNEL,
                    first.at,
                    format!("Cilium {version} needs the experimental definitions too"),
                )
                .here(why)
                .label(chart.version.span, "this Cilium")
                .help("take `experimental-install.yaml` of the same release"),
            );
        }
    }
}

/// What is known of a Cilium that the standard channel of these definitions is not enough for.
fn channel_fault(cilium: &str, published: &Published<'_>) -> Option<&'static ChannelFault> {
    let cilium = exact(cilium)?;
    CHANNEL.iter().find(|fault| {
        let (first, last) = fault.cilium;
        first <= cilium && cilium <= last && fault.gateway.is_none_or(|gateway| gateway == published.release)
    })
}

/// What is wrong with the release of published definitions.
fn judge(cilium: &str, rule: &GatewayRule, published: &Published<'_>) -> Option<Diagnostic> {
    let version = published.version;
    if let Some((major, minor)) = rule.until.filter(|until| published.release > *until) {
        let message = format!("Cilium {cilium} needs an older Gateway API than {version}");
        let found = Diagnostic::new(&GATEWAY_API, published.at, message);
        return Some(found.here(format!("{major}.{minor} is the last that has what it looks for")));
    }
    if published.release >= rule.asks {
        return None;
    }
    let (code, wants) =
        if published.release < rule.needs { (&GATEWAY_API, "needs") } else { (&GATEWAY_UNTRIED, "asks for") };
    let (major, minor) = rule.asks;
    let message = format!("Cilium {cilium} {wants} a newer Gateway API than {version}");
    Some(Diagnostic::new(code, published.at, message).here(format!("its documentation asks for {major}.{minor}")))
}
