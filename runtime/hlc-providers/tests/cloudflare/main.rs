//! Cloudflare's provider against the simulator of Cloudflare.
//!
//! What was asked and answered is held against the vendor's contract at the end of each test, where that is present.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

mod batch;
mod faults;
mod lab;
mod lists;
mod records;
mod zones;
