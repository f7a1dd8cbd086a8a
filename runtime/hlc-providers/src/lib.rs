//! The vendors' APIs as the engine sees them, a module each.
//!
//! Architecture invariants:
//! - What a vendor's module does is said by `hlc_engine::Operate`; nothing here decides what is to be done.
//! - One kind of resource per file. What is asked is made by pure functions (`request.rs`), what an answer means is judged by
//!   pure functions (`fault.rs`); only `client.rs` sends.
//! - No module knows another one.
//! - A login is in no message: what a vendor says is searched for it first.
//! - The kinds are those that the compiler declares (`hlc_model::stack`): what a change of a property means is said there, once.
//!
//! Start reading at [`cloudflare`].

pub mod cloudflare;
