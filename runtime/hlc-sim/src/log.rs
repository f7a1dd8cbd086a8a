//! What a simulator was asked and what it answered.

use crate::pattern::Pattern;

/// Who wrote an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The simulated vendor: it holds to the vendor's contract.
    Vendor,
    /// A fault: it holds to nothing.
    Fault,
}

/// A request and what became of it. What the client logged in with is not kept.
#[derive(Clone, Debug)]
pub struct Seen {
    /// 1 for the first request.
    pub number: u64,
    /// `GET`
    pub method: String,
    /// Below the vendor's base path: `/zones/023e105f4ecef8ad9ca31a8372d0c353/dns_records`.
    pub path: String,
    /// What stood behind the `?`, as it was sent.
    pub query: String,
    /// The request's body.
    pub body: Vec<u8>,
    /// Whether the vendor did what was asked, or refused it, itself.
    pub reached: bool,
    /// The status of the answer; `None` while there is none, and for a connection that ended without one.
    pub status: Option<u16>,
    /// Who wrote the answer.
    pub writer: Writer,
    /// The answer's `content-type`.
    pub content_type: Option<String>,
    /// The answer's body, whole, even when it was not delivered so.
    pub answer: Vec<u8>,
}

impl Seen {
    /// Whether it is about a method and a path like `/zones/*/dns_records`; `*` is one segment, `**` all that follow.
    #[must_use]
    pub fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && Pattern::new(path).matches(&self.path)
    }
}
