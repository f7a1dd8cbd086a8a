//! Looks at what is there, and carries changes out.
//!
//! Architecture invariants:
//! - The journal says what is about to be done, on disk, before the request is sent.
//! - An unclear answer to a write is read back, never sent again blindly.
//! - Nothing here decides what is to be done: `hlc_change::changes` does.
//! - A secret is plain in the [`Vault`] and in the [`Body`] that is sent, and nowhere else.
//!
//! Start reading at [`Session`].

#[cfg(feature = "conformance")]
pub mod conformance;

mod batch;
mod execute;
mod holder;
mod journal;
mod known;
mod lost;
mod observe;
mod operate;
mod queue;
mod record;
mod session;
mod step;
mod store;
mod vault;
mod watch;

pub use execute::Halt;
pub use holder::Holder;
pub use journal::JournalError;
pub use known::{Others, Outputs};
pub use observe::ObserveError;
pub use operate::{Batch, Body, Fault, Operate, Provider, Relation, Step};
pub use session::{
    Carrying, Drift, EngineError, How, Outcome, Rebuilt, Session, UpkeepError, UpkeepOr, journal_name, lock_name,
    others, state_name,
};
pub use store::{Guard, Local, S3, S3Keys, S3Settings, Store, StoreError, Stored, Version};
pub use vault::{Source, Vault, VaultError};
pub use watch::{Ended, Stop, Watch};
