//! Values of resources: known, secret, or not known yet.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Number;

/// Properties of a resource, by name.
pub type Properties = BTreeMap<String, Value>;

/// What tells two secrets apart without saying anything about either: an HMAC-SHA-256 in hex, whose key is the state's own and
/// encrypted in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Takes over a fingerprint that was made or read.
    #[must_use]
    pub fn new(hex: impl Into<String>) -> Self {
        Self(hex.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A value of a property or an output.
///
/// In JSON it is what it is; a secret is `{"$secret": "…"}`, what is not known `{"$unknown": "…"}`, and a map of which a key begins
/// with `$` is `{"$map": {…}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "serde_json::Value", into = "serde_json::Value")]
pub enum Value {
    /// Nothing: what is unset.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number. Whole ones and decimal ones are different.
    Number(Number),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A map.
    Map(BTreeMap<String, Value>),
    /// A value that nobody may see.
    Secret(Fingerprint),
    /// A value that only carrying out the plan will tell, as it is shown: `(output)hetzner/server.edge#ipv4`.
    Unknown(String),
}

const SECRET: &str = "$secret";
const UNKNOWN: &str = "$unknown";
const MAP: &str = "$map";

impl Value {
    /// Text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The text, if it is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// What a map has under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        if let Self::Map(map) = self { map.get(key) } else { None }
    }

    /// What a list has at a place.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<&Self> {
        if let Self::List(items) = self { items.get(place) } else { None }
    }

    /// True when it is known as a whole, secrets included.
    #[must_use]
    pub fn is_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::List(items) => items.iter().all(Self::is_known),
            Self::Map(map) => map.values().all(Self::is_known),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Secret(_) => true,
        }
    }

    /// The value as an API answers it: there are no secrets and nothing unknown in it.
    #[must_use]
    pub fn from_api(json: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            Json::Number(number) => Self::Number(number),
            Json::String(text) => Self::Text(text),
            Json::Array(items) => Self::List(items.into_iter().map(Self::from_api).collect()),
            Json::Object(map) => Self::Map(map.into_iter().map(|(key, value)| (key, Self::from_api(value))).collect()),
        }
    }

    /// Every secret in it.
    pub fn each_secret<'a>(&'a self, visit: &mut dyn FnMut(&'a Fingerprint)) {
        match self {
            Self::Secret(fingerprint) => visit(fingerprint),
            Self::List(items) => items.iter().for_each(|item| item.each_secret(visit)),
            Self::Map(map) => map.values().for_each(|item| item.each_secret(visit)),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Unknown(_) => {}
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Self::from_api(json),
            Json::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Json::Object(mut map) => {
                if map.len() == 1 {
                    match map.remove(SECRET) {
                        Some(Json::String(hex)) => return Self::Secret(Fingerprint(hex)),
                        Some(other) => drop(map.insert(SECRET.to_owned(), other)),
                        None => {}
                    }
                    match map.remove(UNKNOWN) {
                        Some(Json::String(text)) => return Self::Unknown(text),
                        Some(other) => drop(map.insert(UNKNOWN.to_owned(), other)),
                        None => {}
                    }
                    match map.remove(MAP) {
                        Some(Json::Object(inner)) => map = inner,
                        Some(other) => drop(map.insert(MAP.to_owned(), other)),
                        None => {}
                    }
                }
                Self::Map(map.into_iter().map(|(key, value)| (key, Self::from(value))).collect())
            }
        }
    }
}

impl From<Value> for serde_json::Value {
    fn from(value: Value) -> Self {
        let one = |key: &str, value| Self::Object([(key.to_owned(), value)].into_iter().collect());
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number),
            Value::Text(text) => Self::String(text),
            Value::List(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Map(map) => {
                let special = map.keys().any(|key| key.starts_with('$'));
                let plain = Self::Object(map.into_iter().map(|(key, value)| (key, Self::from(value))).collect());
                if special { one(MAP, plain) } else { plain }
            }
            Value::Secret(fingerprint) => one(SECRET, Self::String(fingerprint.0)),
            Value::Unknown(text) => one(UNKNOWN, Self::String(text)),
        }
    }
}

/// As it is shown to people, in one line: text in quotes, secrets never.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => write!(f, "{}", serde_json::Value::String(text.clone())),
            Self::List(items) => {
                f.write_str("[")?;
                for (place, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if place == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Map(map) => {
                f.write_str("{")?;
                for (place, (key, item)) in map.iter().enumerate() {
                    write!(f, "{}{key}: {item}", if place == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
            Self::Secret(_) => f.write_str("(secret)"),
            Self::Unknown(text) => write!(f, "{text} (known after apply)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(|number| Value::Number(number.into())),
            ".{0,8}".prop_map(Value::Text),
            "[0-9a-f]{8}".prop_map(|hex| Value::Secret(Fingerprint(hex))),
            ".{0,8}".prop_map(Value::Unknown),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let key = prop_oneof![Just("$secret".to_owned()), Just("$map".to_owned()), "[$a-z]{1,3}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
                prop::collection::btree_map(key, inner, 0..4).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_says_the_same(value in any_value()) {
            let text = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let value = Value::List(vec![Value::Secret(Fingerprint::new("abc")), Value::text("a \"b\"")]);
        assert_eq!(value.to_string(), r#"[(secret), "a \"b\""]"#);
    }
}
