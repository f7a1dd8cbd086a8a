//! The laws of carrying out, held against the vendor that exists for tests, in every way that it can be.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

mod toy;

use std::time::Duration;

use toy::{Rules, Toy};

mod refuses_doubles {
    use super::*;
    hlc_engine::conformance!(Toy::new(Rules::default()));
}

mod allows_doubles {
    use super::*;
    hlc_engine::conformance!(Toy::new(Rules { refuses_doubles: false, ..Rules::default() }) =>
        finds_what_a_lost_answer_made
        sends_again_what_never_arrived
        stops_when_somebody_else_changes_something
    );
}

mod in_batches {
    use super::*;
    hlc_engine::conformance!(Toy::new(Rules { batch: 3, ..Rules::default() }) =>
        makes_what_should_exist
        changes_each_property
        deletes_everything
        finds_what_a_lost_answer_made
        sends_again_what_never_arrived
        is_not_fooled_by_a_doubled_request
        ends_when_the_login_does
        survives_a_vendor_that_hangs
        goes_on_beside_what_is_refused
        is_patient_when_throttled
    );
}

mod lists_are_behind {
    use super::*;
    hlc_engine::conformance!(Toy::new(Rules { behind: 2, ..Rules::default() }) =>
        does_nothing_when_nothing_is_to_be_done
        makes_anew_what_cannot_be_changed
        deletes_everything
        finds_what_a_lost_answer_made
        sends_again_what_never_arrived
        leaves_alone_what_somebody_else_made
        takes_over_what_is_there
    );
}

mod slow_batches_allow_doubles {
    use super::*;
    const RULES: Rules =
        Rules { refuses_doubles: false, behind: 1, batch: 2, takes: Duration::from_millis(1), tells_once: false };
    hlc_engine::conformance!(Toy::new(RULES) =>
        finds_what_a_lost_answer_made
        stops_when_somebody_else_changes_something
    );
}
