//! `hlc plan`, `apply` and the rest as a shell runs them: the real program, the real client, a simulated Cloudflare.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

mod applied;
mod canary;
mod faults;
mod foreign;
mod interrupted;
mod killed;
mod rehearsed;
mod saved;
mod stage;
mod state;
