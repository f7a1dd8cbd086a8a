//! `values.schema.json`: what a chart says of its values.

#![expect(clippy::wildcard_enum_match_arm, reason = "the words of the validator are good but for one kind")]

use hlc_schema::Data;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value};

use crate::Chart;

/// What a schema does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFault {
    /// The value, as keys and places in lists from the top of the values.
    pub path: Vec<String>,
    /// The key at that place which is not allowed, if it is the key and not the value.
    pub key: Option<String>,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

/// How many faults are given out for one schema.
const MOST: usize = 20;

/// Holds values against the schema of a chart, and those of its subcharts that are switched on against theirs.
///
/// A schema that cannot be read, or that refers to one on the web, says nothing.
#[must_use]
pub fn faults(chart: &Chart, given: &Data) -> Vec<SchemaFault> {
    let mut found = Vec::new();
    if let Some(values) = chart.coalesced(given) {
        of(chart, &values, &[], &mut found);
    }
    found
}

fn of(chart: &Chart, values: &Data, at: &[String], found: &mut Vec<SchemaFault>) {
    if let Some(schema) = chart.schema.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok())
        && let Ok(validator) = jsonschema::validator_for(&schema)
    {
        let mut instance = hlc_kube::data_to_json(values);
        // Helm gives globals to every subchart before it looks at their values.
        if let (false, Some(map)) = (at.is_empty(), instance.as_object_mut()) {
            map.entry("global").or_insert_with(|| Value::Object(Map::new()));
        }
        for error in validator.iter_errors(&instance).take(MOST) {
            let place = error.instance_path().to_string();
            let steps = place.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
            let path: Vec<String> = at.iter().cloned().chain(steps).collect();
            match error.kind() {
                ValidationErrorKind::AdditionalProperties { unexpected }
                | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                    found.extend(unexpected.iter().map(|key| SchemaFault {
                        path: path.clone(),
                        key: Some(key.clone()),
                        message: format!("`{key}` is no value of this chart"),
                    }));
                }
                _ => found.push(SchemaFault { path, key: None, message: error.to_string() }),
            }
        }
    }
    for dependency in chart.metadata.dependencies.iter().filter(|dependency| dependency.is_enabled(values)) {
        let (Some(subchart), Some(below)) = (chart.subchart(dependency), values.get(dependency.key())) else {
            continue;
        };
        let place: Vec<String> = at.iter().cloned().chain([dependency.key().to_owned()]).collect();
        of(subchart, below, &place, found);
    }
}
