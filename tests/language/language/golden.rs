//! The workloads of the sample homelab against manifests of the homelab they were taken from.
//!
//! Equal means equal bytes. What differs on purpose is listed in [`MENDED`], with the reason.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hlc_tests_language::{rendered, sample};
use libtest_mimic::Trial;

use crate::{Outcome, needs_shared};

/// The hand-written objects of each workload; the others in its folder are made by its charts.
pub(crate) const HAND_WRITTEN: &[(&str, &[&str])] = &[
    ("alertmanager", &["Namespace.alertmanager"]),
    (
        "comfyui",
        &[
            "Deployment.comfyui",
            "HTTPRoute.comfyui",
            "Namespace.comfyui",
            "PersistentVolumeClaim.comfyui-data",
            "Service.comfyui",
        ],
    ),
    ("falco", &["Namespace.falco"]),
    ("grafana", &["HTTPRoute.grafana", "InfisicalSecret.grafana-secrets", "Namespace.grafana"]),
    ("harbor", &["HTTPRoute.harbor", "InfisicalSecret.harbor-secrets", "Namespace.harbor"]),
    (
        "headlamp",
        &[
            "ClusterRoleBinding.headlamp-admin",
            "HTTPRoute.headlamp",
            "Secret.headlamp-admin-token",
            "ServiceAccount.headlamp-admin",
        ],
    ),
    (
        "infisical",
        &[
            "ClusterRole.infisical-token-reviewer",
            "ClusterRoleBinding.infisical-token-reviewer",
            "HTTPRoute.infisical",
            "InfisicalSecret.infisical-bootstrap-secret",
            "Namespace.infisical",
            "Secret.infisical-opera-controller-manager-token",
            "Service.postgresql",
            "StatefulSet.postgresql",
        ],
    ),
    ("longhorn", &["Namespace.longhorn-system"]),
    ("n8n", &["HTTPRoute.n8n", "InfisicalSecret.n8n-secrets", "Namespace.n8n"]),
    ("netbird", &["Deployment.netbird-peer", "InfisicalSecret.netbird-secrets", "Namespace.netbird"]),
    ("nvidia-gpu-operator", &["Namespace.nvidia-gpu-operator", "RuntimeClass.nvidia"]),
    ("ollama", &["HTTPRoute.ollama"]),
    ("opentelemetry", &["Namespace.opentelemetry"]),
    ("rancher", &["HTTPRoute.rancher", "InfisicalSecret.rancher-secrets", "Namespace.cattle-system"]),
    ("trivy", &["Namespace.trivy"]),
];

/// Hand-written objects that hlc does not write. They put right what the operator's chart makes when it is rendered for
/// namespace `default`; released into its own namespace, it makes them right by itself.
pub(crate) const LEFT_OUT: &[&str] = &[
    "infisical/ClusterRoleBinding.infisical-opera-manager-rolebinding",
    "infisical/ClusterRoleBinding.infisical-opera-metrics-auth-rolebinding",
    "infisical/RoleBinding.infisical-opera-leader-election-rolebinding",
];

/// What hlc rightly writes otherwise than the original, and what in its place. Kinds without a namespace get none.
const MENDED: &[(&str, &str, &str)] = &[
    ("alertmanager/Namespace.alertmanager", "  namespace: alertmanager\n", ""),
    ("comfyui/Namespace.comfyui", "  namespace: comfyui\n", ""),
    ("falco/Namespace.falco", "  namespace: falco\n", ""),
    ("grafana/Namespace.grafana", "  namespace: grafana\n", ""),
    ("harbor/Namespace.harbor", "  namespace: harbor\n", ""),
    ("infisical/Namespace.infisical", "  namespace: infisical\n", ""),
    ("n8n/Namespace.n8n", "  namespace: n8n\n", ""),
    ("netbird/Namespace.netbird", "  namespace: netbird\n", ""),
    ("nvidia-gpu-operator/Namespace.nvidia-gpu-operator", "  namespace: nvidia-gpu-operator\n", ""),
    ("opentelemetry/Namespace.opentelemetry", "  namespace: opentelemetry\n", ""),
    ("trivy/Namespace.trivy", "  namespace: trivy\n", ""),
    ("longhorn/Namespace.longhorn-system", "  namespace: longhorn-system\n", ""),
    ("rancher/Namespace.cattle-system", "  namespace: cattle-system\n", ""),
    ("headlamp/ClusterRoleBinding.headlamp-admin", "  namespace: headlamp\n", ""),
    ("infisical/ClusterRole.infisical-token-reviewer", "  namespace: infisical\n", ""),
    ("infisical/ClusterRoleBinding.infisical-token-reviewer", "  namespace: infisical\n", ""),
    ("nvidia-gpu-operator/RuntimeClass.nvidia", "  namespace: nvidia-gpu-operator\n", ""),
    // The machine with the GPU keeps off what does not tolerate its taint.
    (
        "comfyui/Deployment.comfyui",
        "      runtimeClassName: nvidia\n",
        "      runtimeClassName: nvidia\n      tolerations:\n        - effect: NoSchedule\n          key: dedicated\n          \
         operator: Equal\n          value: ai\n",
    ),
    ("netbird/Deployment.netbird-peer", "netbirdio/netbird:latest\n", "netbirdio/netbird:0.66.2\n"),
    // The chart makes no Service `n8n-main`.
    ("n8n/HTTPRoute.n8n", "name: n8n-main\n", "name: n8n\n"),
];

/// What hlc makes besides: one Argo CD Application per release.
const APPLICATIONS: &[&str] = &[
    "alertmanager/Application.alertmanager-alertmanager",
    "falco/Application.falco-falco",
    "fleet/Application.fleet-fleet",
    "grafana/Application.grafana-grafana",
    "harbor/Application.harbor-harbor",
    "headlamp/Application.headlamp-headlamp",
    "infisical/Application.infisical-infisical",
    "infisical/Application.infisical-infisical-operator",
    "longhorn/Application.longhorn-longhorn",
    "n8n/Application.n8n-n8n",
    "nvidia-gpu-operator/Application.nvidia-gpu-operator-nvidia-device-plugin",
    "ollama/Application.ollama-ollama",
    "opentelemetry/Application.opentelemetry-otel-agent",
    "opentelemetry/Application.opentelemetry-otel-gateway",
    "rancher/Application.rancher-rancher",
    "reloader/Application.reloader-reloader",
    "trivy/Application.trivy-trivy-operator",
    "victoria-logs/Application.victoria-logs-victoria-logs",
    "victoria-metrics/Application.victoria-metrics-victoria-metrics",
];

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = HAND_WRITTEN
        .iter()
        .map(|(workload, objects)| {
            needs_shared(&format!("golden::{workload}"), "reference/golden/baseline", move |folder| {
                equal(&folder, workload, objects)
            })
        })
        .collect();
    trials
        .push(needs_shared("golden::comfyui_as_app", "language/draft/workloads/comfyui-app.kdl", |file| as_app(&file)));
    trials.push(Trial::test("golden::nothing_else", nothing_else));
    trials
}

fn built() -> Result<BTreeMap<String, String>, String> {
    let compilation = hlc_model::compile(&sample(), "homelab.kdl");
    let plan = compilation.plan.as_ref().ok_or_else(|| rendered(&compilation))?;
    Ok(hlc_kube::output_tree(plan).iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
}

/// The short form of an application makes the same bytes as its objects written out.
fn as_app(file: &Path) -> Outcome {
    let mut inputs = sample();
    // The draft is of before the GPU's machine had a taint.
    let text = std::fs::read_to_string(file)?.replacen(
        "pod runtimeClassName=nvidia {",
        "pod runtimeClassName=nvidia { tolerations { - key=dedicated operator=Equal value=ai effect=NoSchedule; };",
        1,
    );
    inputs.insert("workloads/ai/comfyui.kdl", text);
    let compilation = hlc_model::compile(&inputs, "homelab.kdl");
    let plan = compilation.plan.as_ref().ok_or_else(|| rendered(&compilation))?;
    let made = hlc_kube::output_tree(plan);
    let differs = |(path, text): (&String, &String)| (made.get(path) != Some(text.as_str())).then(|| path.clone());
    let different: Vec<String> = built()?.iter().filter_map(differs).collect();
    if different.is_empty() { Ok(()) } else { Err(format!("{different:?} differ").into()) }
}

fn equal(folder: &Path, workload: &str, objects: &[&str]) -> Outcome {
    let built = built()?;
    let mut differences = Vec::new();
    for object in objects {
        let path = format!("{workload}/{object}");
        let file: PathBuf = folder.join(format!("{path}.k8s.yaml"));
        let mut expected = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        if let Some((_, original, mended)) = MENDED.iter().find(|(mended, _, _)| *mended == path) {
            if !expected.contains(original) {
                differences.push(format!("{path} has no {original:?} to be mended"));
            }
            // The first is in `metadata`; a later one belongs to a subject.
            expected = expected.replacen(original, mended, 1);
        }
        match built.get(&format!("{path}.k8s.yaml")) {
            None => differences.push(format!("{path} is not made")),
            Some(made) if *made != expected => {
                differences.push(format!("{path} differs\n--- expected\n{expected}\n--- made\n{made}"))
            }
            Some(_) => {}
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n").into()) }
}

fn nothing_else() -> Outcome {
    let known: Vec<String> = HAND_WRITTEN
        .iter()
        .flat_map(|(workload, objects)| objects.iter().map(move |object| format!("{workload}/{object}")))
        .chain(APPLICATIONS.iter().map(|&path| path.to_owned()))
        .map(|path| format!("{path}.k8s.yaml"))
        .collect();
    let built = built()?;
    // The files about workloads that the ApplicationSet reads are no objects.
    let listed = |path: &str| path.ends_with(hlc_kube::WORKLOAD_FILE);
    let extra: Vec<&String> = built.keys().filter(|path| !known.contains(path) && !listed(path)).collect();
    let missing: Vec<&String> = known.iter().filter(|path| !built.contains_key(*path)).collect();
    if extra.is_empty() && missing.is_empty() {
        Ok(())
    } else {
        Err(format!("extra: {extra:?}, missing: {missing:?}").into())
    }
}
