//! DNS: zones at Cloudflare and the records in them.

use std::net::Ipv4Addr;

use hlc_schema::{AttrDecl, Data, Def, Expr, Node, NodeDecl, SecretKey, Spanned};

use crate::resolve::{Ask, Referable};

/// DNS at Cloudflare.
#[derive(Debug, Node)]
#[node(
    name = "cloudflare",
    example = r#"cloudflare token=(secret)CLOUDFLARE_API_TOKEN {
    zone "example.net" id="0123456789abcdef0123456789abcdef" {
        A "*" to="192.168.1.240" comment="LAN gateway"
    }
}"#
)]
pub struct Cloudflare {
    /// The API token: it needs `Zone:Read` and `DNS:Edit` for the zones.
    #[prop]
    pub token: SecretKey,
    /// The zones whose records are managed.
    #[block]
    pub zone: Vec<Zone>,
}

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "name", doc: "The zone's name." },
    AttrDecl { name: "id", doc: "The zone's id at Cloudflare; known later when it is not stated." },
];

/// A DNS zone.
#[derive(Debug, Node)]
#[node(name = "zone", attributes = ATTRIBUTES, example = r#"zone "example.net" { A "*" to="192.168.1.240" }"#)]
pub struct Zone {
    /// The zone's name.
    #[arg]
    pub name: Def<Zone>,
    /// Its id at Cloudflare; without one it is looked up by name.
    #[prop]
    pub id: Option<Spanned<String>>,
    /// Address records.
    #[block(name = "A")]
    pub a: Vec<ARecord>,
}

/// An address record (RFC 1035, section 3.4.1).
#[derive(Debug, Node)]
#[node(name = "A", example = r#"A "*" to="192.168.1.240" comment="LAN gateway""#)]
pub struct ARecord {
    /// The record's name below the zone; `@` is the zone itself, `*` every name that has no record.
    #[arg]
    pub name: Spanned<String>,
    /// The address it leads to.
    #[prop]
    pub to: Expr<Ipv4Addr>,
    /// A note at Cloudflare.
    #[prop]
    pub comment: Option<Spanned<String>>,
}

impl Referable for Zone {
    fn declaration(&self) -> &'static NodeDecl {
        Self::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "name" => ask.text(self.name.name.as_str()),
            "id" => match &self.id {
                Some(id) => ask.text(id.value.as_str()),
                None => ask.output(&self.address(), "id"),
            },
            _ => ask.unknown(Self::decl()),
        }
    }
}
