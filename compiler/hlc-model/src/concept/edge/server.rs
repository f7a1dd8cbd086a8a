//! Servers at Hetzner.

use std::net::Ipv4Addr;

use hlc_diag::Span;
use hlc_plan::Address;
use hlc_schema::{AttrDecl, Data, Def, FreeBlock, Node, NodeDecl, Ref, Spanned};

use super::{Bundle, Firewall, SshKey};
use crate::resolve::{Ask, Referable};
use crate::stack::hetzner;

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "name", doc: "The server's name." },
    AttrDecl { name: "ipv4", doc: "Its public IPv4 address; known later when it is not stated." },
    AttrDecl { name: "ipv6", doc: "Its public IPv6 address; known later." },
];

/// A server at Hetzner Cloud.
#[derive(Debug, Node)]
#[node(
    name = "server",
    names = Subdomain,
    attributes = ATTRIBUTES,
    example = r#"server "edge" type="cpx21" image="ubuntu-24.04" location="ash" firewall="edge" {
    ssh key="laptop" user="root" identity="~/.ssh/id_ed25519"
    address ipv4="203.0.113.10" ipv6=#true
    cloud-init "edge/cloud-init.yml"
}"#
)]
pub struct Server {
    /// The server's name, which is its host name too.
    #[arg]
    pub name: Def<Server>,
    /// The name it had before, so that it is renamed and not made anew.
    #[prop]
    pub was: Option<Spanned<String>>,
    /// Its size: a server type of Hetzner such as `cpx21`.
    #[prop(name = "type")]
    pub server_type: Spanned<String>,
    /// The system it is made from.
    #[prop]
    pub image: Spanned<String>,
    /// Where it stands: a location of Hetzner such as `ash`.
    #[prop]
    pub location: Spanned<String>,
    /// The firewalls that are applied to it.
    #[prop]
    pub firewall: Vec<Ref<Firewall>>,
    /// How hlc reaches it.
    #[block]
    pub ssh: Ssh,
    /// Its addresses in the internet.
    #[block]
    pub address: Option<PublicAddress>,
    /// A file of the project that cloud-init reads at the first start.
    #[prop]
    pub cloud_init: Option<Spanned<String>>,
    /// Labels at Hetzner.
    #[free]
    pub labels: Option<FreeBlock>,
    /// Files and what they are for.
    #[block]
    pub bundle: Vec<Bundle>,
    /// Fields of Hetzner's API that hlc does not know.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// How hlc logs in to a server.
#[derive(Debug, Node)]
#[node(name = "ssh", example = r#"ssh key="laptop" user="root" identity="~/.ssh/id_ed25519""#)]
pub struct Ssh {
    /// The keys that the new server lets in.
    #[prop]
    pub key: Vec<Ref<SshKey>>,
    /// Who logs in.
    #[prop(default = "\"root\"")]
    pub user: Option<Spanned<String>>,
    /// The file of the private key on this machine; without one, what ssh finds by itself (agent, configuration).
    #[prop]
    pub identity: Option<Spanned<String>>,
    /// The server's public host keys (`ssh-ed25519 AAAA…`); without them the one it shows first is kept and held to.
    #[prop]
    pub host_key: Vec<Spanned<String>>,
}

/// The addresses of a server in the internet.
#[derive(Debug, Node)]
#[node(name = "address", id = "server-address", example = r#"address ipv4="203.0.113.10" ipv6=#true"#)]
pub struct PublicAddress {
    /// The address of a primary IP that the project has already; without it one is made that outlives the server.
    #[prop]
    pub ipv4: Option<Spanned<Ipv4Addr>>,
    /// True for an IPv6 address too.
    #[prop(default = "#true")]
    pub ipv6: Option<Spanned<bool>>,
}

impl Server {
    /// Its address as a resource.
    #[must_use]
    pub fn resource(&self) -> Address {
        Address::resource::<hetzner::Server>(&self.name.name)
    }

    /// Its public IPv4 address, if it is stated.
    #[must_use]
    pub fn ipv4(&self) -> Option<&Spanned<Ipv4Addr>> {
        self.address.as_ref().and_then(|address| address.ipv4.as_ref())
    }
}

impl Referable for Server {
    fn declaration(&self) -> &'static NodeDecl {
        Self::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match (ask.field, self.ipv4()) {
            ("name", _) => ask.text(self.name.name.as_str()),
            ("ipv4", Some(address)) => ask.scalar(&address.value),
            ("ipv4" | "ipv6", _) => ask.output(&self.resource(), ask.field),
            _ => ask.unknown(Self::decl()),
        }
    }
}
