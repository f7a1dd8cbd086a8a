//! The files of the sample homelab, and of this repository, that others read are what these others want: by the schemas of their vendors.

use std::error::Error;
use std::path::Path;

use hlc_plan::PlannedResource;
use hlc_schema::Data;
use hlc_tests_language::{project, repository, sample};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::{Outcome, needs_shared};

/// Files in the repository, each with its schema in the reference material.
const FILES: &[(&str, &str)] = &[
    ("edge/cloud-init.yml", "cloud-init/schema-cloud-config-v1.json"),
    ("edge/bifrost/docker-compose.yml", "compose-spec.json"),
    ("edge/bifrost/traefik/traefik.yml", "traefik-v3.json"),
    (".github/workflows/publish.yml", "github-workflow.json"),
];

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials: Vec<_> = FILES
        .iter()
        .map(|(path, schema)| {
            needs_shared(&format!("vendors::{path}"), "contracts/schemas", move |folder| {
                valid(&std::fs::read_to_string(repository().join(path))?, &folder.join(schema))
            })
        })
        .collect();
    trials.push(needs_shared("vendors::traefik_routes", "contracts/schemas", |folder| {
        valid(&generated_routes(), &folder.join("traefik-v3-file-provider.json"))
    }));
    trials.push(needs_shared("vendors::argo_cd", "contracts/crds/argocd-v3.5.1", |folder| applications(&folder)));
    trials
}

/// What an ApplicationSet makes of the files about workloads: the set and each Application are as their definitions want them.
fn applications(folder: &Path) -> Outcome {
    let read = |name: &str| -> Result<Value, Box<dyn Error>> {
        let place = hlc_diag::Span::new(hlc_diag::FileId::new(0), 0, 0);
        let text = std::fs::read_to_string(folder.join(name))?;
        let definition = hlc_kube::data_to_json(&hlc_kube::data_from_yaml(&text, place)?);
        Ok(closed(definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone()))
    };
    let (set_schema, application_schema) = (read("applicationsets.yaml")?, read("applications.yaml")?);
    let compilation = hlc_model::compile(&project(&repository().join("tests/language/cases/sync")), "homelab.kdl");
    let plan = compilation.plan.as_ref().ok_or_else(|| hlc_tests_language::rendered(&compilation))?;
    let is_set = |resource: &&PlannedResource| resource.address.as_str().contains("object.ApplicationSet");
    let set = plan.stacks.iter().flat_map(|stack| &stack.resources).find(is_set).ok_or("there is no set")?;
    let set = hlc_kube::data_to_json(set.properties.get("body").ok_or("it has no body")?);
    valid_value(&set, &set_schema)?;
    let mut seen = 0;
    for (path, text) in hlc_kube::output_tree(plan).iter().filter(|(path, _)| path.ends_with(hlc_kube::WORKLOAD_FILE)) {
        let told: Value = serde_json::from_str(text)?;
        let mut application = set["spec"]["template"].clone();
        application["apiVersion"] = "argoproj.io/v1alpha1".into();
        application["kind"] = "Application".into();
        lay(&mut application, told.get("application").unwrap_or(&Value::Null));
        valid_value(&application, &application_schema).map_err(|fault| format!("{path}: {fault:?}"))?;
        seen += 1;
    }
    if seen == 4 { Ok(()) } else { Err(format!("{seen} workloads").into()) }
}

/// Kubernetes, "Strategic merge patch", for fields without a strategy of their own: maps deep, lists replaced, `null` removes.
fn lay(base: &mut Value, patch: &Value) {
    let (Some(base), Some(patch)) = (base.as_object_mut(), patch.as_object()) else { return };
    for (key, value) in patch {
        match (base.get_mut(key), value) {
            (_, Value::Null) => drop(base.remove(key)),
            (Some(under), Value::Object(_)) => lay(under, value),
            _ => drop(base.insert(key.clone(), value.clone())),
        }
    }
}

/// The API server drops fields that a definition does not name; here they are faults.
fn closed(mut schema: Value) -> Value {
    let mut open = vec![&mut schema];
    while let Some(schema) = open.pop() {
        let Some(map) = schema.as_object_mut() else { continue };
        if map.contains_key("properties") && !map.contains_key("x-kubernetes-preserve-unknown-fields") {
            map.insert("additionalProperties".to_owned(), false.into());
        }
        for (key, part) in map.iter_mut() {
            match key.as_str() {
                "properties" => open.extend(part.as_object_mut().into_iter().flat_map(|fields| fields.values_mut())),
                "items" | "additionalProperties" => open.push(part),
                _ => {}
            }
        }
    }
    // Of every object, and not said in a definition.
    schema["properties"]["metadata"] = Value::Bool(true);
    schema
}

/// The file of routes that hlc makes for the sample's edge.
fn generated_routes() -> String {
    let compilation = hlc_model::compile(&sample(), "homelab.kdl");
    let plan = compilation.plan.unwrap();
    let is_bundle = |resource: &&PlannedResource| resource.kind.name == "bundle";
    let bundle = plan.stacks.iter().flat_map(|stack| &stack.resources).find(is_bundle).unwrap();
    let files = bundle.properties.get("generated").and_then(Data::as_list).unwrap();
    files.first().and_then(|file| file.get("text")?.as_str()).unwrap().to_owned()
}

fn valid(text: &str, schema: &Path) -> Outcome {
    let place = hlc_diag::Span::new(hlc_diag::FileId::new(0), 0, 0);
    let data = hlc_kube::data_to_json(&hlc_kube::data_from_yaml(text, place)?);
    valid_value(&data, &serde_json::from_str(&std::fs::read_to_string(schema)?)?)
}

fn valid_value(data: &Value, schema: &Value) -> Outcome {
    let validator = jsonschema::validator_for(schema).map_err(|error| error.to_string())?;
    let faults: Vec<String> =
        validator.iter_errors(data).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}
