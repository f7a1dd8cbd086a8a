//! Networks.

use std::net::Ipv4Addr;

use hlc_schema::{AttrDecl, Data, Def, Node, NodeDecl, Spanned};
use ipnet::Ipv4Net;

use crate::resolve::{Ask, Referable};

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "cidr", doc: "The network with its prefix length." },
    AttrDecl { name: "gateway", doc: "The router's address, if one is given." },
];

/// An IPv4 network that machines and services have addresses in.
#[derive(Debug, Node)]
#[node(
    name = "network",
    attributes = ATTRIBUTES,
    example = r#"network "lan" cidr="192.168.1.0/24" gateway="192.168.1.254" {
    nameservers "1.1.1.1" "192.168.1.254"
}"#
)]
pub struct Network {
    /// The network's name.
    #[arg]
    pub name: Def<Network>,
    /// The network with its prefix length; nothing behind the prefix.
    #[prop]
    pub cidr: Spanned<Ipv4Net>,
    /// The router that machines send everything else to.
    #[prop]
    pub gateway: Option<Spanned<Ipv4Addr>>,
    /// Name servers of the machines in it.
    #[prop]
    pub nameservers: Vec<Spanned<Ipv4Addr>>,
}

impl Referable for Network {
    fn declaration(&self) -> &'static NodeDecl {
        Network::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "cidr" => ask.scalar(&self.cidr.value),
            "gateway" => ask.given(self.gateway.as_ref(), self.name.span),
            _ => ask.unknown(Network::decl()),
        }
    }
}
