//! Secrets ask their store for paths and keys it holds.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::suggest::{list_names, nearest};

use super::{Check, Facts};
use crate::concept::{SecretStore, StorePath};
use crate::workload::Secret;

pub(super) const CHECK: Check = Check { codes: &[&STORE_PATH, &STORE_KEY], run };

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

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.whole_workloads() {
        for secret in &workload.workload.secret {
            if let Some(store) = secret.store(facts.model) {
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
            found.push(missing_key(store, path, &key.value, key.span));
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
