//! Why a file could not be opened.

use hlc_sops::SopsError;

use crate::identity::Identities;

/// Why a file could not be opened. Never holds a value.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is no SOPS file that hlc understands.
    #[error("{0}")]
    Format(#[from] SopsError),
    /// None of the keys at hand opens it.
    #[error("no key at hand opens it{}", .looked)]
    NoKey {
        /// Where keys were looked for and what was wrong with them, as the end of a sentence.
        looked: String,
        /// The public keys that it is encrypted to.
        recipients: Vec<String>,
    },
    /// Too few of its groups of recipients could be opened.
    #[error("{opened} of the {needed} groups of recipients that it needs could be opened{looked}")]
    TooFewGroups {
        /// How many could be.
        opened: usize,
        /// How many it needs.
        needed: usize,
        /// As in [`OpenError::NoKey`].
        looked: String,
    },
    /// The recipients gave a data key that cannot be one.
    #[error("its data key is damaged")]
    BadDataKey,
    /// A value cannot be decrypted at its place: it was changed or moved.
    #[error("the value of `{0}` cannot be decrypted: it was changed, or moved from another key")]
    BadValue(String),
    /// A value that is not encrypted though the rules say that it is.
    #[error("the value of `{0}` is not encrypted")]
    PlainValue(String),
    /// It has no checksum over all values.
    #[error("it has no checksum (`mac`) over its values: nothing tells whether one was removed or put back")]
    NoMac,
    /// The checksum is not that of the values.
    #[error("its checksum (`mac`) does not fit its values: one was changed, removed or added without the key")]
    MacMismatch,
}

impl OpenError {
    /// True when it may open with other keys.
    #[must_use]
    pub fn is_missing_key(&self) -> bool {
        matches!(self, Self::NoKey { .. } | Self::TooFewGroups { .. })
    }

    pub(crate) fn no_key(identities: &Identities, recipients: Vec<String>) -> Self {
        Self::NoKey { looked: identities.looked(), recipients }
    }
}
