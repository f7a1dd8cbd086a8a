//! Amounts of memory and disk.

use std::fmt;

use super::{Mismatch, Scalar, text};
use crate::{DataValue, TypeDecl};

/// An amount of memory or disk in bytes, written with a binary or decimal unit: `6GiB`, `500MB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(u64);

/// Units, the largest first of each family; a unit is a power of 1024 or 1000 (IEC 80000-13).
const UNITS: [(&str, u64); 8] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
];

impl Bytes {
    /// That many bytes.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// In bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// In MiB, if it is a whole number of them.
    #[must_use]
    pub const fn mebibytes(self) -> Option<u64> {
        if self.0.is_multiple_of(1 << 20) { Some(self.0 >> 20) } else { None }
    }

    /// In GiB, if it is a whole number of them.
    #[must_use]
    pub const fn gibibytes(self) -> Option<u64> {
        if self.0.is_multiple_of(1 << 30) { Some(self.0 >> 30) } else { None }
    }
}

/// With the largest unit that gives a whole number; a decimal one only where no binary one does.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, size)| self.0 != 0 && self.0.is_multiple_of(*size)) {
            Some((unit, size)) => write!(f, "{}{unit}", self.0 / size),
            None => write!(f, "{}", self.0),
        }
    }
}

impl Scalar for Bytes {
    const TYPE: TypeDecl = TypeDecl::new("bytes", "an amount with its unit such as `\"6GiB\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        if let DataValue::Integer(number) = value {
            return Err(Mismatch {
                reason: Some("the unit is missing".to_owned()),
                instead: u64::try_from(number.get()).ok().map(|number| format!("\"{number}GiB\"")),
            });
        }
        let text = text(value)?;
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let wrong = |reason: &str, instead: Option<String>| Mismatch { reason: Some(reason.to_owned()), instead };
        let number: u64 = number.parse().map_err(|_| Mismatch::default())?;
        if let Some((_, size)) = UNITS.iter().find(|(known, _)| *known == unit) {
            return number.checked_mul(*size).map(Self).ok_or_else(|| wrong("it is more than 16 EiB", None));
        }
        Err(match unit {
            "" => wrong("the unit is missing", Some(format!("\"{number}GiB\""))),
            // Kubernetes spells binary units without the B (resource.Quantity).
            "Ti" | "Gi" | "Mi" | "Ki" => {
                wrong("the unit is spelled with a B here", Some(format!("\"{number}{unit}B\"")))
            }
            _ => wrong("the units are KiB, MiB, GiB, TiB, and kB, MB, GB, TB", None),
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
    fn units_and_their_spelling() {
        let read = |text: &str| Bytes::from_value(&DataValue::string(text));
        assert_eq!(read("6GiB"), Ok(Bytes(6 << 30)));
        assert_eq!(read("500MB"), Ok(Bytes(500_000_000)));
        assert_eq!(read("6GiB").map(Bytes::mebibytes), Ok(Some(6144)));
        assert_eq!(read("1MB").map(Bytes::mebibytes), Ok(None));
        assert_eq!(read("6Gi").unwrap_err().instead.as_deref(), Some("\"6GiB\""));
        assert_eq!(read("6").unwrap_err().instead.as_deref(), Some("\"6GiB\""));
        for bad in ["", "GiB", "1.5GiB", "-1GiB", "6 GiB", "18446744073709551615TiB"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        for text in ["6GiB", "1MiB", "500MB", "1025KiB"] {
            assert_eq!(read(text).map(|bytes| bytes.to_string()), Ok(text.to_owned()));
        }
    }
}
