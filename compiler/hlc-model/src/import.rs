//! Kubernetes objects and chart values to KDL.
//!
//! Nothing is lost: compiling what is written gives the same objects again. An object becomes a building block only where
//! lowering that block has been seen to give the same bytes (`lift.rs`); every other one stays as it is (`object.rs`).

use std::collections::BTreeMap;

use hlc_schema::free::KdlWriter;
use hlc_schema::{Data, Map};
use hlc_syntax::quote;

use crate::Inputs;

mod lift;
mod object;
mod prove;

pub use object::ImportError;
use object::Object;
use prove::Project;

/// A workload in KDL, and what its reader should know.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The whole file.
    pub text: String,
    /// What was decided where the input left it open; one sentence each.
    pub notes: Vec<String>,
}

/// What a workload is called and where it belongs.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The workload's name.
    pub name: &'a str,
    /// Its category.
    pub category: &'a str,
}

/// A block or plain object in the place of an object.
#[derive(Clone, Debug)]
struct Block {
    head: String,
    children: Vec<String>,
}

/// Writes `values { … }` from the values of a chart.
#[must_use]
pub fn values(map: &Map) -> String {
    let mut writer = KdlWriter::default();
    writer.map("values", map);
    writer.finish()
}

/// Writes a workload from its objects. Blocks that need to know the homelab (route, secret) are used only where a project
/// is given: its files and the path of its root file.
///
/// # Errors
/// What is no Kubernetes object; see [`ImportError`].
pub fn workload(
    place: Place<'_>,
    documents: Vec<Data>,
    project: Option<(&dyn Inputs, &str)>,
) -> Result<Imported, ImportError> {
    let objects = object::objects(documents)?;
    let mut notes = Vec::new();
    let namespace = namespace(place, &objects, &mut notes);
    let objects: Vec<Object> = objects.into_iter().map(|object| object.placed(&namespace, &mut notes)).collect();
    let project = Project::new(project, place.category);
    let mut draft = Draft { place, namespace, namespace_block: None, objects: &objects, blocks: BTreeMap::new() };
    for (index, object) in objects.iter().enumerate() {
        for block in lift::candidates(object, &draft.namespace, &project) {
            let mut tried = draft.clone();
            tried.lift(index, object, block);
            if project.makes(&tried.write(), place.name, object) {
                draft = tried;
                break;
            }
        }
    }
    Ok(Imported { text: draft.write(), notes })
}

/// The namespace of most objects that have one; else the only Namespace object, else the workload's name.
fn namespace(place: Place<'_>, objects: &[Object], notes: &mut Vec<String>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for namespace in objects.iter().filter(|object| object.is_namespaced()).filter_map(Object::namespace) {
        *counts.entry(namespace).or_default() += 1;
    }
    if counts.len() > 1 {
        let names: Vec<_> = counts.keys().copied().collect();
        notes.push(format!(
            "the objects are in several namespaces ({}): those that are not in the workload's say theirs",
            names.join(", ")
        ));
    }
    let most = counts.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name))).map(|(name, _)| *name);
    let mut made = objects.iter().filter(|object| object.kind == "Namespace").map(|object| object.name.as_str());
    let only = made.next().filter(|_| made.next().is_none());
    most.or(only).unwrap_or(place.name).to_owned()
}

#[derive(Clone)]
struct Draft<'a> {
    place: Place<'a>,
    namespace: String,
    /// `namespace "x" …`; without one something else makes it.
    namespace_block: Option<Block>,
    objects: &'a [Object],
    /// What stands for which object.
    blocks: BTreeMap<usize, Option<Block>>,
}

impl Draft<'_> {
    fn lift(&mut self, index: usize, object: &Object, block: Block) {
        if object.kind == "Namespace" {
            self.namespace_block = Some(block);
            self.blocks.insert(index, None);
        } else {
            self.blocks.insert(index, Some(block));
        }
    }

    fn write(&self) -> String {
        let mut writer = KdlWriter::default();
        let Place { name, category } = self.place;
        writer.open(&format!("workload {} category={}", string(name), string(category)));
        match &self.namespace_block {
            Some(block) => block.write(&mut writer),
            None => writer.line(&format!("(existing)namespace {}", string(&self.namespace))),
        }
        for (index, object) in self.objects.iter().enumerate() {
            match self.blocks.get(&index) {
                None => object.write(&mut writer),
                Some(Some(block)) => block.write(&mut writer),
                Some(None) => {}
            }
        }
        writer.close();
        writer.finish()
    }
}

impl Block {
    fn write(&self, writer: &mut KdlWriter) {
        if self.children.is_empty() {
            return writer.line(&self.head);
        }
        writer.open(&self.head);
        self.children.iter().for_each(|child| writer.line(child));
        writer.close();
    }
}

/// A name or value of a typed node: always in quotes.
fn string(text: &str) -> String {
    let spelled = quote(text);
    if spelled.starts_with('"') { spelled } else { format!("\"{spelled}\"") }
}
