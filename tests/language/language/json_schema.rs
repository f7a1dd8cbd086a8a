//! As much of JSON Schema as vendors' contracts use. A keyword that is not known here is an error, so that nothing passes
//! unseen.

use serde_json::{Map, Value};

/// Keywords that say nothing about a value.
const NOTES: [&str; 8] =
    ["title", "description", "markdownDescription", "x-intellij-html-description", "$schema", "$id", "$defs", "format"];

/// Holds values against the definitions of one schema.
pub(crate) struct Schema {
    root: Value,
    faults: Vec<String>,
}

impl Schema {
    pub(crate) fn new(root: Value) -> Self {
        Self { root, faults: Vec::new() }
    }

    /// What is wrong with a value under `#/$defs/NAME`.
    pub(crate) fn faults(mut self, definition: &str, value: &Value) -> Vec<String> {
        self.reference(&format!("#/$defs/{definition}"), value, "");
        self.faults
    }

    fn fault(&mut self, at: &str, message: impl std::fmt::Display) {
        self.faults.push(format!("{at}: {message}"));
    }

    fn reference(&mut self, reference: &str, value: &Value, at: &str) {
        let name = reference.trim_start_matches("#/$defs/");
        match self.root["$defs"].get(name).cloned() {
            Some(schema) => self.check(&schema, value, at),
            None => self.fault(at, format!("no definition {reference}")),
        }
    }

    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        let Some(schema) = schema.as_object() else { return self.fault(at, "no schema") };
        for (keyword, want) in schema {
            match keyword.as_str() {
                "$ref" => self.reference(want.as_str().unwrap(), value, at),
                "type" => {
                    let is = match want.as_str().unwrap() {
                        "object" => value.is_object(),
                        "array" => value.is_array(),
                        "string" => value.is_string(),
                        "boolean" => value.is_boolean(),
                        "integer" => value.is_i64() || value.is_u64(),
                        "number" => value.is_number(),
                        other => return self.fault(at, format!("no type {other}")),
                    };
                    if !is {
                        self.fault(at, format!("{value} is no {want}"));
                    }
                }
                "enum" => {
                    if !want.as_array().unwrap().contains(value) {
                        self.fault(at, format!("{value} is none of {want}"));
                    }
                }
                "required" => {
                    for key in want.as_array().unwrap() {
                        if value.get(key.as_str().unwrap()).is_none() {
                            self.fault(at, format!("{key} is missing"));
                        }
                    }
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(want, item, &format!("{at}/{index}"));
                    }
                }
                "properties" | "patternProperties" | "additionalProperties" => {}
                "pattern" => {
                    // Only patterns that say how a text begins.
                    let start = want.as_str().and_then(|pattern| pattern.strip_prefix('^'));
                    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/');
                    match (start.filter(|start| start.chars().all(plain)), value.as_str()) {
                        (Some(start), Some(text)) if text.starts_with(start) => {}
                        _ => self.fault(at, format!("{value} is not known to fit {want}")),
                    }
                }
                known if NOTES.contains(&known) => {}
                other => self.fault(at, format!("the keyword {other} is not known")),
            }
        }
        self.entries(schema, value, at);
    }

    fn entries(&mut self, schema: &Map<String, Value>, value: &Value, at: &str) {
        let Some(entries) = value.as_object() else { return };
        for (key, value) in entries {
            let at = format!("{at}/{key}");
            // The only pattern that Talos uses for keys is that of any key.
            let any = schema.get("patternProperties").and_then(|patterns| patterns.get(".*"));
            match schema.get("properties").and_then(|properties| properties.get(key)).or(any) {
                Some(schema) => self.check(schema, value, &at),
                None if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
                    self.fault(&at, "cannot stand there");
                }
                None => {}
            }
        }
    }
}
