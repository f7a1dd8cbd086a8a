//! Versions of Talos and Kubernetes.

use hlc_schema::scalar::Mismatch;
use hlc_schema::{DataValue, Scalar, TypeDecl};

/// A version as Talos and Kubernetes tag their releases: `v1.12.4`, `v1.13.0-rc.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    text: String,
}

impl Version {
    /// As tagged, with the `v`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// True for this release line and later ones.
    #[must_use]
    pub fn is_at_least(&self, major: u32, minor: u32) -> bool {
        (self.major, self.minor) >= (major, minor)
    }
}

impl Scalar for Version {
    const TYPE: TypeDecl = TypeDecl::new("version", "a version such as `\"v1.12.4\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        let wrong = |reason: &str, instead| Mismatch { reason: Some(reason.to_owned()), instead };
        let Some(rest) = text.strip_prefix('v') else {
            let tagged = format!("v{text}");
            let instead = parse(text, tagged.clone()).is_some().then(|| format!("\"{tagged}\""));
            return Err(wrong("it begins with `v`", instead));
        };
        parse(rest, text.as_str().to_owned())
            .ok_or_else(|| wrong("it has three numbers, and perhaps a suffix such as `-rc.0`", None))
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.text.as_str())
    }
}

fn parse(numbers: &str, text: String) -> Option<Version> {
    let (numbers, suffix) =
        numbers.split_once('-').map_or((numbers, None), |(numbers, suffix)| (numbers, Some(suffix)));
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if suffix.is_some_and(|suffix| !suffix.split('.').all(is_word)) {
        return None;
    }
    let number = |text: &str| {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let plain = plain && (text == "0" || !text.starts_with('0'));
        if plain { text.parse::<u32>().ok() } else { None }
    };
    let mut parts = numbers.split('.').map(number);
    let (major, minor, _patch) = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(Version { major, minor, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_they_are_tagged() {
        let read = |text: &str| Version::from_value(&DataValue::string(text));
        assert!(read("v1.12.4").is_ok_and(|version| version.is_at_least(1, 12) && !version.is_at_least(1, 13)));
        assert!(read("v1.13.0-rc.0").is_ok());
        assert_eq!(read("1.12.4").map_err(|mismatch| mismatch.instead), Err(Some("\"v1.12.4\"".to_owned())));
        for bad in ["", "v", "v1.12", "v1.12.4.1", "v1.012.4", "v1.12.x", "v1.12.4-", "v1.12.4-a..b", "latest"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
