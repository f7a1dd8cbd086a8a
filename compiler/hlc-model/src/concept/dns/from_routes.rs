//! Records made from routes.

use std::net::Ipv4Addr;

use hlc_diag::Span;
use hlc_schema::{Expr, Node, Spanned};

/// An address record for each host that the internet reaches: every route of the edge, and every public route of a workload.
///
/// A route belongs to the zone with the longest name that its host lies in. Of a route with `wildcard=#true` the names below
/// its host get a record too. A record that is written out wins over one made from a route: an `A`, `AAAA` or `CNAME` of
/// the same name leaves the route's out, so that one host can lead elsewhere.
#[derive(Debug, Node)]
#[node(
    name = "from-routes",
    example = r#"from-routes to="203.0.113.10" edge="The edge itself" public="Public through the edge""#
)]
pub struct FromRoutes {
    /// The address that all of them lead to: the edge's, such as `(ref)server.edge.ipv4`.
    #[prop]
    pub to: Expr<Ipv4Addr>,
    /// The note on records of the edge's own routes.
    #[prop]
    pub edge: Option<Spanned<String>>,
    /// The note on records of names below a wildcard route of the edge; else that of `edge`.
    #[prop]
    pub wildcard: Option<Spanned<String>>,
    /// The note on records of public workloads.
    #[prop]
    pub public: Option<Spanned<String>>,
    /// The node's name.
    #[head]
    pub head: Span,
}
