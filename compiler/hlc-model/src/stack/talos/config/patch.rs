//! Patches as they are written.

use hlc_schema::free::{FreeEntry, FreeKind};
use hlc_schema::{Data, DataValue, Free, FreeBlock};

use crate::concept::Talos;

/// What tells the documents of a configuration apart (`StrategicMerge`, the document id). The `v1alpha1` document has
/// neither kind nor name, so that it comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DocumentId {
    /// Its kind.
    pub(crate) kind: String,
    api_version: String,
    name: String,
}

impl DocumentId {
    /// The document that a patch is for.
    pub(super) fn of(patch: &Data) -> Self {
        let text = |key| patch.get(key).and_then(Data::as_str).unwrap_or_default().to_owned();
        Self::new(text("kind"), text("apiVersion"), text("name"))
    }

    /// The document that a patch is for, as far as it is written out.
    pub(crate) fn written(patch: &Free) -> Self {
        let text = |key| match entries(patch).iter().find(|entry| entry.key == key).map(|entry| &entry.value.kind) {
            Some(FreeKind::Literal(DataValue::String(text))) => text.as_str().to_owned(),
            _ => String::new(),
        };
        Self::new(text("kind"), text("apiVersion"), text("name"))
    }

    fn new(kind: String, api_version: String, name: String) -> Self {
        if kind.is_empty() { Self::default() } else { Self { kind, api_version, name } }
    }

    /// True for the document with the parts `machine` and `cluster`.
    pub(crate) fn is_v1alpha1(&self) -> bool {
        self.kind.is_empty()
    }
}

/// The entries of a block of data that are written out in it.
pub(crate) fn entries(free: &Free) -> &[FreeEntry] {
    if let FreeKind::Map { entries, .. } = &free.kind { entries } else { &[] }
}

/// Every place of a cluster that has patches, with these: once each, whichever machines they reach.
pub(crate) fn patches(talos: &Talos) -> Vec<&[FreeBlock]> {
    let machines = talos.machines();
    let layers = machines.into_iter().flat_map(|machine| &machine.patch.0);
    let mut places: Vec<&[FreeBlock]> = layers.map(Vec::as_slice).collect();
    let at = |place: &&[FreeBlock]| place.first().map(|block| block.head);
    places.sort_by_key(at);
    places.dedup_by_key(|place| place.first().map(|block| block.head));
    places
}
