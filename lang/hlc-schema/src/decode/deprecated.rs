//! Names that fields had before.

use hlc_diag::{Code, Diagnostic, Severity, Span};

use crate::FieldDecl;

/// A field is given by the name it had before.
pub(super) static DEPRECATED: Code = Code {
    id: "HLC0040",
    name: "deprecated-name",
    severity: Severity::Warning,
    summary: "a field is given by the name it had before",
    explain: "The field has a better name now. Both mean the same; the old one will not be read in the next edition. \
              `hlc check --fix` writes the new one.",
    bad: "",
    good: "",
};

/// The warning for a field that is written by its old name at `span`.
pub(super) fn warning(field: &FieldDecl, written: &str, span: Span) -> Option<Diagnostic> {
    if field.was != Some(written) {
        return None;
    }
    let name = field.name;
    let message = format!("`{written}` is called `{name}` now");
    Some(Diagnostic::new(&DEPRECATED, span, message).help(format!("write `{name}`: it means the same")).fix(
        format!("write `{name}`"),
        span,
        name,
    ))
}
