//! An Authentik server.

use hlc_diag::Span;
use hlc_schema::scalar::HttpUrl;
use hlc_schema::{Expr, Node, SecretKey};

use super::{Flow, ForwardAuthApp, Group, IdentityScope, KeyPair, Outpost, ServiceUser, Source, Stage, User};
use crate::workload::Oidc;

/// Single sign-on with Authentik: who may log in, how, and to which applications.
///
/// What Authentik brings along (flows, certificates, its own scopes) is named with `(existing)`: it is looked up, never made or
/// changed. Its `defaults` hold for the applications of workloads too.
#[derive(Debug, Node)]
#[node(
    name = "authentik",
    example = r#"authentik url="https://auth.example.net" token=(secret)AUTHENTIK_TOKEN {
    (existing)flow "default-provider-authorization-implicit-consent"
    (existing)flow "default-provider-invalidation-flow"
    (existing)key-pair "authentik Self-signed Certificate"
    (existing)scope "openid" managed="goauthentik.io/providers/oauth2/scope-openid"
    defaults "oidc" {
        authorization-flow "default-provider-authorization-implicit-consent"
        invalidation-flow "default-provider-invalidation-flow"
        signing-key "authentik Self-signed Certificate"
        scopes "openid"
    }
    oidc "wiki" client-id="wiki" client-secret=(secret)WIKI_SECRET {
        redirects "https://wiki.example.org/callback"
    }
}"#
)]
pub struct Authentik {
    /// Where it answers, without a path.
    #[prop]
    pub url: Expr<HttpUrl>,
    /// An API token of somebody who may change all that is declared here.
    #[prop]
    pub token: SecretKey,
    /// Flows that are there.
    #[block]
    pub flow: Vec<Flow>,
    /// Certificates with their keys that are there.
    #[block]
    pub key_pair: Vec<KeyPair>,
    /// What an application may learn of a user.
    #[block]
    pub scope: Vec<IdentityScope>,
    /// Groups of users.
    #[block]
    pub group: Vec<Group>,
    /// People.
    #[block]
    pub user: Vec<User>,
    /// Users that are programs.
    #[block]
    pub service_account: Vec<ServiceUser>,
    /// Other places where people may log in.
    #[block]
    pub source: Vec<Source>,
    /// Steps of flows.
    #[block]
    pub stage: Vec<Stage>,
    /// What applications start from, those of workloads too.
    #[defaults(decls = crate::collect::identity_defaultable)]
    pub defaults: (),
    /// Applications that ask for a login by OpenID Connect.
    #[block]
    pub oidc: Vec<Oidc>,
    /// Hosts that a proxy asks a login for.
    #[block]
    pub forward_auth: Vec<ForwardAuthApp>,
    /// What answers proxies and other clients.
    #[block]
    pub outpost: Vec<Outpost>,
    /// The node's name.
    #[head]
    pub head: Span,
}
