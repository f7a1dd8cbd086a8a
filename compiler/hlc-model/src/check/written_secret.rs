//! What is called a password or a token is not written out where containers and charts are told it.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::free::FreeKind;
use hlc_schema::{Data, DataValue, Map};

use super::pod_references::items;
use super::{Check, Facts, containers};

pub(super) const CHECK: Check = Check { codes: &[&WRITTEN_SECRET], run };

/// A value that by its name is a secret.
pub(crate) static WRITTEN_SECRET: Code = Code {
    id: "HLC0679",
    name: "written-secret",
    severity: Severity::Warning,
    summary: "a value that by its name is a secret, written out",
    explain: "What stands in the variables of a container, the values of a chart or a file of variables is in Git, and of the first two \
              in the manifests branch too. Told by the name alone: one that ends in `password`, `token`, `api-key`, \
              `private-key` or `client-secret`, and of a variable in `secret-key`. A path, a text with `$` and an empty one are none. If it is no secret, `allow` it with the \
              reason; if it is a real one, change it where it was issued.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec { containers { - name=web image=\"web:1\" { env { \
          - name=DB_PASSWORD value=changeme } } } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" }\n    Pod \"web\" { spec \
           { containers { - name=web image=\"web:1\" { env { - name=TOKEN { valueFrom { secretKeyRef name=web key=TOKEN } } } } } } }\n}",
};

/// How the names of secrets end, written small and without what stands between words.
const ENDINGS: &[&str] = &["password", "passwd", "token", "apikey", "privatekey", "clientsecret"];

/// How those of variables may end too; in the values of charts it is the name of a key that a Secret has.
const OF_VARIABLES: &str = "secretkey";

/// How much of a name is before its ending when it is the name of something that holds the secret.
const OF_ANOTHER: &str = "existing";

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    // What several releases share is written once.
    let mut written: BTreeMap<Span, (String, &str)> = BTreeMap::new();
    for workload in facts.sound_workloads() {
        for (_, template) in workload.pod_templates().filter(|(object, _)| object.rendered.is_none()) {
            let variables = template.get("spec").into_iter().flat_map(containers);
            for variable in variables.flat_map(|container| items(container, "env")) {
                let (Some(name), Some(value)) = (variable.get("name").and_then(Data::as_str), variable.get("value"))
                else {
                    continue;
                };
                if is_secret_variable(name) && value.as_str().is_some_and(is_value) {
                    written.insert(value.span, (name.to_owned(), FROM_SECRET));
                }
            }
        }
    }
    for unit in facts.units.iter().filter(|unit| !unit.idle) {
        for chart in &unit.source.chart {
            for release in chart.releases() {
                if let Some(values) = facts.charts.values(unit.scope, chart, &release) {
                    in_values(values, &mut written);
                }
            }
        }
    }
    let bundles = facts.model.hetzner.iter().flat_map(|(_, hetzner)| &hetzner.server).flat_map(|server| &server.bundle);
    for file in bundles.flat_map(|bundle| &bundle.env_file) {
        for entry in &file.variables {
            if let FreeKind::Literal(DataValue::String(text)) = &entry.value.kind
                && is_secret_variable(entry.key.as_str())
                && is_value(text)
            {
                written.insert(entry.value.span, (entry.key.as_str().to_owned(), FROM_SOPS));
            }
        }
    }
    for (at, (name, help)) in written {
        found.push(
            Diagnostic::new(&WRITTEN_SECRET, at, format!("the value of `{name}` is written out")).help(help).veiled(),
        );
    }
}

const FROM_SECRET: &str = "let the container read a Secret: `valueFrom { secretKeyRef name=… key=… }`";
const FROM_VALUES: &str = "look for a value of the chart that takes the name of a Secret, such as `existingSecret`";
const FROM_SOPS: &str = "put the value into the SOPS file, and write `(secret)NAME` here";

/// Notes the secrets in the values of a chart.
fn in_values(values: &Data, written: &mut BTreeMap<Span, (String, &str)>) {
    let mut open = vec![values];
    while let Some(data) = open.pop() {
        for (key, entry) in data.as_map().into_iter().flat_map(Map::iter) {
            open.push(&entry.value);
            if is_secret(key) && entry.value.as_str().is_some_and(is_value) {
                written.insert(entry.value.span, (key.to_owned(), FROM_VALUES));
            }
        }
        open.extend(data.as_list().into_iter().flatten());
    }
}

/// The letters and digits of a name, in lower case.
fn plain(name: &str) -> impl DoubleEndedIterator<Item = u8> {
    name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
}

fn ends_with(name: &str, ending: &str) -> bool {
    plain(name).rev().take(ending.len()).eq(ending.bytes().rev())
}

/// True for a variable that by its name holds a secret: `DB_PASSWORD`, `SECRET_KEY`.
fn is_secret_variable(name: &str) -> bool {
    is_secret(name) || ends_with(name, OF_VARIABLES)
}

/// True for the name of a secret: `adminPassword`, `api-key`.
fn is_secret(name: &str) -> bool {
    let is_of_another = || plain(name).take(OF_ANOTHER.len()).eq(OF_ANOTHER.bytes());
    ENDINGS.iter().any(|ending| ends_with(name, ending)) && !is_of_another()
}

/// True for what can be a secret: no path, and nothing that is filled in later.
fn is_value(text: &str) -> bool {
    !text.trim().is_empty() && !text.starts_with('/') && !text.contains('$') && !text.contains("{{")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in ["DB_PASSWORD", "adminPassword", "api-key", "GITHUB_TOKEN", "oidcClientSecret", "password"] {
            assert!(is_secret(name), "{name}");
        }
        for name in
            ["existingPassword", "PASSWORD_FILE", "passwordSecretKeyRef", "existingSecretPassword", "TOKENS", "KEY"]
        {
            assert!(!is_secret(name), "{name}");
        }
        assert!(is_secret_variable("DJANGO_SECRET_KEY") && !is_secret("bootstrapPasswordSecretKey"));
    }
}
