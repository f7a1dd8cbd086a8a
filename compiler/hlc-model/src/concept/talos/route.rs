//! Routes of machines.

use std::net::Ipv4Addr;

use hlc_schema::{Expr, Node, Ref, Spanned};

use crate::concept::Network;

/// A way from machines to a network that their router does not know.
///
/// A machine that is itself the next hop gets no such route.
#[derive(Debug, Node)]
#[node(name = "route", id = "machine-route", example = r#"route network="netbird" via="192.168.1.221" metric=1024"#)]
pub struct MachineRoute {
    /// The network it leads to.
    #[prop]
    pub network: Ref<Network>,
    /// The next hop.
    #[prop]
    pub via: Expr<Ipv4Addr>,
    /// Among several routes to one network the lowest is taken.
    #[prop]
    pub metric: Option<Spanned<u32>>,
}
