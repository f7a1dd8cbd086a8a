//! Hosts that a proxy asks a login for.

use hlc_diag::Span;
use hlc_schema::scalar::{Fqdn, HttpUrl};
use hlc_schema::{Def, Expr, FreeBlock, Node, Ref, Spanned};

use super::{Flow, IdentityScope, Outpost, Validity};

/// A login that a proxy asks for before it lets anybody through: for a whole domain, or for one host.
#[derive(Debug, Node)]
#[node(
    name = "forward-auth",
    id = "identity-forward-auth",
    scope = Local,
    example = r#"forward-auth "homelab" title="Homelab" domain="example.net" {
    authorization-flow "default-provider-authorization-implicit-consent"
    invalidation-flow "default-provider-invalidation-flow"
    outpost "authentik Embedded Outpost"
}"#
)]
pub struct ForwardAuthApp {
    /// Its slug in Authentik.
    #[arg]
    pub name: Def<ForwardAuthApp>,
    /// The name to be shown; without it the slug.
    #[prop]
    pub title: Option<Spanned<String>>,
    /// The domain whose hosts share one login.
    #[prop]
    pub domain: Option<Expr<Fqdn>>,
    /// The one host, in place of `domain`.
    #[prop]
    pub host: Option<Expr<Fqdn>>,
    /// Where people log in for a domain; without it, where Authentik answers.
    #[prop]
    pub login_url: Option<Expr<HttpUrl>>,
    /// The flow that asks for consent.
    #[prop]
    pub authorization_flow: Ref<Flow>,
    /// The flow of a logout.
    #[prop]
    pub invalidation_flow: Ref<Flow>,
    /// The flow of somebody who has not logged in; without it, that of the brand.
    #[prop]
    pub authentication_flow: Option<Ref<Flow>>,
    /// What the proxy learns of a user; without it, what Authentik thinks fit.
    #[prop]
    pub scopes: Vec<Ref<IdentityScope>>,
    /// Paths that need no login: regular expressions.
    #[prop]
    pub skip_paths: Vec<Spanned<String>>,
    /// How long a login holds.
    #[prop]
    pub token_validity: Option<Spanned<Validity>>,
    /// The outpost that answers the proxy.
    #[prop]
    pub outpost: Option<Ref<Outpost>>,
    /// Fields of Authentik's API that hlc does not know.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}
