//! Who a request is from.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hlc_secrets::Secret;
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

/// What a server is told about who asks. Shows itself nowhere.
#[derive(Clone)]
pub enum Login {
    /// HTTP Basic (RFC 7617).
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A bearer token (RFC 6750).
    Bearer(Secret),
}

impl Login {
    /// The value of `Authorization`; `None` when the secret has characters that no header can hold.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let text = match self {
            Self::Basic { user, password } => {
                let mut plain = Zeroizing::new(user.as_bytes().to_vec());
                plain.push(b':');
                plain.extend_from_slice(password.expose());
                let coded = Zeroizing::new(STANDARD.encode(&*plain));
                Zeroizing::new([b"Basic ".as_slice(), coded.as_bytes()].concat())
            }
            Self::Bearer(token) => Zeroizing::new([b"Bearer ".as_slice(), token.expose()].concat()),
        };
        let mut value = HeaderValue::from_bytes(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic([secret])",
            Self::Bearer(_) => "Bearer([secret])",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_as_the_standards_say() {
        // The example of RFC 7617, section 2.
        let basic = Login::Basic { user: "Aladdin".to_owned(), password: "open sesame".to_owned().into() };
        assert_eq!(basic.header().unwrap(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        let bearer = Login::Bearer("t0ken".to_owned().into());
        assert_eq!(bearer.header().unwrap(), "Bearer t0ken");
        assert!(Login::Bearer("a\nb".to_owned().into()).header().is_none());
        assert_eq!(format!("{bearer:?} {:?}", bearer.header()), "Bearer([secret]) Some(Sensitive)");
    }
}
