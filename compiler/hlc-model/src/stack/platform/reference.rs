//! What objects name by their fields: other objects that are to be there first.

use hlc_schema::{Data, DataValue};

/// An object that another names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference<'d> {
    pub(super) kind: &'d str,
    /// The namespace it is in, where the reference says so.
    pub(super) namespace: Option<&'d str>,
    pub(super) name: &'d str,
}

/// Fields whose text is the name of an object of a kind.
const NAMES: &[(&str, &str)] = &[
    ("gatewayClassName", "GatewayClass"),
    ("ingressClassName", "IngressClass"),
    ("priorityClassName", "PriorityClass"),
    ("runtimeClassName", "RuntimeClass"),
    ("serviceAccountName", "ServiceAccount"),
    ("storageClassName", "StorageClass"),
];

/// Maps that name an object: the map, the field with the name, and the kind.
const MAPS: &[(&str, &str, &str)] = &[
    ("ca", "secretName", "Secret"),
    ("configMap", "name", "ConfigMap"),
    ("configMapKeyRef", "name", "ConfigMap"),
    ("configMapRef", "name", "ConfigMap"),
    ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
    ("secret", "secretName", "Secret"),
    ("secretKeyRef", "name", "Secret"),
    ("secretRef", "name", "Secret"),
];

/// Maps and lists of maps that name an object with its kind; the kind when they do not say it.
const TYPED: &[(&str, &str)] = &[
    ("certificateRefs", "Secret"),
    ("issuerRef", "Issuer"),
    ("parentRefs", "Gateway"),
    ("roleRef", "Role"),
    ("subjects", "ServiceAccount"),
];

/// Adds everything that an object's body names.
pub(super) fn collect<'d>(data: &'d Data, found: &mut Vec<Reference<'d>>) {
    match &data.value {
        DataValue::List(items) => items.iter().for_each(|item| collect(item, found)),
        DataValue::Map(map) => {
            for (key, entry) in map.iter() {
                named(key, &entry.value, found);
                collect(&entry.value, found);
            }
        }
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => {}
    }
}

fn named<'d>(key: &str, value: &'d Data, found: &mut Vec<Reference<'d>>) {
    let text = |data: &'d Data, field: &str| data.get(field).and_then(Data::as_str);
    if let (Some(name), Some((_, kind))) = (value.as_str(), NAMES.iter().find(|(field, _)| *field == key)) {
        found.push(Reference { kind, namespace: None, name });
    }
    let fixed = MAPS.iter().find(|(map, _, _)| *map == key).map(|(_, field, kind)| (*field, *kind));
    // cert-manager names what its solvers read `…SecretRef`; the key of an ACME account it makes itself.
    let solver = (key.ends_with("SecretRef") && key != "privateKeySecretRef").then_some(("name", "Secret"));
    if let Some((field, kind)) = fixed.or(solver)
        && let Some(name) = text(value, field)
    {
        found.push(Reference { kind, namespace: text(value, "namespace"), name });
    }
    if let Some((_, usual)) = TYPED.iter().find(|(field, _)| *field == key) {
        for item in value.as_list().unwrap_or(std::slice::from_ref(value)) {
            let Some(name) = text(item, "name") else { continue };
            let kind = text(item, "kind").unwrap_or(usual);
            found.push(Reference { kind, namespace: text(item, "namespace"), name });
        }
    }
}
