//! Why there is no answer.

use std::time::Duration;

use reqwest::Url;
use thiserror::Error;

/// Why there is no answer.
#[derive(Debug, Error)]
#[error("{url}: {reason}")]
pub struct NetError {
    /// What was asked, as it may be seen.
    pub url: String,
    /// Why.
    pub reason: Reason,
}

impl NetError {
    pub(crate) fn new(url: &Url, reason: Reason) -> Self {
        Self { url: crate::shown(url), reason }
    }
}

/// Why there is no answer. Texts are lower case, without a full stop.
#[derive(Debug, Error)]
pub enum Reason {
    /// The HTTP client cannot be set up.
    #[error("HTTP cannot be used here: {0}")]
    Setup(String),
    /// No connection came about: the name is unknown, nobody listens, TLS failed.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The server was silent for too long, or everything took too long.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// The answer ended too early, or was no HTTP.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// The answer is larger than it may be.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
    /// The server asks for a longer wait than there is time.
    #[error("the server answers {status} and asks to come back in {} s", .wait.as_secs())]
    Busy {
        /// Its status.
        status: u16,
        /// How long it asks to wait.
        wait: Duration,
    },
    /// More redirects than are followed.
    #[error("more than {0} redirects")]
    Redirects(u32),
    /// A redirect to something that is not followed.
    #[error("a redirect {0}")]
    BadRedirect(&'static str),
    /// A login would be sent so that others can read it.
    #[error("a login is only sent over https, not in plain text")]
    PlainLogin,
    /// A login has characters that cannot be sent.
    #[error("the login has characters that no header can hold")]
    BadLogin,
}
