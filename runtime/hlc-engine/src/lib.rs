//! Looks at what is there, and carries changes out.
//!
//! Architecture invariants:
//! - The journal says what is about to be done, on disk, before the request is sent.
//! - An unclear answer to a write is read back, never sent again blindly.
//! - Nothing here decides what is to be done: `hlc_change::changes` does.
//! - A secret is plain in the [`Body`] that is sent, and nowhere else.
//!
//! Start reading at [`operate`].

mod holder;
mod operate;
mod store;

pub use holder::Holder;
pub use operate::{Batch, Body, Fault, Operate, Provider, Relation, Step};
pub use store::{Guard, Store, StoreError, Stored, Version};
