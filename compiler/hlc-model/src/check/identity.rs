//! Who may log in where, held against the homelab and against what Authentik takes.

pub(super) mod client_id;
pub(super) mod client_secret;
pub(super) mod forward_auth;
pub(super) mod made_elsewhere;
pub(super) mod no_redirect;
pub(super) mod oidc_route;
pub(super) mod redirect_host;
pub(super) mod redirect_path;
pub(super) mod redirect_pattern;
pub(super) mod redirect_plain;
pub(super) mod server;
pub(super) mod slug;

/// An Authentik with two flows, as the examples of these checks share it.
macro_rules! identity_example {
    ($more:literal) => {
        concat!(
            "authentik url=\"https://auth.example.net\" token=(secret)TOKEN {\n    (existing)flow \"consent\"\n    \
             (existing)flow \"logout\"\n    defaults \"oidc\" { authorization-flow \"consent\"; invalidation-flow \"logout\"; }\n    ",
            $more,
            "\n}"
        )
    };
}
use identity_example;
