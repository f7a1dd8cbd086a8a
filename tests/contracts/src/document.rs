//! An OpenAPI 3.0 document, turned into JSON Schema 2020-12.

use std::path::Path;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// A document whose schemas are JSON Schemas already.
pub(crate) struct Document(Value);

impl Document {
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        nullable(&mut json);
        Self(json)
    }

    /// Method, path and description of each operation.
    pub(crate) fn operations(&self) -> Vec<(String, String, &Value)> {
        let mut operations = Vec::new();
        for (path, methods) in object(self.0.get("paths")) {
            for (method, operation) in
                object(Some(methods)).filter(|(_, operation)| operation.get("responses").is_some())
            {
                operations.push((method.to_uppercase(), path.clone(), operation));
            }
        }
        operations
    }

    /// The parameters that go into the query.
    pub(crate) fn parameters(&self, operation: &Value) -> Vec<(String, Validator)> {
        let written = operation.get("parameters").and_then(Value::as_array);
        let resolved = written.into_iter().flatten().map(|parameter| self.resolve(parameter));
        let queried = resolved.filter(|parameter| parameter.get("in").is_some_and(|place| place == "query"));
        queried
            .map(|parameter| {
                let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
                (name, self.validator(parameter.get("schema").unwrap_or(&Value::Null), false))
            })
            .collect()
    }

    /// The body of the request; `None` where the document says nothing of it.
    pub(crate) fn request(&self, operation: &Value) -> Option<Validator> {
        let schema = operation.pointer("/requestBody/content/application~1json/schema")?;
        Some(self.validator(schema, true))
    }

    pub(crate) fn answers(&self, operation: &Value) -> Vec<(String, Validator)> {
        let with_schema = |(status, answer): (&String, &Value)| {
            let schema = answer.pointer("/content/application~1json/schema")?;
            Some((status.clone(), self.validator(&failure_alone(schema), false)))
        };
        object(operation.get("responses")).filter_map(with_schema).collect()
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let target = value.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
        target.and_then(|target| self.0.pointer(target)).unwrap_or(value)
    }

    /// A schema that can be held against a value. When it is `closed`, objects have no fields but those that are named.
    fn validator(&self, schema: &Value, closed: bool) -> Validator {
        let mut components = self.0.get("components").cloned().unwrap_or_default();
        let mut root = json!({ "allOf": [schema] });
        if closed {
            close_items(&mut components);
            close(&mut root);
        }
        if let Some(root) = root.as_object_mut() {
            root.insert("components".to_owned(), components);
        }
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        options.build(&root).unwrap_or_else(|error| panic!("a schema of the contract: {error}"))
    }
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

/// `nullable`, which only OpenAPI 3.0 has.
fn nullable(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(nullable),
        Value::Object(map) => {
            map.values_mut().for_each(nullable);
            if map.get("nullable") == Some(&Value::Bool(true)) {
                let_null(map);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn let_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    match schema.get("type").cloned() {
        Some(sort @ Value::String(_)) => drop(schema.insert("type".to_owned(), json!([sort, "null"]))),
        _ => {
            schema.remove("nullable");
            let other = Value::Object(std::mem::take(schema));
            schema.insert("anyOf".to_owned(), json!([other, { "type": "null" }]));
        }
    }
}

/// Objects in lists are closed too: what a batch holds is a list of requests.
fn close_items(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(close_items),
        Value::Object(map) => {
            map.values_mut().for_each(close_items);
            if let Some(items) = map.get_mut("items").filter(|items| items.is_object()) {
                let mut closed = json!({ "allOf": [items.take()] });
                close(&mut closed);
                *items = closed;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn close(schema: &mut Value) {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
}

/// Cloudflare describes a failure as a success and a failure at once, which nothing can be.
fn failure_alone(schema: &Value) -> Value {
    let parts = schema.get("allOf").and_then(Value::as_array);
    let is_failure =
        |part: &&Value| part.get("$ref").and_then(Value::as_str).is_some_and(|it| it.ends_with("-failure"));
    parts.into_iter().flatten().find(is_failure).unwrap_or(schema).clone()
}
