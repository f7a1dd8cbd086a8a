//! A field that the object cannot do without.

use hlc_diag::{Code, Diagnostic, Severity, Span};

use super::show;
use super::walk::Walk;
use crate::schema::{Definition, Field, Type};

/// A field that the object cannot do without.
pub(super) static MISSING_FIELD: Code = Code {
    id: "HLC0503",
    name: "missing-object-field",
    severity: Severity::Error,
    summary: "an object lacks a field that its kind requires",
    explain: "The API server refuses an object without this field, so Argo CD's sync or `hlc apply` would stop at it. A \
              Deployment, for instance, needs `spec.selector`: it tells which pods are its own, and there is no default.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Deployment "web" {
        spec {
            template {
                metadata { labels app=web }
                spec { containers { - name=web image="nginx:1.29" } }
            }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Deployment "web" {
        spec {
            selector { matchLabels app=web }
            template {
                metadata { labels app=web }
                spec { containers { - name=web image="nginx:1.29" } }
            }
        }
    }
}"#,
};

pub(super) fn missing(walk: &Walk<'_>, definition: &Definition, field: &Field, span: Span) -> Diagnostic {
    let finding =
        Diagnostic::new(&MISSING_FIELD, span, format!("{} needs `{}`", show::a(walk.kind()), walk.path_of(field.name)))
            .here(format!("`{}` is missing here", field.name))
            .help(format!("add {}", example(definition, field)));
    if field.doc.is_empty() { finding } else { finding.note(format!("`{}`: {}", field.name, field.doc)) }
}

/// An item of a list that must have a field because it is not the only one; `list` is what its items are called.
pub(super) fn missing_among_several(walk: &Walk<'_>, list: &str, field: &str, span: Span) -> Diagnostic {
    let message = format!("{} with several `{list}` needs `{}`", show::a(walk.kind()), walk.path_of(field));
    Diagnostic::new(&MISSING_FIELD, span, message)
        .here(format!("`{field}` is missing here"))
        .help(format!("add `{field}=…` to each of them, no two the same"))
}

/// How the field could be written.
fn example(definition: &Definition, field: &Field) -> String {
    let name = field.name;
    match (&field.takes, definition.short_name()) {
        (_, "DeploymentSpec" | "StatefulSetSpec" | "DaemonSetSpec" | "ReplicaSetSpec") if name == "selector" => {
            "`selector { matchLabels app=… }`, the labels of the template's pods".to_owned()
        }
        (Type::Object(_) | Type::Map { .. }, _) => format!("`{name} {{ … }}`"),
        (Type::List { item, .. }, _) if matches!(**item, Type::Object(_)) => {
            format!("`{name} {{ - … }}`, an item per dash")
        }
        (Type::List { item, .. }, _) => match word(item) {
            Some(word) => format!("`{name} {{ - {word} }}`, or another of its words"),
            None => format!("`{name} {{ - … }}`"),
        },
        (Type::Word(words), _) => format!("`{name}={}`", words.join(&format!("` or `{name}="))),
        (Type::Bool, _) => format!("`{name}=#true` or `{name}=#false`"),
        (Type::Int32 | Type::Int64 | Type::Port | Type::Number | Type::IntOrText, _) => format!("`{name}=…`, a number"),
        (
            Type::Text
            | Type::Label(_)
            | Type::QualifiedName
            | Type::LabelValue
            | Type::Base64
            | Type::Time
            | Type::Quantity
            | Type::Any,
            _,
        ) => format!("`{name}=\"…\"`"),
    }
}

/// The first word of a closed set.
fn word(takes: &Type) -> Option<&'static str> {
    if let Type::Word(words) = takes { words.first().copied() } else { None }
}
