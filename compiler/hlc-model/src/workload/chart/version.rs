//! Versions of charts.

use hlc_schema::scalar::Mismatch;
use hlc_schema::{DataValue, Scalar, TypeDecl};

/// The exact version of a chart, such as `1.2.3` or `v1.19.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartVersion(String);

impl ChartVersion {
    /// The version as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Scalar for ChartVersion {
    const TYPE: TypeDecl = TypeDecl::new("version", "an exact version such as `\"1.2.3\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        let number = text.strip_prefix('v').unwrap_or(text);
        let exact = number.starts_with(|c: char| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_'))
            && !number.split('.').any(|part| matches!(part, "x" | "X" | ""));
        if exact {
            return Ok(Self(text.as_str().to_owned()));
        }
        let range = text.contains(['^', '~', '*', '<', '>', '|', ' ', 'x', 'X']);
        Err(Mismatch { reason: range.then(|| "a range would be another version tomorrow".to_owned()), instead: None })
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}
