//! What a SOPS file says without any key: names, places, recipients, rules.
//!
//! [`SopsFile::read`] reads YAML and JSON files as `sops` writes them; [`Config::read`] reads the creation rules of
//! `.sops.yaml`. The values stay what they are in the file: ciphertext.
//!
//! Architecture invariants:
//! - Pure: text in, values out; no file, no key, no decryption (that is `hlc-secrets`).
//! - Hostile input ends in a [`SopsError`] with its place: size, nesting and number of values are bounded.
//! - Every key, value and recipient has its place in the text, so that findings point there and an edit changes those bytes
//!   and no others.
//!
//! Start reading at [`file`], then [`tree`].

pub mod config;
mod error;
pub mod file;
pub mod metadata;
pub mod rule;
pub mod scalar;
pub mod tree;
pub mod value;

pub use config::{Config, CreationRule};
pub use error::{Fault, SopsError};
pub use file::{Key, KeyState, Leaf, SopsFile, leaves, redact};
pub use metadata::{Metadata, Recipient, RecipientKind};
pub use rule::EncryptionRule;
pub use tree::{Content, Entry, Node, Style};
pub use value::{EncryptedValue, ValueType};
