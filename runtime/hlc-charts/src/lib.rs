//! Charts: brought from where they are published, kept, packed, rendered.
//!
//! - [`Sources`] asks HTTP repositories, OCI registries, web servers and the project's own folders.
//! - [`Store`] keeps what came by the digest of its bytes, for all projects of a user; [`Vendor`] keeps it in the project.
//!   [`AtHand`] is both, for reading.
//! - [`Helm`] renders releases with the official `helm template`, and remembers what came of it.
//!
//! Architecture invariants:
//! - What is given out has the digest that was asked for: everything is held against it when it comes and when it is read.
//! - No half file is ever seen under its name, whoever is killed and whenever.
//! - Helm sees the chart and the values and nothing of the user: no home, no environment, no cluster, no plugin.
//! - A login goes to the host that it is meant for, and into no file, argument, variable or message.
//!
//! Start reading at [`Sources::chart`] and [`Helm`].

mod at_hand;
mod bring;
mod error;
mod helm;
mod inputs;
mod logins;
mod mirror;
mod outdated;
mod pack;
mod prefix;
mod replace;
mod settings;
mod source;
mod store;
mod vendor;

pub use at_hand::AtHand;
pub use bring::{Brought, Want, Watch, bring};
pub use error::FetchError;
pub use helm::{Helm, HelmPlace};
pub use hlc_net::{Client, Login, Policy, Progress};
pub use inputs::WithCharts;
pub use logins::Logins;
pub use mirror::{Mirror, MirrorError, Mirrors};
pub use outdated::newer;
pub use pack::pack;
pub use replace::replace;
pub use settings::Settings;
pub use source::{Fetched, Sources};
pub use store::{Claim, Kept, Store};
pub use vendor::{Vendor, VendorReport, Vendored};
