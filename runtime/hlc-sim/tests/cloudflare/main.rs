//! The simulator of Cloudflare, asked by a plain HTTP client that knows nothing of it.
//!
//! At the end of each test what went over the wire is held against the vendor's contract, where that is present; that it is
//! held at all, and that a wrong answer is seen, is tested in `contract.rs`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

mod access;
mod batch;
mod client;
mod faults;
mod lists;
mod records;
mod steering;
