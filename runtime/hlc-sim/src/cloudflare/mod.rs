//! Cloudflare: zones, their DNS records and the token that may read and change them.
//!
//! What it answers comes from the vendor's API description and documentation; where those are silent, from answers of the
//! real API that people have published, and every such place names its source. `7003` and the like are the vendor's codes.
//!
//! - `route.rs`: who may do what, and which function does it
//! - `world.rs`: what is kept; `change.rs`: the one way in which records change
//! - `draft.rs`, `content.rs`, `validate.rs`: what a client sent, and whether the vendor takes it

mod auth;
mod batch;
mod change;
mod content;
mod draft;
mod envelope;
mod filter;
mod limit;
mod page;
mod records;
mod route;
mod settings;
mod validate;
mod world;
mod zones;

use std::io;
use std::sync::Arc;

use crate::control::Control;
use crate::server::Server;

pub use limit::Limit;
pub use settings::{Plan, Settings, Token, TokenState};
pub use world::{Refused, World};

/// A running simulator of Cloudflare. It stops when it is dropped.
pub struct Cloudflare {
    server: Server,
    world: World,
}

impl Cloudflare {
    /// Starts it on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When there is no port or no thread to be had.
    pub fn start(settings: Settings) -> io::Result<Self> {
        let control = Control::default();
        control.set_latency(settings.latency);
        let world = World::new(&settings);
        let vendor = route::Routes::new(settings, world.clone());
        Ok(Self { server: Server::start(Arc::new(vendor), control)?, world })
    }

    /// What a client takes for `https://api.cloudflare.com/client/v4`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{}", self.server.address(), route::BASE)
    }

    /// Faults, latency and the log.
    #[must_use]
    pub fn control(&self) -> &Control {
        self.server.control()
    }

    /// The zones and their records, to look at and to change behind the client's back.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Stops it; what is under way may finish within a second.
    pub fn stop(self) {
        drop(self);
    }
}
