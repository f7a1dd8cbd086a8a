//! What to do so that what should exist exists.
//!
//! What is done is a pure function of a stack's plan, of what was made before ([`State`]) and of what is there now
//! ([`World`]). Whoever carries
//! it out decides nothing.
//!
//! Architecture invariants:
//! - No IO, no clock, no randomness. The same question has the same answer.
//! - A secret is a [`Fingerprint`] here: equal when the values are, and of no use to anybody without the state's key.
//! - A state that is damaged or newer than this program is refused, never taken for an empty one.
//!
//! Start reading at [`State`] and [`World`].

mod resolve;
mod state;
mod value;
mod world;

pub use resolve::{Composed, Lookup, Unresolved, resolve, resolve_all};
pub use state::{Pending, Recorded, State, StateError};
pub use value::{Fingerprint, Properties, Value};
pub use world::{Object, Seen, World};
