//! A plan as files: which object goes where.

use std::collections::BTreeMap;
use std::fmt::Write;

use hlc_plan::{Plan, PlannedObject, PlannedWorkload};
use hlc_schema::{Data, DataValue, Kept};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::OutputTree;
use crate::yaml::to_yaml_into;

/// The files of a plan: `<folder>/<Kind>.<name>.k8s.yaml`, one object each.
///
/// Characters other than letters, digits, `-`, `_` and `.` are left out of kind and name. Where that, two namespaces, two
/// API groups or a file system that ignores case would put several objects at one path, each of them gets `-` and eight
/// hexadecimal digits before `.k8s.yaml`; they depend on the object's identity alone, so a path never changes because of
/// the order of objects. Of two objects with the same identity, which the checks refuse, the later one stays.
#[must_use]
pub fn output_tree(plan: &Plan) -> OutputTree {
    let mut tree = OutputTree::default();
    let objects: Vec<(String, &PlannedObject)> = output_paths(plan).into_iter().collect();
    let texts: Vec<Vec<String>> = objects.par_chunks(RUN).map(texts).collect();
    for ((path, _), text) in objects.into_iter().zip(texts.into_iter().flatten()) {
        tree.insert(path, text);
    }
    for workload in &plan.workloads {
        for (name, text) in &workload.files {
            tree.insert(format!("{}/{name}", workload.folder), text.clone());
        }
    }
    for (path, workload) in workload_files(plan) {
        tree.insert(path, workload_text(&workload));
    }
    tree
}

/// So many objects are written one after the other.
const RUN: usize = 16;
/// More than objects have beside what is kept of them, in bytes.
const BESIDE: usize = 4096;

/// The YAML of each. New memory costs more than all else here: small texts grow in memory that was used before and are copied from
/// there, large ones are written where they stay.
fn texts(objects: &[(String, &PlannedObject)]) -> Vec<String> {
    let mut used = String::new();
    let mut write = |object: &PlannedObject| match kept(&object.body) {
        0 => {
            used.clear();
            to_yaml_into(&mut used, &object.body);
            used.as_str().to_owned()
        }
        kept => {
            let mut text = String::with_capacity(kept + BESIDE);
            to_yaml_into(&mut text, &object.body);
            text
        }
    };
    objects.iter().map(|(_, object)| write(object)).collect()
}

/// How much YAML there is of the parts that are kept beside theirs, in bytes.
fn kept(data: &Data) -> usize {
    match &data.value {
        DataValue::Map(map) => match map.as_kept().and_then(Kept::yaml) {
            Some((_, text)) => text.len(),
            None => map.iter().map(|(_, entry)| kept(&entry.value)).sum(),
        },
        DataValue::List(items) => items.iter().map(kept).sum(),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => 0,
    }
}

/// The path of each object in the [`output_tree`].
#[must_use]
pub fn output_paths(plan: &Plan) -> BTreeMap<String, &PlannedObject> {
    let mut at_path: BTreeMap<String, Vec<(&str, &PlannedObject)>> = BTreeMap::new();
    for workload in &plan.workloads {
        for object in &workload.objects {
            let path = format!("{}/{}", workload.folder, stem(object));
            at_path.entry(path.to_lowercase()).or_default().push((&workload.folder, object));
        }
    }
    let mut paths = BTreeMap::new();
    for sharing in at_path.values() {
        let first = sharing.first().map(|(_, object)| identity(object));
        let alone = sharing.iter().all(|(_, object)| Some(identity(object)) == first);
        for (folder, object) in sharing {
            let stem = stem(object);
            let suffix = if alone { String::new() } else { format!("-{}", digest(object)) };
            paths.insert(format!("{folder}/{stem}{suffix}.k8s.yaml"), *object);
        }
    }
    paths
}

/// The file about a workload in its folder, for a plan whose workloads are [listed](Plan::listed). It ends in nothing that Argo
/// CD takes for a manifest.
pub const WORKLOAD_FILE: &str = ".workload";

/// What an ApplicationSet has to know of each workload (Argo CD, "Git Generator: Files"), by the path of its file; empty for a plan
/// whose workloads are not [listed](Plan::listed).
#[must_use]
pub fn workload_files(plan: &Plan) -> BTreeMap<String, Data> {
    let listed = plan.workloads.iter().filter(|_| plan.listed);
    listed.map(|workload| (format!("{}/{WORKLOAD_FILE}", workload.folder), entry(workload))).collect()
}

fn entry(workload: &PlannedWorkload) -> Data {
    let text = |text: &str| Data::string(text, workload.origin);
    let named = [("name", text(&workload.name)), ("namespace", text(&workload.namespace))];
    let application = workload.application.clone().map(|application| ("application", application));
    Data::map(named.into_iter().chain(application), workload.origin)
}

/// The file of a workload.
#[must_use]
pub fn workload_text(workload: &Data) -> String {
    format!("{:#}\n", crate::data_to_json(workload))
}

fn stem(object: &PlannedObject) -> String {
    file_stem(&object.kind, &object.name)
}

/// The name of an object's file without its end, where no other object would have the same.
#[must_use]
pub fn file_stem(kind: &str, name: &str) -> String {
    format!("{kind}.{name}").chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect()
}

/// What makes two objects the same one to the API server. Its groups' versions are views of one object, but which view
/// is written matters to the reader, so the version counts.
fn identity(object: &PlannedObject) -> String {
    format!("{}/{}/{}/{}", object.api_version, object.kind, object.namespace.as_deref().unwrap_or(""), object.name)
}

fn digest(object: &PlannedObject) -> String {
    let hash = Sha256::digest(identity(object).as_bytes());
    hash.iter().take(4).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use hlc_diag::{FileId, Span};
    use hlc_plan::Address;

    use super::*;

    fn object(api_version: &str, kind: &str, namespace: Option<&str>, name: &str) -> PlannedObject {
        let span = Span::new(FileId::new(0), 0, 0);
        PlannedObject {
            address: Address::object("web", kind, name),
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            namespace: namespace.map(str::to_owned),
            body: Data::map([("kind", Data::string(kind, span))], span),
            origin: span,
            rendered: None,
        }
    }

    fn workload(objects: Vec<PlannedObject>) -> PlannedWorkload {
        PlannedWorkload {
            name: "web".to_owned(),
            folder: "web".to_owned(),
            namespace: "web-system".to_owned(),
            origin: Span::new(FileId::new(0), 0, 0),
            application: None,
            objects,
            files: Vec::new(),
        }
    }

    #[test]
    fn a_list_of_workloads() {
        let plan = Plan { workloads: vec![workload(Vec::new())], listed: true, stacks: Vec::new() };
        let tree = output_tree(&plan);
        let files: Vec<_> = tree.iter().collect();
        let entry = "{\n  \"name\": \"web\",\n  \"namespace\": \"web-system\"\n}\n";
        assert_eq!(files, [("web/.workload", entry)]);
    }

    fn paths(objects: Vec<PlannedObject>) -> Vec<String> {
        let workloads = vec![workload(objects)];
        output_tree(&Plan { workloads, ..Plan::default() }).iter().map(|(path, _)| path.to_owned()).collect()
    }

    #[test]
    fn drops_what_files_do_not_take() {
        let role = object("rbac.authorization.k8s.io/v1", "ClusterRole", None, "kyverno:admission-controller");
        assert_eq!(paths(vec![role]), ["web/ClusterRole.kyvernoadmission-controller.k8s.yaml"]);
    }

    #[test]
    fn one_path_for_two_objects() {
        let a = || object("v1", "Secret", Some("a"), "x");
        let b = || object("v1", "Secret", Some("b"), "x");
        let alone = paths(vec![a()]);
        assert_eq!(alone, ["web/Secret.x.k8s.yaml"]);
        let both = paths(vec![a(), b()]);
        assert_eq!(both, ["web/Secret.x-05a8bbe5.k8s.yaml", "web/Secret.x-9b9c3009.k8s.yaml"]);
        assert_eq!(paths(vec![b(), a()]), both);
    }

    #[test]
    fn equal_but_for_case_or_dropped_characters() {
        for (one, two) in [("web", "wEb"), ("a:b", "ab")] {
            let both = paths(vec![object("v1", "Secret", None, one), object("v1", "Secret", None, two)]);
            assert_eq!(both.len(), 2);
            assert!(both.iter().all(|path| path.len() > "web/Secret.ab.k8s.yaml".len()), "{both:?}");
        }
    }

    #[test]
    fn same_object_twice() {
        assert_eq!(paths(vec![object("v1", "Secret", None, "x"), object("v1", "Secret", None, "x")]).len(), 1);
    }
}
