//! DNS: zones at Cloudflare and the records in them.

mod from_routes;
mod name;
mod record;

pub use from_routes::FromRoutes;
pub use name::RecordName;
pub(crate) use record::Record;
pub use record::{ARecord, AaaaRecord, CaaRecord, CaaTag, CnameRecord, MxRecord, SrvRecord, TxtRecord};

use hlc_schema::{AttrDecl, Data, Def, FreeBlock, Node, NodeDecl, SecretKey, Spanned};

use crate::resolve::{Ask, Referable};

/// DNS at Cloudflare.
#[derive(Debug, Node)]
#[node(
    name = "cloudflare",
    example = r#"cloudflare token=(secret)CLOUDFLARE_API_TOKEN {
    zone "example.net" id="0123456789abcdef0123456789abcdef" {
        A "*" to="192.168.1.240" comment="LAN gateway"
        from-routes to="203.0.113.10"
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
#[node(name = "zone", names = Subdomain, attributes = ATTRIBUTES, example = r#"zone "example.net" { A "*" to="192.168.1.240" }"#)]
pub struct Zone {
    /// The zone's name.
    #[arg]
    pub name: Def<Zone>,
    /// Its id at Cloudflare; without one it is looked up by name.
    #[prop]
    pub id: Option<Spanned<String>>,
    /// IPv4 addresses.
    #[block(name = "A")]
    pub a: Vec<ARecord>,
    /// IPv6 addresses.
    #[block(name = "AAAA")]
    pub aaaa: Vec<AaaaRecord>,
    /// Other names.
    #[block(name = "CNAME")]
    pub cname: Vec<CnameRecord>,
    /// Mail servers.
    #[block(name = "MX")]
    pub mx: Vec<MxRecord>,
    /// Texts.
    #[block(name = "TXT")]
    pub txt: Vec<TxtRecord>,
    /// Services.
    #[block(name = "SRV")]
    pub srv: Vec<SrvRecord>,
    /// Who may issue certificates.
    #[block(name = "CAA")]
    pub caa: Vec<CaaRecord>,
    /// Records made from the routes of the homelab.
    #[block]
    pub from_routes: Option<FromRoutes>,
}

impl Zone {
    /// Every record that is written out.
    pub(crate) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let a = self.a.iter().map(Record::A);
        let aaaa = self.aaaa.iter().map(Record::Aaaa);
        let cname = self.cname.iter().map(Record::Cname);
        let mx = self.mx.iter().map(Record::Mx);
        let txt = self.txt.iter().map(Record::Txt);
        let srv = self.srv.iter().map(Record::Srv);
        let caa = self.caa.iter().map(Record::Caa);
        a.chain(aaaa).chain(cname).chain(mx).chain(txt).chain(srv).chain(caa)
    }

    /// True when the host is the zone or lies below it.
    pub(crate) fn holds(&self, host: &str) -> bool {
        host.strip_suffix(self.name.name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

/// What a block `extra` of a record is.
type Extra = Option<FreeBlock>;

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
