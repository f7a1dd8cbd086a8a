//! Which values of a file are encrypted.

use regex::{Regex, RegexBuilder};

/// The rule of a file. Suffixes and expressions look at every key on the way to a value.
#[derive(Clone, Debug)]
pub enum EncryptionRule {
    /// All but those below a key with this end; `_unencrypted` where the file says nothing.
    UnencryptedSuffix(String),
    /// Only those below a key with this end.
    EncryptedSuffix(String),
    /// All but those below a key that this matches.
    UnencryptedRegex(Regex),
    /// Only those below a key that this matches.
    EncryptedRegex(Regex),
    /// What comments say. Which comment belongs to which value is sops' own reckoning; here a value counts as one that is to
    /// be encrypted when it is: the MAC tells whether that is true.
    Comments,
}

/// What the rule says about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// It is encrypted.
    Encrypted,
    /// It is left plain.
    Plain,
    /// It may be either.
    Either,
}

impl Default for EncryptionRule {
    fn default() -> Self {
        Self::UnencryptedSuffix("_unencrypted".to_owned())
    }
}

impl EncryptionRule {
    /// What the rule says about the value at a path of keys.
    #[must_use]
    pub fn wants<K: AsRef<str>>(&self, path: &[K]) -> Wanted {
        let any = |test: &dyn Fn(&str) -> bool| path.iter().any(|key| test(key.as_ref()));
        let encrypted = match self {
            Self::UnencryptedSuffix(suffix) => !any(&|key| key.ends_with(suffix.as_str())),
            Self::EncryptedSuffix(suffix) => any(&|key| key.ends_with(suffix.as_str())),
            Self::UnencryptedRegex(regex) => !any(&|key| regex.is_match(key)),
            Self::EncryptedRegex(regex) => any(&|key| regex.is_match(key)),
            Self::Comments => return Wanted::Either,
        };
        if encrypted { Wanted::Encrypted } else { Wanted::Plain }
    }
}

/// The largest program that an expression may become, in bytes.
const MAX_REGEX: usize = 1 << 20;

/// An expression of a file or of `.sops.yaml`; `None` when it cannot be used. Go's syntax, which the crate's follows.
pub(crate) fn regex(text: &str) -> Option<Regex> {
    RegexBuilder::new(text).size_limit(MAX_REGEX).build().ok()
}
