//! The records of a zone, one node for each type.

use std::net::{Ipv4Addr, Ipv6Addr};

use hlc_schema::scalar::{Duration, Fqdn, Port};
use hlc_schema::{Choice, Expr, FreeBlock, Node, Spanned};

use super::{Extra, RecordName};

/// An IPv4 address (RFC 1035, section 3.4.1).
#[derive(Debug, Node)]
#[node(name = "A", example = r#"A "*" to="192.168.1.240" comment="LAN gateway""#)]
pub struct ARecord {
    /// The record's name below the zone; `@` is the zone itself, `*` every name that has no record.
    #[arg]
    pub name: Spanned<RecordName>,
    /// The address it leads to.
    #[prop]
    pub to: Expr<Ipv4Addr>,
    /// How long resolvers may keep it: 30 seconds to a day; without it, what Cloudflare thinks fit.
    #[prop]
    pub ttl: Option<Spanned<Duration>>,
    /// True when Cloudflare answers in its place and hands requests on.
    #[prop(default = "#false")]
    pub proxied: Option<Spanned<bool>>,
    /// A note at Cloudflare.
    #[prop]
    pub comment: Option<Spanned<String>>,
    /// Fields of Cloudflare's API that hlc does not know.
    #[free]
    pub extra: Extra,
}

/// An IPv6 address (RFC 3596).
#[derive(Debug, Node)]
#[node(name = "AAAA", example = r#"AAAA "www" to="2001:db8::10""#)]
pub struct AaaaRecord {
    /// The record's name below the zone; `@` is the zone itself, `*` every name that has no record.
    #[arg]
    pub name: Spanned<RecordName>,
    /// The address it leads to.
    #[prop]
    pub to: Expr<Ipv6Addr>,
    /// How long resolvers may keep it: 30 seconds to a day; without it, what Cloudflare thinks fit.
    #[prop]
    pub ttl: Option<Spanned<Duration>>,
    /// True when Cloudflare answers in its place and hands requests on.
    #[prop(default = "#false")]
    pub proxied: Option<Spanned<bool>>,
    /// A note at Cloudflare.
    #[prop]
    pub comment: Option<Spanned<String>>,
    /// Fields of Cloudflare's API that hlc does not know.
    #[free]
    pub extra: Extra,
}

/// Another name for a host (RFC 1035, section 3.3.1).
#[derive(Debug, Node)]
#[node(name = "CNAME", example = r#"CNAME "www" to="example.net""#)]
pub struct CnameRecord {
    /// The record's name below the zone; `@` is the zone itself, `*` every name that has no record.
    #[arg]
    pub name: Spanned<RecordName>,
    /// The host it stands for: the whole name.
    #[prop]
    pub to: Expr<Fqdn>,
    /// How long resolvers may keep it: 30 seconds to a day; without it, what Cloudflare thinks fit.
    #[prop]
    pub ttl: Option<Spanned<Duration>>,
    /// True when Cloudflare answers in its place and hands requests on.
    #[prop(default = "#false")]
    pub proxied: Option<Spanned<bool>>,
    /// A note at Cloudflare.
    #[prop]
    pub comment: Option<Spanned<String>>,
    /// Fields of Cloudflare's API that hlc does not know.
    #[free]
    pub extra: Extra,
}

/// A server that takes mail (RFC 1035, section 3.3.9).
#[derive(Debug, Node)]
#[node(name = "MX", example = r#"MX "@" to="mail.example.net" priority=10"#)]
pub struct MxRecord {
    /// The record's name below the zone; `@` is the zone itself, `*` every name that has no record.
    #[arg]
    pub name: Spanned<RecordName>,
    /// The mail server: the whole name.
    #[prop]
    pub to: Expr<Fqdn>,
    /// Which of several is asked first: the lowest.
    #[prop]
    pub priority: Spanned<u16>,
    /// How long resolvers may keep it: 30 seconds to a day; without it, what Cloudflare thinks fit.
    #[prop]
    pub ttl: Option<Spanned<Duration>>,
    /// A note at Cloudflare.
    #[prop]
    pub comment: Option<Spanned<String>>,
    /// Fields of Cloudflare's API that hlc does not know.
    #[free]
    pub extra: Extra,
}

/// A text (RFC 1035, section 3.3.14).
#[derive(Debug, Node)]
#[node(name = "TXT", example = r#"TXT "@" text="v=spf1 include:_spf.example.net -all""#)]
pub struct TxtRecord {
    /// The record's name below the zone; `@` is the zone itself, `*` every name that has no record.
    #[arg]
    pub name: Spanned<RecordName>,
    /// The text, without the quotes that DNS puts around it; long ones are cut into strings of 255 bytes.
    #[prop]
    pub text: Expr<String>,
    /// How long resolvers may keep it: 30 seconds to a day; without it, what Cloudflare thinks fit.
    #[prop]
    pub ttl: Option<Spanned<Duration>>,
    /// A note at Cloudflare.
    #[prop]
    pub comment: Option<Spanned<String>>,
    /// Fields of Cloudflare's API that hlc does not know.
    #[free]
    pub extra: Extra,
}

/// Where a service is (RFC 2782).
#[derive(Debug, Node)]
#[node(name = "SRV", example = r#"SRV "_sip._tcp" to="sip.example.net" port=5060"#)]
pub struct SrvRecord {
    /// The service and its protocol, such as `_sip._tcp`, below the zone.
    #[arg]
    pub name: Spanned<RecordName>,
    /// The host: the whole name.
    #[prop]
    pub to: Expr<Fqdn>,
    /// The port.
    #[prop]
    pub port: Spanned<Port>,
    /// Which of several is asked first: the lowest.
    #[prop(default = "0")]
    pub priority: Option<Spanned<u16>>,
    /// How often it is chosen among those of one priority.
    #[prop(default = "0")]
    pub weight: Option<Spanned<u16>>,
    /// How long resolvers may keep it: 30 seconds to a day; without it, what Cloudflare thinks fit.
    #[prop]
    pub ttl: Option<Spanned<Duration>>,
    /// A note at Cloudflare.
    #[prop]
    pub comment: Option<Spanned<String>>,
    /// Fields of Cloudflare's API that hlc does not know.
    #[free]
    pub extra: Extra,
}

/// Who may issue certificates (RFC 8659).
#[derive(Debug, Node)]
#[node(name = "CAA", example = r#"CAA "@" tag="issue" value="letsencrypt.org""#)]
pub struct CaaRecord {
    /// The record's name below the zone; `@` is the zone itself, `*` every name that has no record.
    #[arg]
    pub name: Spanned<RecordName>,
    /// What it says.
    #[prop]
    pub tag: Spanned<CaaTag>,
    /// Who may; of `iodef`, where to report.
    #[prop]
    pub value: Expr<String>,
    /// 128 for a record that an issuer must understand.
    #[prop(default = "0")]
    pub flags: Option<Spanned<u8>>,
    /// How long resolvers may keep it: 30 seconds to a day; without it, what Cloudflare thinks fit.
    #[prop]
    pub ttl: Option<Spanned<Duration>>,
    /// A note at Cloudflare.
    #[prop]
    pub comment: Option<Spanned<String>>,
    /// Fields of Cloudflare's API that hlc does not know.
    #[free]
    pub extra: Extra,
}

/// What a CAA record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum CaaTag {
    /// Who may issue certificates.
    Issue,
    /// Who may issue certificates with a wildcard.
    Issuewild,
    /// Where requests that were refused are reported.
    Iodef,
}

/// A record of any type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Record<'m> {
    A(&'m ARecord),
    Aaaa(&'m AaaaRecord),
    Cname(&'m CnameRecord),
    Mx(&'m MxRecord),
    Txt(&'m TxtRecord),
    Srv(&'m SrvRecord),
    Caa(&'m CaaRecord),
}

/// A field that records of every type have.
macro_rules! of_every_type {
    ($record:expr, $field:ident) => {
        match $record {
            Record::A(record) => &record.$field,
            Record::Aaaa(record) => &record.$field,
            Record::Cname(record) => &record.$field,
            Record::Mx(record) => &record.$field,
            Record::Txt(record) => &record.$field,
            Record::Srv(record) => &record.$field,
            Record::Caa(record) => &record.$field,
        }
    };
}

impl<'m> Record<'m> {
    /// `A`, `CNAME` …
    pub(crate) fn kind(self) -> &'static str {
        let decl = match self {
            Self::A(_) => ARecord::decl(),
            Self::Aaaa(_) => AaaaRecord::decl(),
            Self::Cname(_) => CnameRecord::decl(),
            Self::Mx(_) => MxRecord::decl(),
            Self::Txt(_) => TxtRecord::decl(),
            Self::Srv(_) => SrvRecord::decl(),
            Self::Caa(_) => CaaRecord::decl(),
        };
        decl.name
    }

    /// Its name below the zone.
    pub(crate) fn name(self) -> &'m Spanned<RecordName> {
        of_every_type!(self, name)
    }

    /// How long resolvers may keep it.
    pub(crate) fn ttl(self) -> Option<Spanned<Duration>> {
        *of_every_type!(self, ttl)
    }

    /// The note on it.
    pub(crate) fn comment(self) -> Option<&'m Spanned<String>> {
        of_every_type!(self, comment).as_ref()
    }

    /// Fields that hlc does not know.
    pub(crate) fn extra(self) -> Option<&'m FreeBlock> {
        of_every_type!(self, extra).as_ref()
    }

    /// Where it says that Cloudflare answers in its place, if it does.
    pub(crate) fn proxied(self) -> Option<Spanned<bool>> {
        let given = match self {
            Self::A(record) => record.proxied,
            Self::Aaaa(record) => record.proxied,
            Self::Cname(record) => record.proxied,
            Self::Mx(_) | Self::Txt(_) | Self::Srv(_) | Self::Caa(_) => None,
        };
        given.filter(|proxied| proxied.value)
    }

    /// True for the types that say where a host is: one of them leaves no place for a record made from a route.
    pub(crate) fn leads_somewhere(self) -> bool {
        matches!(self, Self::A(_) | Self::Aaaa(_) | Self::Cname(_))
    }
}
