//! A lock is an object that says who holds it and until when; its holder renews it.
//!
//! It is only ever put on a condition, and never removed: a freed lock says that nobody holds it. So of two that lock, free, renew or
//! take away at once, the server lets one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::objects::{Object, Objects, Put, When};
use super::unique::unique;
use crate::holder::Holder;
use crate::store::{Guard, StoreError};

/// How often somebody else may have been faster.
const ATTEMPTS: usize = 10;

/// S3 refuses requests whose time is more than 15 minutes off (RequestTimeTooSkewed), so that two clocks differ by less than this.
const CLOCKS: Duration = Duration::from_secs(30 * 60);

/// What a lock's object says.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Lease {
    /// Who; nobody when it was freed.
    holder: Option<Holder>,
    /// Tells one locking from another, even of one process.
    id: String,
    /// How often it was renewed, so that no renewal is taken for the one before it.
    renewed: u64,
    /// By the holder's clock, in seconds since 1970.
    until: u64,
    /// How long it lasts when it is not renewed.
    seconds: u64,
}

impl Lease {
    fn new(holder: Option<Holder>, id: String, renewed: u64, lease: Duration) -> Self {
        let until = (SystemTime::now() + lease).duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { holder, id, renewed, until: whole(until), seconds: whole(lease) }
    }

    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    fn read(object: &Object) -> Option<Self> {
        serde_json::from_slice(&object.bytes).ok()
    }

    /// How long ago it ran out by the clock of this machine; `None` when it did not.
    fn over(&self) -> Option<Duration> {
        let until = UNIX_EPOCH.checked_add(Duration::from_secs(self.until))?;
        SystemTime::now().duration_since(until).ok()
    }
}

/// In seconds, rounded up, so that nobody waits too short.
const fn whole(duration: Duration) -> u64 {
    duration.as_secs() + if duration.subsec_nanos() > 0 { 1 } else { 0 }
}

/// Whether a lock can be taken.
enum Standing {
    Free,
    Held(Holder),
    /// It ran out by this machine's clock, which may be ahead of the holder's.
    Doubtful(Holder, Duration),
}

fn standing(lease: Lease) -> Standing {
    let over = lease.over();
    match (lease.holder, over) {
        (None, _) => Standing::Free,
        (Some(holder), _) if holder.is_surely_dead() => Standing::Free,
        (Some(_), Some(over)) if over > CLOCKS => Standing::Free,
        (Some(holder), Some(_)) => Standing::Doubtful(holder, Duration::from_secs(lease.seconds)),
        (Some(holder), None) => Standing::Held(holder),
    }
}

/// Locks. Of a lock that ran out it is first watched for as long as it would last that nobody renews it.
pub(super) async fn lock(
    objects: &Objects,
    key: String,
    holder: &Holder,
    lease: Duration,
    proven: &AtomicBool,
) -> Result<LeaseGuard, StoreError> {
    let mut watched: Option<String> = None;
    for _ in 0..ATTEMPTS {
        let when = match objects.get(&key).await? {
            None => When::Absent,
            Some(object) => {
                let Some(said) = Lease::read(&object) else {
                    return Err(objects.failed(&key, "does not say who holds the lock: take it away if nobody works"));
                };
                match standing(said) {
                    Standing::Free => {}
                    Standing::Held(holder) => return Err(StoreError::Locked { place: objects.place(&key), holder }),
                    Standing::Doubtful(..) if watched.as_ref() == Some(&object.tag) => {}
                    Standing::Doubtful(holder, _) if watched.is_some() => {
                        return Err(StoreError::Locked { place: objects.place(&key), holder });
                    }
                    Standing::Doubtful(_, lasts) => {
                        watched = Some(object.tag);
                        tokio::time::sleep(lasts).await;
                        continue;
                    }
                }
                When::Is(object.tag)
            }
        };
        let ends = Ends::after(lease);
        let (id, holder) = (unique(), holder.clone());
        let bytes = Lease::new(Some(holder.clone()), id.clone(), 0, lease).bytes();
        let Put::Done(tag) = objects.put_if(&key, &bytes, &when).await? else { continue };
        let held = Held {
            objects: objects.clone(),
            key,
            holder,
            id,
            lease,
            now: Mutex::new(Now { tag, ends, renewed: 0, lost: false }),
        };
        if !proven.load(Ordering::SeqCst) {
            let proof = held.objects.prove_conditions(&held.key, &bytes).await;
            if let Err(error) = proof {
                let _ = held.free().await;
                return Err(error);
            }
            proven.store(true, Ordering::SeqCst);
        }
        return Ok(LeaseGuard::new(held));
    }
    Err(objects.failed(&key, "others lock and free it all the time"))
}

/// Who holds a lock.
pub(super) async fn holder(objects: &Objects, key: &str) -> Result<Option<Holder>, StoreError> {
    let Some(object) = objects.get(key).await? else { return Ok(None) };
    let said = Lease::read(&object).ok_or_else(|| objects.failed(key, "does not say who holds the lock"))?;
    match standing(said) {
        Standing::Free => Ok(None),
        Standing::Held(holder) | Standing::Doubtful(holder, _) => Ok(Some(holder)),
    }
}

/// Takes a lock away; its holder finds out at the next renewal.
pub(super) async fn unlock(objects: &Objects, key: &str) -> Result<Option<Holder>, StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(object) = objects.get(key).await? else { return Ok(None) };
        let said = Lease::read(&object);
        if said.as_ref().is_some_and(|said| said.holder.is_none()) {
            return Ok(None);
        }
        let freed = Lease::new(None, "taken away".to_owned(), 0, Duration::ZERO).bytes();
        // Renewed in the meantime, or freed.
        let Put::Done(_) = objects.put_if(key, &freed, &When::Is(object.tag)).await? else { continue };
        return Ok(said.and_then(|said| said.holder));
    }
    Err(objects.failed(key, "others lock and free it all the time"))
}

/// When a lock runs out: by the clock that nobody sets, and by the one that goes on while the machine sleeps.
#[derive(Clone, Copy)]
struct Ends {
    steady: Instant,
    wall: SystemTime,
}

impl Ends {
    /// Taken before the request is sent.
    fn after(lease: Duration) -> Self {
        Self { steady: Instant::now() + lease, wall: SystemTime::now() + lease }
    }

    fn is_over(self) -> bool {
        Instant::now() >= self.steady || SystemTime::now() >= self.wall
    }
}

/// A lock that this process holds.
struct Held {
    objects: Objects,
    key: String,
    holder: Holder,
    id: String,
    lease: Duration,
    now: Mutex<Now>,
}

struct Now {
    tag: String,
    ends: Ends,
    renewed: u64,
    lost: bool,
}

impl Held {
    fn now<T>(&self, look: impl FnOnce(&mut Now) -> T) -> T {
        look(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Once lost it stays lost, whatever is put afterwards.
    fn is_held(&self) -> bool {
        self.now(|now| {
            now.lost |= now.ends.is_over();
            !now.lost
        })
    }

    /// Renews the lock until it is lost.
    async fn keep(&self) {
        let pause = self.lease / 3;
        loop {
            tokio::time::sleep(pause).await;
            let renewed = tokio::time::timeout(pause, self.renew()).await;
            // One that failed for another reason is tried again as long as the lock lasts.
            if matches!(renewed, Ok(Ok(false))) {
                self.now(|now| now.lost = true);
            }
            if !self.is_held() {
                return;
            }
        }
    }

    /// False when the lock is somebody else's.
    async fn renew(&self) -> Result<bool, StoreError> {
        let ends = Ends::after(self.lease);
        let renewed = self.now(|now| {
            now.renewed += 1;
            now.renewed
        });
        let lease = Lease::new(Some(self.holder.clone()), self.id.clone(), renewed, self.lease);
        let put = self.put(&lease).await?;
        if put {
            self.now(|now| now.ends = ends);
        }
        Ok(put)
    }

    async fn free(&self) -> Result<(), StoreError> {
        // One that is somebody else's is free as far as this one is concerned.
        self.put(&Lease::new(None, self.id.clone(), 0, Duration::ZERO)).await.map(drop)
    }

    /// Puts what the lock says now; false when it is no longer ours. A renewal whose answer was lost changed the tag.
    async fn put(&self, lease: &Lease) -> Result<bool, StoreError> {
        for _ in 0..ATTEMPTS {
            let tag = self.now(|now| now.tag.clone());
            if let Put::Done(tag) = self.objects.put_if(&self.key, &lease.bytes(), &When::Is(tag)).await? {
                self.now(|now| now.tag = tag);
                return Ok(true);
            }
            let there = self.objects.get(&self.key).await?;
            let ours = there.filter(|there| Lease::read(there).is_some_and(|said| said.id == self.id));
            let Some(ours) = ours else { return Ok(false) };
            self.now(|now| now.tag = ours.tag);
        }
        Ok(false)
    }
}

/// Renews a lock in the background for as long as it is there.
pub(super) struct LeaseGuard {
    held: Arc<Held>,
    renewal: JoinHandle<()>,
    is_free: bool,
}

impl LeaseGuard {
    fn new(held: Held) -> Self {
        let held = Arc::new(held);
        let kept = held.clone();
        let renewal = tokio::spawn(async move { kept.keep().await });
        Self { held, renewal, is_free: false }
    }
}

#[async_trait]
impl Guard for LeaseGuard {
    async fn free(mut self: Box<Self>) -> Result<(), StoreError> {
        self.is_free = true;
        self.renewal.abort();
        let _ = (&mut self.renewal).await;
        self.held.free().await
    }

    fn is_held(&self) -> bool {
        self.held.is_held()
    }
}

impl Drop for LeaseGuard {
    fn drop(&mut self) {
        self.renewal.abort();
        // Without a runtime it runs out by itself.
        if !self.is_free
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let held = self.held.clone();
            runtime.spawn(async move { held.free().await });
        }
    }
}
