//! Scopes of OpenID Connect.

use hlc_schema::{Def, FreeBlock, Node, Spanned};

/// What an application learns of a user when it asks for a scope (a scope mapping of Authentik).
#[derive(Debug, Node)]
#[node(name = "scope", annotations(existing), example = r#"scope "api" title="API access" expression="return {}""#)]
pub struct IdentityScope {
    /// The scope that an application asks for.
    #[arg]
    pub name: Def<IdentityScope>,
    /// True for a scope that is there already: it is looked up, never made or changed.
    #[annotated("existing")]
    pub existing: bool,
    /// The name of the mapping in Authentik; without it the scope's.
    #[prop]
    pub title: Option<Spanned<String>>,
    /// What Authentik's blueprints know it by; an existing scope is looked up by it.
    #[prop]
    pub managed: Option<Spanned<String>>,
    /// What a user is told who is asked for consent.
    #[prop]
    pub description: Option<Spanned<String>>,
    /// Python that returns the claims; needed unless it is `(existing)`.
    #[prop]
    pub expression: Option<Spanned<String>>,
    /// Fields of Authentik's API that hlc does not know.
    #[free]
    pub extra: Option<FreeBlock>,
}
