//! What is asked.

use std::fmt;
use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::login::Login;

/// Is told how many bytes of an answer are there, and of how many if the server said so.
pub type Progress = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

/// A request.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) login: Option<Login>,
    pub(crate) limit: u64,
    pub(crate) progress: Option<Progress>,
}

impl Request {
    /// The largest answer that is read unless a request says otherwise, in bytes.
    pub const LIMIT: u64 = 16 << 20;

    /// A request that reads.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A request of any method.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Vec::new(),
            login: None,
            limit: Self::LIMIT,
            progress: None,
        }
    }

    /// With a header. Headers go along redirects to other hosts: what is secret is a [`Login`].
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With the header `Accept`.
    #[must_use]
    pub fn accept(self, types: &'static str) -> Self {
        self.header(reqwest::header::ACCEPT, HeaderValue::from_static(types))
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// With a body of JSON.
    #[must_use]
    pub fn json(self, body: Vec<u8>) -> Self {
        self.header(reqwest::header::CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body)
    }

    /// From somebody.
    #[must_use]
    pub fn login(mut self, login: Option<Login>) -> Self {
        self.login = login;
        self
    }

    /// With the largest answer that is read, in bytes.
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// With somebody to tell how far it is.
    #[must_use]
    pub fn progress(mut self, progress: Option<Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// True when sending it twice is as good as once: it only reads.
    pub(crate) fn only_reads(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, crate::shown(&self.url))
    }
}
