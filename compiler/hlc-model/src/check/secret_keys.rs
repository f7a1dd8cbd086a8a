//! Containers read Secrets and keys that exist.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Data;
use hlc_schema::suggest::{list_names, nearest};

use super::facts::WorkloadFacts;
use super::pod_references::{Kind, Reference, references};
use super::{Check, Facts, NamespaceFacts};

pub(super) const CHECK: Check = Check { codes: &[&MISSING_SECRET, &MISSING_SECRET_KEY], run };

/// A Secret that nobody makes.
pub(crate) static MISSING_SECRET: Code = Code {
    id: "HLC0608",
    name: "missing-secret",
    severity: Severity::Error,
    summary: "a container reads a Secret that nothing makes",
    explain: "The pod would hang in `CreateContainerConfigError`. Checked where everything in the namespace is written down. A Secret that comes \
              from elsewhere is read with `optional=#true`, or declared as a `secret` of the workload.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec { containers { - name=web \
          image=\"web:1\" { env { - name=T { valueFrom { secretKeyRef name=web key=TOKEN } } } } } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" }\n    \
           Pod \"web\" { spec { containers { - name=web image=\"web:1\" { env { - name=T { valueFrom { secretKeyRef name=web \
           key=TOKEN } } } } } } }\n}",
};

/// A key that the Secret does not have.
pub(crate) static MISSING_SECRET_KEY: Code = Code {
    id: "HLC0609",
    name: "missing-secret-key",
    severity: Severity::Error,
    summary: "a container reads a key that its Secret does not have",
    explain: "The pod would hang in `CreateContainerConfigError`. The keys of a Secret that comes from a store are those of \
              its `secret` block, those of one from the SOPS file its `bootstrap-secret`'s.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" }\n    \
          Pod \"web\" { spec { containers { - name=web image=\"web:1\" { env { - name=T { valueFrom { secretKeyRef name=web \
          key=TOKNE } } } } } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" }\n    \
           Pod \"web\" { spec { containers { - name=web image=\"web:1\" { env { - name=T { valueFrom { secretKeyRef name=web \
           key=TOKEN } } } } } } }\n}",
};

/// A Secret that can be read: its keys, where they are all known.
pub(super) struct Known<'m> {
    pub(super) name: &'m str,
    pub(super) span: Span,
    pub(super) keys: Option<Vec<&'m str>>,
}

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.sound_workloads() {
        let known = known_secrets(workload.namespace);
        let all_known = workload.namespace.closed && !makes_secrets(facts, &workload);
        for (_, template) in workload.pod_templates() {
            let Some(spec) = template.get("spec") else { continue };
            for reference in references(spec, Kind::Secret) {
                check(&reference, &known, all_known, found);
            }
        }
    }
}

/// True when something of the workload may make Secrets while it runs, as a job of Argo CD's chart does for its Redis.
fn makes_secrets(facts: &Facts<'_>, workload: &WorkloadFacts<'_, '_>) -> bool {
    let of_charts =
        facts.charts.surfaces.iter().filter(|(scope, _)| *scope == workload.scope).map(|(_, object)| object);
    let mut roles = workload.planned.iter().chain(of_charts);
    roles.any(|object| {
        matches!(object.kind.as_str(), "Role" | "ClusterRole") && hlc_chart::surface::makes_secrets(&object.body)
    })
}

/// The Secrets that are made in the namespace, written out or through a store's operator.
pub(super) fn known_secrets<'m>(namespace: &NamespaceFacts<'m>) -> Vec<Known<'m>> {
    let from_store = namespace.secrets.iter().map(|secret| Known {
        name: &secret.name.name,
        span: secret.name.span,
        keys: Some(secret.kubernetes_keys().map(|key| key.value.as_str()).collect()),
    });
    let bootstrap = namespace.bootstrap_secrets.iter().map(|secret| Known {
        name: &secret.name.name,
        span: secret.name.span,
        keys: Some(secret.key.iter().map(|key| key.name.value.as_str()).collect()),
    });
    // cert-manager fills the Secret of a certificate (cert-manager, "Certificate resource", target Secret).
    let certificates = namespace.of_kind("Certificate").filter_map(|object| {
        let name = object.body.at(&["spec", "secretName"])?;
        Some(Known { name: name.as_str()?, span: name.span, keys: Some(vec!["ca.crt", "tls.crt", "tls.key"]) })
    });
    let written = namespace.of_kind("Secret").map(|object| {
        let keys = ["data", "stringData"].into_iter().filter_map(|field| object.body.get(field)?.as_map());
        let keys: Vec<_> = keys.flat_map(|map| map.iter().map(|(key, _)| key)).collect();
        // Kubernetes fills Secrets of other types by itself (a ServiceAccount's token).
        let opaque = object.body.get("type").is_none_or(|kind| kind.as_str() == Some("Opaque"));
        Known { name: &object.name, span: object.origin, keys: opaque.then_some(keys) }
    });
    from_store.chain(bootstrap).chain(certificates).chain(written).collect()
}

fn check(reference: &Reference<'_>, known: &[Known<'_>], all_known: bool, found: &mut Vec<Diagnostic>) {
    let Some(name) = reference.name.as_str().filter(|_| !reference.optional) else { return };
    let Some(secret) = known.iter().find(|secret| secret.name == name) else {
        if all_known {
            let names: Vec<_> = known.iter().map(|secret| secret.name).collect();
            let diagnostic = Diagnostic::new(
                &MISSING_SECRET,
                reference.name.span,
                format!("nothing makes the Secret `{name}` that this container reads"),
            );
            found.push(match nearest(name, names.iter().copied()) {
                Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).suggest(
                    format!("write `{meant}`"),
                    reference.name.span,
                    format!("\"{meant}\""),
                ),
                None => diagnostic.help(format!("declare it: `secret \"{name}\" path=\"/…\" {{ keys … }}`")),
            });
        }
        return;
    };
    for key in &reference.keys {
        found.extend(check_key(name, key, secret));
    }
}

fn check_key(name: &str, key: &Data, secret: &Known<'_>) -> Option<Diagnostic> {
    let keys = secret.keys.as_ref()?;
    let wanted = key.as_str().filter(|wanted| !keys.contains(wanted))?;
    let held =
        if keys.is_empty() { "it has no keys".to_owned() } else { format!("it has {}", list_names(keys, "and")) };
    let diagnostic =
        Diagnostic::new(&MISSING_SECRET_KEY, key.span, format!("the Secret `{name}` has no key `{wanted}`"))
            .label(secret.span, held);
    Some(match nearest(wanted, keys.iter().copied()) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).suggest(
            format!("write `{meant}`"),
            key.span,
            format!("\"{meant}\""),
        ),
        None => diagnostic.help(format!("add `{wanted}` to its keys, or read another")),
    })
}
