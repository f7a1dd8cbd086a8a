//! Secrets by name, and who reads them. Never their values.

use std::collections::BTreeMap;

use hlc_diag::Span;
use hlc_schema::Data;

use super::rights::Rights;
use crate::check::pod_references::{Kind as Read, references};
use crate::check::{Facts, pod_template};
use crate::workload::workload_namespace;

/// A secret that is kept somewhere.
#[derive(Clone, Debug)]
pub struct Secret {
    /// What keeps it.
    pub keeper: Keeper,
    /// Its name.
    pub name: String,
    /// Its keys, where it has several; sorted.
    pub keys: Vec<String>,
    /// Where it is declared; of one in the SOPS file, its key there or its first use.
    pub span: Span,
    /// Who reads it, in the order they are named.
    pub readers: Vec<SecretReader>,
}

/// What keeps a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeper {
    /// The SOPS file.
    Sops,
    /// Kubernetes, in this namespace.
    Kubernetes(String),
}

/// Who reads a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretReader {
    /// In words: a workload, pods, a ServiceAccount.
    pub who: String,
    /// Where that is said.
    pub span: Span,
}

/// Who can open the SOPS file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// A public key, or what else names it.
    pub name: String,
    /// Where it stands in the file.
    pub span: Span,
}

pub(super) fn recipients(facts: &Facts<'_>) -> Vec<Recipient> {
    let file = facts.secrets().and_then(|(_, secrets)| secrets.file.as_ref().ok());
    let recipients = file.into_iter().flat_map(|file| file.metadata.recipients());
    recipients.map(|recipient| Recipient { name: recipient.name.clone(), span: recipient.span }).collect()
}

/// Every secret, those of the SOPS file first, ordered by name.
pub(super) fn list(facts: &Facts<'_>, rights: &Rights<'_>) -> Vec<Secret> {
    let mut secrets = of_sops(facts);
    secrets.extend(of_kubernetes(facts, rights));
    secrets
}

fn of_sops(facts: &Facts<'_>) -> Vec<Secret> {
    let entries = crate::secrets::inventory(facts.model);
    let secrets = entries.into_iter().filter_map(|entry| {
        let span = entry.place.or_else(|| entry.uses.first().copied())?;
        let readers = entry.uses.iter().map(|at| SecretReader { who: used_by(facts, *at), span: *at }).collect();
        Some(Secret { keeper: Keeper::Sops, name: entry.name.to_owned(), keys: Vec::new(), span, readers })
    });
    secrets.collect()
}

/// What a use of a secret stands in.
fn used_by(facts: &Facts<'_>, at: Span) -> String {
    let model = facts.model;
    if let Some((_, workload)) = model.workloads().find(|(_, workload)| workload.holds(at)) {
        return format!("workload `{}`", workload.name.name);
    }
    if let Some((_, addon)) = model.addons().find(|(_, addon)| addon.holds(at)) {
        return format!("addon `{}`", addon.name.name);
    }
    "the homelab".to_owned()
}

fn of_kubernetes(facts: &Facts<'_>, rights: &Rights<'_>) -> Vec<Secret> {
    let mut secrets: BTreeMap<(String, String), Secret> = BTreeMap::new();
    let mut add = |namespace: &str, name: &str, keys: Vec<String>, span: Span| {
        let secret = secrets.entry((namespace.to_owned(), name.to_owned())).or_insert_with(|| Secret {
            keeper: Keeper::Kubernetes(namespace.to_owned()),
            name: name.to_owned(),
            keys: Vec::new(),
            span,
            readers: Vec::new(),
        });
        secret.keys.extend(keys);
        secret.keys.sort();
        secret.keys.dedup();
        secret.span = secret.span.min(span);
    };
    for (_, unit) in facts.model.units().filter(|(_, unit)| unit.is_made()) {
        let namespace = workload_namespace(unit);
        for secret in &unit.secret {
            let keys = secret.kubernetes_keys().map(|key| key.value.as_str().to_owned()).collect();
            add(namespace, &secret.name.name, keys, secret.name.span);
        }
        for secret in &unit.bootstrap_secret {
            let keys = secret.key.iter().map(|key| key.name.value.as_str().to_owned()).collect();
            add(namespace, &secret.name.name, keys, secret.name.span);
        }
    }
    for object in facts.objects().filter(|object| object.kind == "Secret") {
        let maps = ["data", "stringData"].into_iter().filter_map(|field| object.body.get(field)?.as_map());
        let keys = maps.flat_map(|map| map.iter().map(|(key, _)| key.to_owned())).collect();
        add(object.namespace.as_deref().unwrap_or_default(), &object.name, keys, object.origin);
    }
    // What pods read that nobody declares is a secret too: a chart or an operator makes it.
    let mut pods: Vec<((String, String), SecretReader)> = Vec::new();
    for object in facts.objects() {
        let Some(spec) = pod_template(object).and_then(|template| template.get("spec")) else { continue };
        let namespace = object.namespace.as_deref().unwrap_or_default();
        for reference in references(spec, Read::Secret) {
            let Some(name) = Data::as_str(reference.name) else { continue };
            let who = format!("{} `{}`", object.kind, object.name);
            pods.push(((namespace.to_owned(), name.to_owned()), SecretReader { who, span: reference.name.span }));
            if !secrets_has(facts, namespace, name) {
                add(namespace, name, Vec::new(), reference.name.span);
            }
        }
    }
    for (of, reader) in pods {
        if let Some(secret) = secrets.get_mut(&of)
            && !secret.readers.iter().any(|known| known.who == reader.who)
        {
            secret.readers.push(reader);
        }
    }
    for ((namespace, name), secret) in &mut secrets {
        let readers = rights.readers(namespace, name).into_iter();
        secret.readers.extend(readers.map(|reader| SecretReader { who: reader.subject, span: reader.at }));
    }
    secrets.into_values().collect()
}

/// True when a Secret is declared.
fn secrets_has(facts: &Facts<'_>, namespace: &str, name: &str) -> bool {
    facts.namespace(namespace).is_some_and(|within| {
        within.object("Secret", name).is_some()
            || within.secrets.iter().any(|secret| secret.name.name == name)
            || within.bootstrap_secrets.iter().any(|secret| secret.name.name == name)
    })
}
