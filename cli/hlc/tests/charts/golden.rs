//! The sample homelab with its real charts, rendered, against the manifests of the homelab it was taken from.
//!
//! Needs a folder of packed charts, which `HLC_CHARTS` names, and the reference material; charts that are not in the folder are replaced
//! by a few lines. `docs/contributing.md` says how to come by them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;

use crate::needs;
use crate::publisher::Publisher;
use crate::shell::{Ran, Shell, repository};

const MISSING: &str = "HLC_CHARTS names no folder of charts, or helm or the reference material is not there";

/// The workloads whose charts are compared.
const COMPARED: [&str; 17] = [
    "alertmanager",
    "falco",
    "fleet",
    "grafana",
    "harbor",
    "headlamp",
    "infisical",
    "longhorn",
    "n8n",
    "nvidia-gpu-operator",
    "ollama",
    "opentelemetry",
    "rancher",
    "reloader",
    "trivy",
    "victoria-logs",
    "victoria-metrics",
];

/// What the original has and hlc leaves out: what only tests.
const LEFT_OUT: [&str; 4] = [
    "grafana/ConfigMap.grafana-test",
    "grafana/Pod.grafana-test",
    "grafana/ServiceAccount.grafana-test",
    "ollama/Pod.ollama-test-connection",
];

/// What is another one, and why.
const DIFFERENT: [(&str, &str); 16] = [
    ("grafana/Deployment.grafana", "the sample names the right key of the Secret"),
    ("harbor/Deployment.harbor-core", "digests of random keys; the sample gives the password by a Secret"),
    ("harbor/Deployment.harbor-jobservice", "digests of random keys"),
    ("harbor/Deployment.harbor-registry", "digests of random keys"),
    ("harbor/Secret.harbor-core", "random keys"),
    ("harbor/Secret.harbor-jobservice", "random keys"),
    ("harbor/Secret.harbor-registry", "random keys"),
    ("harbor/Secret.harbor-registry-htpasswd", "a salt"),
    ("infisical/ClusterRoleBinding.infisical-opera-manager-rolebinding", "the original replaces the chart's own"),
    ("infisical/ClusterRoleBinding.infisical-opera-metrics-auth-rolebinding", "the original replaces the chart's own"),
    ("infisical/RoleBinding.infisical-opera-leader-election-rolebinding", "the original replaces the chart's own"),
    ("n8n/HTTPRoute.n8n", "the sample names the Service that there is"),
    ("n8n/Secret.n8n-encryption-key-secret-v2", "a random key"),
    (
        "n8n/Service.n8n-postgresql",
        "the chart of PostgreSQL in it is an older one: the original's is published no more",
    ),
    (
        "n8n/StatefulSet.n8n-postgresql",
        "the chart of PostgreSQL in it is an older one: the original's is published no more",
    ),
    (
        "ollama/Deployment.ollama",
        "the sample asks for the volume by the chart's name for it, and tolerates the machine",
    ),
];

/// Of two charts in one workload only the operator's is at hand.
fn is_compared(name: &str) -> bool {
    !name.starts_with("infisical/") || name.contains(".infisical-opera-") || name.ends_with(".secrets.infisical.com")
}

/// What hlc writes besides: definitions in `crds/`, and what the sample mends.
fn is_besides(name: &str) -> bool {
    name.contains("/CustomResourceDefinition.") || name == "ollama/PersistentVolumeClaim.ollama"
}

pub(crate) fn trials() -> Vec<Trial> {
    // Charts of others never come with the repository, so that a build server has none.
    vec![
        needs("golden::charts_of_the_sample", charts(), MISSING, compare)
            .with_ignored_flag(std::env::var_os("HLC_CHARTS").is_none()),
    ]
}

/// The folder of packed charts, where everything else is there too.
pub(crate) fn charts() -> Option<PathBuf> {
    std::env::var_os("HLC_CHARTS").map(PathBuf::from).filter(|_| helm().exists() && golden().is_dir())
}

/// The one that `HLC_HELM` names, or the one that is built.
pub(crate) fn helm() -> PathBuf {
    std::env::var_os("HLC_HELM").map_or_else(|| repository().join("target/tools/helm"), PathBuf::from)
}

pub(crate) fn reference() -> PathBuf {
    repository().join("../shared/reference")
}

fn golden() -> PathBuf {
    reference().join("golden/baseline")
}

/// Publishes every packed chart of a folder.
pub(crate) fn shelve(folder: &Path, publisher: &Publisher) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".tgz"));
        let Some((at, _)) = stem.and_then(|stem| stem.match_indices('-').find(|(at, _)| is_version(&stem[at + 1..])))
        else {
            continue;
        };
        let (name, version) = (&stem.unwrap()[..at], &stem.unwrap()[at + 1..]);
        publisher.shelf().charts.insert((name.to_owned(), version.to_owned()), fs::read(&path).unwrap());
    }
}

fn compare(charts: &Path) {
    let publisher = Publisher::new();
    shelve(charts, &publisher);
    let shell = Shell::new(&[]);
    for folder in ["core", "edge", "workloads", "secrets"] {
        copy(&repository().join(folder), &shell.path(folder));
    }
    let homelab = fs::read_to_string(repository().join("homelab.kdl")).unwrap();
    // What only rendering shows is wrong with the original, which is compared as it is: Ollama's pods tolerate no taint of the machine
    // with the GPU, and an InfisicalSecret lacks its scope.
    let findings = "{\n    finding \"HLC0656\" severity=\"warning\"\n    finding \"HLC0503\" severity=\"warning\"\n";
    let homelab = homelab.replacen("{\n", findings, 1);
    shell.write(
        "homelab.kdl",
        &homelab.replace("chart deliver=\"argocd\"", "chart deliver=\"rendered\" hooks=\"keep\""),
    );
    // Of two of this name the chart's has another subject.
    let headlamp = shell.read("workloads/management/headlamp.kdl");
    let remove = "        remove \"ClusterRoleBinding/headlamp-admin\"\n        values {";
    let headlamp = headlamp.replacen("        values {", remove, 1);
    shell.write("workloads/management/headlamp.kdl", &headlamp);
    publisher.shelf().files.insert("/crds.yaml".into(), b"".to_vec());
    let mut replaced = BTreeSet::new();
    for (name, version, service, port) in [
        ("cilium", "1.16.6", "none", 1),
        ("cert-manager", "v1.19.3", "none", 1),
        ("argo-cd", "9.4.2", "argo-cd-argocd-server", 443),
        ("n8n", "1.16.29", "n8n", 5678),
        ("infisical-standalone", "1.7.2", "infisical-infisical-standalone-infisical", 8080),
        ("kyverno", "3.7.0", "none", 1),
    ] {
        let template = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {service}}}\nspec: {{ports: [{{port: {port}, name: a}}, {{port: 80, name: b}}]}}\n"
        );
        let files = [
            ("Chart.yaml".to_owned(), format!("apiVersion: v2\nname: {name}\nversion: {version}\n")),
            ("templates/a.yaml".to_owned(), template),
        ];
        if !publisher.shelf().charts.contains_key(&(name.to_owned(), version.to_owned())) {
            publisher.archive(name, version, &files);
            replaced.insert(name);
        }
    }
    let run = |arguments: &[&str]| {
        let mut command = shell.command(arguments);
        let urls = urls(&shell);
        let mirrors: Vec<String> = urls.iter().map(|url| format!("{url}={}", publisher.repo())).collect();
        let crds = "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/experimental-install.yaml";
        let mirrors = format!("{} {crds}={}", mirrors.join(" "), publisher.server.url("/crds.yaml"));
        command.env("HLC_MIRRORS", mirrors).env("HLC_HELM", helm());
        Ran::of(&mut command).exits(0)
    };
    run(&["lock"]);
    run(&["build", "workloads"]);
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for workload in COMPARED.into_iter().filter(|workload| !replaced.contains(workload)) {
        for path in files(&golden().join(workload)) {
            let name =
                format!("{workload}/{}", path.file_name().unwrap().to_str().unwrap().trim_end_matches(".k8s.yaml"));
            if !is_compared(&name) {
                continue;
            }
            let expected = without_namespace(&fs::read_to_string(&path).unwrap());
            let ours = shell.read(&format!("app/{name}.k8s.yaml"));
            seen.insert(name.clone());
            let is_equal = without_namespace(&ours) == expected;
            let is_expected = LEFT_OUT.contains(&name.as_str()) && ours.is_empty()
                || DIFFERENT.iter().any(|(different, _)| *different == name) && !ours.is_empty();
            if !is_equal && !is_expected {
                wrong.push(name);
            }
        }
        for path in files(&shell.path("app").join(workload)) {
            let name =
                format!("{workload}/{}", path.file_name().unwrap().to_str().unwrap().trim_end_matches(".k8s.yaml"));
            if name.ends_with(".workload") || seen.contains(&name) || is_besides(&name) || !is_compared(&name) {
                continue;
            }
            wrong.push(name);
        }
    }
    assert!(seen.len() > 300, "{}", seen.len());
    assert_eq!(wrong, [""; 0]);
}

fn is_version(text: &str) -> bool {
    let number = text.trim_start_matches('v');
    number.starts_with(|c: char| c.is_ascii_digit()) && number.contains('.')
}

/// Every repository that the project names.
fn urls(shell: &Shell) -> BTreeSet<String> {
    let texts = shell.everything().into_iter().filter(|(path, _)| path.extension().is_some_and(|kind| kind == "kdl"));
    let mut found = BTreeSet::new();
    for (_, text) in texts {
        for part in ["repo=\"https://", "repo \"https://"] {
            for rest in text.split(part).skip(1) {
                found.insert(format!("https://{}", rest.split('"').next().unwrap().trim_end_matches('/')));
            }
        }
        // A `repository` with a name.
        for rest in text.split("repository \"").skip(1) {
            let words: Vec<&str> = rest.lines().next().unwrap().split('"').collect();
            found.extend(
                words
                    .get(2)
                    .filter(|word| word.starts_with("https://"))
                    .map(|word| word.trim_end_matches('/').to_owned()),
            );
        }
    }
    found
}

/// What belongs to the cluster has a namespace in the original, which Kubernetes ignores.
fn without_namespace(text: &str) -> String {
    const CLUSTER: [&str; 8] = [
        "Namespace",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "PriorityClass",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "RuntimeClass",
    ];
    let kind = text.lines().find_map(|line| line.strip_prefix("kind: ")).unwrap_or_default();
    if !CLUSTER.contains(&kind) && kind != "ClusterComplianceReport" {
        return text.to_owned();
    }
    let Some((head, rest)) = text.split_once("\n  namespace: ") else { return text.to_owned() };
    format!("{head}\n{}", rest.split_once('\n').map_or("", |(_, rest)| rest))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in files(from) {
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
