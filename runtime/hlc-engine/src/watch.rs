//! Who is told how far a run is, and who can stop it.

use std::time::Duration;

use hlc_change::Change;
use hlc_plan::Address;
use tokio::sync::watch;

/// How a change ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// It was carried out.
    Done,
    /// It was not, or nobody knows.
    Failed {
        /// One line, lower case, no full stop.
        message: String,
        /// What to do.
        help: Option<String>,
        /// True when nobody knows whether it was carried out: the next run finds out.
        unclear: bool,
    },
    /// It was not begun, since something that it needs failed.
    Skipped(Address),
    /// It was not begun, since the run was stopped.
    NotTried,
}

/// Is told how far a run is.
pub trait Watch: Send + Sync {
    /// A change is begun.
    fn started(&self, change: &Change);
    /// A change ended.
    fn ended(&self, change: &Change, ended: &Ended, took: Duration);
    /// Something that whoever waits wants to know: a wait, an answer that is looked for.
    fn note(&self, change: &Change, text: &str);
}

/// Asks a run to end: what is under way is finished, nothing else is begun.
#[derive(Clone, Debug)]
pub struct Stop(watch::Sender<bool>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Stop {
    /// Asks.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }

    /// True when it was asked.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Comes back when it is asked.
    pub async fn asked(&self) {
        let mut seen = self.0.subscribe();
        // The sender lives as long as `self`.
        let _ = seen.wait_for(|asked| *asked).await;
    }
}
