//! Steering a simulator while it runs.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::fault::{Fault, Queue, Trouble};
use crate::lock;
use crate::log::{Seen, Writer};

/// Where a request stands when the callback of [`Control::on_request`] is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing of it is done.
    Before,
    /// It is done, and the client does not know yet.
    After,
}

/// A request at a [`Stage`].
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Where it stands.
    pub stage: Stage,
    /// 1 for the first request.
    pub number: u64,
    /// `GET`
    pub method: &'a str,
    /// Below the vendor's base path.
    pub path: &'a str,
}

pub(crate) type Watch = Arc<dyn Fn(&Moment<'_>) + Send + Sync>;

#[derive(Default)]
struct Inner {
    faults: Mutex<Queue>,
    log: Mutex<Vec<Seen>>,
    finished: AtomicUsize,
    latency_micros: AtomicU64,
    watch: Mutex<Option<Watch>>,
}

/// A handle on a running simulator: its faults, its latency, its log. Clones steer the same one.
#[derive(Clone, Default)]
pub struct Control(Arc<Inner>);

impl Control {
    /// Something goes wrong from now on, as it says.
    pub fn fault(&self, fault: Fault) {
        lock(&self.0.faults).push(fault);
    }

    /// Nothing goes wrong any more.
    pub fn clear_faults(&self) {
        lock(&self.0.faults).clear();
    }

    /// How many faults still wait for a request: 0 when everything that a test ordered has happened.
    #[must_use]
    pub fn faults_left(&self) -> usize {
        lock(&self.0.faults).len()
    }

    /// Every answer takes this long at least.
    pub fn set_latency(&self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.0.latency_micros.store(micros, Ordering::Relaxed);
    }

    /// Is called when a request has arrived and again when it is done, before the answer leaves. It may block: other requests
    /// are served meanwhile.
    ///
    /// A request that a fault keeps from the vendor calls it once only. What has arrived is done even when the client has gone
    /// since: to kill a client whose request is never done, let [`Fault::before`] end it.
    pub fn on_request(&self, watch: impl Fn(&Moment<'_>) + Send + Sync + 'static) {
        *lock(&self.0.watch) = Some(Arc::new(watch));
    }

    /// Every request so far, in the order of arrival.
    #[must_use]
    pub fn log(&self) -> Vec<Seen> {
        lock(&self.0.log).clone()
    }

    /// How many requests there were so far to a method and a path like `/zones/*/dns_records`.
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        lock(&self.0.log).iter().filter(|seen| seen.is(method, path)).count()
    }

    /// How many requests have arrived and are not done yet, whether or not their clients still wait: 0 when nothing changes any
    /// more.
    #[must_use]
    pub fn under_way(&self) -> usize {
        let finished = self.0.finished.load(Ordering::Acquire);
        lock(&self.0.log).len().saturating_sub(finished)
    }

    pub(crate) fn latency(&self) -> Duration {
        Duration::from_micros(self.0.latency_micros.load(Ordering::Relaxed))
    }

    pub(crate) fn trouble(&self, method: &str, path: &str) -> Trouble {
        lock(&self.0.faults).trouble(method, path)
    }

    /// Notes a request; gives its number.
    pub(crate) fn arrived(&self, method: &str, path: &str, query: &str, body: &[u8]) -> u64 {
        let mut log = lock(&self.0.log);
        let number = log.len() as u64 + 1;
        log.push(Seen {
            number,
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            body: body.to_vec(),
            reached: false,
            status: None,
            writer: Writer::Vendor,
            content_type: None,
            answer: Vec::new(),
        });
        number
    }

    /// Notes what became of one.
    pub(crate) fn note(&self, number: u64, write: impl FnOnce(&mut Seen)) {
        if let Some(seen) = lock(&self.0.log).iter_mut().rev().find(|seen| seen.number == number) {
            write(seen);
        }
    }

    /// Notes that nothing more happens to one.
    pub(crate) fn finished(&self) {
        self.0.finished.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn watch(&self) -> Option<Watch> {
        lock(&self.0.watch).clone()
    }
}
