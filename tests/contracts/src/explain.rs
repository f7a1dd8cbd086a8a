//! What a validator has against a value, in a line each.

#![expect(clippy::wildcard_enum_match_arm, reason = "the words of the validator are good but for two kinds")]

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

pub(crate) fn complaints(validator: &Validator, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    for error in validator.iter_errors(value) {
        explain(&error, at, &mut found);
    }
    found
}

/// Of several schemas none of which fits, the one that comes nearest is meant: for a record that of its type.
fn explain(error: &ValidationError<'_>, at: &str, found: &mut Vec<String>) {
    let about_type = |error: &ValidationError<'_>| {
        matches!(error.kind(), ValidationErrorKind::Enum { .. }) && error.instance_path().to_string().ends_with("/type")
    };
    let nearest = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.iter().min_by_key(|errors| (errors.iter().any(about_type), errors.len()))
        }
        _ => None,
    };
    match nearest.filter(|errors| !errors.is_empty()) {
        Some(errors) => errors.iter().for_each(|error| explain(error, at, found)),
        None => found.push(format!("{at}: {}: {error}", error.instance_path())),
    }
}
