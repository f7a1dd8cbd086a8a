//! Objects in a form that is read many times faster than YAML: for caches.
//!
//! Keys stand in a table at the beginning, since a chart's objects have the same ones again and again; everything else follows in the
//! order in which it is read. The schemas of definitions, which are most of it, stand there a second time, as the YAML that they are
//! written as, with whether they were judged: they are only read when somebody looks into them.
//!
//! Whoever keeps such bytes sees to it that they come back as they were, and says [`FORMAT`] with them.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use hlc_diag::Span;
use hlc_schema::{Data, DataValue, Float, Kept, Key, Map, MapEntry};

use crate::manifest::RenderedObject;

/// The version of the form: other ones are not read. What of it is written and judged follows from the version of hlc.
pub const FORMAT: &str = concat!("2 of hlc ", env!("CARGO_PKG_VERSION"));

/// The kind whose schemas are large.
const DEFINITION: &str = "CustomResourceDefinition";
/// The key that these stand behind.
const SCHEMA: &str = "openAPIV3Schema";

/// YAML nests no deeper (hlc-kube, `yaml`); objects in lists lie two levels below the top.
const DEPTH: usize = 130;

/// Objects of a chart, packed: a part of bytes that others may share.
#[derive(Clone, Debug)]
pub struct Packed {
    shared: Arc<Vec<u8>>,
    part: Range<usize>,
}

impl PartialEq for Packed {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Packed {}

impl Packed {
    /// Packs objects. Their places are left out.
    #[must_use]
    pub fn of(objects: &[RenderedObject]) -> Self {
        let mut writer = Writer::default();
        writer.number(objects.len() as u128);
        for object in objects {
            writer.text(&object.template);
            writer.definition = (object.kind() == DEFINITION).then(|| {
                let version = object.text(&["apiVersion"]).unwrap_or_default();
                hlc_kube::validate(version, DEFINITION, &object.body).is_empty()
            });
            writer.data(&object.body, 0);
        }
        let bytes = writer.finish();
        let part = 0..bytes.len();
        Self { shared: Arc::new(bytes), part }
    }

    /// Bytes that [`Packed::bytes`] once gave, as a part of others; `None` when there is no such part.
    #[must_use]
    pub fn within(shared: &Arc<Vec<u8>>, part: Range<usize>) -> Option<Self> {
        shared.get(part.clone())?;
        Some(Self { shared: shared.clone(), part })
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.shared.get(self.part.clone()).unwrap_or_default()
    }

    /// The objects, all of it at one place; `None` for bytes that nobody packed.
    #[must_use]
    pub fn objects(&self, span: Span) -> Option<Vec<RenderedObject>> {
        let end = self.part.end;
        let mut reader = Reader { rest: self.bytes(), shared: &self.shared, end, keys: Arc::default(), span };
        let count = reader.count()?;
        let mut keys = Vec::with_capacity(count);
        for _ in 0..count {
            keys.push(Key::from(reader.text()?));
        }
        reader.keys = Arc::new(keys);
        let count = reader.count()?;
        let mut objects = Vec::with_capacity(count);
        for _ in 0..count {
            let template = reader.text()?.to_owned();
            objects.push(RenderedObject { template, body: reader.data(DEPTH)? });
        }
        reader.rest.is_empty().then_some(objects)
    }
}

/// What a value is, as its first byte says.
mod tag {
    pub(super) const NULL: u8 = 0;
    pub(super) const FALSE: u8 = 1;
    pub(super) const TRUE: u8 = 2;
    pub(super) const POSITIVE: u8 = 3;
    pub(super) const NEGATIVE: u8 = 4;
    pub(super) const FLOAT: u8 = 5;
    pub(super) const TEXT: u8 = 6;
    pub(super) const LIST: u8 = 7;
    pub(super) const MAP: u8 = 8;
    pub(super) const KEPT: u8 = 9;
}

#[derive(Default)]
struct Writer<'d> {
    keys: HashMap<&'d str, usize>,
    names: Vec<&'d str>,
    bytes: Vec<u8>,
    /// In a definition: whether its schema has nothing to say of it.
    definition: Option<bool>,
}

impl<'d> Writer<'d> {
    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    fn number(&mut self, mut number: u128) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u128);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Writes a value, whose entries stand in this column of the object's YAML.
    fn data(&mut self, data: &'d Data, column: usize) {
        match &data.value {
            // What is only known later is in no chart.
            DataValue::Null | DataValue::Deferred(_) => self.bytes.push(tag::NULL),
            DataValue::Bool(false) => self.bytes.push(tag::FALSE),
            DataValue::Bool(true) => self.bytes.push(tag::TRUE),
            DataValue::Integer(number) => {
                self.bytes.push(if number.get() < 0 { tag::NEGATIVE } else { tag::POSITIVE });
                self.number(number.get().unsigned_abs());
            }
            DataValue::Float(number) => {
                self.bytes.push(tag::FLOAT);
                self.text(&number.to_string());
            }
            DataValue::String(text) => {
                self.bytes.push(tag::TEXT);
                self.text(text);
            }
            DataValue::List(items) => {
                self.bytes.push(tag::LIST);
                self.number(items.len() as u128);
                items.iter().for_each(|item| self.data(item, column + 2));
            }
            DataValue::Map(map) => {
                self.bytes.push(tag::MAP);
                self.map(map, column);
            }
        }
    }

    fn map(&mut self, map: &'d Map, column: usize) {
        self.number(map.len() as u128);
        for (key, entry) in map.iter() {
            let next = self.names.len();
            let place = *self.keys.entry(key).or_insert(next);
            if place == next {
                self.names.push(key);
            }
            self.number(place as u128);
            match (self.definition, &entry.value.value) {
                (Some(judged), DataValue::Map(schema)) if key == SCHEMA => self.kept(schema, column + 2, judged),
                _ => self.data(&entry.value, column + 2),
            }
        }
    }

    fn kept(&mut self, map: &'d Map, column: usize, judged: bool) {
        self.bytes.extend([tag::KEPT, u8::from(judged)]);
        self.number(column as u128);
        self.text(&hlc_kube::map_to_yaml(map, column));
        // What has such a key within a schema is no schema.
        let definition = self.definition.take();
        let before = std::mem::take(&mut self.bytes);
        self.map(map, column);
        let own = std::mem::replace(&mut self.bytes, before);
        self.number(own.len() as u128);
        self.bytes.extend(own);
        self.definition = definition;
    }

    fn finish(self) -> Vec<u8> {
        let mut table = Writer::default();
        table.number(self.names.len() as u128);
        self.names.iter().for_each(|name| table.text(name));
        table.bytes.extend_from_slice(&self.bytes);
        table.bytes
    }
}

struct Reader<'b> {
    rest: &'b [u8],
    /// What holds it all, and where in there `rest` ends.
    shared: &'b Arc<Vec<u8>>,
    end: usize,
    keys: Arc<Vec<Key>>,
    span: Span,
}

impl<'b> Reader<'b> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn number(&mut self) -> Option<u128> {
        let mut number = 0u128;
        for shift in (0..128).step_by(7) {
            let byte = self.byte()?;
            number |= u128::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// How many follow: never more than there are bytes.
    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.rest.len())
    }

    fn text(&mut self) -> Option<&'b str> {
        let length = self.count()?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        std::str::from_utf8(text).ok()
    }

    /// Where a part is whose length comes first.
    fn part(&mut self) -> Option<Range<usize>> {
        let length = self.count()?;
        let start = self.end.checked_sub(self.rest.len())?;
        self.rest = self.rest.get(length..)?;
        Some(start..start + length)
    }

    fn data(&mut self, depth: usize) -> Option<Data> {
        let depth = depth.checked_sub(1)?;
        let value = match self.byte()? {
            tag::NULL => DataValue::Null,
            tag::FALSE => DataValue::Bool(false),
            tag::TRUE => DataValue::Bool(true),
            tag::POSITIVE => DataValue::integer(i128::try_from(self.number()?).ok()?),
            tag::NEGATIVE => DataValue::integer(i128::try_from(self.number()?).ok()?.checked_neg()?),
            tag::FLOAT => DataValue::Float(Float::read(self.text()?)?),
            tag::TEXT => DataValue::string(self.text()?),
            tag::LIST => {
                let count = self.count()?;
                let mut items = Vec::with_capacity(count);
                for _ in 0..count {
                    items.push(self.data(depth)?);
                }
                DataValue::List(items)
            }
            tag::MAP => DataValue::Map(self.map(depth)?),
            tag::KEPT => {
                let judged = self.byte()? == 1;
                let column = usize::try_from(self.number()?).ok()?;
                let (yaml, entries) = (self.part()?, self.part()?);
                let (shared, keys) = (Arc::clone(self.shared), Arc::clone(&self.keys));
                let kept = KeptSchema { shared, keys, yaml, column, entries, depth, judged, span: self.span };
                DataValue::Map(Map::kept(Arc::new(kept)))
            }
            _ => return None,
        };
        Some(Data::new(value, self.span))
    }

    fn map(&mut self, depth: usize) -> Option<Map> {
        let count = self.count()?;
        let mut map = Map::with_capacity(count);
        for _ in 0..count {
            let place = usize::try_from(self.number()?).ok()?;
            let key = self.keys.get(place)?.clone();
            let value = self.data(depth)?;
            map.insert(key, self.span, value);
        }
        Some(map)
    }
}

/// The schema of a definition, unread.
struct KeptSchema {
    shared: Arc<Vec<u8>>,
    keys: Arc<Vec<Key>>,
    /// Where its YAML is, and the column that this is meant for.
    yaml: Range<usize>,
    column: usize,
    /// Where its entries are, and how deep they may nest.
    entries: Range<usize>,
    depth: usize,
    judged: bool,
    span: Span,
}

impl fmt::Debug for KeptSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptSchema").field("entries", &self.entries).finish_non_exhaustive()
    }
}

impl Kept<MapEntry> for KeptSchema {
    fn entries(&self) -> Vec<(Key, MapEntry)> {
        let rest = self.shared.get(self.entries.clone()).unwrap_or_default();
        let (end, keys) = (self.entries.end, Arc::clone(&self.keys));
        let mut reader = Reader { rest, shared: &self.shared, end, keys, span: self.span };
        reader.map(self.depth).unwrap_or_default().into_entries().collect()
    }

    fn yaml(&self) -> Option<(usize, &str)> {
        let text = std::str::from_utf8(self.shared.get(self.yaml.clone())?).ok()?;
        Some((self.column, text))
    }

    fn is_judged(&self) -> bool {
        self.judged
    }
}

#[cfg(test)]
mod tests {
    use hlc_diag::FileId;

    use super::*;
    use crate::manifest::objects;

    const MANIFEST: &str = "---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {}}\n\
                            data:\n  text: \"ä\\n\"\n  empty: ''\n  list: [1, -7, 1.50, 1e7, true, false, [], {}]\n  large: \
                            18446744073709551615\n---\n# Source: web/templates/b.yaml\napiVersion: v1\nkind: Secret\nmetadata: \
                            {name: b}\n";

    fn unpacked(bytes: Vec<u8>) -> Option<Vec<RenderedObject>> {
        let all = 0..bytes.len();
        Packed::within(&Arc::new(bytes), all)?.objects(span())
    }

    fn span() -> Span {
        Span::new(FileId::new(3), 4, 5)
    }

    #[test]
    fn what_is_packed_is_had_again() {
        let found = objects(MANIFEST, span()).unwrap();
        let packed = Packed::of(&found);
        assert_eq!(packed.objects(span()), Some(found.clone()));
        // How numbers are spelled counts too.
        let texts = |objects: &[RenderedObject]| {
            objects.iter().map(|object| hlc_kube::to_yaml(&object.body)).collect::<Vec<_>>()
        };
        assert_eq!(texts(&packed.objects(span()).unwrap()), texts(&found));
        assert_eq!(Packed::of(&[]).objects(span()), Some(Vec::new()));
    }

    /// A definition of a custom kind, in two versions.
    const DEFINED: &str = "---\n# Source: web/crds/widgets.yaml\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
                           metadata: {name: widgets.example.net}\nspec:\n  group: example.net\n  names: {kind: Widget, plural: \
                           widgets}\n  scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      \
                           openAPIV3Schema:\n        type: object\n        description: |\n          two\n          lines\n        \
                           properties:\n          spec: {type: object, properties: {openAPIV3Schema: {type: object}}}\n  - name: \
                           v2\n    served: true\n    storage: false\n    schema: {openAPIV3Schema: {type: object}}\n";

    fn schema(object: &RenderedObject) -> &Map {
        let versions = object.body.at(&["spec", "versions"]).and_then(Data::as_list).unwrap();
        versions[0].at(&["schema", SCHEMA]).and_then(Data::as_map).unwrap()
    }

    #[test]
    fn schemas_of_definitions_stay_closed_until_somebody_looks() {
        let found = objects(DEFINED, span()).unwrap();
        let packed = Packed::of(&found);
        let had = packed.objects(span()).unwrap();
        let [definition] = had.as_slice() else { panic!("{} objects", had.len()) };
        // Neither who writes it nor who judges it has to look.
        assert_eq!(hlc_kube::to_yaml(&definition.body), hlc_kube::to_yaml(&found[0].body));
        assert_eq!(hlc_kube::validate("apiextensions.k8s.io/v1", DEFINITION, &definition.body), []);
        assert!(schema(definition).is_closed());
        assert_eq!(schema(definition).get("type").and_then(Data::as_str), Some("object"));
        assert!(!schema(definition).is_closed());
        assert_eq!(had, found);
        // What was changed is written as it is now.
        let (mut ours, mut theirs) = (had[0].body.clone(), found[0].body.clone());
        for body in [&mut ours, &mut theirs] {
            let DataValue::List(versions) = &mut body
                .as_map_mut()
                .unwrap()
                .get_mut("spec")
                .unwrap()
                .as_map_mut()
                .unwrap()
                .get_mut("versions")
                .unwrap()
                .value
            else {
                panic!()
            };
            let schema = versions[0].as_map_mut().unwrap().get_mut("schema").unwrap().as_map_mut().unwrap();
            let schema = schema.get_mut(SCHEMA).unwrap().as_map_mut().unwrap();
            schema.insert("type", span(), Data::string("array", span()));
        }
        assert_eq!(hlc_kube::to_yaml(&ours), hlc_kube::to_yaml(&theirs));
        assert_ne!(hlc_kube::to_yaml(&ours), hlc_kube::to_yaml(&found[0].body));
    }

    #[test]
    fn what_a_schema_has_wrong_is_found_again() {
        let wrong = DEFINED.replacen("description: |", "descripton: |", 1);
        let packed = Packed::of(&objects(&wrong, span()).unwrap());
        let had = packed.objects(span()).unwrap();
        assert_eq!(hlc_kube::validate("apiextensions.k8s.io/v1", DEFINITION, &had[0].body).len(), 1);
    }

    #[test]
    fn other_bytes_are_nothing_and_harm_nobody() {
        let found = objects(&format!("{MANIFEST}{DEFINED}"), span()).unwrap();
        let packed = Packed::of(&found);
        for end in 0..packed.bytes().len() {
            assert_eq!(unpacked(packed.bytes()[..end].to_vec()), None, "{end}");
        }
        for at in 0..packed.bytes().len() {
            let mut bytes = packed.bytes().to_vec();
            bytes[at] ^= 0xff;
            // Whatever it is then, also when somebody looks into it.
            let _ = unpacked(bytes).map(|objects| objects == found);
        }
        // Lists in lists in lists.
        let deep: Vec<u8> = [0, 1, 0].into_iter().chain([tag::LIST, 1].repeat(100_000)).collect();
        assert_eq!(unpacked(deep), None);
    }
}
