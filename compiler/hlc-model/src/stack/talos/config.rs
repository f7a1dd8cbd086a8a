//! The configuration documents of a machine: what hlc makes of cluster and machine, then the patches over it.

mod cluster_part;
mod machine_part;
mod merge;
mod patch;

pub(crate) use patch::{DocumentId, entries, patches};

use hlc_diag::{Code, Span};
use hlc_schema::{Data, DataValue, Map, ScopeId, Text};

use super::Cluster;
use crate::concept::Machine;
use crate::resolve::{Place, Resolver};

/// What making the configuration can report.
pub(crate) static CODES: &[&Code] = &[&merge::PATCH_SHAPE, &machine_part::TAINT];

/// The documents of a machine, the `v1alpha1` one first and the others ordered by what they are; `None` after reporting.
pub(super) fn documents(resolver: &Resolver<'_>, cluster: &Cluster<'_>, machine: &Machine) -> Option<Vec<Data>> {
    let mut documents = vec![(DocumentId::default(), generated(resolver, cluster, machine)?)];
    let mut whole = true;
    for block in machine.patch.0.iter().flatten() {
        let Some(patch) = resolver.data(&block.value, ScopeId::default(), Place::Plan) else {
            whole = false;
            continue;
        };
        let id = DocumentId::of(&patch);
        let at = documents.iter().position(|(known, _)| *known == id);
        match at.and_then(|at| documents.get_mut(at)) {
            Some((id, document)) => whole &= merge::merge(id, document, patch, resolver),
            None => documents.push((id, merge::new_document(patch))),
        }
    }
    documents.sort_by(|(a, _), (b, _)| a.cmp(b));
    whole.then(|| documents.into_iter().map(|(_, document)| document).collect())
}

/// The `v1alpha1` document as `talosctl gen config` makes it, with the machine's own facts in it.
///
/// Two parts of what it makes are left out: `machine.install`, since the disk is made from an image that is installed
/// already, and the document `HostnameConfig` (Talos 1.12 and later), since `machine.network.hostname` says the name and
/// both together are a conflict.
fn generated(resolver: &Resolver<'_>, cluster: &Cluster<'_>, machine: &Machine) -> Option<Data> {
    let at = machine.name.span;
    let mut document = Section::new(at);
    document.text("version", "v1alpha1");
    document.put("debug", Data::bool(false, at));
    document.put("machine", machine_part::part(resolver, cluster, machine)?);
    document.put("cluster", cluster_part::part(cluster, machine)?);
    Some(document.finish())
}

/// A map in the making, all of which comes from one place.
struct Section {
    map: Map,
    at: Span,
}

impl Section {
    fn new(at: Span) -> Self {
        Self { map: Map::new(), at }
    }

    fn put(&mut self, key: &str, value: Data) {
        self.map.insert(key, self.at, value);
    }

    fn text(&mut self, key: &str, value: impl Into<Text>) {
        self.put(key, Data::string(value, self.at));
    }

    /// A map with `true` under each key.
    fn flags(&mut self, keys: &[&str]) {
        for key in keys {
            self.put(key, Data::bool(true, self.at));
        }
    }

    /// Puts a certificate there, with its key if it is wanted.
    fn authority(&mut self, key: &str, cluster: &Cluster<'_>, name: &str, with_key: bool) {
        let secret = |part: &str| Data::deferred(cluster.secret(&format!("{name}-{part}")), self.at);
        let mut parts = vec![("crt", secret("crt"))];
        parts.extend(with_key.then(|| ("key", secret("key"))));
        self.put(key, Data::map(parts, self.at));
    }

    /// Puts one of the values there that are made up once.
    fn secret(&mut self, key: &str, cluster: &Cluster<'_>, name: &str) {
        self.put(key, Data::deferred(cluster.secret(name), self.at));
    }

    fn finish(self) -> Data {
        Data::new(DataValue::Map(self.map), self.at)
    }
}
