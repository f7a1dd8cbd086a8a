//! The workloads of the sample homelab against manifests of the homelab they were taken from.
//!
//! Equal means equal bytes. What differs on purpose is listed in [`MENDED`], with the reason.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hlc_tests_language::{rendered, sample};
use libtest_mimic::Trial;

use crate::{Outcome, needs_shared};

/// The hand-written objects of each workload; the others in its folder are made by its charts.
const HAND_WRITTEN: &[(&str, &[&str])] = &[
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
    ("netbird", &["Deployment.netbird-peer", "InfisicalSecret.netbird-secrets", "Namespace.netbird"]),
    (
        "headlamp",
        &[
            "ClusterRoleBinding.headlamp-admin",
            "HTTPRoute.headlamp",
            "Secret.headlamp-admin-token",
            "ServiceAccount.headlamp-admin",
        ],
    ),
    ("grafana", &["HTTPRoute.grafana", "InfisicalSecret.grafana-secrets", "Namespace.grafana"]),
];

/// Lines that the original has and hlc rightly does not write: kinds without a namespace get none.
const MENDED: &[(&str, &str)] = &[
    ("comfyui/Namespace.comfyui", "  namespace: comfyui\n"),
    ("netbird/Namespace.netbird", "  namespace: netbird\n"),
    ("grafana/Namespace.grafana", "  namespace: grafana\n"),
    ("headlamp/ClusterRoleBinding.headlamp-admin", "  namespace: headlamp\n"),
];

/// What hlc makes besides: one Argo CD Application per release.
const APPLICATIONS: &[&str] = &["headlamp/Application.headlamp-headlamp", "grafana/Application.grafana-grafana"];

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = HAND_WRITTEN
        .iter()
        .map(|(workload, objects)| {
            needs_shared(&format!("golden::{workload}"), "reference/golden/baseline", move |folder| {
                equal(&folder, workload, objects)
            })
        })
        .collect();
    trials.push(Trial::test("golden::nothing_else", nothing_else));
    trials
}

fn built() -> Result<BTreeMap<String, String>, String> {
    let compilation = hlc_model::compile(&sample(), "homelab.kdl");
    let plan = compilation.plan.as_ref().ok_or_else(|| rendered(&compilation))?;
    Ok(hlc_kube::output_tree(plan).iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
}

fn equal(folder: &Path, workload: &str, objects: &[&str]) -> Outcome {
    let built = built()?;
    let mut differences = Vec::new();
    for object in objects {
        let path = format!("{workload}/{object}");
        let file: PathBuf = folder.join(format!("{path}.k8s.yaml"));
        let mut expected = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        if let Some((_, line)) = MENDED.iter().find(|(mended, _)| *mended == path) {
            // The first is in `metadata`; a later one belongs to a subject.
            expected = expected.replacen(line, "", 1);
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
    let extra: Vec<&String> = built.keys().filter(|path| !known.contains(path)).collect();
    let missing: Vec<&String> = known.iter().filter(|path| !built.contains_key(*path)).collect();
    if extra.is_empty() && missing.is_empty() {
        Ok(())
    } else {
        Err(format!("extra: {extra:?}, missing: {missing:?}").into())
    }
}
