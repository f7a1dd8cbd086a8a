//! Changes as people and programs read them. No format shows a secret.

mod human;
mod json;

pub use human::{Shown, human, summary};
pub use json::json;

use hlc_plan::{KindDecl, Secrecy};

use crate::change::FieldChange;
use crate::value::Value;

/// True when a field must not be shown: it is secret, or what is put in its place is.
fn is_secret(kind: &KindDecl, field: &FieldChange) -> bool {
    let mut found = kind.property(field.property).is_some_and(|property| property.secrecy == Secrecy::Secret);
    for value in field.before.iter().chain(&field.after) {
        value.each_secret(&mut |_| found = true);
    }
    found
}

/// A side of a field as it may be seen.
fn visible(kind: &KindDecl, field: &FieldChange, side: Option<&Value>) -> Option<Value> {
    let value = side?;
    if is_secret(kind, field) {
        return Some(Value::Secret(crate::Fingerprint::new("")));
    }
    Some(value.clone())
}
