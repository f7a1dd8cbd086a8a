//! Services select pods that exist.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::suggest::list_names;
use hlc_schema::{Data, Map};

use super::{Check, Facts};
use crate::workload::workload_namespace;

pub(super) const CHECK: Check = Check { codes: &[&SELECTS_NOTHING, &TARGET_PORT, &TARGET_NUMBER], run };

/// A Service without pods.
pub(crate) static SELECTS_NOTHING: Code = Code {
    id: "HLC0611",
    name: "selects-nothing",
    severity: Severity::Error,
    summary: "a Service whose selector matches no pods",
    explain: "Requests to the Service would be refused: it would have no endpoints. Checked where \
              everything in the namespace is written down. A label with the domain of an operator (`longhorn.io/…`) that no pod is \
              made with is taken to be given to pods while they run.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { metadata { labels app=web }; spec { \
          containers { - name=web image=\"web:1\" } } }\n    Service \"web\" { spec { selector app=wbe; ports { - port=80 }; \
          } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { metadata { labels app=web }; spec { \
           containers { - name=web image=\"web:1\" } } }\n    Service \"web\" { spec { selector app=web; ports { - port=80 }; \
           } }\n}",
};

/// A named port that the pods do not have.
pub(crate) static TARGET_PORT: Code = Code {
    id: "HLC0612",
    name: "target-port",
    severity: Severity::Error,
    summary: "a Service sends to a named port that its pods do not have",
    explain: "A `targetPort` that is a name means the container port of that name. Pods without one are left out, and the \
              Service has no endpoints for the port.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { metadata { labels app=web }; spec { \
          containers { - name=web image=\"web:1\" { ports { - name=http containerPort=80 } } } } }\n    Service \"web\" { \
          spec { selector app=web; ports { - port=80 targetPort=web } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { metadata { labels app=web }; spec { \
           containers { - name=web image=\"web:1\" { ports { - name=http containerPort=80 } } } } }\n    Service \"web\" { \
           spec { selector app=web; ports { - port=80 targetPort=http } } }\n}",
};

/// A number that none of the pods' ports has.
pub(crate) static TARGET_NUMBER: Code = Code {
    id: "HLC0678",
    name: "target-number",
    severity: Severity::Hint,
    summary: "a Service sends to a port that its pods do not list",
    explain: "The `ports` of a container are a list for people and tools: a container listens where it wants. Pods that list some ports \
              and not the one that a Service sends to are likely to listen elsewhere, so this is a hint. Without a `targetPort` it \
              is the Service's own `port`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { metadata { labels app=web }; spec { \
          containers { - name=web image=\"web:1\" { ports { - containerPort=8080 } } } } }\n    Service \"web\" { spec { selector \
          app=web; ports { - port=80 targetPort=8081 } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { metadata { labels app=web }; spec { \
           containers { - name=web image=\"web:1\" { ports { - containerPort=8080 } } } } }\n    Service \"web\" { spec { selector \
           app=web; ports { - port=80 targetPort=8080 } } }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.sound_workloads().filter(|workload| workload.namespace.closed) {
        let templates: Vec<_> = workload.namespace.pod_templates().collect();
        // A chart's own pods may get their labels from a controller of it, once they run (Longhorn's do).
        for service in workload.of_kind("Service").filter(|service| service.rendered.is_none()) {
            let Some(selector) = service.body.at(&["spec", "selector"]) else { continue };
            let Some(wanted) = selector.as_map().filter(|map| !map.is_empty()) else { continue };
            let selected: Vec<_> = templates.iter().filter(|(_, template)| selected_by(wanted, template)).collect();
            if selected.is_empty() {
                if wanted.iter().any(|(key, _)| is_set_later(key, &templates))
                    || templates.iter().any(|(object, template)| means(wanted, object, template))
                {
                    continue;
                }
                let mut diagnostic = Diagnostic::new(
                    &SELECTS_NOTHING,
                    selector.span,
                    format!(
                        "Service `{}` selects no pods of namespace `{}`",
                        service.name,
                        workload_namespace(workload.workload)
                    ),
                );
                for (object, template) in templates.iter().take(3) {
                    let at = template.at(&["metadata", "labels"]).map_or(object.origin, |labels| labels.span);
                    diagnostic = diagnostic.label(at, format!("pods of {} `{}`", object.kind, object.name));
                }
                found.push(
                    diagnostic.help("every label of the selector has to be among the labels of the pod template"),
                );
                continue;
            }
            check_ports(
                &service.body,
                &service.name,
                &selected.iter().map(|(_, template)| *template).collect::<Vec<_>>(),
                found,
            );
        }
    }
}

/// True when a selector matches the labels of a pod template.
pub(crate) fn selected_by(selector: &Map, template: &Data) -> bool {
    let labels = template.at(&["metadata", "labels"]);
    selector.iter().all(|(key, entry)| {
        labels.and_then(|labels| labels.get(key)).is_some_and(|label| label.value == entry.value.value)
    })
}

/// True when a selector is for pods that their own controller does not select: one of the labels is the mistake, and reported there.
pub(crate) fn means(selector: &Map, object: &PlannedObject, template: &Data) -> bool {
    let own = object.body.at(&["spec", "selector", "matchLabels"]).and_then(Data::as_map);
    own.is_some_and(|own| {
        let mut labels = selector.iter();
        let all = labels.all(|(key, entry)| own.get(key).is_some_and(|label| label.value == entry.value.value));
        all && !selected_by(own, template)
    })
}

/// True for a label that no pod is made with and whose domain is that of an operator: it gives the label to the pod that leads, as
/// Longhorn does for its webhooks.
fn is_set_later(key: &str, templates: &[(&PlannedObject, &Data)]) -> bool {
    let Some((domain, _)) = key.split_once('/') else { return false };
    let is_usual = domain == "kubernetes.io" || domain.ends_with(".kubernetes.io");
    let has = |(_, template): &(&PlannedObject, &Data)| {
        template.at(&["metadata", "labels"]).and_then(Data::as_map).is_some_and(|labels| labels.get(key).is_some())
    };
    !is_usual && !templates.iter().any(has)
}

fn check_ports(service: &Data, name: &str, templates: &[&Data], found: &mut Vec<Diagnostic>) {
    let ports: Vec<&Data> = templates
        .iter()
        .filter_map(|template| template.get("spec"))
        .flat_map(super::containers)
        .filter_map(|container| container.get("ports")?.as_list())
        .flatten()
        .collect();
    let named: Vec<&str> = ports.iter().filter_map(|port| port.get("name")?.as_str()).collect();
    found.extend(unlisted(service, name, &ports));
    for port in service.at(&["spec", "ports"]).and_then(Data::as_list).into_iter().flatten() {
        let Some(target) = port.get("targetPort") else { continue };
        let Some(wanted) = target.as_str().filter(|wanted| !named.contains(wanted)) else { continue };
        let diagnostic = Diagnostic::new(
            &TARGET_PORT,
            target.span,
            format!("Service `{name}` sends to the port `{wanted}`, which no container of its pods has"),
        );
        found.push(match hlc_schema::suggest::nearest(wanted, named.iter().copied()) {
            Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).suggest(
                format!("write `{meant}`"),
                target.span,
                meant,
            ),
            None if named.is_empty() => diagnostic.help("give the container port a name, or write its number"),
            None => diagnostic.help(format!("they have {}", list_names(&named, "and"))),
        });
    }
}

/// Reports the first port whose number is none of those that the pods list.
fn unlisted(service: &Data, name: &str, ports: &[&Data]) -> Option<Diagnostic> {
    let listed: Vec<(i128, Span)> = ports
        .iter()
        .filter_map(|port| port.get("containerPort"))
        .filter_map(|number| Some((number.as_integer()?, number.span)))
        .collect();
    let (_, first) = *listed.first()?;
    let targets = service.at(&["spec", "ports"]).and_then(Data::as_list)?.iter();
    let mut targets = targets.filter_map(|port| port.get("targetPort").or_else(|| port.get("port")));
    let is_unlisted =
        |target: &&Data| target.as_integer().is_some_and(|number| listed.iter().all(|(listed, _)| *listed != number));
    let target = targets.find(is_unlisted)?;
    let mut numbers: Vec<String> = listed.iter().map(|(number, _)| number.to_string()).collect();
    numbers.dedup();
    let message = format!("Service `{name}` sends to port {}, which its pods do not list", target.as_integer()?);
    Some(
        Diagnostic::new(&TARGET_NUMBER, target.span, message)
            .label(first, format!("they list {}", list_names(&numbers, "and")))
            .help(
                "write `targetPort` with the port that the container listens at, or add it to the container's `ports`",
            ),
    )
}
