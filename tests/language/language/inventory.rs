//! The workloads of the sample homelab against the inventory of the homelab they were taken from: the values of every
//! release, as data, and that no object written by hand is forgotten.

use std::collections::BTreeMap;
use std::path::Path;

use hlc_diag::{FileId, Span};
use hlc_model::Inputs;
use hlc_tests_language::{rendered, sample};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::golden::{HAND_WRITTEN, LEFT_OUT};
use crate::{Outcome, needs_shared};

const INVENTORY: &str = "reference/INVENTORY.md";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        needs_shared("inventory::values", INVENTORY, |file| values(&file)),
        needs_shared("inventory::hand_written", INVENTORY, |file| hand_written(&file)),
    ]
}

/// What the sample says otherwise than the inventory, and why.
fn mend(release: &str, values: &mut Value) {
    match release {
        // The chart reads key `admin-user` where nothing else is said, and the store's path holds ADMIN_USER.
        "grafana" => values["admin"]["userKey"] = json!("ADMIN_USER"),
        // The chart has no `existingSecret`, so that the password would be empty.
        "harbor" => {
            let values = values.as_object_mut().unwrap();
            values.remove("harborAdminPassword");
            values.remove("existingSecret");
            values.insert("existingSecretAdminPassword".to_owned(), json!("harbor-admin"));
        }
        // The chart has no `persistence`, so that models would be lost with the pod, and the machine with the GPU keeps other pods off.
        "ollama" => {
            let values = values.as_object_mut().unwrap();
            let toleration = json!({ "key": "dedicated", "operator": "Equal", "value": "ai", "effect": "NoSchedule" });
            values.insert("tolerations".to_owned(), json!([toleration]));
            let volume = values.remove("persistence").unwrap();
            values.insert("persistentVolume".to_owned(), volume);
        }
        _ => {}
    }
}

/// A fenced block of YAML of the baseline's part of the inventory: the workload, what is said before it, and its text.
struct Block {
    workload: String,
    before: String,
    yaml: String,
}

fn blocks(file: &Path) -> Result<Vec<Block>, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let (_, rest) = text.split_once("\n## 3. ").ok_or("there is no section 3")?;
    let (baseline, _) = rest.split_once("\n## 4. ").ok_or("there is no section 4")?;
    let (mut blocks, mut workload, mut before) = (Vec::new(), String::new(), String::new());
    let mut open: Option<String> = None;
    for line in baseline.lines() {
        match &mut open {
            Some(yaml) if line != "```" => {
                yaml.push_str(line);
                yaml.push('\n');
            }
            Some(_) => blocks.extend(open.take().map(|yaml| Block {
                workload: workload.clone(),
                before: before.clone(),
                yaml,
            })),
            None if line == "```yaml" => open = Some(String::new()),
            None => {
                if let Some(heading) = line.strip_prefix("### ") {
                    workload = heading.split(' ').next().unwrap().to_owned();
                }
                if !line.is_empty() {
                    before = line.to_owned();
                }
            }
        }
    }
    Ok(blocks)
}

fn yaml(text: &str) -> Result<Value, String> {
    let span = Span::new(FileId::new(0), 0, 0);
    let data = hlc_kube::data_from_yaml(text, span).map_err(|error| error.message)?;
    Ok(hlc_kube::data_to_json(&data))
}

/// The values of every release, by `workload/release`; workloads that are switched off are switched on for it.
fn made() -> Result<BTreeMap<String, Value>, String> {
    let mut inputs = sample();
    for path in inputs.paths().map(str::to_owned).collect::<Vec<_>>() {
        let text = inputs.read(&path).unwrap().replace(" enabled=#false {\n    namespace", " {\n    namespace");
        inputs.insert(path, text);
    }
    let compilation = hlc_model::compile(&inputs, "homelab.kdl");
    let plan = compilation.plan.as_ref().ok_or_else(|| rendered(&compilation))?;
    let mut made = BTreeMap::new();
    for workload in &plan.workloads {
        for object in workload.objects.iter().filter(|object| object.kind == "Application") {
            let helm = object.body.at(&["spec", "source", "helm"]).ok_or("an Application without a chart")?;
            let release = helm.get("releaseName").and_then(hlc_schema::Data::as_str).ok_or("no name")?;
            let text = helm.get("values").and_then(hlc_schema::Data::as_str);
            let values = text.map_or(Ok(Value::Null), yaml)?;
            made.insert(format!("{}/{release}", workload.name), values);
        }
    }
    Ok(made)
}

fn values(file: &Path) -> Outcome {
    let mut made = made()?;
    let mut wrong = Vec::new();
    for block in blocks(file)? {
        let release = match block.before.strip_prefix("values, release `") {
            Some(rest) => rest.split('`').next().unwrap().to_owned(),
            None if block.before.ends_with("Values in the source:") => block.workload.clone(),
            None => continue,
        };
        let mut wanted = yaml(&block.yaml)?;
        mend(&release, &mut wanted);
        let key = format!("{}/{release}", block.workload);
        match made.remove(&key) {
            None => wrong.push(format!("{key} is not made")),
            Some(values) if values != wanted => wrong.push(format!("{key}\nwanted {wanted}\nmade   {values}")),
            Some(_) => {}
        }
    }
    wrong.extend(made.iter().filter(|(_, values)| **values != Value::Null).map(|(key, _)| format!("{key} has values")));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn hand_written(file: &Path) -> Outcome {
    let mut forgotten = Vec::new();
    let mut seen = 0;
    for block in blocks(file)?.iter().filter(|block| block.before == "hand-written objects:") {
        for document in block.yaml.split("\n---\n") {
            let object = yaml(document)?;
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let name = format!("{}.{}", text(&object["kind"]), text(&object["metadata"]["name"]));
            let path = format!("{}/{name}", block.workload);
            let listed = HAND_WRITTEN
                .iter()
                .any(|(workload, objects)| *workload == block.workload && objects.contains(&name.as_str()));
            seen += 1;
            if !listed && !LEFT_OUT.contains(&path.as_str()) {
                forgotten.push(path);
            }
        }
    }
    if forgotten.is_empty() && seen > 40 { Ok(()) } else { Err(format!("of {seen}: {forgotten:?}").into()) }
}
