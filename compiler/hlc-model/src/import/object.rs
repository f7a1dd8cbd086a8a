//! Kubernetes objects as they are found, and as they are written.

use std::fmt;

use hlc_kube::Lookup;
use hlc_schema::free::KdlWriter;
use hlc_schema::{Data, Map};

use super::note::Decisions;
use super::string;

/// Why data cannot be taken for Kubernetes objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// Which object it is, counted from 1 over all documents and lists.
    pub object: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "object {}: {}", self.object, self.message)
    }
}

impl std::error::Error for ImportError {}

/// An object by its identity, and the rest of it.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) name: String,
    /// The whole object.
    pub(super) body: Data,
    /// True where hlc knows, or the object says, that it lives in a namespace; `None` where neither does.
    namespaced: Option<bool>,
    /// True when the namespace must be written: it is not the workload's.
    foreign: bool,
}

/// Every object of the documents; lists are taken apart, empty documents left out.
pub(super) fn objects(documents: Vec<Data>) -> Result<Vec<Object>, ImportError> {
    let mut found = Vec::new();
    let mut open: Vec<Data> = documents.into_iter().rev().collect();
    while let Some(data) = open.pop() {
        if data.value == hlc_schema::DataValue::Null {
            continue;
        }
        let kind = data.get("kind").and_then(Data::as_str).unwrap_or_default();
        if let (true, Some(items)) = (kind.ends_with("List"), data.get("items").and_then(Data::as_list)) {
            open.extend(items.iter().rev().cloned());
            continue;
        }
        found.push(Object::new(data).map_err(|message| ImportError { object: found.len() + 1, message })?);
    }
    let cluster_wide: Vec<(String, String)> = found.iter().filter_map(Object::defines_for_the_cluster).collect();
    for object in &mut found {
        let group = object.api_version.split_once('/').map_or("", |(group, _)| group);
        if cluster_wide.iter().any(|(of, kind)| of == group && *kind == object.kind) {
            object.namespaced = Some(false);
        }
    }
    Ok(found)
}

impl Object {
    fn new(body: Data) -> Result<Self, String> {
        if body.as_map().is_none() {
            return Err(format!("this is {}, not a Kubernetes object", body.describe()));
        }
        if body.get("apiVersion").and_then(Data::as_str).is_some_and(|api| api.starts_with("kustomize.config.k8s.io/"))
        {
            return Err("this is input of kustomize, not an object: import what `kustomize build` writes".to_owned());
        }
        let text = |path: &[&str]| {
            body.at(path).and_then(Data::as_str).filter(|text| !text.is_empty()).map(str::to_owned).ok_or_else(|| {
                format!(
                    "it has no `{}`: every Kubernetes object has `apiVersion`, `kind` and `metadata.name`",
                    path.join(".")
                )
            })
        };
        let (api_version, kind, name) = (text(&["apiVersion"])?, text(&["kind"])?, text(&["metadata", "name"])?);
        let namespaced = match hlc_kube::lookup(&kind, Some(&api_version)) {
            Lookup::Found(info) => Some(info.namespaced),
            Lookup::Ambiguous(_) | Lookup::Unknown { .. } => {
                body.at(&["metadata", "namespace"]).is_some().then_some(true)
            }
        };
        Ok(Self { api_version, kind, name, body, namespaced, foreign: false })
    }

    /// The group and kind that it defines, if these belong to the whole cluster.
    fn defines_for_the_cluster(&self) -> Option<(String, String)> {
        let says = |path: &[&str]| self.body.at(path).and_then(Data::as_str);
        let defines = self.kind == "CustomResourceDefinition" && says(&["spec", "scope"]) == Some("Cluster");
        defines.then_some((says(&["spec", "group"])?.to_owned(), says(&["spec", "names", "kind"])?.to_owned()))
    }

    pub(super) fn is_namespaced(&self) -> bool {
        self.namespaced == Some(true)
    }

    pub(super) fn namespace(&self) -> Option<&str> {
        self.body.at(&["metadata", "namespace"]).and_then(Data::as_str)
    }

    /// The object as a part of a workload in this namespace.
    pub(super) fn placed(mut self, namespace: &str, decisions: &mut Decisions) -> Self {
        let what = format!("{} `{}`", self.kind, self.name);
        match (self.namespaced, self.namespace()) {
            (Some(false), Some(_)) => {
                decisions.strays.push(what);
                if let Some(metadata) = self.metadata_mut() {
                    metadata.remove("namespace");
                }
            }
            (Some(true), None) => {
                decisions.homeless.push(what);
                let span = self.body.span;
                if let Some(metadata) = self.metadata_mut() {
                    metadata.insert("namespace", span, Data::string(namespace, span));
                }
            }
            (None, _) => decisions.unknown.push(what),
            (Some(true), Some(own)) => self.foreign = own != namespace,
            (Some(false), None) => {}
        }
        self
    }

    fn metadata_mut(&mut self) -> Option<&mut Map> {
        self.body.as_map_mut()?.get_mut("metadata")?.as_map_mut()
    }

    /// The object as a node: kind and name in its head, the API version only where the kind does not tell it.
    pub(super) fn write(&self, writer: &mut KdlWriter) {
        let mut body = self.body.as_map().cloned().unwrap_or_default();
        body.remove("kind");
        let found = hlc_kube::lookup(&self.kind, None);
        if matches!(found, Lookup::Found(info) if info.api_version == self.api_version) {
            body.remove("apiVersion");
        }
        if let Some(metadata) = body.get_mut("metadata").and_then(Data::as_map_mut) {
            metadata.remove("name");
            if !self.foreign {
                metadata.remove("namespace");
            }
            if metadata.is_empty() {
                body.remove("metadata");
            }
        }
        let known = matches!(hlc_kube::lookup(&self.kind, Some(&self.api_version)), Lookup::Found(_));
        let cluster = if known || self.is_namespaced() { "" } else { "(cluster)" };
        writer.map(&format!("{cluster}{} {}", self.kind, string(&self.name)), &body);
    }
}
