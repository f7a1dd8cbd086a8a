//! Keeps `data/kubernetes.schema` equal to the API types it is made of.
//!
//! `HLC_UPDATE=1 cargo test -p hlc-kube --test schemas` writes the file anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm
)]

mod kinds;
mod overlay;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The Kubernetes version behind k8s-openapi's feature `latest`.
const VERSION: &str = "1.37";
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/kubernetes.schema");

#[test]
fn embedded_schemas_are_current() {
    let text = build();
    if std::env::var_os("HLC_UPDATE").is_some() {
        std::fs::write(FILE, text).unwrap();
        return;
    }
    let old = std::fs::read_to_string(FILE).unwrap_or_default();
    if old != text {
        let line = old.lines().zip(text.lines()).position(|(a, b)| a != b).unwrap_or(0);
        panic!("{FILE} is out of date from line {}; run with HLC_UPDATE=1", line + 1);
    }
}

/// One definition: its text and its fields as lines.
struct Definition {
    doc: String,
    fields: BTreeMap<String, (bool, String, String)>,
}

fn build() -> String {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    let kinds = kinds::all(&mut generator);
    let raw: BTreeMap<String, Value> =
        generator.take_definitions(true).into_iter().map(|(name, schema)| (short(&name), schema)).collect();

    let mut used = BTreeSet::new();
    let mut open: Vec<String> = kinds.iter().map(|kind| short(&kind.definition)).collect();
    while let Some(name) = open.pop() {
        if !used.insert(name.clone()) {
            continue;
        }
        references(&raw[&name], &mut open);
    }

    let mut overlay = overlay::table();
    let mut required = overlay::required();
    let mut definitions = BTreeMap::new();
    for name in &used {
        if let Some(definition) = definition(name, &raw, &mut overlay, &mut required) {
            definitions.insert(name.clone(), definition);
        }
    }
    assert!(overlay.is_empty(), "the overlay names what is not there: {:?}", overlay.keys());
    assert!(required.is_empty(), "the overlay names what is not there: {required:?}");

    let mut bodies = String::new();
    let mut index = String::new();
    for (name, definition) in &definitions {
        let start = bodies.len();
        writeln!(bodies, "{}", definition.doc).unwrap();
        for (field, (required, kind, doc)) in &definition.fields {
            writeln!(bodies, "{field}{} {kind} {doc}", if *required { "!" } else { "" }).unwrap();
        }
        writeln!(index, "{name} {}", bodies.len() - start).unwrap();
    }

    let mut out = format!("hlc-kube schemas of Kubernetes {VERSION}, made by tests/schemas\n");
    let mut lines: Vec<String> = kinds
        .iter()
        .map(|kind| {
            let scope = if kind.namespaced { "namespaced" } else { "cluster" };
            format!("{} {} {scope} {}\n", kind.kind, kind.api_version, short(&kind.definition))
        })
        .collect();
    lines.sort();
    writeln!(out, "kinds {}", lines.len()).unwrap();
    out.push_str(&lines.concat());
    writeln!(out, "definitions {}", definitions.len()).unwrap();
    out.push_str(&index);
    out.push_str(&bodies);
    out
}

/// `io.k8s.api.apps.v1.Deployment` as `apps.v1.Deployment`.
fn short(name: &str) -> String {
    let name = name.strip_prefix("io.k8s.").unwrap();
    let rest = [
        "api.",
        "apimachinery.pkg.apis.",
        "apimachinery.pkg.",
        "apiextensions-apiserver.pkg.apis.",
        "kube-aggregator.pkg.apis.",
    ]
    .iter()
    .find_map(|prefix| name.strip_prefix(prefix));
    rest.unwrap().to_owned()
}

fn references(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::String(target)) = map.get("$ref") {
                found.push(target_name(target));
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn target_name(reference: &str) -> String {
    short(reference.strip_prefix("#/$defs/").unwrap())
}

/// `None` for a definition that is a plain type, which its users spell out.
fn definition(
    name: &str,
    raw: &BTreeMap<String, Value>,
    overlay: &mut overlay::Table,
    more: &mut BTreeSet<(String, String)>,
) -> Option<Definition> {
    let schema = raw[name].as_object().unwrap();
    let properties = schema.get("properties")?.as_object().unwrap();
    let required: BTreeSet<&str> = schema
        .get("required")
        .map(|names| names.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect())
        .unwrap_or_default();
    let mut fields = BTreeMap::new();
    for (field, schema) in properties {
        let schema = schema.as_object().unwrap();
        let base = type_of(schema, raw);
        let place = (name.to_owned(), field.clone());
        let required = more.remove(&place) || required.contains(field.as_str());
        let kind = match overlay.remove(&place) {
            Some(more) => more.apply(&base),
            None => base,
        };
        fields.insert(field.clone(), (required, kind, first_sentence(schema)));
    }
    Some(Definition { doc: first_sentence(schema), fields })
}

/// The notation that `src/schema/definition.rs` reads.
fn type_of(schema: &Map<String, Value>, raw: &BTreeMap<String, Value>) -> String {
    if let Some(target) = schema.get("$ref") {
        let name = target_name(target.as_str().unwrap());
        let target = raw[&name].as_object().unwrap();
        return if target.contains_key("properties") {
            format!("@{name}")
        } else if name == "api.resource.Quantity" {
            "q".to_owned()
        } else {
            type_of(target, raw)
        };
    }
    if schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
        return "o".to_owned();
    }
    // JSONSchemaPropsOrArray and its like.
    if schema.contains_key("oneOf") || schema.contains_key("anyOf") {
        return "x".to_owned();
    }
    let kind = schema.get("type").and_then(Value::as_str);
    let format = schema.get("format").and_then(Value::as_str);
    let nested = |key: &str| schema.get(key).and_then(Value::as_object).map(|inner| type_of(inner, raw));
    match (kind, format) {
        (Some("string"), None) => "s".to_owned(),
        (Some("string"), Some("byte")) => "y".to_owned(),
        (Some("string"), Some("date-time")) => "t".to_owned(),
        (Some("boolean"), None) => "b".to_owned(),
        (Some("integer"), Some("int32")) => "i".to_owned(),
        (Some("integer"), Some("int64")) => "l".to_owned(),
        (Some("number"), Some("double")) => "n".to_owned(),
        (Some("array"), None) => format!("[{}", nested("items").unwrap()),
        (Some("object"), None) => {
            nested("additionalProperties").map_or_else(|| "x".to_owned(), |inner| format!("{{{inner}"))
        }
        other => panic!("a type nobody knows: {other:?} in {schema:?}"),
    }
}

/// Up to the first full stop, on one line, at most 240 characters.
fn first_sentence(schema: &Map<String, Value>) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or("");
    let paragraph = text.split("\n\n").next().unwrap_or("");
    let text = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text
        .match_indices(". ")
        .map(|(at, _)| at + 1)
        .find(|&end| !["e.g.", "i.e.", "etc.", "vs."].iter().any(|short| text[..end].ends_with(short)))
        .unwrap_or(text.len());
    text[..end].chars().take(240).collect()
}
