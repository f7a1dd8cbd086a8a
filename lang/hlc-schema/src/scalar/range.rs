//! Ranges of addresses.

use std::fmt;
use std::net::Ipv4Addr;

use super::{Mismatch, Scalar, text};
use crate::{DataValue, TypeDecl};

/// IPv4 addresses from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv4Range {
    first: Ipv4Addr,
    last: Ipv4Addr,
}

impl Ipv4Range {
    /// The lowest address.
    #[must_use]
    pub const fn first(self) -> Ipv4Addr {
        self.first
    }

    /// The highest address.
    #[must_use]
    pub const fn last(self) -> Ipv4Addr {
        self.last
    }

    /// True when the address is one of them.
    #[must_use]
    pub fn contains(self, address: Ipv4Addr) -> bool {
        (self.first..=self.last).contains(&address)
    }

    /// True when some address is in both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

impl fmt::Display for Ipv4Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

impl Scalar for Ipv4Range {
    const TYPE: TypeDecl = TypeDecl::new(
        "IPv4 range",
        "two IPv4 addresses with `-` between them, such as `\"192.168.1.240-192.168.1.250\"`",
    );

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let written = text(value)?;
        let wrong = |reason: &str, instead: Option<String>| Mismatch { reason: Some(reason.to_owned()), instead };
        let Some((first, last)) = written.split_once('-') else {
            if let Ok(network) = written.parse::<ipnet::Ipv4Net>() {
                let range = Self { first: network.network(), last: network.broadcast() };
                return Err(wrong(
                    "this is a network; say the first and the last address",
                    Some(format!("\"{range}\"")),
                ));
            }
            return Err(written.parse::<Ipv4Addr>().map_or_else(
                |_| Mismatch::default(),
                |one| wrong("this is one address", Some(format!("\"{one}-{one}\""))),
            ));
        };
        let first: Ipv4Addr = first.trim().parse().map_err(|_| Mismatch::default())?;
        let last: Ipv4Addr = match (last.trim().parse(), last.trim().parse::<u8>()) {
            (Ok(last), _) => last,
            (Err(_), Ok(last)) => {
                let [a, b, c, _] = first.octets();
                let range = Self { first, last: Ipv4Addr::new(a, b, c, last) };
                return Err(wrong("the last address has to be whole", Some(format!("\"{range}\""))));
            }
            (Err(_), Err(_)) => return Err(Mismatch::default()),
        };
        if first > last {
            return Err(wrong("it ends before it begins", Some(format!("\"{last}-{first}\""))));
        }
        let range = Self { first, last };
        if range.to_string() == written {
            Ok(range)
        } else {
            Err(wrong("it holds spaces", Some(format!("\"{range}\""))))
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Ipv4Range, Option<String>> {
        Ipv4Range::from_value(&DataValue::string(text)).map_err(|mismatch| mismatch.instead)
    }

    #[test]
    fn ranges_and_what_was_meant() {
        let range = read("192.168.1.240-192.168.1.250").unwrap();
        assert!(range.contains("192.168.1.240".parse().unwrap()) && range.contains("192.168.1.250".parse().unwrap()));
        assert!(!range.contains("192.168.1.251".parse().unwrap()));
        assert!(range.overlaps(read("192.168.1.250-192.168.2.1").unwrap()));
        assert!(!range.overlaps(read("192.168.1.251-192.168.2.1").unwrap()));
        for (text, meant) in [
            ("192.168.1.250-192.168.1.240", "192.168.1.240-192.168.1.250"),
            ("192.168.1.240-250", "192.168.1.240-192.168.1.250"),
            ("192.168.1.240 - 192.168.1.250", "192.168.1.240-192.168.1.250"),
            ("192.168.1.240/30", "192.168.1.240-192.168.1.243"),
            ("192.168.1.240", "192.168.1.240-192.168.1.240"),
        ] {
            assert_eq!(read(text), Err(Some(format!("\"{meant}\""))), "{text}");
        }
        assert_eq!(read("a-b"), Err(None));
    }
}
