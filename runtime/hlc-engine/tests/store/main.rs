//! What holds for every store, and what for each.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod contract;
mod local;
mod s3;
