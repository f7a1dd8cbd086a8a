//! Texts of our own, encrypted to the recipients of a SOPS file: any one of them opens it.

use std::io::{Read as _, Write as _};

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use zeroize::Zeroizing;

use crate::identity::Identities;
use crate::recipients::{RecipientError, recipient};
use crate::secret::Secret;

/// The longest text that is opened, in bytes.
const LIMIT: u64 = 1 << 20;

/// Encrypts to age and SSH public keys (age, ASCII armor).
///
/// # Errors
/// [`RecipientError::Nobody`], [`RecipientError::Unknown`], [`RecipientError::Encrypt`].
pub fn seal(recipients: &[String], plain: &Secret) -> Result<String, RecipientError> {
    let keys = recipients.iter().map(|name| recipient(name)).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        return Err(RecipientError::Nobody);
    }
    let failed = |error: std::io::Error| RecipientError::Encrypt(error.to_string());
    let encryptor = age::Encryptor::with_recipients(keys.iter().map(|key| &**key))
        .map_err(|error| RecipientError::Encrypt(error.to_string()))?;
    let armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).map_err(failed)?;
    let mut writer = encryptor.wrap_output(armor).map_err(failed)?;
    writer.write_all(plain.expose()).map_err(failed)?;
    let armored = writer.finish().and_then(ArmoredWriter::finish).map_err(failed)?;
    String::from_utf8(armored).map_err(|error| RecipientError::Encrypt(error.to_string()))
}

/// Opens what [`seal`] made; `None` when no key at hand does, or it was changed.
#[must_use]
pub fn unseal(identities: &Identities, sealed: &str) -> Option<Secret> {
    let decryptor = age::Decryptor::new(ArmoredReader::new(sealed.as_bytes())).ok()?;
    let reader = decryptor.decrypt(identities.iter()).ok()?;
    let mut plain = Zeroizing::new(Vec::new());
    reader.take(LIMIT).read_to_end(&mut plain).ok()?;
    Some(Secret::new(plain.to_vec()))
}

/// A key pair for one run: what is sealed to it is lost with it.
#[must_use]
pub fn passing_key() -> (String, Identities) {
    let (public, private) = passing_key_text();
    (public, Identities::from_text("this run", &private))
}

/// [`passing_key`] as text, for several that share it.
#[must_use]
pub fn passing_key_text() -> (String, Zeroizing<String>) {
    use age::secrecy::ExposeSecret as _;
    let key = age::x25519::Identity::generate();
    (key.to_public().to_string(), Zeroizing::new(key.to_string().expose_secret().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_recipient_opens_and_nobody_else() {
        let (first, its) = passing_key();
        let (second, others) = passing_key();
        let (_, strangers) = passing_key();
        let sealed = seal(&[first, second], &"hunter2".to_owned().into()).unwrap();
        assert!(!sealed.contains("hunter2"));
        for identities in [&its, &others] {
            assert_eq!(unseal(identities, &sealed).unwrap().expose(), b"hunter2");
        }
        assert!(unseal(&strangers, &sealed).is_none());
        assert!(matches!(seal(&[], &"x".to_owned().into()), Err(RecipientError::Nobody)));
    }
}
