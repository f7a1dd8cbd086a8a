//! Which API carries a stack out.

use hlc_engine::{Provider, Vault};
use hlc_model::Model;
use hlc_net::Url;
use hlc_plan::Stack;

use crate::failure::Failure;

/// Where Cloudflare's API is, when it is not at its own address. Cloudflare's own SDKs read the same variable.
const CLOUDFLARE_BASE: &str = "CLOUDFLARE_BASE_URL";

/// The API of a stack, with the login that the homelab names.
pub(super) fn of(stack: Stack, model: &Model, vault: &Vault) -> Result<Provider, Failure> {
    match stack {
        Stack::Cloudflare => cloudflare(model, vault),
        Stack::Talos | Stack::Platform | Stack::Hetzner | Stack::Authentik => {
            Err(Failure::new(format!("core/{stack} cannot be carried out: this hlc carries out core/cloudflare only"))
                .help("`hlc check` and `hlc build workloads --emit plan` show what it should be"))
        }
    }
}

fn cloudflare(model: &Model, vault: &Vault) -> Result<Provider, Failure> {
    let node = model.cloudflare.first().ok_or_else(|| {
        Failure::new("the homelab has no `cloudflare`, so that there is no login for it")
            .help("to delete what was made, put the node back without its records first")
    })?;
    let name = node.token.name.as_str();
    let token = vault.named(name).map_err(|why| {
        Failure::new(format!("the token for Cloudflare, `{name}`, cannot be had: {}", why.message)).help(why.help)
    })?;
    let base = match std::env::var(CLOUDFLARE_BASE) {
        Ok(text) if !text.is_empty() => Some(Url::parse(&text).map_err(|error| {
            Failure::new(format!("{CLOUDFLARE_BASE} is no URL: {error}")).help("leave it out to ask Cloudflare itself")
        })?),
        Ok(_) | Err(_) => None,
    };
    hlc_providers::cloudflare::provider(token, base)
        .map_err(|error| Failure::new(format!("Cloudflare cannot be asked: {error}")))
}
