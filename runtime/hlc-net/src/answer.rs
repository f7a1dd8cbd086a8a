//! What is answered.

use std::fmt;

use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};

/// An answer, whole.
pub struct Answer {
    /// Its status; not judged.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
    /// Where it came from in the end.
    pub url: Url,
}

impl Answer {
    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} bytes from {}", self.status, self.body.len(), crate::shown(&self.url))
    }
}
