//! Objects in a form that is read many times faster than YAML: for caches.
//!
//! Keys stand in a table at the beginning, since a chart's objects have the same ones again and again; everything else follows in the
//! order in which it is read. Whoever keeps such bytes sees to it that they come back as they were, and says [`FORMAT`] with them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use hlc_diag::Span;
use hlc_schema::{Data, DataValue, Float, Key, Map};

use crate::manifest::RenderedObject;

/// The version of the form: other ones are not read.
pub const FORMAT: &str = "1";

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
            writer.data(&object.body);
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
        let mut reader = Reader { rest: self.bytes(), keys: Vec::new(), span };
        let keys = reader.count()?;
        reader.keys.reserve(keys);
        for _ in 0..keys {
            let key = Key::from(reader.text()?);
            reader.keys.push(key);
        }
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
}

#[derive(Default)]
struct Writer<'d> {
    keys: HashMap<&'d str, usize>,
    names: Vec<&'d str>,
    bytes: Vec<u8>,
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

    fn data(&mut self, data: &'d Data) {
        match &data.value {
            // What is only known later is in no chart.
            DataValue::Null | DataValue::Deferred(_) => self.bytes.push(tag::NULL),
            DataValue::Bool(false) => self.bytes.push(tag::FALSE),
            DataValue::Bool(true) => self.bytes.push(tag::TRUE),
            DataValue::Integer(number) => {
                self.bytes.push(if *number < 0 { tag::NEGATIVE } else { tag::POSITIVE });
                self.number(number.unsigned_abs());
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
                items.iter().for_each(|item| self.data(item));
            }
            DataValue::Map(map) => {
                self.bytes.push(tag::MAP);
                self.number(map.len() as u128);
                for (key, entry) in map.iter() {
                    let next = self.names.len();
                    let place = *self.keys.entry(key).or_insert(next);
                    if place == next {
                        self.names.push(key);
                    }
                    self.number(place as u128);
                    self.data(&entry.value);
                }
            }
        }
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
    keys: Vec<Key>,
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

    fn data(&mut self, depth: usize) -> Option<Data> {
        let depth = depth.checked_sub(1)?;
        let value = match self.byte()? {
            tag::NULL => DataValue::Null,
            tag::FALSE => DataValue::Bool(false),
            tag::TRUE => DataValue::Bool(true),
            tag::POSITIVE => DataValue::Integer(i128::try_from(self.number()?).ok()?),
            tag::NEGATIVE => DataValue::Integer(i128::try_from(self.number()?).ok()?.checked_neg()?),
            tag::FLOAT => DataValue::Float(Float::read(self.text()?)?),
            tag::TEXT => DataValue::String(self.text()?.to_owned()),
            tag::LIST => {
                let count = self.count()?;
                let mut items = Vec::with_capacity(count);
                for _ in 0..count {
                    items.push(self.data(depth)?);
                }
                DataValue::List(items)
            }
            tag::MAP => {
                let count = self.count()?;
                let mut map = Map::with_capacity(count);
                for _ in 0..count {
                    let place = usize::try_from(self.number()?).ok()?;
                    let key = self.keys.get(place)?.clone();
                    let value = self.data(depth)?;
                    map.insert(key, self.span, value);
                }
                DataValue::Map(map)
            }
            _ => return None,
        };
        Some(Data::new(value, self.span))
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

    #[test]
    fn other_bytes_are_nothing_and_harm_nobody() {
        let packed = Packed::of(&objects(MANIFEST, span()).unwrap());
        for end in 0..packed.bytes().len() {
            assert_eq!(unpacked(packed.bytes()[..end].to_vec()), None, "{end}");
        }
        for at in 0..packed.bytes().len() {
            let mut bytes = packed.bytes().to_vec();
            bytes[at] ^= 0xff;
            // Whatever it is then.
            let _ = unpacked(bytes);
        }
        // Lists in lists in lists.
        let deep: Vec<u8> = [0, 1, 0].into_iter().chain([tag::LIST, 1].repeat(100_000)).collect();
        assert_eq!(unpacked(deep), None);
    }
}
