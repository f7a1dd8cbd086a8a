//! What is answered.

use serde::Deserialize;
use serde_json::{Map, Number, Value};

/// What every answer is wrapped in. Only answers to deletions may leave `success` out.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope {
    pub(super) success: Option<bool>,
    errors: Option<Vec<ApiError>>,
    #[serde(default)]
    pub(super) result: Value,
    pub(super) result_info: Option<PageInfo>,
}

impl Envelope {
    pub(super) fn into_errors(self) -> Vec<ApiError> {
        self.errors.unwrap_or_default()
    }
}

/// Why something was refused.
#[derive(Debug, Deserialize)]
pub(super) struct ApiError {
    pub(super) code: u32,
    #[serde(default)]
    pub(super) message: String,
    /// The reasons behind the reason.
    #[serde(default)]
    pub(super) error_chain: Vec<ApiError>,
}

impl ApiError {
    /// All codes, those behind it too.
    pub(super) fn codes(&self) -> Vec<u32> {
        std::iter::once(self.code).chain(self.error_chain.iter().flat_map(Self::codes)).collect()
    }
}

/// Which page of a list it is.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct PageInfo {
    /// How many can stand on a page: what was asked for, or less.
    pub(super) per_page: Option<u64>,
    /// How many there are on all pages.
    pub(super) total_count: Option<u64>,
}

/// A zone.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Zone {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) account: Option<Account>,
}

/// Whose a zone is.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Account {
    pub(super) name: Option<String>,
}

/// A record. Which fields there are depends on its type.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) r#type: String,
    pub(super) name: String,
    pub(super) content: Option<String>,
    pub(super) data: Option<Map<String, Value>>,
    pub(super) priority: Option<Number>,
    pub(super) ttl: Option<Number>,
    pub(super) proxied: Option<bool>,
    pub(super) comment: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

/// What was deleted.
#[derive(Debug, Deserialize)]
pub(super) struct Deleted {}

/// What a batch did, by verb, in the order in which it was asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Batch {
    pub(super) deletes: Option<Vec<Value>>,
    pub(super) patches: Option<Vec<Record>>,
    pub(super) posts: Option<Vec<Record>>,
}

/// What a list is made of.
pub(super) trait Listed {
    fn id(&self) -> &str;
}

impl Listed for Zone {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Listed for Record {
    fn id(&self) -> &str {
        &self.id
    }
}
