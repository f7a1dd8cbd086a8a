//! What to do so that what should exist exists.
//!
//! A [`ChangeSet`] is a pure function ([`changes`]) of a stack's plan, of what was made before ([`State`]) and of what is there now
//! ([`World`]). Whoever carries
//! it out decides nothing.
//!
//! Architecture invariants:
//! - No IO, no clock, no randomness. The same question has the same answer.
//! - A secret is a [`Fingerprint`] here: equal when the values are, and of no use to anybody without the state's key.
//! - A state that is damaged or newer than this program is refused, never taken for an empty one.
//!
//! Start reading at [`changes`].

mod change;
mod code;
mod compare;
mod decide;
mod gate;
mod moved;
mod order;
mod resolve;
mod saved;
mod scope;
mod state;
mod value;
mod world;

pub mod render;

pub use change::{Action, Change, ChangeSet, Counts, Effect, FieldChange, Reason};
pub use code::{CODES, Problem};
pub use compare::{drift, is_as_wanted};
pub use decide::{Question, changes};
pub use gate::{Words, gate};
pub use moved::moved;
pub use order::{Ring, order};
pub use resolve::{Composed, Lookup, Unresolved, percent, resolve, resolve_all, wanted};
pub use saved::{SavedPlan, SavedPlanError, digest};
pub use scope::{Scope, ScopeError};
pub use state::{Leftover, Owner, Pending, Recorded, State, StateError};
pub use value::{Fingerprint, Properties, Value};
pub use world::{Object, Seen, World, outputs};
