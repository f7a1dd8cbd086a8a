//! PCI devices of a host.

use hlc_schema::scalar::Mismatch;
use hlc_schema::{DataValue, Node, Scalar, Spanned, TypeDecl};

/// A device of the host that a machine has for itself.
#[derive(Debug, Node)]
#[node(name = "pci", example = r#"pci "0000:28:00.0""#)]
pub struct PciDevice {
    /// Its address on the host; without a function all of the device's functions.
    #[arg]
    pub address: Spanned<PciAddress>,
    /// Attached as PCI Express.
    #[prop(default = "#true")]
    pub pcie: Option<Spanned<bool>>,
    /// The machine's first graphics card, in the place of the one whose screen Proxmox shows.
    #[prop(default = "#false")]
    pub x_vga: Option<Spanned<bool>>,
}

/// The address of a PCI device: `DOMAIN:BUS:DEVICE.FUNCTION` in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PciAddress {
    /// Domain, bus and device: `0000:28:00`.
    device: String,
    /// The function; all of them when absent.
    function: Option<char>,
}

impl PciAddress {
    /// True when both name a function in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.device == other.device
            && (self.function.is_none() || other.function.is_none() || self.function == other.function)
    }
}

impl Scalar for PciAddress {
    const TYPE: TypeDecl = TypeDecl::new("PCI address", "the address of a PCI device such as `\"0000:28:00.0\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        let text = text.to_ascii_lowercase();
        let (device, function) = match text.split_once('.') {
            Some((device, function)) => {
                let mut digits = function.chars();
                match (digits.next(), digits.next()) {
                    (Some(digit @ '0'..='7'), None) => (device, Some(digit)),
                    _ => {
                        let reason = Some("its function is a digit from 0 to 7".to_owned());
                        return Err(Mismatch { reason, instead: None });
                    }
                }
            }
            None => (text.as_str(), None),
        };
        let parts: Vec<&str> = device.split(':').collect();
        let (domain, bus, slot) = match parts.as_slice() {
            [domain, bus, slot] => (*domain, *bus, *slot),
            [bus, slot] => ("0000", *bus, *slot),
            _ => return Err(Mismatch::default()),
        };
        let is_hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit());
        if is_hex(domain, 4) && is_hex(bus, 2) && is_hex(slot, 2) {
            return Ok(Self { device: format!("{domain}:{bus}:{slot}"), function });
        }
        Err(Mismatch::default())
    }

    fn to_value(&self) -> DataValue {
        let function = self.function.map(|function| format!(".{function}")).unwrap_or_default();
        DataValue::string(format!("{}{function}", self.device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_form() {
        let read = |text: &str| PciAddress::from_value(&DataValue::string(text));
        assert_eq!(read("28:00.0"), read("0000:28:00.0"));
        assert_eq!(read("0A:1f.7").map(|address| address.to_value()), Ok(DataValue::string("0000:0a:1f.7")));
        let (Ok(all), Ok(one), Ok(other)) = (read("28:00"), read("28:00.0"), read("28:00.1")) else {
            panic!("all are addresses")
        };
        assert!(all.overlaps(&one) && one.overlaps(&all) && !one.overlaps(&other));
        for bad in ["", "28", "28:00.8", "28:00.", "28:00.00", "zz:00.0", "0:28:00.0", "00000:28:00.0"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
