//! What a chart makes up: found by rendering twice, kept when the homelab says so.

use std::sync::Arc;

use hlc_chart::Digest;
use hlc_chart::manifest::RenderedObject;
use hlc_diag::Diagnostic;
use hlc_schema::suggest::list_names;
use hlc_schema::{Data, DataValue, Map};

use super::WantedRelease;
use super::codes::RANDOM;
use super::surfaces::place;
use crate::inputs::Branch;
use crate::resolve::Resolver;

/// A release whose random fields are looked at.
pub(super) struct Frozen<'c> {
    pub(super) release: &'c WantedRelease,
    /// The digest of what it is made of.
    pub(super) made_of: Digest,
}

/// Where two renderings of an object differ, as paths of keys and places in lists.
type Field = Vec<String>;

/// A field that is another one each time.
#[derive(Clone, Debug)]
pub(super) struct RandomField {
    pub(super) kind: String,
    pub(super) name: String,
    /// Empty for the object as a whole: it is not always there.
    pub(super) path: Field,
}

/// A release after its random fields were looked at.
pub(super) struct Looked {
    /// Its objects, with what was written last where the homelab says `freeze`.
    pub(super) objects: Vec<RenderedObject>,
    /// What is another one each time all the same.
    pub(super) random: Vec<RandomField>,
    /// The objects whose very names are made up, as `KIND/NAME`, in their order.
    pub(super) named: Vec<String>,
}

/// Finds the fields that differ between two renderings, and takes what was written last, where the homelab says `freeze`.
pub(super) fn freeze(
    mut objects: Vec<RenderedObject>,
    again: &[RenderedObject],
    frozen: &Frozen<'_>,
    resolver: &Resolver<'_>,
) -> Looked {
    let release = frozen.release;
    let (mut random, mut named) = (Vec::new(), Vec::new());
    let others = pairs(&objects, again);
    for (object, other) in objects.iter_mut().zip(others) {
        let field = |path| RandomField { kind: object.kind().to_owned(), name: object.name().to_owned(), path };
        let Some(other) = other else {
            random.push(field(Field::new()));
            continue;
        };
        let mut fields = Vec::new();
        differences(&object.body, &other.body, &mut Vec::new(), &mut fields);
        if !release.freeze {
            random.extend(fields.into_iter().map(field));
            continue;
        }
        if fields.is_empty() {
            continue;
        }
        let is_named = fields.iter().any(|field| field.iter().eq(["metadata", "name"]));
        let before = named.iter().filter(|name: &&String| kind_of(name) == object.kind()).count();
        let last = last_made(object, is_named.then_some(before), frozen, resolver);
        for field in &fields {
            if let Some((value, last)) = last.as_ref().and_then(|last| both(&mut object.body, last, field)) {
                *value = last.clone();
                place(value, release.span);
            }
        }
        if is_named {
            named.push(format!("{}/{}", object.kind(), object.name()));
        }
    }
    Looked { objects, random, named }
}

/// The same objects of the other time: those of the same name, then, in their order, what the same template made of the same kind.
fn pairs<'o>(objects: &[RenderedObject], again: &'o [RenderedObject]) -> Vec<Option<&'o RenderedObject>> {
    let mut left: Vec<&RenderedObject> = again.iter().collect();
    let mut take =
        |is: &dyn Fn(&RenderedObject) -> bool| left.iter().position(|other| is(other)).map(|at| left.remove(at));
    let same =
        |one: &RenderedObject, other: &RenderedObject| one.template == other.template && one.kind() == other.kind();
    let mut found: Vec<Option<&RenderedObject>> = objects
        .iter()
        .map(|object| take(&|other: &RenderedObject| same(object, other) && object.name() == other.name()))
        .collect();
    for (object, found) in objects.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
        *found = take(&|other: &RenderedObject| same(object, other));
    }
    found
}

/// Reports what is another one each time and reaches the manifests.
pub(super) fn report(release: &WantedRelease, random: &[&RandomField], resolver: &Resolver<'_>) {
    if random.is_empty() {
        return;
    }
    let mut named: Vec<String> = random.iter().map(|random| random.describe()).collect();
    named.sort();
    let message = format!(
        "release `{}` of chart `{}` renders other values each time: {}",
        release.name,
        release.source.name,
        list_names(&named, "and")
    );
    let help = if release.freeze {
        "`freeze` keeps fields, not which objects there are: give the chart values with which it always renders the same ones"
    } else {
        "give the values by a Secret, or write `freeze=#true` on the chart to keep what was written last"
    };
    resolver.report(Diagnostic::new(&RANDOM, release.span, message).help(help));
}

impl RandomField {
    fn describe(&self) -> String {
        let Self { kind, name, path } = self;
        if path.is_empty() { format!("{kind}/{name}") } else { format!("{kind}/{name}: {}", path.join(".")) }
    }

    /// True when something that is merged over the object gives the field.
    pub(super) fn is_given(&self, over: &Data) -> bool {
        let mut over = over;
        for key in &self.path {
            let DataValue::Map(map) = &over.value else { return true };
            match map.get(key) {
                Some(below) => over = below,
                None => return false,
            }
        }
        !self.path.is_empty()
    }
}

fn kind_of(named: &str) -> &str {
    named.split('/').next().unwrap_or_default()
}

/// The object as it was made last, if it was made of the same: as it was published, which is what runs; else as it was written to the
/// output folder. Of one whose name is made up, which one of its kind it is.
fn last_made(
    object: &RenderedObject,
    made_up: Option<usize>,
    frozen: &Frozen<'_>,
    resolver: &Resolver<'_>,
) -> Option<Data> {
    let inputs = resolver.inputs();
    let repository = resolver.model.homelab.as_ref().and_then(|homelab| homelab.repository.as_ref());
    let branch =
        repository.map(|repository| Branch { url: repository.url.value.as_str(), name: &repository.manifests.value });
    let published = |path: &str| inputs.published(branch?, path);
    let last = |read: &dyn Fn(&str) -> Option<Arc<str>>| last(object, made_up, frozen, read);
    last(&published).or_else(|| last(&|path| inputs.written(path)))
}

/// The object in a tree of manifests that was made of the same.
fn last(
    object: &RenderedObject,
    made_up: Option<usize>,
    frozen: &Frozen<'_>,
    read: &dyn Fn(&str) -> Option<Arc<str>>,
) -> Option<Data> {
    let release = frozen.release;
    let folder = release.owner.split_once('.')?.1;
    let mark = read(&format!("{folder}/{}", super::frozen_file(&release.name)))?;
    let mut mark = mark.lines();
    if mark.next()?.trim() != frozen.made_of.to_string() {
        return None;
    }
    let name = match made_up {
        None => object.name(),
        Some(which) => mark.filter(|named| kind_of(named) == object.kind()).nth(which)?.split_once('/')?.1,
    };
    let stem = hlc_kube::file_stem(object.kind(), name);
    let text = read(&format!("{folder}/{stem}.k8s.yaml"))?;
    hlc_kube::data_from_yaml(&text, release.span).ok()
}

/// What stands in the mark of a frozen release.
pub(super) fn mark(made_of: &Digest, named: &[String]) -> String {
    let lines = std::iter::once(made_of.to_string()).chain(named.iter().cloned());
    lines.map(|line| format!("{line}\n")).collect()
}

fn differences(one: &Data, other: &Data, path: &mut Field, found: &mut Vec<Field>) {
    match (&one.value, &other.value) {
        (DataValue::Map(one), DataValue::Map(other)) if are_kept_alike(one, other) => {}
        (DataValue::Map(one), DataValue::Map(other)) => {
            for (key, entry) in one.iter() {
                path.push(key.to_owned());
                match other.get(key) {
                    Some(other) => differences(&entry.value, other, path, found),
                    None => found.push(path.clone()),
                }
                path.pop();
            }
        }
        (DataValue::List(one), DataValue::List(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                path.push(index.to_string());
                differences(one, other, path, found);
                path.pop();
            }
        }
        (one, other) if one == other => {}
        _ => found.push(path.clone()),
    }
}

/// True for two that nobody has to look into.
fn are_kept_alike(one: &Map, other: &Map) -> bool {
    one.as_kept().zip(other.as_kept()).is_some_and(|(one, other)| one.yaml().is_some() && one.yaml() == other.yaml())
}

/// A field of an object, and the same one of another object that is built like it.
fn both<'d>(now: &'d mut Data, last: &'d Data, field: &[String]) -> Option<(&'d mut Data, &'d Data)> {
    field.iter().try_fold((now, last), |(now, last), key| match (&mut now.value, &last.value) {
        // In a list of another length, the same place may be another thing's.
        (DataValue::List(now), DataValue::List(last)) if now.len() == last.len() => {
            let index = key.parse::<usize>().ok()?;
            Some((now.get_mut(index)?, last.get(index)?))
        }
        (DataValue::Map(now), DataValue::Map(last)) => Some((now.get_mut(key)?, last.get(key)?)),
        _ => None,
    })
}
