//! How many requests are allowed in which time.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use crate::lock;

/// So many requests in such a time. By default 1200 in five minutes, for all tokens of a user together, as the vendor says
/// (developers.cloudflare.com/fundamentals/api/reference/limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many.
    pub requests: u32,
    /// In which time. Who exceeds the limit is blocked for as long.
    pub window: Duration,
}

impl Default for Limit {
    fn default() -> Self {
        Self { requests: 1200, window: Duration::from_secs(300) }
    }
}

/// What is used up of a limit.
pub(super) struct Meter {
    limit: Limit,
    window: Mutex<Option<Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    ends: SystemTime,
    left: u32,
    blocked: bool,
}

/// What the meter shows.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    left: u32,
    /// Seconds, rounded up.
    reset: u64,
    pub(super) exceeded: bool,
}

impl Meter {
    pub(super) fn new(limit: Limit) -> Self {
        Self { limit, window: Mutex::new(None) }
    }

    /// Counts a request.
    pub(super) fn count(&self, now: SystemTime) -> Reading {
        let mut window = lock(&self.window);
        let fresh = Window { ends: now + self.limit.window, left: self.limit.requests, blocked: false };
        let mut current = window.filter(|window| window.ends > now).unwrap_or(fresh);
        match current.left.checked_sub(1) {
            Some(left) => current.left = left,
            None if current.blocked => {}
            // "All API calls for the next five minutes will be blocked."
            None => (current.blocked, current.ends) = (true, fresh.ends),
        }
        *window = Some(current);
        let remaining = current.ends.duration_since(now).unwrap_or_default();
        let reset = remaining.as_secs() + u64::from(remaining.subsec_nanos() > 0);
        Reading { left: current.left, reset, exceeded: current.blocked }
    }

    /// The headers that every answer has, and the one of an answer that is none.
    ///
    /// Source: developers.cloudflare.com/fundamentals/api/reference/limits ("Rate limiting headers").
    pub(super) fn headers(&self, reading: Reading) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("ratelimit", format!("\"default\";r={};t={}", reading.left, reading.reset)),
            ("ratelimit-policy", format!("\"default\";q={};w={}", self.limit.requests, self.limit.window.as_secs())),
        ];
        if reading.exceeded {
            headers.push(("retry-after", reading.reset.to_string()));
        }
        headers
    }
}
