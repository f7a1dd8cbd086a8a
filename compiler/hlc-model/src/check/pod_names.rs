//! Pods name ConfigMaps, ServiceAccounts and pull Secrets that exist.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Data;
use hlc_schema::suggest::list_names;

use super::meant::meant;
use super::pod_references::{Kind, items, references};
use super::secret_keys::known_secrets;
use super::{Check, Facts, WorkloadFacts};

pub(super) const CHECK: Check =
    Check { codes: &[&MISSING_CONFIG, &MISSING_CONFIG_KEY, &MISSING_ACCOUNT, &MISSING_PULL_SECRET], run };

/// A ConfigMap that nobody makes.
pub(crate) static MISSING_CONFIG: Code = Code {
    id: "HLC0640",
    name: "missing-config-map",
    severity: Severity::Error,
    summary: "a pod reads a ConfigMap that nothing makes",
    explain: "The pod would hang in `ContainerCreating` or `CreateContainerConfigError`. Checked where everything in the namespace is \
              written down. One that comes from elsewhere is read with `optional=#true`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web-config\" { data mode=live }\n    Pod \"web\" \
          { spec { containers { - name=web image=\"web:1\" { envFrom { - { configMapRef name=web-confg } } } } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web-config\" { data mode=live }\n    Pod \"web\" \
           { spec { containers { - name=web image=\"web:1\" { envFrom { - { configMapRef name=web-config } } } } } }\n}",
};

/// A key that the ConfigMap does not have.
pub(crate) static MISSING_CONFIG_KEY: Code = Code {
    id: "HLC0641",
    name: "missing-config-key",
    severity: Severity::Error,
    summary: "a pod reads a key that its ConfigMap does not have",
    explain: "The container would not start. Keys are those of `data` and `binaryData`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web\" { data mode=live }\n    Pod \"web\" { spec { \
          containers { - name=web image=\"web:1\" { env { - name=MODE { valueFrom { configMapKeyRef name=web key=mdoe } } } } } } \
          }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web\" { data mode=live }\n    Pod \"web\" { spec { \
           containers { - name=web image=\"web:1\" { env { - name=MODE { valueFrom { configMapKeyRef name=web key=mode } } } } } } \
           }\n}",
};

/// A ServiceAccount that nobody makes.
pub(crate) static MISSING_ACCOUNT: Code = Code {
    id: "HLC0642",
    name: "missing-service-account",
    severity: Severity::Error,
    summary: "a pod runs as a ServiceAccount that nothing makes",
    explain: "The API server refuses the pod, and its controller tries for ever. Every namespace has a `default` one. Checked where \
              everything in the namespace is written down.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ServiceAccount \"web-reader\"\n    Pod \"web\" { spec \
          serviceAccountName=web-raeder { containers { - name=web image=\"web:1\" } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ServiceAccount \"web-reader\"\n    Pod \"web\" { spec \
           serviceAccountName=web-reader { containers { - name=web image=\"web:1\" } } }\n}",
};

/// A Secret for pulling images that nobody makes.
pub(crate) static MISSING_PULL_SECRET: Code = Code {
    id: "HLC0643",
    name: "missing-pull-secret",
    severity: Severity::Warning,
    summary: "a pod pulls its images with a Secret that nothing makes",
    explain: "The image is then pulled without a login, which fails where the registry wants one (`ImagePullBackOff`). Checked where \
              everything in the namespace is written down.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec { imagePullSecrets { - name=regstry }; \
          containers { - name=web image=\"registry.example.net/web:1\" } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    bootstrap-secret \"registry\" { key \".dockerconfigjson\" \
           (secret)REGISTRY_LOGIN }\n    Pod \"web\" { spec { imagePullSecrets { - name=registry }; containers { - name=web \
           image=\"registry.example.net/web:1\" } } }\n}",
};

/// The ConfigMap that Kubernetes puts into every namespace (Kubernetes, "Certificates", `kube-root-ca.crt`).
const ROOT_CA: &str = "kube-root-ca.crt";

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.sound_workloads() {
        for (_, template) in workload.pod_templates() {
            let Some(spec) = template.get("spec") else { continue };
            config_maps(spec, &workload, found);
            if workload.namespace.closed {
                account(spec, &workload, found);
                pull_secrets(spec, &workload, found);
            }
        }
    }
}

fn config_maps(spec: &Data, workload: &WorkloadFacts<'_, '_>, found: &mut Vec<Diagnostic>) {
    for reference in references(spec, Kind::ConfigMap).filter(|reference| !reference.optional) {
        let Some(name) = reference.name.as_str().filter(|name| *name != ROOT_CA) else { continue };
        let Some(object) = workload.namespace.object("ConfigMap", name) else {
            if workload.namespace.closed {
                let message = format!("nothing makes the ConfigMap `{name}` that this pod reads");
                let others =
                    workload.namespace.of_kind("ConfigMap").map(|object| (object.name.as_str(), object.origin));
                let help = format!("add `ConfigMap \"{name}\" {{ data {{ … }} }}` to the workload");
                let diagnostic = Diagnostic::new(&MISSING_CONFIG, reference.name.span, message);
                found.push(meant(diagnostic, reference.name, others, help));
            }
            continue;
        };
        let maps = ["data", "binaryData"].into_iter().filter_map(|field| object.body.get(field)?.as_map());
        let keys: Vec<_> = maps.flat_map(hlc_schema::Map::iter).map(|(key, entry)| (key, entry.key_span)).collect();
        for key in reference.keys {
            let Some(wanted) = key.as_str().filter(|wanted| !keys.iter().any(|(key, _)| key == wanted)) else {
                continue;
            };
            let names: Vec<_> = keys.iter().map(|(key, _)| *key).collect();
            let has = if names.is_empty() {
                "it has no keys".to_owned()
            } else {
                format!("it has {}", list_names(&names, "and"))
            };
            let diagnostic =
                Diagnostic::new(&MISSING_CONFIG_KEY, key.span, format!("the ConfigMap `{name}` has no key `{wanted}`"))
                    .label(object.origin, has);
            found.push(meant(
                diagnostic,
                key,
                keys.iter().map(|(name, _)| (*name, key.span)),
                format!("add `{wanted}` to its `data`, or read another"),
            ));
        }
    }
}

fn account(spec: &Data, workload: &WorkloadFacts<'_, '_>, found: &mut Vec<Diagnostic>) {
    let Some(account) = spec.get("serviceAccountName").or_else(|| spec.get("serviceAccount")) else { return };
    let Some(name) = account.as_str().filter(|name| !matches!(*name, "" | "default")) else { return };
    if workload.namespace.object("ServiceAccount", name).is_some() {
        return;
    }
    let others = workload.namespace.of_kind("ServiceAccount").map(|object| (object.name.as_str(), object.origin));
    let diagnostic =
        Diagnostic::new(&MISSING_ACCOUNT, account.span, format!("nothing makes the ServiceAccount `{name}`"));
    found.push(meant(diagnostic, account, others, format!("add `ServiceAccount \"{name}\"` to the workload")));
}

fn pull_secrets(spec: &Data, workload: &WorkloadFacts<'_, '_>, found: &mut Vec<Diagnostic>) {
    let known = known_secrets(workload.namespace);
    for name in items(spec, "imagePullSecrets").filter_map(|item| item.get("name")) {
        let Some(wanted) = name.as_str().filter(|wanted| !known.iter().any(|secret| secret.name == *wanted)) else {
            continue;
        };
        let message = format!("nothing makes the Secret `{wanted}` that images are pulled with");
        let others = known.iter().map(|secret| (secret.name, secret.span));
        let help = format!("declare it: `bootstrap-secret \"{wanted}\" {{ key \".dockerconfigjson\" (secret)NAME }}`");
        found.push(meant(Diagnostic::new(&MISSING_PULL_SECRET, name.span, message), name, others, help));
    }
}
