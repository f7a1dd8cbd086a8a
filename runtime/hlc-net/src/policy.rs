//! How patient a client is.

use std::time::Duration;

/// How long and how often a client tries.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How often a request is sent at most.
    pub attempts: u32,
    /// How long a connection may take to come about.
    pub connect: Duration,
    /// How long a server may be silent.
    pub idle: Duration,
    /// How long everything may take, waiting and trying again included.
    pub deadline: Duration,
    /// How long the first wait between attempts is; each next one is twice as long.
    pub first_wait: Duration,
    /// How long such a wait is at most. A server that names a longer one is obeyed as far as the deadline goes.
    pub longest_wait: Duration,
    /// How many redirects are followed.
    pub redirects: u32,
    /// How many requests to one host are under way at once.
    pub at_once: usize,
    /// How much time lies between the starts of two requests to one host.
    pub pace: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 4,
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            deadline: Duration::from_secs(300),
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(20),
            redirects: 5,
            at_once: 6,
            pace: Duration::ZERO,
        }
    }
}
