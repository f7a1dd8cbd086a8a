//! Addresses that the load balancer gives out (cilium.io/v2alpha1, CiliumLoadBalancerIPPool).

use hlc_diag::Span;
use hlc_plan::PlannedObject;
use hlc_schema::scalar::Ipv4Range;
use hlc_schema::{AttrDecl, Data, Def, FreeBlock, Node, NodeDecl, Spanned};

use crate::lower::Lower;
use crate::resolve::{Ask, Referable};

const ATTRIBUTES: &[AttrDecl] = &[AttrDecl { name: "range", doc: "`FIRST-LAST`" }];

/// Addresses that the load balancer gives to Services and gateways (a CiliumLoadBalancerIPPool).
#[derive(Debug, Node)]
#[node(
    name = "addresses",
    names = Subdomain,
    attributes = ATTRIBUTES,
    example = r#"addresses "lan" range="192.168.1.240-192.168.1.250""#
)]
pub struct Addresses {
    /// The pool's name.
    #[arg]
    pub name: Def<Addresses>,
    /// The first and the last address, inside one of the homelab's networks; no other thing may have one of them.
    #[prop]
    pub range: Spanned<Ipv4Range>,
    /// Further fields of the CiliumLoadBalancerIPPool, merged over what hlc makes.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

impl Addresses {
    /// The CiliumLoadBalancerIPPool.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let (at, range) = (self.head, self.range.value);
        let text = |address: std::net::Ipv4Addr| Data::string(address.to_string(), self.range.span);
        let block = Data::map([("start", text(range.first())), ("stop", text(range.last()))], at);
        let mut object =
            lower.object("cilium.io/v2alpha1", "CiliumLoadBalancerIPPool", &self.name.name, self.name.span);
        object.field("spec", Data::map([("blocks", Data::list(vec![block], at))], at));
        object.finish_with(self.extra.as_ref())
    }
}

impl Referable for Addresses {
    fn declaration(&self) -> &'static NodeDecl {
        Self::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "range" => ask.scalar(&self.range.value),
            _ => ask.unknown(Self::decl()),
        }
    }
}
