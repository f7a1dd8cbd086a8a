//! Nulls in objects.

use hlc_diag::{Code, Diagnostic, Severity, Span};

use super::walk::Walk;

/// A null in an object.
pub(super) static NULL_VALUE: Code = Code {
    id: "HLC0507",
    name: "null-in-object",
    severity: Severity::Error,
    summary: "an object holds a null",
    explain: "In chart values `#null` takes a default away. In an object it says nothing: the API server drops it, and a \
              tool that compares the object with the live one may see a difference for ever. Leave the field out; `{}` is \
              an empty map and `(list)name` an empty list.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec clusterIP=#null {
            ports { - name=http port=80 }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec {
            ports { - name=http port=80 }
        }
    }
}"#,
};

pub(super) fn null(walk: &Walk<'_>, span: Span) -> Diagnostic {
    Diagnostic::new(&NULL_VALUE, span, format!("`{}` is null, which says nothing in an object", walk.path()))
        .here("a null")
        .help(format!("leave it out, or write `{} {{}}` for an empty map", walk.field_name()))
}
