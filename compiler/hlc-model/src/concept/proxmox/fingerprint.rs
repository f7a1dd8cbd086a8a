//! What a certificate is known by.

use hlc_schema::scalar::Mismatch;
use hlc_schema::{DataValue, Scalar, TypeDecl};

/// The SHA-256 fingerprint of a certificate: 32 bytes, each as two hexadecimal digits, with colons between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Scalar for Fingerprint {
    const TYPE: TypeDecl = TypeDecl::new("fingerprint", "a SHA-256 fingerprint such as `\"8B:1F:6C:…\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        let wrong = |reason: String| Mismatch { reason: Some(reason), instead: None };
        let digits: String = text.chars().filter(|c| *c != ':').collect();
        if let Some(bad) = digits.chars().find(|c| !c.is_ascii_hexdigit()) {
            return Err(wrong(format!("`{bad}` cannot stand in it")));
        }
        if digits.len() == 40 {
            return Err(wrong("this is a SHA-1 fingerprint".to_owned()));
        }
        let bytes: Vec<&str> = text.split(':').collect();
        if digits.len() != 64 {
            return Err(wrong(format!("it has {} hexadecimal digits; SHA-256 has 64", digits.len())));
        }
        if bytes.len() != 1 && bytes.iter().any(|byte| byte.len() != 2) {
            return Err(wrong("the colons stand between the bytes, two digits each".to_owned()));
        }
        let mut canonical = String::new();
        for (index, digit) in digits.to_ascii_uppercase().chars().enumerate() {
            if index > 0 && index % 2 == 0 {
                canonical.push(':');
            }
            canonical.push(digit);
        }
        Ok(Self(canonical))
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

/// A certificate in PEM (RFC 7468).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PemCertificate(String);

impl Scalar for PemCertificate {
    const TYPE: TypeDecl =
        TypeDecl::new("certificate", "a certificate in PEM, which begins with `-----BEGIN CERTIFICATE-----`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        let inner = text.trim().strip_prefix("-----BEGIN CERTIFICATE-----");
        let inner = inner.and_then(|rest| rest.strip_suffix("-----END CERTIFICATE-----"));
        let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=') || c.is_whitespace();
        match inner {
            // One certificate: the dashes of a second one are no base64.
            Some(body) if !body.trim().is_empty() && body.chars().all(is_base64) => Ok(Self(text.trim().to_owned())),
            Some(_) => {
                Err(Mismatch { reason: Some("between its two lines stands no base64".to_owned()), instead: None })
            }
            None => Err(Mismatch::default()),
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Scalar>(text: &str) -> Result<T, Mismatch> {
        T::from_value(&DataValue::string(text))
    }

    #[test]
    fn fingerprints_of_one_form() {
        let plain = "8b1f6c".to_owned() + &"0".repeat(58);
        let Ok(Fingerprint(canonical)) = read(&plain) else { panic!("it is one") };
        assert!(canonical.starts_with("8B:1F:6C:00:"), "{canonical}");
        assert_eq!(read(&canonical), Ok(Fingerprint(canonical.clone())));
        assert_eq!(
            read::<Fingerprint>(&"a".repeat(40)).map_err(|mismatch| mismatch.reason),
            Err(Some("this is a SHA-1 fingerprint".to_owned()))
        );
        for bad in ["", "8B:1F", &canonical.replace("8B:1F", "8:B1F"), &canonical.replace("8B", "8G")] {
            assert!(read::<Fingerprint>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn certificates_in_pem() {
        let one = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        assert!(read::<PemCertificate>(one).is_ok());
        for bad in ["", "MIIB", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", &format!("{one}{one}")] {
            assert!(read::<PemCertificate>(bad).is_err(), "{bad}");
        }
    }
}
