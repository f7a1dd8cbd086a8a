//! What tests compare: manifests as YAML documents.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeMap;

use hlc_diag::{FileId, Span};
use hlc_plan::{Address, Plan, PlannedObject, PlannedWorkload};
use hlc_schema::Data;

use crate::{Changes, Danger, Exposure, Files, HostExposure, MAX_REMOVED, Question};

/// The place of everything in a test's plan.
pub(crate) const HERE: Span = Span::new(FileId::new(0), 7, 8);

/// A plan of the objects in YAML documents: each of workload `web`, or of the one in whose folder a comment puts it.
pub(crate) fn plan(yaml: &str) -> Plan {
    let mut workloads: BTreeMap<String, Vec<PlannedObject>> = BTreeMap::new();
    for document in documents(yaml) {
        let folder = said(document).and_then(|path| path.split_once('/')).map_or("web", |(folder, _)| folder);
        let body = hlc_kube::documents_from_yaml(document, HERE).unwrap().remove(0);
        let text = |path: &[&str]| body.at(path).and_then(Data::as_str).map(str::to_owned);
        let (kind, name) = (text(&["kind"]).unwrap(), text(&["metadata", "name"]).unwrap());
        workloads.entry(folder.to_owned()).or_default().push(PlannedObject {
            address: Address::object(folder, &kind, &name),
            api_version: text(&["apiVersion"]).unwrap(),
            kind,
            name,
            namespace: text(&["metadata", "namespace"]),
            body,
            origin: HERE,
            rendered: None,
        });
    }
    let workloads = workloads.into_iter().map(|(name, objects)| PlannedWorkload {
        folder: name.clone(),
        namespace: name.clone(),
        origin: HERE,
        application: None,
        name,
        objects,
        files: Vec::new(),
    });
    Plan { workloads: workloads.collect(), ..Plan::default() }
}

fn documents(yaml: &str) -> impl Iterator<Item = &str> {
    yaml.split("---\n").filter(|document| !document.trim().is_empty())
}

/// The path that a document's first line says.
fn said(document: &str) -> Option<&str> {
    document.lines().next()?.strip_prefix("# ")
}

/// The files of older YAML documents: one each, at the place that a comment says, or where hlc would put it.
pub(crate) fn files(yaml: &str) -> Files {
    let mut files = Files::new();
    for document in documents(yaml) {
        let path = said(document).map(str::to_owned).unwrap_or_else(|| {
            let one = hlc_kube::documents_from_yaml(document, HERE).unwrap().remove(0);
            let text = |path: &[&str]| one.at(path).and_then(Data::as_str).unwrap_or("all").to_owned();
            format!("web/{}.{}.k8s.yaml", text(&["kind"]), text(&["metadata", "name"]))
        });
        files.insert(path, document.as_bytes().to_vec());
    }
    files
}

pub(crate) fn changes(old: &str, new: &str) -> Changes {
    crate::compare(&files(old), &plan(new), &crate::Folders::All)
}

/// The dangers of a change, in a homelab of which `public.example.net` is public.
pub(crate) fn dangers(old: &str, new: &str) -> Vec<Danger> {
    let mut after = Exposure::default();
    after.insert("public.example.net", HostExposure { public: true, guard: None, origin: Some(HERE) });
    after.insert("lan.example.net", HostExposure { public: false, guard: None, origin: Some(HERE) });
    let changes = changes(old, new);
    crate::dangers(&Question { changes: &changes, before: None, after: &after, max_removed: MAX_REMOVED })
}
