//! Services are not called by the random ending that another tool gave a release.

use std::collections::BTreeSet;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Data;

use super::{Check, Facts};
use crate::workload::Released;

pub(super) const CHECK: Check = Check { codes: &[&GENERATED_NAME], run };

/// A Service called after a release with a random ending.
pub(crate) static GENERATED_NAME: Code = Code {
    id: "HLC0847",
    name: "generated-name",
    severity: Severity::Warning,
    summary: "a Service that is called after a release with a random ending",
    explain: "Most charts call their Services after the release. Some tools end the name of a release with a few random digits, which \
              change when it is installed anew; hlc gives each the name that is written, or the chart's. A route to a name with such \
              an ending leads nowhere. A release that is to keep its old name says so: `release \"argo-cd-964152f1\"`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" \
          deliver=\"argocd\"\n    route \"web\" service=\"web-964152f1-server\" port=80\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" \
           deliver=\"argocd\"\n    route \"web\" service=\"web-server\" port=80\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for workload in facts.sound_workloads() {
        let releases: Vec<_> = workload.workload.chart.iter().flat_map(crate::workload::Chart::releases).collect();
        let endpoints = workload.workload.endpoint.iter();
        let endpoints = endpoints.map(|endpoint| (endpoint.service.value.as_str(), endpoint.service.span));
        let routes = workload.objects.iter().filter(|object| object.kind.ends_with("Route"));
        for (service, span) in routes.flat_map(|route| backends(&route.body)).chain(endpoints) {
            let made = workload.namespace.object("Service", service).is_some();
            let meant = releases.iter().find_map(|release| Some((release, without_ending(service, release.name)?)));
            if let Some((release, plain)) = meant.filter(|_| !made && seen.insert(span)) {
                found.push(generated(service, span, release, &plain));
            }
        }
    }
}

fn generated(service: &str, span: Span, release: &Released<'_>, plain: &str) -> Diagnostic {
    let name = release.name;
    let message = format!("Service `{service}` is called after a release `{name}` with a random ending");
    Diagnostic::new(&GENERATED_NAME, span, message)
        .label(release.span, format!("this release is called `{name}`, without an ending"))
        .help(format!("write `{plain}`; to keep a release under its old name, say `release \"{name}-…\"` in the chart"))
}

/// The names of the Services that a route of any kind leads to (Gateway API, `backendRefs` of a rule).
fn backends(route: &Data) -> impl Iterator<Item = (&str, Span)> {
    let rules = route.at(&["spec", "rules"]).and_then(Data::as_list).unwrap_or_default();
    let backends = rules.iter().filter_map(|rule| rule.get("backendRefs")?.as_list()).flatten();
    // One in another namespace is another's; one of another kind is no Service.
    let own = backends.filter(|backend| {
        backend.get("namespace").is_none() && backend.get("kind").is_none_or(|kind| kind.as_str() == Some("Service"))
    });
    own.filter_map(|backend| backend.get("name").and_then(|name| Some((name.as_str()?, name.span))))
}

/// The name without the random ending of the release in it: `web-server` of `web-964152f1-server`.
fn without_ending(service: &str, release: &str) -> Option<String> {
    let rest = service.strip_prefix(release)?.strip_prefix('-')?;
    let (ending, rest) = rest.split_once('-').map_or((rest, ""), |(ending, rest)| (ending, rest));
    let hexadecimal = ending.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    // Words such as `facade` have no digit, and numbers such as `20260301` no letter.
    let mixed =
        ending.bytes().any(|byte| byte.is_ascii_digit()) && ending.bytes().any(|byte| byte.is_ascii_lowercase());
    if !(7..=8).contains(&ending.len()) || !hexadecimal || !mixed {
        return None;
    }
    Some(if rest.is_empty() { release.to_owned() } else { format!("{release}-{rest}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings() {
        let plain = |service| without_ending(service, "argo-cd");
        assert_eq!(plain("argo-cd-964152f1-argocd-server").as_deref(), Some("argo-cd-argocd-server"));
        assert_eq!(plain("argo-cd-964152f1").as_deref(), Some("argo-cd"));
        assert_eq!(plain("argo-cd-argocd-server"), None);
        assert_eq!(plain("argo-cd-facade-server"), None);
        assert_eq!(plain("argo-cd-20260301-server"), None);
        assert_eq!(plain("argo-cdx-964152f1"), None);
        assert_eq!(without_ending("argo-cd-964152f1-server", "argo-cd-964152f1"), None);
    }
}
