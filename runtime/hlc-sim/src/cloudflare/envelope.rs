//! The form of every answer, and the vendor's words for what it refuses.

use serde_json::{Map, Value, json};

use crate::exchange::Answer;

/// Why the vendor refuses something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) code: u32,
    pub(super) message: String,
    /// What the vendor says below the first message.
    below: Option<(u32, &'static str)>,
}

impl Failure {
    pub(super) fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), below: None }
    }

    /// Status 400. The vendor gives the cause itself, since October 2024 no longer below a "DNS Validation Error" (1004):
    /// github.com/cloudflare/cloudflare-docs/pull/15317.
    pub(super) fn invalid(code: u32, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    pub(super) fn below(mut self, code: u32, message: &'static str) -> Self {
        self.below = Some((code, message));
        self
    }

    /// A path that is none, or with an identifier that cannot be one. 404 since 2025
    /// (github.com/gardener/external-dns-management/issues/428).
    pub(super) fn no_route(path: &str) -> Self {
        let message = format!("Could not route to {path}, perhaps your object identifier is invalid?");
        Self::new(404, 7003, message)
    }

    pub(super) fn no_record() -> Self {
        Self::new(404, 81044, "Record does not exist.")
    }

    pub(super) fn answer(&self) -> Answer {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let (Some((code, message)), Some(error)) = (self.below, error.as_object_mut()) {
            error.insert("error_chain".to_owned(), json!([{ "code": code, "message": message }]));
        }
        Answer::json(self.status, &enveloped(Value::Null, vec![error]).into())
    }
}

/// 200 with a result: also for what was created or deleted.
pub(super) fn success(result: Value) -> Answer {
    Answer::json(200, &enveloped(result, Vec::new()).into())
}

/// 200 with a page of a list.
pub(super) fn page(result: Value, info: Value) -> Answer {
    let mut body = enveloped(result, Vec::new());
    body.insert("result_info".to_owned(), info);
    Answer::json(200, &body.into())
}

fn enveloped(result: Value, errors: Vec<Value>) -> Map<String, Value> {
    let success = errors.is_empty();
    let parts: [(&str, Value); 4] = [
        ("result", result),
        ("success", success.into()),
        ("errors", errors.into()),
        ("messages", Vec::<Value>::new().into()),
    ];
    parts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
