//! What a provider's tests have to say about it.

use async_trait::async_trait;
use hlc_plan::{Address, PlannedStack};

use crate::operate::Provider;

/// What goes wrong with a request that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hurt {
    /// It is carried out, and no answer comes.
    Lost,
    /// It is carried out, and the answer ends in the middle.
    Cut,
    /// It never arrives, and no answer comes.
    Never,
    /// It is carried out twice, and the second answer comes.
    Doubled,
    /// It is carried out, and no answer comes until the client gives up.
    Hangs,
    /// It is refused, and so is every other one after it: the login has ended.
    Denied,
    /// It is refused, however often it is sent, by what it is about.
    Refused,
    /// It is not carried out, since there were too many; later it would be.
    Throttled,
}

/// A provider with a vendor that a test can look into and hurt.
#[async_trait]
pub trait Subject: Send + Sync {
    /// The provider, as a new client of the vendor. Its deadline is short.
    fn provider(&self) -> Provider;

    /// Secrets of the SOPS file that the plans name. Each value is at least eight characters of which nothing else has a part.
    fn secrets(&self) -> Vec<(String, String)>;

    /// What should exist: several resources of every kind, with dependencies where kinds have them.
    fn plan(&self) -> PlannedStack;

    /// The plan with another value of one property, for every property that can be changed in place, with what it is about.
    fn updates(&self) -> Vec<(String, PlannedStack)>;

    /// The plan with another value of one property that only another object can have. None where kinds have none.
    fn replacements(&self) -> Vec<(String, PlannedStack)>;

    /// The plan without some of its resources.
    fn less(&self) -> PlannedStack;

    /// Every object that the vendor has, each as a text that two have in common if one could be taken for the other.
    async fn objects(&self) -> Vec<String>;

    /// How many requests that write the vendor was sent.
    async fn writes(&self) -> usize;

    /// Lets something go wrong with the nth request that writes from now, the first is 1.
    async fn hurt(&self, nth: usize, hurt: Hurt);

    /// Lets nothing go wrong any more.
    async fn heal(&self);

    /// Somebody else changes a property that the plan speaks of. Gives the resource.
    async fn meddle(&self) -> Address;

    /// Somebody else makes an object that stands where the plan wants one, but is not just as it wants it. Gives the resource.
    async fn intrude(&self) -> Address;

    /// Somebody else deletes the object of a resource that nothing depends on. Gives the resource.
    async fn remove(&self) -> Address;

    /// The id of the object of a resource.
    async fn id(&self, address: &Address) -> Option<String>;

    /// Values that the vendor has made and that must never be seen.
    async fn made_secrets(&self) -> Vec<String> {
        Vec::new()
    }

    /// Waits until lists show what was done.
    async fn catch_up(&self) {}

    /// True when the vendor refuses a second object that could be taken for the first.
    fn refuses_doubles(&self) -> bool {
        true
    }
}
