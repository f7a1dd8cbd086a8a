//! What the containers of a pod read: Secrets and ConfigMaps, and keys of them.

use hlc_schema::{Data, DataValue};

use super::containers;

/// A Secret or ConfigMap that a pod reads.
pub(crate) struct Reference<'d> {
    /// Its name.
    pub(crate) name: &'d Data,
    /// The keys of it that have to be there.
    pub(crate) keys: Vec<&'d Data>,
    /// True when the pod starts without.
    pub(crate) optional: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Secret,
    ConfigMap,
}

/// Everything that a pod with this spec reads of a kind, in the order of its fields.
pub(crate) fn references(spec: &Data, kind: Kind) -> impl Iterator<Item = Reference<'_>> {
    let variables = containers(spec).flat_map(move |container| {
        let env = items(container, "env").filter_map(move |variable| {
            let source = variable.get("valueFrom")?;
            match kind {
                Kind::Secret => named(source.get("secretKeyRef")?, "name"),
                Kind::ConfigMap => named(source.get("configMapKeyRef")?, "name"),
            }
        });
        let env_from = items(container, "envFrom").filter_map(move |source| match kind {
            Kind::Secret => named(source.get("secretRef")?, "name"),
            Kind::ConfigMap => named(source.get("configMapRef")?, "name"),
        });
        env.chain(env_from)
    });
    let volumes = items(spec, "volumes").flat_map(move |volume| {
        let own = match kind {
            Kind::Secret => volume.get("secret").and_then(|source| named(source, "secretName")),
            Kind::ConfigMap => volume.get("configMap").and_then(|source| named(source, "name")),
        };
        let sources = volume.get("projected").into_iter().flat_map(|projected| items(projected, "sources"));
        let projected = sources.filter_map(move |source| match kind {
            Kind::Secret => named(source.get("secret")?, "name"),
            Kind::ConfigMap => named(source.get("configMap")?, "name"),
        });
        own.into_iter().chain(projected)
    });
    variables.chain(volumes)
}

/// The items of a list.
pub(crate) fn items<'d>(data: &'d Data, field: &str) -> impl Iterator<Item = &'d Data> + use<'d> {
    data.get(field).and_then(Data::as_list).into_iter().flatten()
}

fn named<'d>(source: &'d Data, field: &str) -> Option<Reference<'d>> {
    let optional = matches!(source.get("optional").map(|flag| &flag.value), Some(DataValue::Bool(true)));
    let keys = source.get("key").into_iter().chain(items(source, "items").filter_map(|item| item.get("key"))).collect();
    Some(Reference { name: source.get(field)?, keys, optional })
}
