//! Names of records below their zone.

use hlc_schema::scalar::Mismatch;
use hlc_schema::{DataValue, Scalar, TypeDecl};

/// The name of a record below its zone, lower case: `@` for the zone itself, `*` for every name that has no record, `www`,
/// `_sip._tcp`, `*.apps`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordName(String);

impl RecordName {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole name.
    #[must_use]
    pub fn within(&self, zone: &str) -> String {
        if self.0 == "@" { zone.to_owned() } else { format!("{}.{zone}", self.0) }
    }
}

impl Scalar for RecordName {
    const TYPE: TypeDecl =
        TypeDecl::new("record name", "the name of a record below its zone: `@`, `*` or such as `\"www\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        let wrong = |reason: String| Mismatch { reason: Some(reason), instead: None };
        if text == "@" {
            return Ok(Self(text.as_str().to_owned()));
        }
        for (index, label) in text.split('.').enumerate() {
            if label.is_empty() {
                return Err(wrong("it has an empty label (two dots, or one at an end)".to_owned()));
            }
            if label == "*" && index == 0 {
                continue;
            }
            if label.len() > 63 {
                return Err(wrong("one of its labels is longer than 63 characters".to_owned()));
            }
            if label.starts_with('-') || label.ends_with('-') {
                return Err(wrong("a label must not begin or end with `-`".to_owned()));
            }
            if let Some(bad) = label.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')) {
                return Err(wrong(match bad {
                    '*' => "`*` stands for a whole label, and only for the first".to_owned(),
                    '@' => "`@` is the zone itself and stands alone".to_owned(),
                    _ => format!("`{bad}` cannot stand in it"),
                }));
            }
        }
        Ok(Self(text.as_str().to_ascii_lowercase()))
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_below_a_zone() {
        let read = |text: &str| RecordName::from_value(&DataValue::string(text));
        let whole = |text: &str| read(text).map(|name| name.within("example.net"));
        assert_eq!(whole("@"), Ok("example.net".to_owned()));
        assert_eq!(whole("*"), Ok("*.example.net".to_owned()));
        assert_eq!(whole("*.Apps"), Ok("*.apps.example.net".to_owned()));
        assert_eq!(whole("_sip._tcp"), Ok("_sip._tcp.example.net".to_owned()));
        for bad in ["", "www.", "a..b", "a.*", "w*", "@.www", "-a", "ü", "a b"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
