//! A vendor that exists for tests: boxes, and items in them.
//!
//! It can be in memory or in a file, refuse doubles or not, be behind with its lists, take many requests in one, and fail at any
//! request.

#![allow(dead_code, unused_imports, reason = "each test uses a part of it")]

mod kinds;
mod plans;
mod vendor;

use std::sync::Arc;

use async_trait::async_trait;
use hlc_engine::conformance::{Hurt, Subject};
use hlc_engine::{Operate, Provider};
use hlc_plan::{Address, PlannedStack, Stack};

pub(crate) use kinds::{BoxKind, ItemKind};
pub(crate) use plans::{Note, OTHER_KEY, PASSWORD, Plan, boxed, item};
pub(crate) use vendor::{Rules, Thing, Vendor};

/// The vendor as a subject.
#[derive(Clone)]
pub(crate) struct Toy {
    pub vendor: Arc<Vendor>,
}

impl Toy {
    pub(crate) fn new(rules: Rules) -> Self {
        Self { vendor: Arc::new(Vendor::in_memory(rules)) }
    }
}

/// A provider for a vendor.
pub(crate) fn provider(vendor: &Arc<Vendor>) -> Provider {
    let boxes: Arc<dyn Operate> = Arc::new(BoxKind(vendor.clone()));
    let items: Arc<dyn Operate> = Arc::new(ItemKind(vendor.clone()));
    Provider { stack: Stack::Hetzner, kinds: vec![boxes, items] }
}

#[async_trait]
impl Subject for Toy {
    fn provider(&self) -> Provider {
        provider(&self.vendor)
    }

    fn secrets(&self) -> Vec<(String, String)> {
        [(plans::PASSWORD_KEY, PASSWORD), (plans::OTHER_KEY, plans::OTHER), (plans::NOTE_KEY, plans::NOTE)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    fn plan(&self) -> PlannedStack {
        Plan::default().planned()
    }

    fn updates(&self) -> Vec<(String, PlannedStack)> {
        plans::updates()
    }

    fn replacements(&self) -> Vec<(String, PlannedStack)> {
        plans::replacements()
    }

    fn less(&self) -> PlannedStack {
        plans::less()
    }

    async fn objects(&self) -> Vec<String> {
        self.vendor.things().iter().map(Thing::identity).collect()
    }

    async fn writes(&self) -> usize {
        self.vendor.writes()
    }

    async fn hurt(&self, nth: usize, hurt: Hurt) {
        self.vendor.hurt(nth, hurt);
    }

    async fn heal(&self) {
        self.vendor.heal();
    }

    async fn meddle(&self) -> Address {
        self.vendor.edit("item", "plain.one", "content", "theirs".into());
        Address::new("hetzner/item.plain.one")
    }

    async fn intrude(&self) -> Address {
        self.vendor.intrude("box", [("name", "left".into()), ("region", "north".into()), ("label", "theirs".into())]);
        Address::new("hetzner/box.left")
    }

    async fn remove(&self) -> Address {
        self.vendor.remove("item", "plain.two");
        Address::new("hetzner/item.plain.two")
    }

    async fn id(&self, address: &Address) -> Option<String> {
        let (kind, name) = address.as_str().trim_start_matches("hetzner/").split_once('.')?;
        self.vendor.things().into_iter().find(|thing| thing.kind == kind && thing.name() == name).map(|thing| thing.id)
    }

    async fn made_secrets(&self) -> Vec<String> {
        self.vendor.tokens()
    }

    async fn catch_up(&self) {
        self.vendor.catch_up();
    }

    fn refuses_doubles(&self) -> bool {
        self.vendor.rules.refuses_doubles
    }
}
