//! Numbers that do not fit.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Data;

use super::walk::Walk;
use crate::schema::Type;

/// A number that does not fit its field.
pub(super) static OUT_OF_RANGE: Code = Code {
    id: "HLC0506",
    name: "number-out-of-range",
    severity: Severity::Error,
    summary: "a number does not fit its field",
    explain: "Kubernetes keeps most whole numbers in 32 bits, sizes and times in 64, and ports are 1 to 65535. A greater \
              number is refused by the API server.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec {
            ports { - name=http port=80800 }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec {
            ports { - name=http port=8080 }
        }
    }
}"#,
};

/// The numbers a field takes.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    least: i128,
    greatest: i128,
    words: &'static str,
}

impl Limits {
    pub(super) fn of(takes: &Type) -> Self {
        match takes {
            Type::Port => Self { least: 1, greatest: 65_535, words: "a port, 1 to 65535" },
            Type::Int32 | Type::IntOrText => Self {
                least: i32::MIN.into(),
                greatest: i32::MAX.into(),
                words: "a number of 32 bits, up to 2147483647",
            },
            Type::Int64
            | Type::Text
            | Type::Label(_)
            | Type::QualifiedName
            | Type::LabelValue
            | Type::Word(_)
            | Type::Base64
            | Type::Time
            | Type::Bool
            | Type::Number
            | Type::Quantity
            | Type::Any
            | Type::List { .. }
            | Type::Map { .. }
            | Type::Object(_) => Self {
                least: i64::MIN.into(),
                greatest: i64::MAX.into(),
                words: "a number of 64 bits, up to 9223372036854775807",
            },
        }
    }
}

pub(super) fn outside(walk: &Walk<'_>, limits: Limits, data: &Data) -> Option<Diagnostic> {
    let number = data.as_integer()?;
    if (limits.least..=limits.greatest).contains(&number) {
        return None;
    }
    let message = format!("`{}` takes {}, not {number}", walk.path(), limits.words);
    let here = if number < limits.least { "too small" } else { "too great" };
    Some(Diagnostic::new(&OUT_OF_RANGE, data.span, message).here(here))
}
