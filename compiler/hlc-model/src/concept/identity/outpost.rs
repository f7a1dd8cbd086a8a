//! What answers proxies.

use hlc_schema::{Choice, Def, FreeBlock, Node, Spanned};

/// What answers proxies in the name of Authentik.
///
/// The one that runs inside Authentik is there already and is adopted: the applications that name it are added to it, and
/// nothing else of it is changed.
#[derive(Debug, Node)]
#[node(
    name = "outpost",
    annotations(adopt),
    example = r#"(adopt)outpost "authentik Embedded Outpost" managed="goauthentik.io/outposts/embedded""#
)]
pub struct Outpost {
    /// Its name.
    #[arg]
    pub name: Def<Outpost>,
    /// True for an outpost that is there already.
    #[annotated("adopt")]
    pub adopted: bool,
    /// What Authentik itself knows it by; an adopted one is looked up by it, else by its name.
    #[prop]
    pub managed: Option<Spanned<String>>,
    /// What asks it.
    #[prop(default = "\"proxy\"")]
    pub kind: Option<Spanned<OutpostKind>>,
    /// Fields of Authentik's API that hlc does not know.
    #[free]
    pub extra: Option<FreeBlock>,
}

/// What asks an outpost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum OutpostKind {
    /// HTTP proxies.
    Proxy,
    /// Clients of LDAP.
    Ldap,
    /// Clients of RADIUS.
    Radius,
    /// Remote desktops.
    Rac,
}
