//! Probes ask at ports that their containers have.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Data;
use hlc_schema::suggest::list_names;

use super::meant::meant;
use super::pod_references::items;
use super::{Check, Facts, containers};

pub(super) const CHECK: Check = Check { codes: &[&PROBE_PORT], run };

/// A probe of a named port that is not there.
pub(crate) static PROBE_PORT: Code = Code {
    id: "HLC0649",
    name: "probe-port",
    severity: Severity::Error,
    summary: "a probe asks at a named port that its container does not have",
    explain: "The kubelet looks the name up among the `ports` of the container itself. Without one the probe fails each time: the \
              container is restarted again and again, or never gets requests.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec { containers { - name=web image=\"web:1\" { \
          ports { - name=http containerPort=80 }; readinessProbe { httpGet path=\"/\" port=htpp } } } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec { containers { - name=web image=\"web:1\" { \
           ports { - name=http containerPort=80 }; readinessProbe { httpGet path=\"/\" port=http } } } } }\n}",
};

/// Where containers ask or are asked.
const ASKED: &[&[&str]] = &[
    &["livenessProbe"],
    &["readinessProbe"],
    &["startupProbe"],
    &["lifecycle", "postStart"],
    &["lifecycle", "preStop"],
];

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.sound_workloads() {
        for (_, template) in workload.pod_templates() {
            for container in template.get("spec").into_iter().flat_map(containers) {
                let named: Vec<_> = items(container, "ports")
                    .filter_map(|port| port.get("name"))
                    .filter_map(|name| Some((name.as_str()?, name.span)))
                    .collect();
                let probes = ASKED.iter().filter_map(|path| container.at(path));
                let ports = probes
                    .flat_map(|probe| ["httpGet", "tcpSocket"].into_iter().filter_map(|way| probe.at(&[way, "port"])));
                for port in ports {
                    let Some(wanted) = port.as_str().filter(|wanted| is_name(wanted)) else { continue };
                    if !named.iter().any(|(name, _)| *name == wanted) {
                        found.push(missing(container, port, wanted, &named));
                    }
                }
            }
        }
    }
}

/// Text that is a number is taken as one.
fn is_name(text: &str) -> bool {
    text.bytes().any(|byte| !byte.is_ascii_digit())
}

fn missing(container: &Data, port: &Data, wanted: &str, named: &[(&str, hlc_diag::Span)]) -> Diagnostic {
    let name = container.get("name").and_then(Data::as_str).unwrap_or_default();
    let names: Vec<_> = named.iter().map(|(name, _)| *name).collect();
    let help = match names.as_slice() {
        [] => "give the container port a name, or write its number".to_owned(),
        names => format!("it has {}", list_names(names, "and")),
    };
    let message = format!("container `{name}` has no port called `{wanted}`");
    meant(Diagnostic::new(&PROBE_PORT, port.span, message), port, named.iter().copied(), help)
}
