//! Firewalls at Hetzner.

use hlc_schema::scalar::Mismatch;
use hlc_schema::{DataValue, Def, FreeBlock, Node, Scalar, Spanned, TypeDecl};
use ipnet::Ipv4Net;

/// A firewall: what may reach the servers that it is applied to. Everything else is dropped.
#[derive(Debug, Node)]
#[node(
    name = "firewall",
    example = r#"firewall "edge" {
    allow "ssh" tcp=22 { from "203.0.113.0/24" }
    allow "https" tcp=443
    allow "stun" udp=3478
}"#
)]
pub struct Firewall {
    /// The firewall's name.
    #[arg]
    pub name: Def<Firewall>,
    /// What may come in.
    #[block]
    pub allow: Vec<FirewallRule>,
    /// Fields of Hetzner's API that hlc does not know.
    #[free]
    pub extra: Option<FreeBlock>,
}

/// Something that may come in.
#[derive(Debug, Node)]
#[node(name = "allow", id = "firewall-allow", example = r#"allow "stun" tcp=3478 udp=3478"#)]
pub struct FirewallRule {
    /// What it is for; the description of the rule.
    #[arg]
    pub name: Spanned<String>,
    /// A TCP port, or several: `"8000-8010"`.
    #[prop]
    pub tcp: Option<Spanned<PortRange>>,
    /// A UDP port, or several.
    #[prop]
    pub udp: Option<Spanned<PortRange>>,
    /// True to answer pings.
    #[prop(default = "#false")]
    pub icmp: Option<Spanned<bool>>,
    /// Networks that may come in; the whole internet when absent.
    #[prop]
    pub from: Vec<Spanned<Ipv4Net>>,
}

impl FirewallRule {
    /// True when everybody may come in: no network is named, or together those named are the whole internet.
    #[must_use]
    pub fn is_worldwide(&self) -> bool {
        let networks: Vec<Ipv4Net> = self.from.iter().map(|network| network.value).collect();
        networks.is_empty() || Ipv4Net::aggregate(&networks) == [Ipv4Net::default()]
    }
}

/// A port or a range of ports, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRange {
    /// The lowest port.
    pub first: u16,
    /// The highest port.
    pub last: u16,
}

impl PortRange {
    /// True when a port lies within.
    #[must_use]
    pub const fn contains(self, port: u16) -> bool {
        self.first <= port && port <= self.last
    }

    /// True when a port lies within both.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

impl std::fmt::Display for PortRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}-{}", self.first, self.last) }
    }
}

impl Scalar for PortRange {
    const TYPE: TypeDecl = TypeDecl::new("port or ports", "a port such as `443`, or several such as `\"8000-8010\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let port = |text: &str| text.parse::<u16>().ok().filter(|&port| port > 0);
        let text = match value {
            DataValue::Integer(number) => number.to_string(),
            DataValue::String(text) => text.as_str().to_owned(),
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Float(_)
            | DataValue::List(_)
            | DataValue::Map(_)
            | DataValue::Deferred(_) => return Err(Mismatch::default()),
        };
        let (first, last) = text.split_once('-').unwrap_or((&text, &text));
        match (port(first), port(last)) {
            (Some(first), Some(last)) if first <= last => Ok(Self { first, last }),
            (Some(first), Some(last)) => Err(Mismatch {
                reason: Some("the lower port comes first".to_owned()),
                instead: Some(format!("\"{last}-{first}\"")),
            }),
            _ => Err(Mismatch { reason: Some("ports lie between 1 and 65535".to_owned()), instead: None }),
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_ranges() {
        let read = |text: &str| PortRange::from_value(&DataValue::string(text));
        assert_eq!(PortRange::from_value(&DataValue::integer(443)), Ok(PortRange { first: 443, last: 443 }));
        assert_eq!(read("50000-50500"), Ok(PortRange { first: 50000, last: 50500 }));
        assert_eq!(read("2-1").unwrap_err().instead.as_deref(), Some("\"1-2\""));
        for bad in ["", "0", "65536", "1-", "-1", "a", "1-2-3", "80,443"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
