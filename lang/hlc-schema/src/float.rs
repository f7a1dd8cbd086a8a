//! Decimal numbers that keep the spelling they have.

use std::fmt;

/// A finite number with a fraction or an exponent. Two are equal when their values are, however they are spelled.
#[derive(Clone, Debug)]
pub struct Float {
    value: f64,
    /// How it is written, where that is not what its value alone would give.
    spelling: Option<Box<str>>,
}

impl Float {
    /// A number that nobody has spelled.
    #[must_use]
    pub const fn new(value: f64) -> Self {
        Self { value, spelling: None }
    }

    /// A number as KDL or YAML spells it; `None` for what is no finite decimal number.
    #[must_use]
    pub fn read(written: &str) -> Option<Self> {
        let plain = written.replace('_', "");
        let value: f64 = plain.parse().ok().filter(|value: &f64| value.is_finite())?;
        let spelling = spelling(&plain).filter(|text| *text != shortest(value) && text.parse() == Ok(value));
        Some(Self { value, spelling: spelling.map(Into::into) })
    }

    /// Its value.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }
}

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// In a spelling that KDL, JSON and every reader of YAML take for this number: with a point, and with a sign before the
/// exponent, since YAML 1.1 has `1e7` and `1.0e7` as text.
impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.spelling {
            Some(text) => f.write_str(text),
            None => f.write_str(&shortest(self.value)),
        }
    }
}

/// The fewest digits that give the value.
fn shortest(value: f64) -> String {
    let text = format!("{value:?}");
    spelling(&text).unwrap_or(text)
}

/// The same digits with everything that some reader asks for. `None` for zeros before the number, which are octal to some.
fn spelling(written: &str) -> Option<String> {
    let (sign, unsigned) = match written.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", written.strip_prefix('+').unwrap_or(written)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    let exponent = exponent.map_or_else(String::new, |digits| {
        if digits.starts_with(['+', '-']) { format!("e{digits}") } else { format!("e+{digits}") }
    });
    Some(format!("{sign}{}.{}{exponent}", or_zero(whole), or_zero(fraction)))
}

const fn or_zero(part: &str) -> &str {
    if part.is_empty() { "0" } else { part }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_that_every_reader_takes() {
        for (written, spelled) in [
            ("1.0", "1.0"),
            ("0.50", "0.50"),
            ("1.10", "1.10"),
            ("1e3", "1.0e+3"),
            ("1E3", "1.0e+3"),
            ("2.50e-07", "2.50e-07"),
            ("-1.5", "-1.5"),
            ("+1.50", "1.50"),
            (".5", "0.5"),
            ("-.50", "-0.50"),
            ("1.", "1.0"),
            ("1_000.0", "1000.0"),
            ("1_000.00", "1000.00"),
            ("08", "8.0"),
            ("-0.0", "-0.0"),
            ("100000000000000000000.0", "100000000000000000000.0"),
            ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ] {
            let float = Float::read(written).unwrap();
            assert_eq!(float.to_string(), spelled, "{written}");
            assert_eq!(Float::read(spelled), Some(float), "{written}");
        }
        for (value, spelled) in [(1.0, "1.0"), (0.5, "0.5"), (1e-7, "1.0e-7"), (1e21, "1.0e+21"), (1.5e300, "1.5e+300")]
        {
            assert_eq!(Float::new(value).to_string(), spelled);
        }
        assert!(["", "x", "1e400", "inf", "#inf", "0x1"].into_iter().all(|text| Float::read(text).is_none()));
    }

    #[test]
    fn spelling_is_no_difference() {
        assert_eq!(Float::read("0.50"), Some(Float::new(0.5)));
        assert_ne!(Float::read("0.50"), Float::read("0.51"));
    }
}
