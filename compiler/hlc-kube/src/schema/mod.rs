//! The schemas of built-in kinds: one embedded text, decoded piece by piece.
//!
//! `data/kubernetes.schema` holds a table of kinds, a table of definitions with their lengths, and one line per field.
//! Opening it reads the two tables only (tens of microseconds); a definition is decoded when an object first needs it.
//! `tests/schemas` writes the file from the published API types and fails when it is out of date.

mod definition;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use foldhash::fast::RandomState;

pub use definition::{Definition, Field, Keys, Type};

use crate::kind::{self, KindInfo};

static TEXT: &str = include_str!("../../data/kubernetes.schema");

/// The Kubernetes release the embedded schemas are of, major and minor.
pub const KUBERNETES_VERSION: &str = "1.37";

/// Identifies a definition among the embedded ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefinitionId(u16);

pub(crate) struct Catalog {
    pub(crate) kinds: Vec<KindInfo>,
    /// Where the kinds of a name stand: each object is looked up several times.
    named: HashMap<&'static str, Range<usize>, RandomState>,
    /// Ordered by name.
    definitions: Vec<Entry>,
}

impl Catalog {
    fn new(kinds: Vec<KindInfo>, definitions: Vec<Entry>) -> Self {
        let mut named: HashMap<_, Range<usize>, _> = HashMap::default();
        for (at, info) in kinds.iter().enumerate() {
            named.entry(info.kind).or_insert(at..at).end = at + 1;
        }
        Self { kinds, named, definitions }
    }

    /// The kinds of a name, in all groups and versions.
    pub(crate) fn named(&self, kind: &str) -> &[KindInfo] {
        self.named.get(kind).and_then(|range| self.kinds.get(range.clone())).unwrap_or_default()
    }
}

struct Entry {
    name: &'static str,
    text: &'static str,
    decoded: OnceLock<Definition>,
}

/// The tables; read at the first call.
pub(crate) fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| open(TEXT))
}

/// A definition's fields; decoded at the first call. `None` for a foreign id.
#[must_use]
pub fn definition(id: DefinitionId) -> Option<&'static Definition> {
    let entry = catalog().definitions.get(usize::from(id.0))?;
    Some(entry.decoded.get_or_init(|| Definition::decode(entry.name, entry.text, &find)))
}

/// The definition of a kind's objects; `None` for a kind without schema.
#[must_use]
pub fn of_kind(info: &KindInfo) -> Option<&'static Definition> {
    definition(info.definition?)
}

/// The definition of the map at a path of keys into a kind's objects. Lists take no step: `spec template spec containers`
/// leads to a container. `None` for a path that leads nowhere, or to what has no known fields.
#[must_use]
pub fn at(info: &KindInfo, path: &[&str]) -> Option<&'static Definition> {
    let mut here = Place::Object(of_kind(info)?);
    for key in path {
        let takes = match here {
            Place::Object(definition) => &definition.field(key)?.takes,
            Place::Map(item) => item,
        };
        here = inside(takes)?;
    }
    if let Place::Object(definition) = here { Some(definition) } else { None }
}

enum Place {
    Object(&'static Definition),
    /// A map with keys of the author's choice.
    Map(&'static Type),
}

fn inside(mut takes: &'static Type) -> Option<Place> {
    while let Type::List { item, .. } = takes {
        takes = item;
    }
    if let Type::Map { item, .. } = takes {
        return Some(Place::Map(item));
    }
    if let Type::Object(id) = takes { definition(*id).map(Place::Object) } else { None }
}

/// A definition by its name, such as `meta.v1.ObjectMeta`.
pub(crate) fn named(name: &str) -> Option<&'static Definition> {
    definition(find(name)?)
}

fn find(name: &str) -> Option<DefinitionId> {
    position(&catalog().definitions, name)
}

fn position(definitions: &[Entry], name: &str) -> Option<DefinitionId> {
    let index = definitions.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
    u16::try_from(index).ok().map(DefinitionId)
}

fn open(text: &'static str) -> Catalog {
    let mut rest = text;
    let mut line = || {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        line
    };
    let count = |line: &str| line.split_once(' ').and_then(|(_, count)| count.parse().ok()).unwrap_or(0usize);
    line();
    let rows: Vec<_> = (0..count(line())).map(|_| line()).collect();
    let index: Vec<_> = (0..count(line())).map(|_| line()).collect();
    let mut definitions = Vec::with_capacity(index.len());
    for entry in index {
        let (name, length) = entry.split_once(' ').unwrap_or((entry, ""));
        let (text, after) = rest.split_at_checked(length.parse().unwrap_or(0)).unwrap_or((rest, ""));
        rest = after;
        definitions.push(Entry { name, text, decoded: OnceLock::new() });
    }
    let built_in = rows.into_iter().filter_map(|row| {
        let mut words = row.split(' ');
        let (kind, api_version, scope) = (words.next()?, words.next()?, words.next()?);
        let definition = position(&definitions, words.next()?);
        Some(KindInfo { api_version, kind, namespaced: scope == "namespaced", definition })
    });
    let kinds = kind::in_order(built_in.chain(kind::custom_kinds()).collect());
    Catalog::new(kinds, definitions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_definitions() {
        let crate::Lookup::Found(info) = crate::lookup("Deployment", None) else { panic!("no Deployment") };
        let name = |path: &[&str]| at(&info, path).map(|definition| definition.name);
        assert_eq!(name(&[]), Some("apps.v1.Deployment"));
        assert_eq!(name(&["spec", "template", "spec", "containers"]), Some("core.v1.Container"));
        assert_eq!(name(&["spec", "replicas"]), None);
        assert_eq!(name(&["spec", "nothing"]), None);
        let crate::Lookup::Found(crd) = crate::lookup("CustomResourceDefinition", None) else { panic!("no CRD") };
        let schema = ["spec", "versions", "schema", "openAPIV3Schema", "properties", "spec", "type"];
        assert_eq!(at(&crd, &schema[..6]).map(Definition::short_name), Some("JSONSchemaProps"));
        assert_eq!(at(&crd, &schema[..5]).map(Definition::short_name), None);
        let spec = at(&info, &["spec"]).unwrap();
        assert_eq!(spec.field("replicas").unwrap().doc, "Number of desired pods.");
        assert!(spec.field("selector").unwrap().required);
    }

    #[test]
    fn everything_decodes() {
        assert!(TEXT.starts_with(&format!("hlc-kube schemas of Kubernetes {KUBERNETES_VERSION}, ")));
        let catalog = catalog();
        assert!(catalog.kinds.iter().filter(|info| info.has_schema()).count() > 90);
        let ids = (0..catalog.definitions.len()).map(|index| DefinitionId(u16::try_from(index).unwrap()));
        let fields: usize = ids.map(|id| definition(id).unwrap().fields().len()).sum();
        // A field is lost when its type cannot be read; the text has one line per field and one per definition.
        let lines: usize = catalog.definitions.iter().map(|entry| entry.text.lines().count() - 1).sum();
        assert_eq!(fields, lines);
        assert!(fields > 2500, "{fields}");
    }
}
