//! How long codes and tokens hold.

use hlc_schema::scalar::{Duration, Mismatch};
use hlc_schema::{DataValue, Scalar, TypeDecl};

/// How long a code or token holds, written as every span of time: `10m`, `1h30m`, `30d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity(Duration);

/// Authentik's words, with the unit here and its seconds.
const UNITS: [(&str, &str, u64); 4] =
    [("days", "d", 86_400), ("hours", "h", 3_600), ("minutes", "m", 60), ("seconds", "s", 1)];

impl Validity {
    /// As Authentik wants it: `hours=1;minutes=30`.
    #[must_use]
    pub fn for_authentik(self) -> String {
        let mut rest = self.0.seconds();
        let mut parts = Vec::new();
        for (word, _, size) in UNITS {
            if rest >= size {
                parts.push(format!("{word}={}", rest / size));
                rest %= size;
            }
        }
        if parts.is_empty() { "seconds=0".to_owned() } else { parts.join(";") }
    }

    /// Authentik's spelling in the one of the language.
    fn translated(text: &str) -> Option<String> {
        let mut translated = String::new();
        for part in text.split(';') {
            let (word, number) = part.split_once('=')?;
            let (_, unit, _) = UNITS.iter().find(|(known, ..)| *known == word.trim())?;
            translated.push_str(number.trim());
            translated.push_str(unit);
        }
        Duration::from_value(&DataValue::string(translated.clone())).is_ok().then_some(translated)
    }
}

impl Scalar for Validity {
    const TYPE: TypeDecl = Duration::TYPE;

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let translated = if let DataValue::String(text) = value { Self::translated(text) } else { None };
        Duration::from_value(value).map(Self).map_err(|mismatch| match translated {
            Some(meant) => Mismatch {
                reason: Some("this is Authentik's spelling, which hlc writes by itself".to_owned()),
                instead: Some(format!("\"{meant}\"")),
            },
            None => mismatch,
        })
    }

    fn to_value(&self) -> DataValue {
        self.0.to_value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_both_spellings() {
        let read = |text: &str| Validity::from_value(&DataValue::string(text));
        assert_eq!(read("10m").map(Validity::for_authentik), Ok("minutes=10".to_owned()));
        assert_eq!(read("1h30m").map(Validity::for_authentik), Ok("hours=1;minutes=30".to_owned()));
        assert_eq!(read("0s").map(Validity::for_authentik), Ok("seconds=0".to_owned()));
        assert_eq!(read("hours=1;minutes=30").unwrap_err().instead.as_deref(), Some("\"1h30m\""));
        assert_eq!(read("weeks=1").unwrap_err().instead, None);
    }
}
