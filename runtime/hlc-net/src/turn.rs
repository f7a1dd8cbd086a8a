//! Whose turn it is: how many requests a host gets at once, and how fast.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Url;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::policy::Policy;

#[derive(Default)]
pub(crate) struct Turns {
    hosts: Mutex<BTreeMap<String, Host>>,
}

struct Host {
    free: Arc<Semaphore>,
    /// When the next request may start.
    next: Instant,
}

impl Turns {
    /// Waits until a request to this host may start. It is under way as long as the result is held.
    pub(crate) async fn take(&self, url: &Url, policy: &Policy) -> Option<OwnedSemaphorePermit> {
        let key = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0));
        let free = self.with(&key, policy, |host| host.free.clone());
        // Closed by nobody.
        let permit = free.acquire_owned().await.ok();
        if !policy.pace.is_zero() {
            let start = self.with(&key, policy, |host| {
                let start = host.next.max(Instant::now());
                host.next = start + policy.pace;
                start
            });
            tokio::time::sleep_until(start).await;
        }
        permit
    }

    fn with<T>(&self, key: &str, policy: &Policy, ask: impl FnOnce(&mut Host) -> T) -> T {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        ask(hosts
            .entry(key.to_owned())
            .or_insert_with(|| Host { free: Arc::new(Semaphore::new(policy.at_once.max(1))), next: Instant::now() }))
    }
}
