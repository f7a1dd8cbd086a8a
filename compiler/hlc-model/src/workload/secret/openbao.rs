//! Secrets from OpenBao, through the Secrets Store CSI driver.
//!
//! The driver makes a Secret while a pod mounts its SecretProviderClass, and takes it away with the last one. Where no pod of
//! the workload does, a Deployment that only waits mounts it.

use hlc_plan::PlannedObject;
use hlc_schema::{Data, DataValue, ScopeId};

use super::Secret;
use crate::concept::{SecretStore, StoreKind};
use crate::lower::Lower;

/// The image that only waits: what Kubernetes itself uses for it.
const PAUSE: &str = "registry.k8s.io/pause:3.10";
const SYNC: &str = "secret-sync";
const DRIVER: &str = "secrets-store.csi.k8s.io";

/// The secrets of one SecretProviderClass.
struct Class<'m> {
    name: Data,
    store: &'m SecretStore,
    secrets: Vec<&'m Secret>,
}

/// The objects for all secrets of a workload that come from OpenBao; `others` are the workload's other objects.
pub(crate) fn lower_openbao(lower: &Lower<'_>, others: &[PlannedObject]) -> Vec<PlannedObject> {
    let mut classes: Vec<Class<'_>> = Vec::new();
    for secret in &lower.workload.secret {
        let Some(store) = secret.store(lower.resolver.model) else { continue };
        if store.kind.value != StoreKind::Openbao {
            continue;
        }
        let (name, span) = secret.object_name();
        match classes.iter_mut().find(|class| class.name.as_str() == Some(name)) {
            Some(class) => class.secrets.push(secret),
            None => classes.push(Class { name: Data::string(name, span), store, secrets: vec![secret] }),
        }
    }
    let idle: Vec<&Class<'_>> = classes
        .iter()
        .filter(|class| {
            let name = class.name.as_str().unwrap_or_default();
            others.iter().all(|object| !mounts(&object.body, name))
        })
        .collect();
    let sync = if idle.is_empty() { Vec::new() } else { sync(lower, &idle) };
    classes.iter().filter_map(|class| provider_class(lower, class)).chain(sync).collect()
}

/// The SecretProviderClass (secrets-store.csi.x-k8s.io/v1, provider `openbao`).
fn provider_class(lower: &Lower<'_>, class: &Class<'_>) -> Option<PlannedObject> {
    let first = class.secrets.first()?;
    let at = first.head;
    let text = |text: &str| Data::string(text, at);
    let host = lower.resolver.value(&class.store.host, ScopeId::default())?;
    let mount = class.store.mount.as_ref().map_or("secret", |mount| mount.value.as_str());
    // One entry per value, whichever Secrets it goes into.
    let mut files: Vec<(String, String, &str)> = Vec::new();
    let mut made: Vec<Data> = Vec::new();
    for secret in &class.secrets {
        let path = format!("{mount}/data/{}", secret.path.value.trim_matches('/'));
        let mut data = Vec::new();
        for (from, to) in secret.store_keys().zip(secret.kubernetes_keys()) {
            let key = from.value.as_str();
            let known = files.iter().find(|(_, of, named)| *of == path && *named == key);
            let name = known.map(|(name, _, _)| name.clone()).unwrap_or_else(|| {
                let taken = files.iter().any(|(name, _, _)| name == key);
                let name = if taken { format!("{}-{key}", secret.name.name) } else { key.to_owned() };
                files.push((name.clone(), path.clone(), key));
                name
            });
            let name = Data::string(name, from.span);
            data.push(Data::map([("key", Data::string(to.value.as_str(), to.span)), ("objectName", name)], to.span));
        }
        made.push(Data::map(
            [
                ("data", Data::list(data, at)),
                ("secretName", Data::string(secret.name.name.as_str(), secret.name.span)),
                ("type", text("Opaque")),
            ],
            at,
        ));
    }
    let objects: Vec<String> = files
        .iter()
        .map(|(name, path, key)| format!("- objectName: \"{name}\"\n  secretPath: \"{path}\"\n  secretKey: \"{key}\""))
        .collect();
    let role = class.secrets.iter().find_map(|secret| secret.role.as_ref());
    let role =
        role.map_or_else(|| text(&lower.workload.name.name), |role| Data::string(role.value.as_str(), role.span));
    let parameters = Data::map(
        [
            ("objects", text(&objects.join("\n"))),
            ("roleName", role),
            ("vaultAddress", Data::string(host.value.as_str(), host.span)),
        ],
        at,
    );
    let name = class.name.as_str().unwrap_or_default();
    let mut object = lower.object("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", name, class.name.span);
    let spec = [("parameters", parameters), ("provider", text("openbao")), ("secretObjects", Data::list(made, at))];
    object.field("spec", Data::map(spec, at));
    object.finish_with(class.secrets.iter().find_map(|secret| secret.extra.as_ref()))
}

/// True when data mounts a class, also as text: the values of a chart.
fn mounts(data: &Data, class: &str) -> bool {
    match &data.value {
        DataValue::Map(map) => map.iter().any(|(key, entry)| {
            (key == "secretProviderClass" && entry.value.as_str() == Some(class)) || mounts(&entry.value, class)
        }),
        DataValue::List(items) => items.iter().any(|item| mounts(item, class)),
        DataValue::String(text) => {
            text.lines().any(|line| line.trim().strip_prefix("secretProviderClass: ") == Some(class))
        }
        DataValue::Null | DataValue::Bool(_) | DataValue::Integer(_) | DataValue::Float(_) | DataValue::Deferred(_) => {
            false
        }
    }
}

/// A Deployment that mounts classes and does nothing else, with its ServiceAccount.
fn sync(lower: &Lower<'_>, classes: &[&Class<'_>]) -> Vec<PlannedObject> {
    let Some(at) = classes.first().map(|class| class.name.span) else { return Vec::new() };
    let text = |text: &str| Data::string(text, at);
    let volume_name =
        |index: usize| if index == 0 { "openbao-secrets".to_owned() } else { format!("openbao-secrets-{index}") };
    let mount_path =
        |index: usize| if index == 0 { "/mnt/secrets".to_owned() } else { format!("/mnt/secrets-{index}") };
    let mounts = (0..classes.len()).map(|index| {
        let fields = [
            ("mountPath", text(&mount_path(index))),
            ("name", text(&volume_name(index))),
            ("readOnly", Data::bool(true, at)),
        ];
        Data::map(fields, at)
    });
    let volumes = classes.iter().enumerate().map(|(index, class)| {
        let attributes = Data::map([("secretProviderClass", class.name.clone())], at);
        let csi = [("driver", text(DRIVER)), ("readOnly", Data::bool(true, at)), ("volumeAttributes", attributes)];
        Data::map([("csi", Data::map(csi, at)), ("name", text(&volume_name(index)))], at)
    });
    let container = Data::map(
        [("image", text(PAUSE)), ("name", text("pause")), ("volumeMounts", Data::list(mounts.collect(), at))],
        at,
    );
    let labels = || Data::map([("app", text(SYNC))], at);
    // Values that change in the store reach the pods that read them when Reloader restarts these.
    let annotations = Data::map([("reloader.stakater.com/auto", text("true"))], at);
    let pod = Data::map(
        [
            ("containers", Data::list(vec![container], at)),
            ("serviceAccountName", text(SYNC)),
            ("volumes", Data::list(volumes.collect(), at)),
        ],
        at,
    );
    let metadata = Data::map([("annotations", annotations), ("labels", labels())], at);
    let spec = Data::map(
        [
            ("replicas", Data::integer(1, at)),
            ("selector", Data::map([("matchLabels", labels())], at)),
            ("template", Data::map([("metadata", metadata), ("spec", pod)], at)),
        ],
        at,
    );
    let mut deployment = lower.object("apps/v1", "Deployment", SYNC, at);
    deployment.field("spec", spec);
    vec![deployment.finish(), lower.object("v1", "ServiceAccount", SYNC, at).finish()]
}
