//! The plan as JSON: what should exist, each object and resource with the source line that asked for it.

use hlc_diag::Sources;
use std::collections::BTreeMap;

use hlc_plan::{Ownership, PlannedObject, PlannedResource, PlannedStack, PlannedWorkload};
use serde::Serialize;

/// Version of the document; a field that changes its meaning or goes raises it, a new field does not.
const VERSION: u32 = 1;

/// The document for some workloads and stacks, with a line end.
pub(super) fn plan_json(
    sources: &Sources,
    workloads: &[&PlannedWorkload],
    stacks: &[PlannedStack],
) -> serde_json::Result<String> {
    let workloads = workloads.iter().map(|workload| Workload::new(sources, workload)).collect();
    let stacks = stacks.iter().map(|stack| Stack::new(sources, stack)).collect();
    let mut text = serde_json::to_string_pretty(&Document { version: VERSION, workloads, stacks })?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    workloads: Vec<Workload<'a>>,
    stacks: Vec<Stack<'a>>,
}

#[derive(Serialize)]
struct Stack<'a> {
    name: &'static str,
    resources: Vec<Resource<'a>>,
}

impl<'a> Stack<'a> {
    fn new(sources: &Sources, stack: &'a PlannedStack) -> Self {
        let resources = stack.resources.iter().map(|resource| Resource::new(sources, resource)).collect();
        Self { name: stack.stack.name(), resources }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    address: &'a str,
    kind: &'static str,
    ownership: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<&'a str>,
    /// Deleting it needs an explicit word.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    protected: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<&'a str>,
    /// `path:line:column`
    source: String,
    /// What is not known yet stands as `(secret)KEY` or `(output)ADDRESS#NAME`.
    properties: BTreeMap<&'a str, serde_json::Value>,
}

impl<'a> Resource<'a> {
    fn new(sources: &Sources, resource: &'a PlannedResource) -> Self {
        let properties = resource.properties.iter();
        Self {
            address: resource.address.as_str(),
            kind: resource.kind.name,
            ownership: match resource.ownership {
                Ownership::Managed => "managed",
                Ownership::Adopted => "adopted",
                Ownership::Existing => "existing",
            },
            was: resource.was.as_ref().map(|was| was.value.as_str()),
            protected: resource.protected,
            depends_on: resource.depends_on.iter().map(hlc_plan::Address::as_str).collect(),
            source: sources.locate(resource.origin),
            properties: properties.map(|(key, entry)| (key, hlc_kube::data_to_json(&entry.value))).collect(),
        }
    }
}

#[derive(Serialize)]
struct Workload<'a> {
    name: &'a str,
    folder: &'a str,
    objects: Vec<Object<'a>>,
}

impl<'a> Workload<'a> {
    fn new(sources: &Sources, workload: &'a PlannedWorkload) -> Self {
        let objects = workload.objects.iter().map(|object| Object::new(sources, object)).collect();
        Self { name: &workload.name, folder: &workload.folder, objects }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    address: &'a str,
    api_version: &'a str,
    kind: &'a str,
    name: &'a str,
    namespace: Option<&'a str>,
    /// `path:line:column`
    source: String,
    body: serde_json::Value,
}

impl<'a> Object<'a> {
    fn new(sources: &Sources, object: &'a PlannedObject) -> Self {
        Self {
            address: object.address.as_str(),
            api_version: &object.api_version,
            kind: &object.kind,
            name: &object.name,
            namespace: object.namespace.as_deref(),
            source: sources.locate(object.origin),
            body: hlc_kube::data_to_json(&object.body),
        }
    }
}

#[cfg(test)]
mod tests {
    use hlc_diag::Span;
    use hlc_plan::Address;
    use hlc_schema::{Data, DataValue};

    use super::*;

    #[test]
    fn source_lines_and_all_kinds_of_values() {
        let mut sources = Sources::default();
        let file = sources.add("workloads/x.kdl", "\n  \"ü\" Service");
        let span = Span::new(file, 8, 15);
        let body = Data::map(
            [
                ("kind", Data::string("Service", span)),
                ("a", Data::list(vec![Data::integer(u64::MAX, span), Data::bool(true, span)], span)),
                ("n", Data::new(DataValue::Null, span)),
                ("f", Data::new(DataValue::Float(hlc_schema::Float::new(1.0)), span)),
            ],
            span,
        );
        let object = PlannedObject {
            address: Address::object("x", "Service", "web"),
            api_version: "v1".into(),
            kind: "Service".into(),
            name: "web".into(),
            namespace: None,
            body,
            origin: span,
            rendered: None,
        };
        let workload = PlannedWorkload {
            name: "x".into(),
            folder: "x".into(),
            namespace: "x".into(),
            origin: span,
            application: None,
            objects: vec![object],
            files: Vec::new(),
        };
        insta::assert_snapshot!(plan_json(&sources, &[&workload], &[]).unwrap());
    }
}
