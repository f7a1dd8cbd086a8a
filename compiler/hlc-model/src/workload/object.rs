//! Kubernetes objects written out.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_kube::Lookup;
use hlc_plan::PlannedObject;
use hlc_schema::suggest::list_names;
use hlc_schema::{Data, DataValue, Map, NameRule, ObjectNode};

use super::Workload;
use crate::lower::{Lower, assemble};
use crate::resolve::Place;

pub(crate) const CODES: &[&Code] = &[&UNKNOWN_KIND, &OBJECT_IDENTITY];

/// A kind that hlc does not know.
pub(crate) static UNKNOWN_KIND: Code = Code {
    id: "HLC0403",
    name: "unknown-kind",
    severity: Severity::Error,
    summary: "a kind of object whose API version is not known",
    explain: "hlc knows Kubernetes' own kinds and many well-known custom ones. Of others say the API version: `Widget \"w\" \
              apiVersion=\"example.net/v1\" { … }`. A kind that exists in several API groups needs it too.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Deplyoment \"web\" { spec replicas=1 }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Widget \"web\" apiVersion=\"example.net/v1\" { spec \
           replicas=1 }\n}",
};

/// An object whose body says what its head says already.
pub(crate) static OBJECT_IDENTITY: Code = Code {
    id: "HLC0404",
    name: "object-identity",
    severity: Severity::Error,
    summary: "an object whose body repeats or breaks its identity",
    explain: "Kind and name stand in the head of an object, the namespace comes from the workload. The body can name another \
              namespace (`metadata namespace=…`), but not another kind or name.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web\" { metadata name=other }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web\" { metadata { labels app=web } }\n}",
};

/// The name of a workload's namespace.
pub(crate) fn workload_namespace(workload: &Workload) -> &str {
    workload.namespace.name.value.as_str()
}

/// Every object written in the workload.
pub(crate) fn lower(lower: &Lower<'_>) -> Vec<PlannedObject> {
    lower.workload.objects.iter().filter_map(|node| object(lower, node)).collect()
}

fn object(lower: &Lower<'_>, node: &ObjectNode) -> Option<PlannedObject> {
    let resolver = lower.resolver;
    let body = resolver.data(&node.body, lower.scope, Place::Manifest)?;
    let DataValue::Map(mut body) = body.value else { return None };
    let given = body.remove("apiVersion");
    let given_version = match &given {
        None => None,
        Some(entry) => match entry.value.as_str() {
            Some(version) if !version.is_empty() => Some(version),
            _ => {
                resolver.report(
                    Diagnostic::new(&OBJECT_IDENTITY, entry.value.span, "`apiVersion` is text")
                        .help("write the group and version, such as `apiVersion=\"apps/v1\"`"),
                );
                return None;
            }
        },
    };
    let (api_version, namespaced) =
        api_version(lower, node, given_version, given.as_ref().map(|entry| entry.value.span))?;
    if let Some(entry) = body.entry("kind") {
        resolver.report(
            Diagnostic::new(&OBJECT_IDENTITY, entry.key_span, "the kind is the name of the node")
                .label(node.kind.span, "it stands here")
                .help("remove `kind`"),
        );
        return None;
    }
    let metadata = body.remove("metadata").map(|entry| entry.value);
    let mut metadata = match metadata {
        None => Map::new(),
        Some(Data { value: DataValue::Map(map), .. }) => map,
        Some(other) => {
            resolver.report(
                Diagnostic::new(&OBJECT_IDENTITY, other.span, format!("`metadata` is a map, not {}", other.describe()))
                    .help("write `metadata { labels …; }`"),
            );
            return None;
        }
    };
    if let Some(entry) = metadata.entry("name") {
        resolver.report(
            Diagnostic::new(
                &OBJECT_IDENTITY,
                entry.key_span,
                format!("the name of this {} stands in its head", node.kind.value),
            )
            .label(node.name.span, "this is its name")
            .help("remove `name` from `metadata`"),
        );
        return None;
    }
    let namespace = match (namespaced, metadata.remove("namespace")) {
        (false, None) => None,
        (false, Some(entry)) => {
            resolver.report(
                Diagnostic::new(
                    &OBJECT_IDENTITY,
                    entry.key_span,
                    format!("a {} belongs to the whole cluster", node.kind.value),
                )
                .here("it has no namespace")
                .help("remove `namespace` from `metadata`"),
            );
            return None;
        }
        (true, None) => Some(Data::string(lower.namespace(), node.name.span)),
        (true, Some(entry)) if entry.value.as_str().is_some() => Some(entry.value),
        (true, Some(entry)) => {
            resolver.report(
                Diagnostic::new(&OBJECT_IDENTITY, entry.value.span, "a namespace is text")
                    .help("write its name in quotes"),
            );
            return None;
        }
    };
    let name = Data::string(node.name.value.as_str(), node.name.span);
    Some(assemble(lower, &api_version, &node.kind.value, name, namespace, metadata, body, node.kind.span))
}

fn api_version(
    lower: &Lower<'_>,
    node: &ObjectNode,
    given: Option<&str>,
    given_at: Option<Span>,
) -> Option<(String, bool)> {
    let kind = &node.kind.value;
    if !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        lower.resolver.report(
            Diagnostic::new(&UNKNOWN_KIND, node.kind.span, format!("`{kind}` cannot be a kind"))
                .help("a kind is letters and digits, such as `Deployment`"),
        );
        return None;
    }
    if let (Some(version), Some(at)) = (given, given_at)
        && !is_api_version(version)
    {
        lower.resolver.report(
            Diagnostic::new(&UNKNOWN_KIND, at, format!("`{version}` is no API version"))
                .help("write `VERSION` or `GROUP/VERSION`, such as `v1` or `example.net/v1beta1`"),
        );
        return None;
    }
    match (hlc_kube::lookup(kind, given), given) {
        (Lookup::Found(info), _) => {
            if let Some(cluster) = node.cluster {
                let belongs = if info.namespaced { "a namespace" } else { "the whole cluster" };
                lower.resolver.report(
                    Diagnostic::new(&OBJECT_IDENTITY, cluster, format!("hlc knows that {kind} belongs to {belongs}"))
                        .help("remove `(cluster)`: it is for custom kinds that hlc does not know"),
                );
                return None;
            }
            Some((info.api_version.to_owned(), info.namespaced))
        }
        // A custom kind: hlc has no definition to look its scope up in, and most have a namespace.
        (Lookup::Unknown { .. }, Some(version)) if !is_builtin_group(version) => {
            Some((version.to_owned(), node.cluster.is_none()))
        }
        (Lookup::Unknown { suggestion }, _) => {
            let (at, message) = match (given, given_at) {
                (Some(version), Some(at)) => (at, format!("Kubernetes has no {kind} in `{version}`")),
                _ => (node.kind.span, format!("the API version of {kind} is not known")),
            };
            let mut diagnostic = Diagnostic::new(&UNKNOWN_KIND, at, message);
            if let Some(meant) = suggestion {
                diagnostic = diagnostic.help(format!("did you mean `{meant}`?")).suggest(
                    format!("write `{meant}`"),
                    node.kind.span,
                    meant,
                );
            } else if let (Lookup::Found(info), Some(_)) = (hlc_kube::lookup(kind, None), given) {
                diagnostic = diagnostic
                    .help(format!("it is in `{}`; hlc fills that in when `apiVersion` is left out", info.api_version));
            } else {
                diagnostic = diagnostic.help(format!(
                    "for a custom kind say it: `{kind} \"{}\" apiVersion=\"GROUP/VERSION\"`",
                    node.name.value
                ));
            }
            lower.resolver.report(diagnostic);
            None
        }
        (Lookup::Ambiguous(infos), _) => {
            let versions: Vec<_> = infos.iter().map(|info| info.api_version).collect();
            lower.resolver.report(
                Diagnostic::new(&UNKNOWN_KIND, node.kind.span, format!("{kind} exists in several API groups"))
                    .help(format!("say which: `apiVersion=\"…\"` with {}", list_names(&versions, "or"))),
            );
            None
        }
    }
}

/// True for the API groups that Kubernetes itself owns: those without a dot, and `*.k8s.io` but for custom ones.
fn is_builtin_group(api_version: &str) -> bool {
    match api_version.split_once('/') {
        None => true,
        Some((group, _)) => !group.contains('.'),
    }
}

/// True for `v1` and `example.net/v1`.
fn is_api_version(text: &str) -> bool {
    let (group, version) = text.split_once('/').map_or((None, text), |(group, version)| (Some(group), version));
    group.is_none_or(|group| NameRule::Subdomain.fault(group).is_none()) && NameRule::Label.fault(version).is_none()
}
