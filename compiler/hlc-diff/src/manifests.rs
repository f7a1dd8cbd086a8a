//! The objects in the files of a tree, whoever wrote them.

use std::collections::BTreeMap;

use hlc_diag::{FileId, Span};
use hlc_schema::{Data, DataValue};

use crate::ObjectId;

/// The files of a tree by their paths, with `/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its path.
    pub path: String,
    /// Why; never what stands in it, which may be a Secret.
    pub why: String,
}

/// True for a file that is compared: one that Argo CD takes for manifests ("Directory": `.yaml`, `.yml`, `.json`), outside hidden
/// folders, and the one about a workload.
#[must_use]
pub fn is_compared(path: &str) -> bool {
    if workload(path).is_some() {
        return true;
    }
    let hidden = path.split('/').any(|part| part.starts_with('.'));
    !hidden && [".yaml", ".yml", ".json"].iter().any(|end| path.ends_with(end))
}

/// The workload that a file is about.
pub(crate) fn workload(path: &str) -> Option<&str> {
    let (folder, name) = path.split_once('/')?;
    (name == hlc_kube::WORKLOAD_FILE).then_some(folder)
}

/// The place of what was read from an older tree: nobody points at it.
pub(crate) const NOWHERE: Span = Span::new(FileId::new(u32::MAX), 0, 0);

/// The objects of a file; documents that are no objects are left out.
pub(crate) fn read(path: &str, bytes: &[u8]) -> Result<Vec<(ObjectId, Data)>, Unreadable> {
    let refused = |why: String| Unreadable { path: path.to_owned(), why };
    let text = std::str::from_utf8(bytes).map_err(|_| refused("it is not UTF-8".to_owned()))?;
    let documents = hlc_kube::documents_as_helm(text, NOWHERE)
        .map_err(|error| refused(format!("line {} is no YAML that Kubernetes takes", error.line)))?;
    let mut objects = Vec::new();
    for document in documents {
        match workload(path) {
            Some(name) => objects.push((ObjectId::workload(name), document)),
            None => collect(document, &mut objects),
        }
    }
    Ok(objects)
}

/// Takes an object, or those in a `List`.
fn collect(document: Data, objects: &mut Vec<(ObjectId, Data)>) {
    let is_list = document.get("kind").and_then(Data::as_str).is_some_and(|kind| kind.ends_with("List"));
    if is_list && ObjectId::of(&document).is_none() {
        if let DataValue::Map(mut map) = document.value
            && let Some(items) = map.remove("items")
            && let DataValue::List(items) = items.value.value
        {
            for item in items {
                // Lists of lists are no objects.
                objects.extend(ObjectId::of(&item).map(|id| (id, item)));
            }
        }
        return;
    }
    objects.extend(ObjectId::of(&document).map(|id| (id, document)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared() {
        for path in ["web/Pod.web.k8s.yaml", "a.yml", "a/b.json", "web/.workload"] {
            assert!(is_compared(path), "{path}");
        }
        for path in ["README.md", ".hlc-outputs.json", ".github/workflows/a.yml", ".workload", "a/b/.workload"] {
            assert!(!is_compared(path), "{path}");
        }
    }

    #[test]
    fn objects_of_lists_and_documents() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n---\n---\nmode: agent\n---\n\
                    apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b, namespace: x}\n";
        let ids: Vec<String> = read("a.yaml", text.as_bytes()).unwrap().iter().map(|(id, _)| id.to_string()).collect();
        assert_eq!(ids, ["Pod a", "Deployment x/b"]);
    }

    #[test]
    fn a_broken_file_shows_nothing_of_itself() {
        for text in ["a: [canary", "? {canary: 1}\n: 2\n", "a: !canary x", "a: *canary"] {
            let refused = read("a.yaml", text.as_bytes()).unwrap_err();
            assert!(!refused.why.contains("canary") && refused.why.starts_with("line "), "{refused:?}");
        }
        assert!(read("a.yaml", b"a: \xff").is_err());
    }
}
