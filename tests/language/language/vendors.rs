//! The files of the sample homelab that others read are what these others want: by the schemas of their vendors.

use std::path::Path;

use hlc_plan::PlannedResource;
use hlc_schema::Data;
use hlc_tests_language::{repository, sample};
use libtest_mimic::Trial;

use crate::{Outcome, needs_shared};

/// Files in the repository, each with its schema in the reference material.
const FILES: &[(&str, &str)] = &[
    ("edge/cloud-init.yml", "cloud-init/schema-cloud-config-v1.json"),
    ("edge/bifrost/docker-compose.yml", "compose-spec.json"),
    ("edge/bifrost/traefik/traefik.yml", "traefik-v3.json"),
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
    trials
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
    let schema = serde_json::from_str(&std::fs::read_to_string(schema)?)?;
    let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
    let faults: Vec<String> =
        validator.iter_errors(&data).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}
