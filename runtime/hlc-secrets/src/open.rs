//! Opening a file: every value decrypted, the checksum verified, or nothing at all.

use hlc_diag::FileId;
use hlc_sops::{SopsFile, ValueType};

use crate::cipher::DataKey;
use crate::data_key::recover;
use crate::error::OpenError;
use crate::identity::Identities;
use crate::mac;
use crate::secret::Secret;

/// A file with its values.
pub struct Opened {
    pub(crate) text: String,
    pub(crate) file: SopsFile,
    pub(crate) key: DataKey,
    values: Vec<Value>,
}

/// A value of an opened file.
#[derive(Debug)]
pub struct Value {
    /// Its flattened name: keys joined by dots.
    pub name: String,
    /// The value, as text.
    pub secret: Secret,
    /// What it is; `None` for one that is written out.
    pub kind: Option<ValueType>,
}

impl Opened {
    /// Opens a text with the keys at hand.
    ///
    /// # Errors
    /// See [`OpenError`]; a value that was changed, moved, added or removed without the key is one.
    pub fn open(text: &str, identities: &Identities) -> Result<Self, OpenError> {
        let file = SopsFile::read(FileId::new(0), text)?;
        let key = recover(&file.metadata, identities)?;
        Self::with_key(text.to_owned(), file, key)
    }

    pub(crate) fn with_key(text: String, file: SopsFile, key: DataKey) -> Result<Self, OpenError> {
        let (values, sum) = mac::decrypt(&file, &key)?;
        mac::verify(&file, &key, &sum)?;
        let values =
            values.into_iter().map(|plain| Value { name: plain.name, secret: plain.value, kind: plain.kind }).collect();
        Ok(Self { text, file, key, values })
    }

    /// The text of the file, as encrypted as it was.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the file says without a key.
    #[must_use]
    pub fn file(&self) -> &SopsFile {
        &self.file
    }

    /// Every value, in the order of the file.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value of a flattened name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.values.iter().find(|value| value.name == name).map(|value| &value.secret)
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({} values)", self.values.len())
    }
}
