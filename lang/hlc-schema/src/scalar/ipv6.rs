//! IPv6 addresses.

use std::net::Ipv6Addr;

use super::{Mismatch, Scalar, text};
use crate::{DataValue, TypeDecl};

impl Scalar for Ipv6Addr {
    const TYPE: TypeDecl = TypeDecl::new("IPv6 address", "an IPv6 address such as `\"2001:db8::10\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let text = text(value)?;
        text.parse().map_err(|_| match text.rsplit_once('/') {
            Some((address, _)) if address.parse::<Self>().is_ok() => Mismatch {
                reason: Some("this is a network; one address is wanted".to_owned()),
                instead: Some(format!("\"{address}\"")),
            },
            _ => Mismatch::default(),
        })
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks() {
        let read = |text: &str| Ipv6Addr::from_value(&DataValue::string(text));
        assert_eq!(read("2001:DB8:0::10").map(|address| address.to_string()), Ok("2001:db8::10".to_owned()));
        assert_eq!(read("2001:db8::1/64").unwrap_err().instead.as_deref(), Some("\"2001:db8::1\""));
        assert!(read("192.168.1.1").is_err());
    }
}
