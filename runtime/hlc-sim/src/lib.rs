//! Simulators of vendors' APIs: what tests, and `hlc rehearse`, talk to instead of the real ones.
//!
//! A simulator is a web server on loopback that keeps state as the vendor does, checks what the vendor checks and answers in
//! the vendor's words. On order it fails in the ways that networks and vendors do ([`Fault`]), and it tells what it was asked
//! ([`Seen`]). [`Cloudflare`] is the first one.
//!
//! What belongs to no vendor is here: the server, faults, the log, the clock. A vendor is a module that implements `Vendor`.
//!
//! Architecture invariants:
//! - Depends on no other crate of hlc, so that no type, and no misreading of a vendor, is shared with the provider that it
//!   tests.
//! - Listens on 127.0.0.1 only.
//! - The same requests in the same order give the same answers, but for the time in them, which can be set ([`Clock`]).
//! - What a client logs in with is compared and forgotten: it is in no log and in no `Debug`.
//!
//! Start reading at [`Cloudflare::start`], and at `Server` for what happens to a request.

mod body;
mod clock;
pub mod cloudflare;
mod control;
mod exchange;
mod fault;
mod ids;
mod log;
mod pattern;
mod server;
mod stale;

pub use clock::Clock;
pub use cloudflare::Cloudflare;
pub use control::{Control, Moment, Stage};
pub use fault::{End, Fault, Oddity, RetryAfter};
pub use log::{Seen, Writer};
pub use stale::{Lag, Stale};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks; a panic elsewhere (in a test's callback) leaves the state as it was then.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
