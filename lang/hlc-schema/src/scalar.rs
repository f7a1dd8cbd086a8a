//! Single values.

use std::net::Ipv4Addr;

use hlc_diag::{Code, Severity, Span};
use ipnet::Ipv4Net;

mod bytes;
mod duration;
mod ipv6;
mod number;
mod range;

pub use bytes::Bytes;
pub use duration::Duration;
pub use range::Ipv4Range;

use crate::{DataValue, TypeDecl};

/// Every finding about single values.
pub static CODES: &[&Code] = &[&WRONG_VALUE];

/// A value is not what its place wants.
pub(crate) static WRONG_VALUE: Code = Code {
    id: "HLC0110",
    name: "wrong-value",
    severity: Severity::Error,
    summary: "a value is not what its place wants",
    explain: "Every typed place accepts one kind of value: an address, a port, one of a few words. Nothing is converted \
              silently, so that a slip is found here and not in the cluster.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0\"\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\"\n}",
};

/// A value and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at a place.
    #[must_use]
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// Why a value does not fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mismatch {
    /// More than "this is not what is wanted", if there is more to say.
    pub reason: Option<String>,
    /// What was probably meant, as it should be spelled in KDL.
    pub instead: Option<String>,
}

/// A type that one KDL value can be.
pub trait Scalar: Sized {
    /// How messages and reference pages speak of it.
    const TYPE: TypeDecl;

    /// Reads the value.
    ///
    /// # Errors
    /// When it is not of this type.
    fn from_value(value: &DataValue) -> Result<Self, Mismatch>;

    /// The value as data.
    fn to_value(&self) -> DataValue;
}

/// Reads text and hands it on.
fn text(value: &DataValue) -> Result<&str, Mismatch> {
    if let DataValue::String(text) = value { Ok(text) } else { Err(Mismatch::default()) }
}

impl Scalar for String {
    const TYPE: TypeDecl = TypeDecl::new("text", "text");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        match value {
            DataValue::String(text) => Ok(text.as_str().to_owned()),
            DataValue::Integer(number) => {
                Err(Mismatch { instead: Some(format!("\"{number}\"")), ..Mismatch::default() })
            }
            DataValue::Bool(truth) => Err(Mismatch { instead: Some(format!("\"{truth}\"")), ..Mismatch::default() }),
            DataValue::Null | DataValue::Float(_) | DataValue::List(_) | DataValue::Map(_) | DataValue::Deferred(_) => {
                Err(Mismatch::default())
            }
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.as_str())
    }
}

impl Scalar for bool {
    const TYPE: TypeDecl = TypeDecl::new("boolean", "`#true` or `#false`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        match value {
            DataValue::Bool(truth) => Ok(*truth),
            DataValue::String(text) if matches!(text.as_str(), "true" | "yes" | "on") => {
                Err(Mismatch { instead: Some("#true".to_owned()), ..Mismatch::default() })
            }
            DataValue::String(text) if matches!(text.as_str(), "false" | "no" | "off") => {
                Err(Mismatch { instead: Some("#false".to_owned()), ..Mismatch::default() })
            }
            DataValue::Null
            | DataValue::Integer(_)
            | DataValue::Float(_)
            | DataValue::String(_)
            | DataValue::List(_)
            | DataValue::Map(_)
            | DataValue::Deferred(_) => Err(Mismatch::default()),
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::Bool(*self)
    }
}

/// A TCP or UDP port, 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port(pub u16);

impl Scalar for Port {
    const TYPE: TypeDecl = TypeDecl::new("port", "a port between 1 and 65535");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        match value {
            DataValue::Integer(number) => match u16::try_from(number.get()) {
                Ok(port) if port > 0 => Ok(Self(port)),
                _ => Err(Mismatch { reason: Some(format!("{number} is no port")), instead: None }),
            },
            DataValue::String(text) => Err(Mismatch {
                instead: text.parse::<u16>().ok().filter(|&port| port > 0).map(|port| port.to_string()),
                reason: None,
            }),
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Float(_)
            | DataValue::List(_)
            | DataValue::Map(_)
            | DataValue::Deferred(_) => Err(Mismatch::default()),
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::integer(i128::from(self.0))
    }
}

impl Scalar for Ipv4Addr {
    const TYPE: TypeDecl = TypeDecl::new("IPv4 address", "an IPv4 address such as `\"192.168.1.10\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let text = text(value)?;
        text.parse().map_err(|_| match text.parse::<Ipv4Net>() {
            Ok(net) => Mismatch {
                reason: Some("this is a network; one address is wanted".to_owned()),
                instead: Some(format!("\"{}\"", net.addr())),
            },
            Err(_) => Mismatch::default(),
        })
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.to_string())
    }
}

impl Scalar for Ipv4Net {
    const TYPE: TypeDecl = TypeDecl::new("IPv4 network", "an IPv4 network such as `\"192.168.1.0/24\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let text = text(value)?;
        match text.parse::<Self>() {
            Ok(net) if net.addr() == net.network() => Ok(net),
            Ok(net) => Err(Mismatch {
                reason: Some("the address has bits behind the prefix".to_owned()),
                instead: Some(format!("\"{}\"", net.trunc())),
            }),
            Err(_) => Err(Mismatch {
                reason: text.parse::<Ipv4Addr>().is_ok().then(|| "the prefix length is missing".to_owned()),
                instead: None,
            }),
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.to_string())
    }
}

/// A DNS name without a final dot, such as `grafana.example.net` (RFC 1035, RFC 1123).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fqdn(String);

impl Fqdn {
    /// The name, lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when this is `domain` or lies below it.
    #[must_use]
    pub fn is_within(&self, domain: &Self) -> bool {
        self.0 == domain.0 || self.0.strip_suffix(&domain.0).is_some_and(|rest| rest.ends_with('.'))
    }
}

impl Scalar for Fqdn {
    const TYPE: TypeDecl = TypeDecl::new("host name", "a host name such as `\"grafana.example.net\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let text = text(value)?;
        let wrong = |reason: &str| Err(Mismatch { reason: Some(reason.to_owned()), instead: None });
        if let Some((_, rest)) = text.split_once("://") {
            let host = rest.split(['/', ':']).next().unwrap_or("");
            return Err(Mismatch {
                reason: Some("this is a URL; only the host is wanted".to_owned()),
                instead: Some(format!("\"{host}\"")),
            });
        }
        if text.len() > 253 {
            return wrong("it is longer than 253 characters");
        }
        for (index, label) in text.split('.').enumerate() {
            if label.is_empty() {
                return wrong("it has an empty label (two dots, or one at an end)");
            }
            if label.len() > 63 {
                return wrong("one of its labels is longer than 63 characters");
            }
            if label == "*" && index == 0 && text.len() > 1 {
                continue;
            }
            if label.starts_with('-') || label.ends_with('-') {
                return wrong("a label must not begin or end with `-`");
            }
            if let Some(bad) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
                return Err(Mismatch { reason: Some(format!("`{bad}` cannot stand in a host name")), instead: None });
            }
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

/// The name of a Kubernetes object that must be a DNS label: lower case letters, digits and `-`, at most 63 characters
/// (RFC 1123; Namespaces and Services).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DnsLabel(String);

impl DnsLabel {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no DNS label; `None` when it is one.
#[must_use]
pub fn dns_label_fault(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("it is empty".to_owned());
    }
    if text.len() > 63 {
        return Some(format!("it has {} characters; 63 is the most", text.len()));
    }
    if let Some(bad) = text.chars().find(|c| !c.is_ascii_lowercase() && !c.is_ascii_digit() && *c != '-') {
        return Some(format!("`{bad}` cannot stand in it; only lower case letters, digits and `-` can"));
    }
    (text.starts_with('-') || text.ends_with('-')).then(|| "it begins or ends with `-`".to_owned())
}

impl Scalar for DnsLabel {
    const TYPE: TypeDecl = TypeDecl::new("name", "a name of lower case letters, digits and `-`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let text = text(value)?;
        match dns_label_fault(text) {
            None => Ok(Self(text.to_owned())),
            Some(reason) => {
                let lower = text.to_ascii_lowercase().replace(['_', ' '], "-");
                let instead = dns_label_fault(&lower).is_none().then(|| format!("\"{lower}\""));
                Err(Mismatch { reason: Some(reason), instead })
            }
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

/// A key of a ConfigMap or Secret: letters, digits, `-`, `_` and `.`, at most 253 of them (Kubernetes API, ConfigMap).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigKey(String);

impl ConfigKey {
    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Scalar for ConfigKey {
    const TYPE: TypeDecl = TypeDecl::new("key", "a key of letters, digits, `-`, `_` and `.`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let text = text(value)?;
        let reason = if text.is_empty() {
            "it is empty".to_owned()
        } else if text.len() > 253 {
            format!("it has {} characters; 253 is the most", text.len())
        } else if let Some(bad) = text.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.')) {
            format!("`{bad}` cannot stand in it")
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(Mismatch { reason: Some(reason), instead: None })
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

/// An absolute `http` or `https` URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUrl(String);

impl HttpUrl {
    /// The URL as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when whoever listens on the way reads what is sent: plain http that leaves this machine.
    #[must_use]
    pub fn is_overheard(&self) -> bool {
        let Some(rest) = self.0.strip_prefix("http://") else { return false };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        };
        host != "localhost" && !host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// Why what follows the `://` of a URL cannot be; `None` when it can.
#[must_use]
pub fn url_fault(rest: &str) -> Option<&'static str> {
    let host = rest.split('/').next().unwrap_or("");
    if host.is_empty() {
        Some("it has no host")
    } else if rest.contains(char::is_whitespace) {
        Some("it has a space in it")
    } else if host.contains('@') {
        Some("a URL in the source must not hold a user or password: it would be published")
    } else {
        None
    }
}

impl Scalar for HttpUrl {
    const TYPE: TypeDecl = TypeDecl::new("URL", "a URL that begins with `http://` or `https://`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let text = text(value)?;
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        match rest {
            Some(rest) => match url_fault(rest) {
                None => Ok(Self(text.to_owned())),
                Some(reason) => Err(Mismatch { reason: Some(reason.to_owned()), instead: None }),
            },
            None => Err(Mismatch::default()),
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Scalar>(text: &str) -> Result<T, Mismatch> {
        T::from_value(&DataValue::string(text))
    }

    #[test]
    fn plain_http_is_overheard_unless_it_stays_on_this_machine() {
        for here in
            ["http://localhost:9000", "http://127.0.0.1", "http://[::1]:9000/x", "http://127.8.8.8:1/", "https://x"]
        {
            assert!(!read::<HttpUrl>(here).unwrap().is_overheard(), "{here}");
        }
        for there in
            ["http://minio:9000", "http://localhost.example.net", "http://127.0.0.1.example.net", "http://[::2]"]
        {
            assert!(read::<HttpUrl>(there).unwrap().is_overheard(), "{there}");
        }
    }

    #[test]
    fn networks_and_addresses() {
        assert!(read::<Ipv4Net>("192.168.1.0/24").is_ok());
        let bits = read::<Ipv4Net>("192.168.1.5/24").unwrap_err();
        assert_eq!(bits.instead.as_deref(), Some("\"192.168.1.0/24\""));
        let prefix = read::<Ipv4Net>("192.168.1.0").unwrap_err();
        assert_eq!(prefix.reason.as_deref(), Some("the prefix length is missing"));
        assert!(read::<Ipv4Addr>("192.168.1.300").is_err());
    }

    #[test]
    fn host_names() {
        let domain = read::<Fqdn>("example.net").unwrap();
        assert!(read::<Fqdn>("Grafana.Example.net").unwrap().is_within(&domain));
        assert!(!read::<Fqdn>("badexample.net").unwrap().is_within(&domain));
        assert!(read::<Fqdn>("*.example.net").is_ok());
        for bad in ["", ".", "a..b", "-a.b", "a_b.c", "https://a.b/c", "ü.net", "*"] {
            assert!(read::<Fqdn>(bad).is_err(), "{bad}");
        }
        let url = read::<Fqdn>("https://a.example.net:8443/x").unwrap_err();
        assert_eq!(url.instead.as_deref(), Some("\"a.example.net\""));
    }

    #[test]
    fn ports() {
        assert_eq!(Port::from_value(&DataValue::integer(80)).unwrap(), Port(80));
        assert!(Port::from_value(&DataValue::integer(0)).is_err());
        assert!(Port::from_value(&DataValue::integer(70000)).is_err());
        assert_eq!(read::<Port>("80").unwrap_err().instead.as_deref(), Some("80"));
    }
}
