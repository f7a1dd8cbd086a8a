//! What goes wrong, and when.
//!
//! Faults stand in a queue. A request takes of each sort (wait, end, delivery, staleness, pages) the first one that is about
//! it; the others wait for the next request.

use std::time::{Duration, SystemTime};

use crate::pattern::Pattern;
use crate::stale::Stale;

/// What comes instead of the vendor's answer.
#[derive(Clone, Debug)]
pub enum End {
    /// The connection ends without a word.
    Drop,
    /// Nothing comes until the simulator is stopped.
    Hang,
    /// A status in the vendor's own form, with `retry-after`.
    Status(u16, Option<RetryAfter>),
    /// A status with a web page, as proxies in between write it.
    Html(u16),
}

/// What a `retry-after` says.
#[derive(Clone, Debug)]
pub enum RetryAfter {
    /// Seconds.
    Seconds(u64),
    /// A date, as HTTP also allows.
    At(SystemTime),
    /// Any text: what no server should say.
    Text(String),
}

impl RetryAfter {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::At(time) => httpdate::fmt_http_date(*time),
            Self::Text(text) => text.clone(),
        }
    }
}

/// How a page of a list is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// It says that there are so many more, or fewer, in all.
    Total(i64),
    /// There is nothing on it, although there are things in all.
    Empty,
}

/// How the bytes of an answer arrive.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Delivery {
    Drip { bytes: usize, pause: Duration },
    Cut { after: usize },
}

#[derive(Clone, Debug)]
enum Effect {
    Delay(Duration),
    /// Before the vendor does anything.
    Before(End),
    /// After it has done what was asked.
    After(End),
    Deliver(Delivery),
    Stale(Stale),
    Page(Oddity),
}

/// Something that goes wrong. Without more said, it happens once, to the next request of any kind.
#[derive(Clone, Debug)]
pub struct Fault {
    effect: Effect,
    method: Option<String>,
    path: Option<Pattern>,
    /// Matching requests that it lets pass first.
    skip: u64,
    /// How often it still happens; `None` for ever.
    left: Option<u64>,
}

impl Fault {
    const fn new(effect: Effect) -> Self {
        Self { effect, method: None, path: None, skip: 0, left: Some(1) }
    }

    /// The vendor does nothing, and this is what the client gets.
    #[must_use]
    pub const fn before(end: End) -> Self {
        Self::new(Effect::Before(end))
    }

    /// The vendor does it, and this is what the client gets.
    #[must_use]
    pub const fn after(end: End) -> Self {
        Self::new(Effect::After(end))
    }

    /// 429.
    #[must_use]
    pub const fn throttle(retry_after: RetryAfter) -> Self {
        Self::before(End::Status(429, Some(retry_after)))
    }

    /// 401. With [`Fault::from_nth`] a login that ends in the middle.
    #[must_use]
    pub const fn unauthorized() -> Self {
        Self::before(End::Status(401, None))
    }

    /// The answer comes this much later.
    #[must_use]
    pub const fn delay(by: Duration) -> Self {
        Self::new(Effect::Delay(by))
    }

    /// The body arrives so many bytes at a time, with pauses between them.
    #[must_use]
    pub const fn drip(bytes: usize, pause: Duration) -> Self {
        Self::new(Effect::Deliver(Delivery::Drip { bytes, pause }))
    }

    /// The connection ends after so many bytes of the body; `content-length` promised all of it.
    #[must_use]
    pub const fn cut(after: usize) -> Self {
        Self::new(Effect::Deliver(Delivery::Cut { after }))
    }

    /// The vendor answers from what was there before.
    #[must_use]
    pub const fn stale(stale: Stale) -> Self {
        Self::new(Effect::Stale(stale))
    }

    /// A page of a list is wrong.
    #[must_use]
    pub const fn page(oddity: Oddity) -> Self {
        Self::new(Effect::Page(oddity))
    }

    /// Only for a method and a path below the base: `("POST", "/zones/*/dns_records")`. `*` is one segment, `**` all that
    /// follow.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = Some(method.to_owned());
        self.path = Some(Pattern::new(path));
        self
    }

    /// Only for paths like this, whatever the method.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        self.path = Some(Pattern::new(path));
        self
    }

    /// Not to the first request that it is about, but to the nth; 1 is the first.
    #[must_use]
    pub const fn nth(mut self, nth: u64) -> Self {
        self.skip = nth.saturating_sub(1);
        self
    }

    /// To so many requests in a row.
    #[must_use]
    pub const fn times(mut self, times: u64) -> Self {
        self.left = Some(times);
        self
    }

    /// To every request from here on.
    #[must_use]
    pub const fn always(mut self) -> Self {
        self.left = None;
        self
    }

    /// To the nth request and every one after it.
    #[must_use]
    pub const fn from_nth(self, nth: u64) -> Self {
        self.nth(nth).always()
    }

    fn is_about(&self, method: &str, path: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.path.as_ref().is_none_or(|wanted| wanted.matches(path))
    }
}

/// What goes wrong with one request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trouble {
    pub(crate) delay: Option<Duration>,
    pub(crate) before: Option<End>,
    pub(crate) after: Option<End>,
    pub(crate) delivery: Option<Delivery>,
    pub(crate) stale: Option<Stale>,
    pub(crate) page: Option<Oddity>,
}

impl Trouble {
    /// Takes an effect if nothing of its sort is there yet.
    fn take(&mut self, effect: &Effect) -> bool {
        fn put<T: Clone>(place: &mut Option<T>, value: &T) -> bool {
            let free = place.is_none();
            if free {
                *place = Some(value.clone());
            }
            free
        }
        let ends = self.before.is_some() || self.after.is_some();
        match effect {
            Effect::Delay(by) => put(&mut self.delay, by),
            Effect::Before(end) => !ends && put(&mut self.before, end),
            Effect::After(end) => !ends && put(&mut self.after, end),
            Effect::Deliver(how) => put(&mut self.delivery, how),
            Effect::Stale(stale) => put(&mut self.stale, stale),
            Effect::Page(oddity) => put(&mut self.page, oddity),
        }
    }
}

/// The faults that wait for their request.
#[derive(Debug, Default)]
pub(crate) struct Queue(Vec<Fault>);

impl Queue {
    pub(crate) fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// What goes wrong with this request; what has happened often enough leaves the queue.
    pub(crate) fn trouble(&mut self, method: &str, path: &str) -> Trouble {
        let mut trouble = Trouble::default();
        for fault in self.0.iter_mut().filter(|fault| fault.is_about(method, path)) {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if trouble.take(&fault.effect)
                && let Some(left) = &mut fault.left
            {
                *left = left.saturating_sub(1);
            }
        }
        self.0.retain(|fault| fault.left != Some(0));
        trouble
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_sort_happens_at_a_time() {
        let mut queue = Queue::default();
        queue.push(Fault::before(End::Drop));
        queue.push(Fault::after(End::Hang));
        queue.push(Fault::delay(Duration::from_millis(1)));
        let first = queue.trouble("GET", "/a");
        assert!(matches!((first.before, first.after), (Some(End::Drop), None)));
        assert!(first.delay.is_some());
        let second = queue.trouble("GET", "/a");
        assert!(matches!((second.before, second.after, second.delay), (None, Some(End::Hang), None)));
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn a_fault_waits_for_its_request() {
        let mut queue = Queue::default();
        queue.push(Fault::unauthorized().on("GET", "/a/*").from_nth(2));
        let mut hit = |method: &str, path: &str| queue.trouble(method, path).before.is_some();
        assert!(!hit("GET", "/a/1") && !hit("POST", "/a/1") && !hit("GET", "/a"));
        assert!(hit("GET", "/a/2") && hit("GET", "/a/3"));
    }

    #[test]
    fn times_are_counted() {
        let mut queue = Queue::default();
        queue.push(Fault::before(End::Status(503, None)).nth(2).times(2));
        let hits: Vec<bool> = (0..4).map(|_| queue.trouble("GET", "/").before.is_some()).collect();
        assert_eq!(hits, [false, true, true, false]);
    }
}
