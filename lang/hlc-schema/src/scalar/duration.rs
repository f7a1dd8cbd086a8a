//! Spans of time.

use std::fmt;

use super::{Mismatch, Scalar, text};
use crate::{DataValue, TypeDecl};

/// A span of time in whole seconds, written with units, the largest first: `15m`, `1h30m`, `90d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(u64);

/// Units in seconds, the largest first.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Duration {
    /// That many seconds.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, size) in UNITS {
            if rest >= size {
                write!(f, "{}{unit}", rest / size)?;
                rest %= size;
            }
        }
        Ok(())
    }
}

impl Scalar for Duration {
    const TYPE: TypeDecl = TypeDecl::new("duration", "a span of time such as `\"15m\"` or `\"1h30m\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        if let DataValue::Integer(number) = value {
            return Err(Mismatch {
                reason: Some("the unit is missing".to_owned()),
                instead: Some(format!("\"{number}s\"")),
            });
        }
        let mut rest = text(value)?;
        let wrong = |reason: &str| Mismatch { reason: Some(reason.to_owned()), instead: None };
        let (mut total, mut smallest) = (0_u64, u64::MAX);
        if rest.is_empty() {
            return Err(Mismatch::default());
        }
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(|| wrong("the unit is missing"))?;
            let (number, unit) = rest.split_at(end);
            let number: u64 = number.parse().map_err(|_| Mismatch::default())?;
            let mut units = unit.chars();
            let found = units.next().and_then(|unit| UNITS.iter().find(|(known, _)| *known == unit));
            let (_, size) = found.ok_or_else(|| wrong("the units are d, h, m and s"))?;
            if *size >= smallest {
                return Err(wrong("the larger unit comes first, each once"));
            }
            smallest = *size;
            let added = number.checked_mul(*size).and_then(|seconds| total.checked_add(seconds));
            total = added.ok_or_else(|| wrong("it is longer than time itself"))?;
            rest = units.as_str();
        }
        Ok(Self(total))
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_in_order() {
        let read = |text: &str| Duration::from_value(&DataValue::string(text)).map(Duration::seconds);
        assert_eq!(read("15m"), Ok(900));
        assert_eq!(read("1h30m"), Ok(5_400));
        assert_eq!(read("2d"), Ok(172_800));
        for bad in ["", "15", "m", "30m1h", "1m1m", "1.5h", "5w", "99999999999999999999d", "9999999999999999d"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert_eq!(Duration::from_seconds(5_400).to_string(), "1h30m");
        assert_eq!(Duration::from_seconds(0).to_string(), "0s");
    }
}
