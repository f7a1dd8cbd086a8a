//! Plain values of secrets, for as long as a run takes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hlc_change::{Composed, Fingerprint, Properties, Unresolved, Value, percent};
use hlc_secrets::seal::{seal, unseal};
use hlc_secrets::{Identities, Secret};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::operate::Body;

/// Where secrets come from.
pub enum Source {
    /// The values of a SOPS file by name, for whom it is encrypted, and the keys at hand.
    Known {
        /// By flattened name.
        values: BTreeMap<String, Secret>,
        /// Public keys that states are sealed to.
        recipients: Vec<String>,
        /// What opens what was sealed.
        identities: Identities,
    },
    /// There are none, or they cannot be opened; why, and what to do.
    Closed(Unresolved),
}

/// Knows the plain values; gives out fingerprints.
pub struct Vault {
    source: Source,
    key: Zeroizing<Vec<u8>>,
    /// The key as the state keeps it; `None` as long as nothing was sealed.
    sealed_key: Option<String>,
    plain: Mutex<BTreeMap<Fingerprint, Secret>>,
}

/// Why the vault cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// No key at hand opens what the state keeps sealed.
    #[error("no key at hand opens the secrets in the state")]
    Closed,
    /// Random numbers cannot be had.
    #[error("this machine gives no random numbers")]
    NoRandom,
    /// Something cannot be sealed.
    #[error("what is secret cannot be kept in the state: {0}")]
    Seal(String),
}

impl Vault {
    /// A vault for a state, whose key it takes over; one without a key gets a new one as soon as there is something to keep.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn new(source: Source, sealed_key: Option<&str>) -> Result<Self, VaultError> {
        let key = match (&source, sealed_key) {
            (Source::Known { identities, .. }, Some(sealed)) => {
                let opened = unseal(identities, sealed).ok_or(VaultError::Closed)?;
                Zeroizing::new(opened.expose().to_vec())
            }
            // Nothing can be compared with what the state has; every secret is asked for and told to be out of reach.
            (Source::Closed(_), _) | (Source::Known { .. }, None) => {
                let mut key = Zeroizing::new(vec![0; 32]);
                random(&mut key)?;
                key
            }
        };
        Ok(Self { source, key, sealed_key: sealed_key.map(str::to_owned), plain: Mutex::default() })
    }

    /// A secret of the SOPS file.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn named(&self, name: &str) -> Result<Secret, Unresolved> {
        match &self.source {
            Source::Closed(why) => Err(why.clone()),
            Source::Known { values, .. } => values.get(name).cloned().ok_or_else(|| Unresolved {
                message: format!("the SOPS file has no `{name}`"),
                help: format!("add it with `hlc secrets set {name}`"),
            }),
        }
    }

    /// Takes a plain value in and gives its fingerprint.
    #[must_use]
    pub fn keep(&self, secret: Secret) -> Fingerprint {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return Fingerprint::new("") };
        mac.update(secret.expose());
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let fingerprint = Fingerprint::new(hex);
        self.plain.lock().unwrap_or_else(PoisonError::into_inner).insert(fingerprint.clone(), secret);
        fingerprint
    }

    /// The plain value of a fingerprint that this vault gave out, or that was opened with [`Vault::open`].
    #[must_use]
    pub fn plain(&self, fingerprint: &Fingerprint) -> Option<Secret> {
        self.plain.lock().unwrap_or_else(PoisonError::into_inner).get(fingerprint).cloned()
    }

    /// Opens what a state keeps sealed and gives the fingerprint that it has here.
    pub fn open(&self, sealed: &str) -> Option<Fingerprint> {
        let Source::Known { identities, .. } = &self.source else { return None };
        Some(self.keep(unseal(identities, sealed)?))
    }

    /// Seals a secret for the state.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn seal(&self, fingerprint: &Fingerprint) -> Result<String, VaultError> {
        let plain = self.plain(fingerprint).ok_or(VaultError::Closed)?;
        self.encrypt(&plain)
    }

    /// The key of the fingerprints as the state keeps it.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn sealed_key(&self) -> Result<String, VaultError> {
        if let Source::Closed(why) = &self.source {
            // Fingerprints of this run fit no other.
            return Err(VaultError::Seal(why.message.clone()));
        }
        match &self.sealed_key {
            Some(sealed) => Ok(sealed.clone()),
            None => self.encrypt(&Secret::new(self.key.to_vec())),
        }
    }

    fn encrypt(&self, plain: &Secret) -> Result<String, VaultError> {
        match &self.source {
            Source::Known { recipients, .. } => {
                seal(recipients, plain).map_err(|error| VaultError::Seal(error.to_string()))
            }
            Source::Closed(why) => Err(VaultError::Seal(why.message.clone())),
        }
    }

    /// The fingerprint of a text with secret pieces.
    pub(crate) fn compose(&self, pieces: &[Composed<'_>]) -> Result<Fingerprint, Unresolved> {
        if let Source::Closed(why) = &self.source {
            return Err(why.clone());
        }
        let mut text = Zeroizing::new(Vec::new());
        for piece in pieces {
            let (plain, url) = match piece {
                Composed::Text(known) => (Zeroizing::new(known.as_bytes().to_vec()), false),
                Composed::Value { value: Value::Secret(secret), url } => {
                    let plain = self.plain(secret).ok_or_else(unknown_here)?;
                    (Zeroizing::new(plain.expose().to_vec()), *url)
                }
                Composed::Value { value: Value::Text(known), url } => {
                    (Zeroizing::new(known.clone().into_bytes()), *url)
                }
                Composed::Value { value, url } => (Zeroizing::new(value.to_string().into_bytes()), *url),
            };
            if url {
                text.extend_from_slice(Zeroizing::new(percent(&plain)).as_bytes());
            } else {
                text.extend_from_slice(&plain);
            }
        }
        Ok(self.keep(Secret::new(text.to_vec())))
    }

    /// Properties as they are sent.
    ///
    /// # Errors
    /// When something in them is not known, or a secret is no text.
    pub(crate) fn body(&self, properties: &Properties) -> Result<Body, String> {
        let body = properties.iter().map(|(name, value)| Ok((name.clone(), self.expose(value)?)));
        body.collect::<Result<_, String>>().map(Body)
    }

    fn expose(&self, value: &Value) -> Result<serde_json::Value, String> {
        use serde_json::Value as Json;
        Ok(match value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => Json::Number(number.clone()),
            Value::Text(text) => Json::String(text.clone()),
            Value::List(items) => Json::Array(items.iter().map(|item| self.expose(item)).collect::<Result<_, _>>()?),
            Value::Map(map) => {
                let map = map.iter().map(|(key, value)| Ok((key.clone(), self.expose(value)?)));
                Json::Object(map.collect::<Result<_, String>>()?)
            }
            Value::Secret(secret) => {
                let plain = self.plain(secret).ok_or("a secret is not known in this run")?;
                let text = std::str::from_utf8(plain.expose()).map_err(|_| "a secret is no text")?;
                Json::String(text.to_owned())
            }
            Value::Unknown(from) => return Err(format!("{from} is still not known")),
        })
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

fn unknown_here() -> Unresolved {
    Unresolved {
        message: "a secret is not known in this run".to_owned(),
        help: "this is a mistake in hlc: please report it".to_owned(),
    }
}

/// Fills a buffer from the operating system.
pub(crate) fn random(buffer: &mut [u8]) -> Result<(), VaultError> {
    getrandom::fill(buffer).map_err(|_| VaultError::NoRandom)
}
