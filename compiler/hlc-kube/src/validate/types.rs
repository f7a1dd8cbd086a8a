//! A value of the wrong shape.

use hlc_diag::{Code, Diagnostic, Edit, Fix, Severity};
use hlc_schema::suggest::list_names;
use hlc_schema::{Data, DataValue};

use super::show;
use super::walk::Walk;
use crate::schema::{self, Definition, Type};

/// A value of the wrong shape.
pub(super) static WRONG_TYPE: Code = Code {
    id: "HLC0502",
    name: "wrong-object-type",
    severity: Severity::Error,
    summary: "a value in an object has the wrong type",
    explain: "hlc never turns one type into another by guessing: `180` is a number and `\"180\"` is text, and the API server \
              refuses the one where it wants the other. Environment variables, annotations and labels are text even when \
              they look like numbers or truth values. A list has a dash before each item (`drop { - ALL }`), also when it \
              has only one.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    ConfigMap "web" { data TIMEOUT=180 }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    ConfigMap "web" { data TIMEOUT="180" }
}"#,
};

fn wrong(walk: &Walk<'_>, data: &Data, wanted: &str) -> Diagnostic {
    let message = format!("`{}` takes {wanted}, not {}", walk.path(), show::value(data));
    Diagnostic::new(&WRONG_TYPE, data.span, message).here(format!("{wanted} belongs here"))
}

/// Something else where text is wanted: a number or boolean is quoted as it is written.
pub(super) fn not_text(walk: &Walk<'_>, data: &Data) -> Diagnostic {
    let finding = wrong(walk, data, "text");
    let Some(written) = show::scalar(data) else { return many(walk, finding, data) };
    let text = written.trim_start_matches('#');
    let quoted = show::quoted(text);
    let help = format!("quote it: `{quoted}`");
    if show::is_literal(data.span, written.len()) {
        return finding.help(help).fix(format!("write `{quoted}`"), data.span, quoted);
    }
    if !matches!(data.value, DataValue::Float(_)) {
        return finding.help(help);
    }
    // `1.10` is quoted with the spelling it has.
    let mut finding = finding.help("quote it");
    let edits = vec![
        Edit { span: hlc_diag::Span { end: data.span.start, ..data.span }, text: "\"".to_owned() },
        Edit { span: data.span.after(), text: "\"".to_owned() },
    ];
    finding.fixes.push(Fix { title: "put it in quotes".to_owned(), edits, safe: false });
    finding
}

/// A list or map where one value is wanted.
fn many(walk: &Walk<'_>, finding: Diagnostic, data: &Data) -> Diagnostic {
    let name = walk.field_name();
    match &data.value {
        DataValue::List(items) if items.len() == 1 => finding.help(format!("leave the dash out: `{name} …`")),
        DataValue::List(_) => finding.help("only one value can stand here"),
        DataValue::Map(_) => finding.help(format!("write `{name}=…`, without a block")),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => finding,
    }
}

/// Something else where a truth value is wanted.
pub(super) fn not_a_boolean(walk: &Walk<'_>, data: &Data) -> Diagnostic {
    let finding = wrong(walk, data, "`#true` or `#false`");
    let DataValue::String(text) = &data.value else { return many(walk, finding, data) };
    let value = match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => "#true",
        "false" | "no" | "off" => "#false",
        _ => return finding,
    };
    show::replace(finding.help(format!("write `{value}`, without quotes and with `#`")), data.span, text, value)
}

/// Something else where a number is wanted.
pub(super) fn not_a_number(walk: &Walk<'_>, data: &Data) -> Diagnostic {
    let finding = wrong(walk, data, "a whole number");
    match &data.value {
        DataValue::String(text) if text.trim().parse::<i64>().is_ok() => {
            let number = text.trim();
            show::replace(finding.help(format!("leave the quotes out: `{number}`")), data.span, text, number)
        }
        DataValue::Float(float) if float.value().fract() == 0.0 && float.value().abs() < 1e15 => {
            let number = format!("{:.0}", float.value());
            let written = show::scalar(data).unwrap_or_default();
            show::suggest(finding.help(format!("write `{number}`")), data.span, &written, &number)
        }
        DataValue::String(_)
        | DataValue::Float(_)
        | DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::List(_)
        | DataValue::Map(_)
        | DataValue::Deferred(_) => many(walk, finding, data),
    }
}

/// Something else where a quantity is wanted.
pub(super) fn not_a_quantity(walk: &Walk<'_>, data: &Data) -> Diagnostic {
    let finding = wrong(walk, data, "a quantity").help("such as `\"500m\"`, `2` or `\"10Gi\"`");
    many(walk, finding, data)
}

/// Something else where a number or a name is wanted.
pub(super) fn not_int_or_text(walk: &Walk<'_>, data: &Data) -> Diagnostic {
    many(walk, wrong(walk, data, "a whole number or text"), data)
}

/// Something else where a list is wanted.
pub(super) fn not_a_list(walk: &Walk<'_>, item: &Type, data: &Data) -> Diagnostic {
    let name = walk.field_name();
    let wanted = if matches!(item, Type::Object(_) | Type::Map { .. }) { "a list of maps" } else { "a list" };
    let mut finding = wrong(walk, data, wanted);
    let keys = data.as_map().into_iter().flat_map(hlc_schema::Map::iter).map(|(key, entry)| (entry.key_span, key));
    if let Some((span, key)) = keys.min() {
        finding = finding.label(span, format!("`{key}` without a dash makes it a map"));
    }
    match show::scalar(data) {
        Some(value) => finding.help(format!("a list has a dash, also with one item: `{name} {{ - {value} }}`")),
        None => finding.help(format!("put a dash before each item: `{name} {{ - {} }}`", item_example(item))),
    }
}

/// What an item must have: `name=…`.
fn item_example(item: &Type) -> String {
    let definition = if let Type::Object(id) = item { schema::definition(*id) } else { None };
    let fields = definition.map(Definition::fields).unwrap_or_default();
    let required: Vec<_> =
        fields.iter().filter(|field| field.required).map(|field| format!("{}=…", field.name)).collect();
    if required.is_empty() { "…".to_owned() } else { required.join(" ") }
}

/// Something else where a map with known fields is wanted.
pub(super) fn not_a_map(walk: &Walk<'_>, definition: &Definition, data: &Data) -> Diagnostic {
    let name = walk.field_name();
    let finding = wrong(walk, data, "a map");
    if matches!(data.value, DataValue::List(_)) {
        return finding.help(format!("leave the dash out: `{name} {{ … }}`"));
    }
    let fields: Vec<_> = definition.fields().iter().map(|field| field.name).collect();
    finding.help(format!("its fields are {}: `{name} …=…`", list_names(&fields, "and")))
}

/// Something else where a map with keys of the author's choice is wanted.
pub(super) fn not_a_free_map(walk: &Walk<'_>, data: &Data) -> Diagnostic {
    let name = walk.field_name();
    let finding = wrong(walk, data, "a map");
    if matches!(data.value, DataValue::List(_)) {
        return finding.help(format!("leave the dash out: `{name} key=value`"));
    }
    finding.help(format!("write keys with values: `{name} key=value`"))
}
