//! What every provider has to pass: the laws of carrying out, held against its vendor.
//!
//! A provider's tests implement [`Subject`] for it and its vendor (a simulator) and say
//!
//! ```ignore
//! hlc_engine::conformance!(Cloudflare::start().await);
//! ```
//!
//! which makes a test of every case in [`cases`]. Each case makes as many vendors as it needs, lets them fail at every request in turn
//! where it is about failing, and then runs again: one object per resource, an empty plan, and no secret in anything that was kept.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

pub mod cases;
mod desk;
mod memory;
mod secrets;
mod subject;

pub use desk::{Desk, Quiet};
pub use memory::{Memory, Operation};
pub use secrets::{find_secrets, spellings};
pub use subject::{Hurt, Subject};

/// Makes a test of every case, for an expression that makes a new [`Subject`].
#[macro_export]
macro_rules! conformance {
    ($subject:expr) => {
        $crate::conformance! { $subject =>
            makes_what_should_exist
            does_nothing_when_nothing_is_to_be_done
            changes_each_property
            makes_anew_what_cannot_be_changed
            deletes_what_is_not_wanted_any_more
            deletes_everything
            takes_over_what_is_there
            leaves_alone_what_somebody_else_made
            finds_what_a_lost_answer_made
            finds_what_a_cut_answer_made
            sends_again_what_never_arrived
            is_not_fooled_by_a_doubled_request
            ends_when_the_login_does
            survives_a_vendor_that_hangs
            goes_on_beside_what_is_refused
            is_patient_when_throttled
            stops_when_somebody_else_changes_something
            says_what_somebody_else_changed
            makes_again_what_somebody_else_deleted
        }
    };
    ($subject:expr => $($case:ident)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                $crate::conformance::cases::$case(async || $subject).await;
            }
        )*
    };
}
