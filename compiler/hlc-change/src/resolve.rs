//! Planned properties as values, as far as they are known.

use hlc_plan::{Address, KindDecl, PlannedResource, Secrecy};
use hlc_schema::{Data, DataValue, Deferred, Later, Map, Piece};
use serde_json::Number;

use crate::value::{Fingerprint, Properties, Value};

/// What is known besides the plan.
pub trait Lookup {
    /// The secret of this name in the SOPS file.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn secret(&self, name: &str) -> Result<Fingerprint, Unresolved>;

    /// An output of a resource of this stack or of another one; `None` when it is only known once the plan is carried out.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn output(&self, address: &Address, name: &str) -> Result<Option<Value>, Unresolved>;

    /// The fingerprint of a text that is put together of pieces of which one is secret.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn compose(&self, pieces: &[Composed<'_>]) -> Result<Fingerprint, Unresolved>;
}

/// A piece of a text with secrets in it.
#[derive(Clone, Debug)]
pub enum Composed<'a> {
    /// Text as it is.
    Text(&'a str),
    /// A value, percent-encoded (RFC 3986) when `url` is set.
    Value {
        /// Text, a number, a truth value or a secret.
        value: Value,
        /// Whether to encode it.
        url: bool,
    },
}

/// Why a value cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// One line, lower case, no full stop.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What a resource should be, in the form in which it is compared: canonical, with fingerprints in place of everything in properties
/// that are never shown.
///
/// # Errors
/// As in [`resolve_all`].
pub fn wanted(
    resource: &PlannedResource,
    lookup: &dyn Lookup,
    canonical: &dyn Fn(&'static KindDecl, &mut Properties),
) -> Result<Properties, (hlc_diag::Span, Unresolved)> {
    let mut wanted = resolve_all(&resource.properties, lookup)?;
    canonical(resource.kind, &mut wanted);
    for (name, value) in &mut wanted {
        if resource.kind.property(name).is_some_and(|property| property.secrecy == Secrecy::Secret) {
            let span = resource.properties.get(name).map_or(resource.origin, |data| data.span);
            hide(value, lookup).map_err(|why| (span, why))?;
        }
    }
    Ok(wanted)
}

/// Puts fingerprints in place of texts.
fn hide(value: &mut Value, lookup: &dyn Lookup) -> Result<(), Unresolved> {
    match value {
        Value::Text(text) => *value = Value::Secret(lookup.compose(&[Composed::Text(text)])?),
        Value::List(items) => items.iter_mut().try_for_each(|item| hide(item, lookup))?,
        Value::Map(map) => map.values_mut().try_for_each(|item| hide(item, lookup))?,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Secret(_) | Value::Unknown(_) => {}
    }
    Ok(())
}

/// Every property of a resource.
///
/// # Errors
/// The first that cannot be had, with the place that asks for it.
pub fn resolve_all(map: &Map, lookup: &dyn Lookup) -> Result<Properties, (hlc_diag::Span, Unresolved)> {
    let resolved = map.iter().map(|(name, entry)| Ok((name.to_owned(), resolve(&entry.value, lookup)?)));
    resolved.collect()
}

/// One value.
///
/// # Errors
/// As in [`resolve_all`].
pub fn resolve(data: &Data, lookup: &dyn Lookup) -> Result<Value, (hlc_diag::Span, Unresolved)> {
    Ok(match &data.value {
        DataValue::Null => Value::Null,
        DataValue::Bool(value) => Value::Bool(*value),
        DataValue::Integer(number) => Number::from_i128(number.get()).map_or(Value::Null, Value::Number),
        DataValue::Float(number) => Number::from_f64(number.value()).map_or(Value::Null, Value::Number),
        DataValue::String(text) => Value::text(text.as_str()),
        DataValue::List(items) => {
            Value::List(items.iter().map(|item| resolve(item, lookup)).collect::<Result<_, _>>()?)
        }
        DataValue::Map(map) => Value::Map(resolve_all(map, lookup)?),
        DataValue::Deferred(later) => deferred(later, lookup).map_err(|why| (data.span, why))?,
    })
}

fn deferred(deferred: &Deferred, lookup: &dyn Lookup) -> Result<Value, Unresolved> {
    let pieces = match deferred {
        Deferred::One(later) => return one(later, lookup),
        Deferred::Text(pieces) => pieces,
    };
    let mut composed = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Text(text) => composed.push(Composed::Text(text)),
            Piece::Later { value, url } => {
                let value = one(value, lookup)?;
                if !value.is_known() {
                    return Ok(Value::Unknown(deferred.to_string()));
                }
                composed.push(Composed::Value { value, url: *url });
            }
        }
    }
    if composed.iter().any(|piece| matches!(piece, Composed::Value { value: Value::Secret(_), .. })) {
        return Ok(Value::Secret(lookup.compose(&composed)?));
    }
    Ok(Value::Text(composed.iter().map(plain).collect()))
}

/// A piece that is not secret, as text.
fn plain(piece: &Composed<'_>) -> String {
    match piece {
        Composed::Text(text) => (*text).to_owned(),
        Composed::Value { value: Value::Text(text), url: false } => text.clone(),
        Composed::Value { value: Value::Text(text), url: true } => percent(text.as_bytes()),
        Composed::Value { value, url: false } => value.to_string(),
        Composed::Value { value, url: true } => percent(value.to_string().as_bytes()),
    }
}

/// Percent-encoded but for what RFC 3986, section 2.3, calls unreserved.
#[must_use]
pub fn percent(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len()), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

fn one(later: &Later, lookup: &dyn Lookup) -> Result<Value, Unresolved> {
    match later {
        Later::Secret(name) => Ok(Value::Secret(lookup.secret(name)?)),
        Later::Output { address, name } => {
            let known = lookup.output(&Address::new(address.as_str()), name)?;
            Ok(known.unwrap_or_else(|| Value::Unknown(later.to_string())))
        }
    }
}
