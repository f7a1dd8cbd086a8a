//! Kubernetes YAML into KDL and out again: the same bytes.

use std::collections::BTreeMap;
use std::path::Path;

use hlc_diag::{FileId, Span};
use hlc_model::import::{Place, workload};
use hlc_model::{Inputs, MemoryInputs};
use hlc_tests_language::{example, rendered, sample};
use libtest_mimic::Trial;

use crate::{Outcome, needs_shared};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        needs_shared("import::golden_workloads", "reference/golden/baseline", |folder| golden(&folder)),
        Trial::test("import::lifts_what_loses_nothing", lifts),
        Trial::test("import::keeps_what_would_lose", keeps),
        Trial::test("import::leaves_out_what_the_cluster_wrote", without_noise),
    ]
}

/// Every file of the manifests by its path, `grafana/HTTPRoute.grafana.k8s.yaml`.
pub(crate) fn golden_objects(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at).map_err(|error| error.to_string())? {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml") {
                let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
                found.insert(path.strip_prefix(folder).unwrap().to_string_lossy().into_owned(), text);
            }
        }
    }
    Ok(found)
}

/// Imports one workload's files and gives the objects back as YAML, with what a reader would see of it.
fn imported(name: &str, texts: &[&str], project: Option<&dyn Inputs>) -> Result<(String, Vec<String>), String> {
    let span = Span::new(FileId::new(0), 0, 0);
    let mut documents = Vec::new();
    for text in texts {
        documents.extend(hlc_kube::documents_from_yaml(text, span).map_err(|error| error.to_string())?);
    }
    let place = Place { name, category: "apps" };
    let made =
        workload(place, documents, project.map(|inputs| (inputs, "homelab.kdl"))).map_err(|error| error.to_string())?;
    Ok((made.text, made.notes))
}

/// The lines that an object of the reference has and hlc rightly does not write: a kind without a namespace has none.
fn without_namespace(text: &str) -> String {
    let mut within = false;
    text.lines()
        .filter(|line| {
            within = if line.starts_with(' ') { within } else { *line == "metadata:" };
            !(within && line.starts_with("  namespace: "))
        })
        .fold(String::new(), |all, line| all + line + "\n")
}

fn golden(folder: &Path) -> Outcome {
    let files = golden_objects(folder)?;
    let mut workloads: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (path, text) in &files {
        let (name, _) = path.split_once('/').ok_or("a file outside of any workload")?;
        workloads.entry(name).or_default().push((path, text));
    }
    let mut compared = 0;
    for (name, objects) in workloads {
        let texts: Vec<&str> = objects.iter().map(|(_, text)| *text).collect();
        let (text, _) = imported(name, &texts, None)?;
        let formatted = hlc_syntax::format(&hlc_syntax::parse(FileId::new(0), text.as_str().into()).document);
        if formatted.as_ref() != Ok(&text) {
            return Err(format!("hlc fmt changes what is written of {name}").into());
        }
        // What the checks make of somebody's manifests is another matter: the objects are compared.
        let mut inputs = MemoryInputs::default();
        inputs
            .insert("homelab.kdl", format!("homelab \"home\" domain=\"example.net\" {{ category \"apps\" }}\n{text}"));
        let (compilation, plan) = hlc_model::lowered(&inputs, "homelab.kdl");
        let built = hlc_kube::output_tree(&plan);
        let built: BTreeMap<&str, &str> = built.iter().collect();
        for (path, wanted) in objects {
            let made = built.get(path).ok_or_else(|| format!("{path} is not made\n{}", rendered(&compilation)))?;
            // Exceptions: objects of the whole cluster, of which the reference says a namespace that means nothing.
            if *made != wanted && **made != without_namespace(wanted) {
                return Err(format!("{path} differs\n--- wanted\n{wanted}\n--- made\n{made}").into());
            }
            compared += 1;
        }
    }
    if compared == files.len() && compared > 400 {
        Ok(())
    } else {
        Err(format!("{compared} of {}", files.len()).into())
    }
}

fn built(inputs: &MemoryInputs, kinds: &[&str]) -> Vec<String> {
    let (_, plan) = hlc_model::lowered(inputs, "homelab.kdl");
    let grafana = plan.workloads.iter().find(|workload| workload.name == "grafana").unwrap();
    grafana
        .objects
        .iter()
        .filter(|object| kinds.contains(&object.kind.as_str()))
        .map(|object| hlc_kube::to_yaml(&object.body))
        .collect()
}

/// The sample homelab without Grafana, and Grafana's objects.
fn without_grafana() -> (MemoryInputs, Vec<String>) {
    let mut inputs = sample();
    let objects = built(&inputs, &["HTTPRoute", "InfisicalSecret", "Namespace"]);
    let path = inputs.paths().find(|path| path.ends_with("grafana.kdl")).unwrap().to_owned();
    inputs.insert(path, "");
    (inputs, objects)
}

fn lifts() -> Outcome {
    let (inputs, objects) = without_grafana();
    let texts: Vec<&str> = objects.iter().map(String::as_str).collect();
    let (text, notes) = imported("grafana", &texts, Some(&inputs))?;
    assert_eq!(notes, Vec::<String>::new());
    assert_eq!(
        text,
        concat!(
            "workload \"grafana\" category=\"apps\" {\n",
            "    namespace \"grafana\"\n",
            "    route \"grafana\" service=\"grafana\" port=3000\n",
            "    secret \"grafana-admin\" path=\"/grafana\" object=\"grafana-secrets\" {\n",
            "        keys \"ADMIN_USER\" \"ADMIN_PASSWORD\"\n    }\n}\n",
        )
    );
    Ok(())
}

fn keeps() -> Outcome {
    let (inputs, objects) = without_grafana();
    // One field more than the blocks make.
    let changed: Vec<String> = objects
        .iter()
        .map(|text| {
            text.replace("metadata:\n", "metadata:\n  labels:\n    note: mine\n").replace("weight: 1", "weight: 2")
        })
        .collect();
    let texts: Vec<&str> = changed.iter().map(String::as_str).collect();
    let (text, _) = imported("grafana", &texts, Some(&inputs))?;
    for kept in
        ["    HTTPRoute \"grafana\" {", "    Namespace \"grafana\" {", "weight=2", "(existing)namespace \"grafana\""]
    {
        assert!(text.contains(kept), "{kept}\n{text}");
    }
    Ok(())
}

/// As `kubectl get -o yaml` and `kubectl create --dry-run=client -o yaml` write them.
const NOISY: &str = r#"
apiVersion: v1
kind: ConfigMap
metadata:
  annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}
  creationTimestamp: "2024-01-01T00:00:00Z"
  managedFields: [{manager: kubectl}]
  name: c
  namespace: web
  resourceVersion: "12"
  uid: 5b0a5a5e-0000-0000-0000-000000000000
data: {status: kept}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: web, generation: 3, creationTimestamp: null, annotations: {note: kept}}
spec:
  selector: {matchLabels: {app: d}}
  template:
    metadata: {creationTimestamp: null, labels: {app: d}}
    spec: {containers: [{name: d, image: "d:1", resources: {}}]}
status: {availableReplicas: 1}
---
apiVersion: example.net/v1
kind: Widget
metadata: {name: w, namespace: web}
status: {wanted: 3}
"#;

fn without_noise() -> Outcome {
    let (text, notes) = imported("web", &[NOISY], None)?;
    assert_eq!(
        notes,
        ["9 fields that the cluster filled in are left out: `kubectl.kubernetes.io/last-applied-configuration`, \
             `metadata.creationTimestamp`, `metadata.generation`, `metadata.managedFields`, `metadata.resourceVersion`, \
             `metadata.uid`, `status`"]
    );
    for kept in ["data status=kept", "annotations note=kept", "status wanted=3"] {
        assert!(text.contains(kept), "{kept}\n{text}");
    }
    let compilation = example(&text);
    let found = rendered(&compilation);
    assert!(found.is_empty(), "{found}\n{text}");
    Ok(())
}
