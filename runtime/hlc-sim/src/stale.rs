//! Answers that are behind: a list that does not show yet what was made, or still shows what is gone.

use std::time::Duration;

/// How far an answer is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lag {
    /// It shows what was there this many requests ago; 1 leaves out what the request before it changed.
    Requests(u64),
    /// It shows what was there this long ago.
    Time(Duration),
}

/// What an answer is behind in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale {
    pub(crate) lag: Lag,
    pub(crate) made: bool,
    pub(crate) changed: bool,
    pub(crate) gone: bool,
    pub(crate) taken: bool,
}

impl Stale {
    const fn none(lag: Lag) -> Self {
        Self { lag, made: false, changed: false, gone: false, taken: false }
    }

    /// Reads do not show yet what was made.
    #[must_use]
    pub const fn made(lag: Lag) -> Self {
        Self { made: true, ..Self::none(lag) }
    }

    /// Reads still show things as they were before a change.
    #[must_use]
    pub const fn changed(lag: Lag) -> Self {
        Self { changed: true, ..Self::none(lag) }
    }

    /// Reads still show what was deleted.
    #[must_use]
    pub const fn gone(lag: Lag) -> Self {
        Self { gone: true, ..Self::none(lag) }
    }

    /// What was deleted is still in the way of something new: "already exists".
    #[must_use]
    pub const fn taken(lag: Lag) -> Self {
        Self { taken: true, ..Self::none(lag) }
    }

    /// Reads show exactly what was there then.
    #[must_use]
    pub const fn reads(lag: Lag) -> Self {
        Self { made: true, changed: true, gone: true, taken: false, lag }
    }
}
