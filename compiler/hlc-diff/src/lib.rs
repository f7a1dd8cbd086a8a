//! What a new plan changes about an older tree of manifests, by object and field, and what of that is dangerous.
//!
//! - [`compare`]: the files of an older tree and a plan become [`Changes`].
//! - [`dangers`]: what of the changes loses data, is refused by the cluster or lets strangers in; one file per rule.
//! - [`Acceptance`]: how a person says that a danger is meant.
//! - [`render`]: changes and dangers for people, for pull requests, for programs.
//!
//! Architecture invariants:
//! - Pure: bytes and a plan in, data and text out. No file, no process, no network, no clock.
//! - The values of Secrets leave [`compare`] as [`Hidden`] only: neither a change nor an object in [`Changes`] holds one.
//! - The older tree is anybody's: what in it is no YAML, or no object, is told or left alone, never a failure.
//!
//! Start reading at [`Changes`], then `compare.rs` and the rules in `danger/`.

mod accept;
mod change;
mod compare;
mod danger;
mod exposure;
mod fields;
mod folders;
mod lists;
mod manifests;
mod object;
mod path;
pub mod render;
mod secret;
#[cfg(test)]
mod testing;

pub use accept::{Acceptance, AcceptanceError};
pub use change::{Action, Changes, Difference, FieldChange, Hidden, ObjectChange, Version};
pub use compare::compare;
pub use danger::{Danger, MAX_REMOVED, Question, RULES, Rule, codes, dangers};
pub use exposure::{Exposure, HostExposure};
pub use folders::Folders;
pub use manifests::{Files, Unreadable, is_compared};
pub use object::ObjectId;
pub use path::{FieldPath, Step};
