//! Exposure to the internet.

use hlc_diag::Span;
use hlc_schema::{Choice, Node, Spanned};

/// Makes a route reachable from the internet.
///
/// Without it a host is reachable in the LAN only. It makes a route on the edge, where a `traefik` there says `to-cluster`, and a
/// DNS record, where the zone says `from-routes`.
#[derive(Debug, Node)]
#[node(name = "public", example = r#"public auth="own""#)]
pub struct Public {
    /// Who asks for a login.
    #[prop(default = "\"sso\"")]
    pub auth: Option<Spanned<Auth>>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// Who asks for a login before a host that the internet reaches answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Auth {
    /// Single sign-on at the edge.
    Sso,
    /// The application by itself.
    Own,
    /// Nobody: everyone may come in.
    None,
}
