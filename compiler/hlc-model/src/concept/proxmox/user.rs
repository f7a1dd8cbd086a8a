//! Who logs in at Proxmox.

use hlc_schema::scalar::Mismatch;
use hlc_schema::{DataValue, Scalar, TypeDecl};

/// A user of Proxmox, `USER@REALM`, or one of its API tokens, `USER@REALM!TOKEN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxmoxUser(String);

impl ProxmoxUser {
    /// True for an API token.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.0.contains('!')
    }

    /// True for the one user who may name files of the host by their paths (`PVE::Storage::check_volume_access`); a token
    /// of his may not.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0 == "root@pam"
    }
}

impl Scalar for ProxmoxUser {
    const TYPE: TypeDecl =
        TypeDecl::new("user", "a user such as `\"root@pam\"`, or a token such as `\"hlc@pve!apply\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        let wrong = |reason: &str| Mismatch { reason: Some(reason.to_owned()), instead: None };
        let (user, rest) = text.rsplit_once('@').ok_or_else(|| wrong("the realm is missing, such as `@pam`"))?;
        let (realm, token) = rest.split_once('!').map_or((rest, None), |(realm, token)| (realm, Some(token)));
        let word = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        if user.is_empty() || user.chars().any(|c| c.is_whitespace() || matches!(c, ':' | '/' | '!')) {
            return Err(wrong("the user's name is empty, or holds a space, `:`, `/` or `!`"));
        }
        if !word(realm) || !token.is_none_or(word) {
            return Err(wrong("realm and token are words of letters, digits, `.`, `-` and `_`"));
        }
        Ok(Self(text.as_str().to_owned()))
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_tokens() {
        let read = |text: &str| ProxmoxUser::from_value(&DataValue::string(text));
        assert!(read("root@pam").is_ok_and(|user| user.is_root() && !user.is_token()));
        assert!(read("root@pam!hlc").is_ok_and(|user| !user.is_root() && user.is_token()));
        assert!(read("a.b@example.net@pve").is_ok());
        for bad in ["", "root", "@pam", "root@", "root@pam!", "root@pam!a=b", "ro ot@pam"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
