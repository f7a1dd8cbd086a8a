//! HTTP for whatever of hlc goes out: charts today, the APIs of vendors next.
//!
//! [`Client::send`] sends one [`Request`] and gives the [`Answer`], whatever its status. On the way it waits its turn, tries
//! again where that is safe, follows redirects and keeps to a deadline and a size.
//!
//! Architecture invariants:
//! - A [`Login`] is sent to the origin that it is meant for, over TLS (or to this very machine), and nowhere else: a redirect
//!   to another host goes without it.
//! - What may have been done is not sent again: only reading requests are repeated after a lost answer.
//! - No error and no `Debug` shows a login, or the user, query or fragment of a URL ([`shown`]).
//! - Nothing here prints, reads files or decides what a status means.
//!
//! Start reading at [`Client`].

mod answer;
mod client;
mod error;
mod login;
mod policy;
mod request;
mod shown;
mod turn;
mod wait;

pub use answer::Answer;
pub use client::Client;
pub use error::{NetError, Reason};
pub use login::Login;
pub use policy::Policy;
pub use request::{Progress, Request};
pub use reqwest::{Method, Url};
pub use shown::shown;
