//! Kubernetes objects and chart values to KDL.
//!
//! Nothing is lost: compiling what is written gives the same objects again. An object becomes a building block only where
//! lowering that block has been seen to give the same bytes (`lift.rs`); every other one stays as it is (`object.rs`), but for
//! what only a cluster writes (`noise.rs`).

use std::collections::BTreeMap;

use hlc_schema::free::KdlWriter;
use hlc_schema::{Data, Map};
use hlc_syntax::quote;

use crate::Inputs;

mod lift;
mod noise;
mod note;
mod object;
mod prove;

use noise::Noise;
use note::Decisions;
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
    let mut objects = object::objects(documents)?;
    let mut noise = Noise::default();
    objects.iter_mut().for_each(|object| noise.take(&object.kind, &object.api_version, &mut object.body));
    let mut notes: Vec<String> = noise.note().into_iter().collect();
    let namespace = namespace(place, &objects, &mut notes);
    let mut decisions = Decisions::default();
    let objects: Vec<Object> = objects.into_iter().map(|object| object.placed(&namespace, &mut decisions)).collect();
    notes.extend(decisions.notes(&namespace));
    let project = Project::new(project, place.category);
    let mut draft = Draft { place, namespace, objects: &objects, blocks: BTreeMap::new() };
    draft.lift(&project);
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
    objects: &'a [Object],
    /// What stands for which object, by its index; all others are written as they are.
    blocks: BTreeMap<usize, Block>,
}

impl Draft<'_> {
    /// Puts blocks in the place of objects where that loses nothing. All objects are tried together, each with its next
    /// candidate, since every try compiles the project.
    fn lift(&mut self, project: &Project<'_>) {
        let mut candidates: Vec<_> =
            self.objects.iter().map(|object| lift::candidates(object, &self.namespace, project).into_iter()).collect();
        loop {
            let mut tried = self.clone();
            for (index, candidates) in candidates.iter_mut().enumerate() {
                if !self.blocks.contains_key(&index)
                    && let Some(block) = candidates.next()
                {
                    tried.blocks.insert(index, block);
                }
            }
            if tried.blocks.len() == self.blocks.len() {
                break;
            }
            tried.drop_lossy(project);
            self.blocks = tried.blocks;
        }
        // Each has been seen beside others that are gone now.
        while self.drop_lossy(project) {}
    }

    /// Takes back the blocks that do not give their objects; true when there are any.
    fn drop_lossy(&mut self, project: &Project<'_>) -> bool {
        let (before, objects) = (self.blocks.len(), self.objects);
        if before > 0 {
            let made = project.made(&self.write(), self.place.name);
            self.blocks.retain(|&index, _| objects.get(index).is_some_and(|object| made.gives(object)));
        }
        self.blocks.len() < before
    }

    fn write(&self) -> String {
        let mut writer = KdlWriter::default();
        let Place { name, category } = self.place;
        writer.open(&format!("workload {} category={}", string(name), string(category)));
        let is_namespace = |index: &usize| self.objects.get(*index).is_some_and(|object| object.kind == "Namespace");
        match self.blocks.iter().find(|(index, _)| is_namespace(index)) {
            Some((_, block)) => block.write(&mut writer),
            None => writer.line(&format!("(existing)namespace {}", string(&self.namespace))),
        }
        for (index, object) in self.objects.iter().enumerate() {
            match self.blocks.get(&index) {
                None => object.write(&mut writer),
                Some(_) if is_namespace(&index) => {}
                Some(block) => block.write(&mut writer),
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
