//! The edge: servers at Hetzner that the internet reaches, and what runs on them.

mod bundle;
pub(crate) mod compose;
mod firewall;
mod hetzner;
mod route;
mod server;
mod traefik;

pub use bundle::{Bundle, Compose, EnvFile, Run, RunOn};
pub use firewall::{Firewall, FirewallRule, PortRange};
pub use hetzner::{Hetzner, SshKey};
pub(crate) use route::EdgeRouteIn;
pub use route::{EdgePath, EdgeRoute, EdgeRule, EdgeScheme, EdgeTls};
pub use server::{PublicAddress, Server, Ssh};
pub use traefik::{ForwardAuth, ForwardAuthPath, Traefik};
