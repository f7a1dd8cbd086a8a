//! What a client wants of a record: the body of a request, read.

use serde_json::{Map, Value};

use super::envelope::Failure;

/// Fields as a client sent them; what it did not send is `None`.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) sort: Option<String>,
    pub(super) name: Option<String>,
    pub(super) content: Option<String>,
    pub(super) data: Option<Map<String, Value>>,
    pub(super) priority: Option<u64>,
    pub(super) ttl: Option<u64>,
    pub(super) proxied: Option<bool>,
    /// `Some(None)`: taken away.
    pub(super) comment: Option<Option<String>>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) settings: Option<Map<String, Value>>,
}

/// A body that is no JSON, or not of the form that was expected.
pub(super) fn body(bytes: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(bytes).map_err(|_| Failure::invalid(6007, "Malformed JSON in request body"))
}

/// The vendor's words for a body that is JSON and not what it should be (github.com/favonia/cloudflare-ddns/issues/1026).
pub(super) fn invalid_body() -> Failure {
    Failure::invalid(9207, "Request body is invalid.")
}

impl Draft {
    pub(super) fn read(json: &Value) -> Result<Self, Failure> {
        let json = json.as_object().ok_or_else(invalid_body)?;
        // `null` is as good as nothing, but for the comment.
        let get = |name: &str| json.get(name).filter(|value| !value.is_null());
        let text = |name: &str| read(get(name), |value| value.as_str().map(str::to_owned));
        let number = |name: &str| read(get(name), whole);
        let object = |name: &str| read(get(name), |value| value.as_object().cloned());
        let tags = |value: &Value| {
            let tags = value.as_array()?.iter().map(|tag| tag.as_str().map(str::to_owned));
            tags.collect::<Option<Vec<String>>>()
        };
        Ok(Self {
            sort: text("type")?,
            name: text("name")?,
            content: text("content")?,
            data: object("data")?,
            priority: number("priority")?,
            ttl: number("ttl")?,
            proxied: read(get("proxied"), Value::as_bool)?,
            comment: match json.get("comment") {
                Some(Value::Null) => Some(None),
                Some(Value::String(text)) => Some(Some(text.clone()).filter(|text| !text.is_empty())),
                Some(_) => return Err(invalid_body()),
                None => None,
            },
            tags: read(get("tags"), tags)?,
            settings: object("settings")?,
        })
    }
}

fn read<T>(value: Option<&Value>, read: impl FnOnce(&Value) -> Option<T>) -> Result<Option<T>, Failure> {
    value.map(|value| read(value).ok_or_else(invalid_body)).transpose()
}

/// A whole number, also as `300.0`: the contract calls them numbers.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is whole and within the range where these are exact"
)]
fn whole(value: &Value) -> Option<u64> {
    let float = value.as_f64().filter(|float| float.fract() == 0.0 && (0.0..=9e15).contains(float));
    value.as_u64().or(float.map(|float| float as u64))
}
