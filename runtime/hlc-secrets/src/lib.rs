//! SOPS files with their keys: opened, verified, edited in place.
//!
//! [`Identities`] finds age keys where `sops` looks for them, [`Opened`] decrypts a file and verifies its checksum, and
//! [`Opened::set`], [`Opened::unset`] and [`Opened::reencrypt`] give the text with one thing changed and every other byte as it
//! was. The format itself is read by `hlc-sops`.
//!
//! Architecture invariants:
//! - A plain value lives in a [`Secret`], is overwritten when dropped, and is in no `Debug`, `Display` or error text.
//! - A file whose checksum is absent or wrong is never given out, not in part either.
//! - Nothing is run: no `sops`, no age plugin, no `SOPS_AGE_KEY_CMD`.
//!
//! Start reading at [`open`], then [`edit`].

mod cipher;
mod data_key;
pub mod edit;
mod error;
pub mod identity;
mod mac;
pub mod open;
mod recipients;
pub mod seal;
mod secret;
mod shamir;
mod timestamp;

pub use edit::EditError;
pub use error::OpenError;
pub use identity::{Environment, Identities, IdentityProblem};
pub use open::{Opened, Value};
pub use recipients::RecipientError;
pub use secret::Secret;
