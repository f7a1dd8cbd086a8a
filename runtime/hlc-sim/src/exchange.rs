//! A request as a vendor's module gets it, and the answer that it gives.

use crate::fault::Oddity;
use crate::stale::Stale;

/// What was asked. It holds what the client logs in with, so that it has no `Debug`.
pub(crate) struct Asked {
    /// 1 for the first request that this server got.
    pub(crate) number: u64,
    /// `GET`
    pub(crate) method: String,
    /// Below the vendor's base path, as it was written: `/zones`. `None` when it is not below it.
    pub(crate) path: Option<String>,
    pub(crate) query: Vec<(String, String)>,
    /// The header `authorization`.
    pub(crate) authorization: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// The last value of a parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    pub(crate) fn header(&self, wanted: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str())
    }
}

/// How an answer is bent, where only the vendor's module can bend it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bent {
    pub(crate) stale: Option<Stale>,
    pub(crate) page: Option<Oddity>,
}

/// A vendor: what it keeps and how it answers. It knows nothing of connections.
pub(crate) trait Vendor: Send + Sync + 'static {
    /// What every path of the API begins with: `/client/v4`.
    fn base(&self) -> &'static str;

    /// Does what is asked.
    fn answer(&self, asked: &Asked, bent: Bent) -> Answer;

    /// How the vendor says that it does nothing: a status of a fault, in the vendor's form.
    fn refusal(&self, status: u16) -> Answer;
}
