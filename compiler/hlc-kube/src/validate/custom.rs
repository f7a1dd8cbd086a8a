//! Custom objects judged by their definitions, where these are written in the homelab.
//!
//! Fields, types, words and numbers of `openAPIV3Schema` (Kubernetes, "Extend the Kubernetes API with CustomResourceDefinitions",
//! structural schemas). Patterns, formats and CEL rules are left to the API server.

use hlc_diag::{Diagnostic, Span};
use hlc_schema::suggest::{list_names, nearest};
use hlc_schema::{Data, DataValue, Map};

use super::field::UNKNOWN_FIELD;
use super::missing::MISSING_FIELD;
use super::range::OUT_OF_RANGE;
use super::show;
use super::types::WRONG_TYPE;
use super::word::UNKNOWN_WORD;

/// Judges an object of a custom kind by a schema, `versions[].schema.openAPIV3Schema` of the definition at `defined`.
#[must_use]
pub fn validate_custom(kind: &str, schema: &Data, defined: Span, body: &Data) -> Vec<Diagnostic> {
    let mut walk = Walk { kind, defined, path: String::new(), found: Vec::new() };
    walk.value(schema, body);
    walk.found.sort_by_key(|finding| finding.primary.span);
    walk.found
}

struct Walk<'a> {
    kind: &'a str,
    defined: Span,
    path: String,
    found: Vec<Diagnostic>,
}

/// What every object has, whatever its schema says.
const COMMON: &[&str] = &["apiVersion", "kind", "metadata", "status"];

fn is(schema: &Data, flag: &str) -> bool {
    schema.get(flag).is_some_and(|flag| flag.value == DataValue::Bool(true))
}

fn number(data: &Data) -> Option<f64> {
    match &data.value {
        #[expect(clippy::cast_precision_loss, reason = "bounds of schemas are far below what is lost")]
        DataValue::Integer(number) => Some(number.get() as f64),
        DataValue::Float(number) => number.to_string().parse().ok(),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::String(_)
        | DataValue::List(_)
        | DataValue::Map(_)
        | DataValue::Deferred(_) => None,
    }
}

impl Walk<'_> {
    fn report(&mut self, finding: Diagnostic) {
        self.found.push(finding.label(self.defined, format!("the definition of {}", self.kind)));
    }

    fn shown(&self) -> &str {
        if self.path.is_empty() { self.kind } else { &self.path }
    }

    fn within(&mut self, step: &str, visit: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if !step.starts_with('[') && length > 0 {
            self.path.push('.');
        }
        self.path.push_str(step);
        visit(self);
        self.path.truncate(length);
    }

    fn value(&mut self, schema: &Data, data: &Data) {
        // A null is reported as one, and what is only known later cannot be judged.
        if data.as_deferred().is_some() || data.value == DataValue::Null {
            return;
        }
        let wanted = schema.get("type").and_then(Data::as_str);
        let either = is(schema, "x-kubernetes-int-or-string");
        let fits = match (wanted, &data.value) {
            _ if either => matches!(data.value, DataValue::Integer(_) | DataValue::String(_)),
            (Some("object"), value) => matches!(value, DataValue::Map(_)),
            (Some("array"), value) => matches!(value, DataValue::List(_)),
            (Some("string"), value) => matches!(value, DataValue::String(_)),
            (Some("boolean"), value) => matches!(value, DataValue::Bool(_)),
            (Some("integer"), value) => matches!(value, DataValue::Integer(_)),
            (Some("number"), value) => matches!(value, DataValue::Integer(_) | DataValue::Float(_)),
            _ => true,
        };
        if !fits {
            return self.wrong_type(wanted.unwrap_or("number or text"), data);
        }
        self.word(schema, data);
        self.bounds(schema, data);
        match &data.value {
            DataValue::Map(map) => self.object(schema, map, data.span),
            DataValue::List(items) => {
                let Some(item) = schema.get("items") else { return };
                for (index, data) in items.iter().enumerate() {
                    self.within(&format!("[{index}]"), |walk| walk.value(item, data));
                }
            }
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Integer(_)
            | DataValue::Float(_)
            | DataValue::String(_)
            | DataValue::Deferred(_) => {}
        }
    }

    fn wrong_type(&mut self, wanted: &str, data: &Data) {
        let (words, help) = match wanted {
            "object" => ("a map", "write `name { … }`"),
            "array" => ("a list", "a list has a dash before each item: `name { - … }`"),
            "string" => ("text", "put it in quotes"),
            "boolean" => ("true or false", "write `#true` or `#false`"),
            "integer" => ("a whole number", "write a number without quotes"),
            "number" => ("a number", "write a number without quotes"),
            _ => ("a number or text", "write one of these"),
        };
        let message = format!("`{}` takes {words}, not {}", self.shown(), show::value(data));
        self.report(Diagnostic::new(&WRONG_TYPE, data.span, message).help(help));
    }

    fn word(&mut self, schema: &Data, data: &Data) {
        let Some(text) = data.as_str() else { return };
        let words = schema.get("enum").and_then(Data::as_list).unwrap_or_default();
        let words: Vec<&str> = words.iter().filter_map(Data::as_str).collect();
        if words.is_empty() || words.contains(&text) {
            return;
        }
        let shown: Vec<_> = words.iter().filter(|word| !word.is_empty()).collect();
        let finding = Diagnostic::new(&UNKNOWN_WORD, data.span, format!("`{}` does not take `{text}`", self.shown()))
            .help(format!("it takes {}", list_names(&shown, "or")));
        self.report(match nearest(text, words) {
            Some(word) => {
                let finding = finding.here(format!("did you mean `{word}`?"));
                show::suggest(finding, data.span, text, &show::kdl_text(word))
            }
            None => finding,
        });
    }

    fn bounds(&mut self, schema: &Data, data: &Data) {
        let limit = |field: &str| schema.get(field).and_then(number);
        if let Some(value) = number(data) {
            let low = limit("minimum").filter(|least| value < *least);
            let high = limit("maximum").filter(|greatest| value > *greatest);
            let bound =
                low.map(|least| format!("{least} or more")).or(high.map(|greatest| format!("{greatest} or less")));
            if let Some(bound) = bound {
                let message = format!("`{}` takes {bound}, not {value}", self.shown());
                self.report(Diagnostic::new(&OUT_OF_RANGE, data.span, message));
            }
        }
    }

    fn object(&mut self, schema: &Data, map: &Map, span: Span) {
        let root = self.path.is_empty();
        let common = |key: &str| (root || is(schema, "x-kubernetes-embedded-resource")) && COMMON.contains(&key);
        let properties = schema.get("properties").and_then(Data::as_map);
        let others = schema.get("additionalProperties");
        let open = is(schema, "x-kubernetes-preserve-unknown-fields")
            || (properties.is_none() && others.is_none())
            || others.is_some_and(|others| others.value == DataValue::Bool(true));
        let mut all_known = true;
        for (key, entry) in map.iter().filter(|(key, _)| !common(key)) {
            let known = properties
                .and_then(|properties| properties.get(key))
                .or(others.filter(|others| others.as_map().is_some()));
            match known {
                Some(schema) => self.within(key, |walk| walk.value(schema, &entry.value)),
                None if open => {}
                None => {
                    all_known = false;
                    let path = if root { key.to_owned() } else { format!("{}.{key}", self.path) };
                    let finding = Diagnostic::new(
                        &UNKNOWN_FIELD,
                        entry.key_span,
                        format!("{} has no field `{path}`", show::a(self.kind)),
                    );
                    let names: Vec<&str> = properties
                        .into_iter()
                        .flat_map(Map::iter)
                        .map(|(name, _)| name)
                        .filter(|name| !common(name))
                        .collect();
                    self.report(match nearest(key, names.iter().copied().filter(|name| map.entry(name).is_none())) {
                        Some(name) => {
                            let finding = finding.here(format!("did you mean `{name}`?"));
                            show::suggest(finding, entry.key_span, key, &show::kdl_text(name))
                        }
                        None if names.is_empty() => finding,
                        None => finding.help(format!("there is {}", list_names(&names, "and"))),
                    });
                }
            }
        }
        // What seems to be missing may be what has the unknown name.
        let required = schema.get("required").and_then(Data::as_list).unwrap_or_default();
        for name in required.iter().filter_map(Data::as_str).filter(|name| all_known && !common(name)) {
            if map.entry(name).is_none() {
                let path = if root { name.to_owned() } else { format!("{}.{name}", self.path) };
                let message = format!("{} needs `{path}`", show::a(self.kind));
                self.report(
                    Diagnostic::new(&MISSING_FIELD, span, message)
                        .here(format!("`{name}` is missing here"))
                        .help(format!("add `{name}`")),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use hlc_diag::FileId;

    use super::*;

    fn data(yaml: &str) -> Data {
        crate::data_from_yaml(yaml, Span::new(FileId::new(0), 0, 0)).unwrap()
    }

    #[test]
    fn by_their_own_schema() {
        let schema = data(
            "type: object\nrequired: [spec]\nproperties:\n  spec:\n    type: object\n    required: [size]\n    properties:\n      size: \
             {type: integer, minimum: 1, maximum: 9}\n      mode: {type: string, enum: [fast, slow]}\n      port: \
             {x-kubernetes-int-or-string: true}\n      list: {type: array, items: {type: object, properties: {a: {type: boolean}}}}\n      \
             labels: {type: object, additionalProperties: {type: string}}\n      free: {type: object, \
             x-kubernetes-preserve-unknown-fields: true}\n",
        );
        let found = |yaml: &str| {
            let found = validate_custom("Widget", &schema, Span::new(FileId::new(0), 0, 0), &data(yaml));
            found
                .iter()
                .map(|finding| format!("{} {}", finding.code.id, finding.message))
                .collect::<Vec<_>>()
                .join("; ")
        };
        let good = "{apiVersion: a.b/v1, kind: Widget, metadata: {name: w}, status: {x: 1}, spec: {size: 3, mode: fast, port: http, \
                    list: [{a: true}], labels: {a: b}, free: {any: [1]}}}";
        assert_eq!(found(good), "");
        for (bad, said) in [
            ("{}", "HLC0503 a Widget needs `spec`"),
            ("{spec: {}}", "HLC0503 a Widget needs `spec.size`"),
            ("{spec: {siez: 3}}", "HLC0501 a Widget has no field `spec.siez`"),
            ("{spec: {size: '3'}}", "HLC0502 `spec.size` takes a whole number, not the text `\"3\"`"),
            ("{spec: {size: 0}}", "HLC0506 `spec.size` takes 1 or more, not 0"),
            ("{spec: {size: 10}}", "HLC0506 `spec.size` takes 9 or less, not 10"),
            ("{spec: {size: 1, mode: fsat}}", "HLC0504 `spec.mode` does not take `fsat`"),
            ("{spec: {size: 1, port: true}}", "HLC0502 `spec.port` takes a number or text, not the boolean `#true`"),
            (
                "{spec: {size: 1, list: [{a: 1}]}}",
                "HLC0502 `spec.list[0].a` takes true or false, not the whole number `1`",
            ),
            ("{spec: {size: 1, labels: {a: 1}}}", "HLC0502 `spec.labels.a` takes text, not the whole number `1`"),
            ("{spec: {size: 1}, other: 1}", "HLC0501 a Widget has no field `other`"),
        ] {
            assert_eq!(found(bad), said, "{bad}");
        }
    }
}
