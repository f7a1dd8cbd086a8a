//! Who is asking.

use serde_json::json;

use super::envelope::{Failure, success};
use super::settings::{Token, TokenState};
use crate::exchange::Answer;
use crate::ids::hex32;

/// What a request is about; the vendor's services word the same refusal differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Tokens,
    Zones,
    Records,
}

/// The token that a request was made with.
///
/// Sources: 9106 github.com/cloudflare/cloudflare-python/issues/2678; 6003 with 6111 github.com/jeessy2/ddns-go/issues/81.
/// The words for a token that nobody knows are general knowledge.
pub(super) fn token<'a>(
    tokens: &'a [Token],
    authorization: Option<&str>,
    service: Service,
) -> Result<&'a Token, Failure> {
    let Some(authorization) = authorization else {
        let message = "Missing X-Auth-Key, X-Auth-Email or Authorization headers";
        return Err(Failure::invalid(9106, message));
    };
    let malformed =
        || Failure::invalid(6003, "Invalid request headers").below(6111, "Invalid format for Authorization header");
    let value = authorization.strip_prefix("Bearer ").ok_or_else(malformed)?;
    let known = tokens.iter().find(|token| token.value == value);
    match known.filter(|token| service == Service::Tokens || token.state == TokenState::Active) {
        Some(token) => Ok(token),
        None if known.is_none() && !looks_like_one(value) => Err(malformed()),
        None => Err(unknown(service)),
    }
}

/// Tokens have 40 characters or more of these.
fn looks_like_one(value: &str) -> bool {
    value.len() >= 40 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// No such token, or one that has ended.
pub(super) fn unknown(service: Service) -> Failure {
    match service {
        Service::Tokens => Failure::new(401, 1000, "Invalid API Token"),
        Service::Zones => Failure::new(403, 9109, "Invalid access token"),
        Service::Records => Failure::new(401, 10000, "Authentication error"),
    }
}

/// A token without the permission, or for other zones.
///
/// Sources: github.com/octodns/octodns-cloudflare/issues/60 (zones),
/// github.com/cloudflare/terraform-provider-cloudflare/issues/913 (records, 403).
pub(super) fn forbidden(service: Service) -> Failure {
    match service {
        Service::Tokens | Service::Zones => Failure::new(403, 9109, "Unauthorized to access requested resource"),
        Service::Records => Failure::new(403, 10000, "Authentication error"),
    }
}

/// `GET /user/tokens/verify`
pub(super) fn verify(token: &Token, seed: &str, position: u64) -> Answer {
    let status = match token.state {
        TokenState::Active => "active",
        TokenState::Disabled => "disabled",
        TokenState::Expired => "expired",
    };
    success(json!({ "id": hex32(seed, "token", position), "status": status }))
}
