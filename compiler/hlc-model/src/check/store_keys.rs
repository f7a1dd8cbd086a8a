//! Secrets ask their store for paths and keys it holds.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Node as _;
use hlc_schema::suggest::{list_names, nearest};

use super::{Check, Facts};
use crate::concept::{SecretStore, StorePath};
use crate::workload::Secret;

pub(super) const CHECK: Check = Check { codes: &[&STORE_PATH, &STORE_KEY, &GIVEN_TWICE], run };

/// A path that the store does not hold.
pub(crate) static STORE_PATH: Code = Code {
    id: "HLC0606",
    name: "store-path",
    severity: Severity::Error,
    summary: "a secret comes from a path that its store does not hold",
    explain: "The operator would log an error and never make the Secret; pods that need it would hang in \
              `CreateContainerConfigError`. If the path exists, declare it in the `secret-store`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/wbe\" { keys \"TOKEN\" }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" }\n}",
};

/// A key that the path does not hold.
pub(crate) static STORE_KEY: Code = Code {
    id: "HLC0607",
    name: "store-key",
    severity: Severity::Error,
    summary: "a secret asks for a key that its store path does not hold",
    explain: "The Secret would be made without the key, and every container that reads it would fail to start. Set the key in \
              the store and declare it at the `path` of the `secret-store`, or correct its name.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKNE\" }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" }\n}",
};

/// A key or path that is listed twice.
pub(crate) static GIVEN_TWICE: Code = Code {
    id: "HLC0621",
    name: "given-twice",
    severity: Severity::Error,
    summary: "a key of a secret, or a path of a store, is listed twice",
    explain: "Each key of a Secret has one value, and each path of a store one list of keys: of two, one would be lost.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" \"TOKEN\" \
          }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" }\n}",
};

/// Reports every name that was there before.
fn twice<'a>(what: &str, names: impl Iterator<Item = (&'a str, Span)>, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeMap::new();
    for (name, span) in names {
        if let Some(first) = seen.insert(name, span) {
            found.push(
                Diagnostic::new(&GIVEN_TWICE, span, format!("the {what} `{name}` is listed twice"))
                    .label(first, "first listed here")
                    .help("keep one of the two"),
            );
        }
    }
}

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for store in facts.model.stores() {
        twice("path", store.path.iter().map(|path| (path.path.value.as_str(), path.path.span)), found);
        for path in &store.path {
            twice("key", path.keys.iter().map(|key| (key.value.as_str(), key.span)), found);
        }
    }
    let hidden = facts.model.faults.may_hide(StorePath::decl());
    for workload in facts.sound_workloads() {
        for secret in &workload.workload.bootstrap_secret {
            twice("key", secret.key.iter().map(|key| (key.name.value.as_str(), key.name.span)), found);
        }
        for secret in &workload.workload.secret {
            twice("key", secret.kubernetes_keys().map(|key| (key.value.as_str(), key.span)), found);
            if let Some(store) = secret.store(facts.model).filter(|_| !hidden) {
                check(secret, store, found);
            }
        }
    }
}

fn check(secret: &Secret, store: &SecretStore, found: &mut Vec<Diagnostic>) {
    let Some(path) = store.path.iter().find(|path| path.path.value == secret.path.value) else {
        let paths: Vec<_> = store.path.iter().map(|path| path.path.value.as_str()).collect();
        let diagnostic = Diagnostic::new(
            &STORE_PATH,
            secret.path.span,
            format!("store `{}` has no path `{}`", store.name.name, secret.path.value),
        );
        found.push(match nearest(&secret.path.value, paths.iter().copied()) {
            Some(meant) => {
                let declared = store
                    .path
                    .iter()
                    .find(|path| path.path.value == meant)
                    .map_or(store.name.span, |path| path.path.span);
                diagnostic
                    .label(declared, "this path is declared here")
                    .help(format!("did you mean `{meant}`?"))
                    .suggest(format!("write `{meant}`"), secret.path.span, format!("\"{meant}\""))
            }
            None => diagnostic
                .label(store.name.span, "the store is declared here")
                .help(format!("if it exists, declare it there: `path \"{}\" {{ keys … }}`", secret.path.value)),
        });
        return;
    };
    for key in secret.store_keys() {
        if path.keys.iter().all(|known| known.value != key.value) {
            found.push(missing_key(store, path, key.value.as_str(), key.span));
        }
    }
}

fn missing_key(store: &SecretStore, path: &StorePath, key: &str, span: hlc_diag::Span) -> Diagnostic {
    let known: Vec<_> = path.keys.iter().map(|key| key.value.as_str()).collect();
    let held = if known.is_empty() {
        "no keys are declared here".to_owned()
    } else {
        format!("this path holds {}", list_names(&known, "and"))
    };
    let diagnostic = Diagnostic::new(
        &STORE_KEY,
        span,
        format!("path `{}` of store `{}` does not hold `{key}`", path.path.value, store.name.name),
    )
    .label(path.path.span, held);
    match nearest(key, known.iter().copied()) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).suggest(
            format!("write `{meant}`"),
            span,
            format!("\"{meant}\""),
        ),
        None => diagnostic.help(format!("set `{key}` in the store, then add it to the `keys` of that path")),
    }
}
