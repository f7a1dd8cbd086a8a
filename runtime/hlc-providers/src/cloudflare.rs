//! DNS at Cloudflare (API v4): zones, which are only looked up, and the records in them.
//!
//! Facts that its API descriptions do not hold stand beside the code with their source.

mod answer;
mod client;
mod fault;
mod listing;
mod record;
mod request;
mod zone;

use std::sync::Arc;
use std::time::Duration;

use hlc_engine::{Operate, Provider};
use hlc_net::{Policy, Url};
use hlc_plan::Stack;
use hlc_secrets::Secret;
use thiserror::Error;

use client::Api;
use record::Records;
use zone::Zones;

/// Where the API is.
const BASE: &str = "https://api.cloudflare.com/client/v4";

/// How Cloudflare is asked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the API is, when it is not Cloudflare's own: a simulator.
    pub base: Option<Url>,
    /// How patient the client is.
    pub policy: Policy,
    /// How many records are asked for at once.
    pub page: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base: None,
            policy: Policy {
                // Whoever waits longer than that for one answer thinks that hlc hangs.
                deadline: Duration::from_secs(60),
                // Its limit is 1200 requests in five minutes, whatever is under way at once.
                at_once: 10,
                ..Policy::default()
            },
            // The API takes up to 5,000,000 (`per_page` in the description of the list). Nearly every zone is one page like this,
            // and such a page still comes in seconds.
            page: 5000,
        }
    }
}

/// Why Cloudflare cannot be asked at all.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct SetupError(String);

/// Cloudflare, asked with an API token. Without `base` at its own address.
///
/// # Errors
/// When HTTP cannot be set up here, or `base` is no address of a web server.
pub fn provider(token: Secret, base: Option<Url>) -> Result<Provider, SetupError> {
    provider_with(token, Settings { base, ..Settings::default() })
}

/// The same, asked in another way.
///
/// # Errors
/// As in [`provider`].
pub fn provider_with(token: Secret, settings: Settings) -> Result<Provider, SetupError> {
    let api = Arc::new(Api::new(token, settings)?);
    let kinds: Vec<Arc<dyn Operate>> = vec![Arc::new(Zones::new(api.clone())), Arc::new(Records::new(api))];
    Ok(Provider { stack: Stack::Cloudflare, kinds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_the_stack_is_here() {
        let provider = provider(Secret::from("t".to_owned()), None).unwrap();
        let declared = hlc_model::stack::KINDS.iter().map(|decl| decl()).filter(|decl| decl.stack == provider.stack);
        let declared: Vec<&str> = declared.map(|decl| decl.name).collect();
        let here: Vec<&str> = provider.kinds.iter().map(|kind| kind.kind().name).collect();
        assert_eq!(here, declared);
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        let base = Url::parse("data:text/plain,x").unwrap();
        let error = provider(Secret::from("t".to_owned()), Some(base)).map(drop).unwrap_err();
        assert_eq!(error.to_string(), "`data:text/plain,x` is no address of an API");
    }
}
