//! What was made: one document per stack.

use std::collections::{BTreeMap, BTreeSet};

use hlc_plan::{Address, Ownership, Stack};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::value::{Fingerprint, Properties, Value};

/// The version of the document that this program writes. A field that changes its meaning or goes raises it.
pub(crate) const VERSION: u32 = 1;

/// What was made in a stack. A cache: what it says can be found again by looking, and is never believed over what is there.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The stack.
    pub stack: Stack,
    /// Tells this line of states from another one for the same stack; made once.
    pub lineage: String,
    /// Counts what was written, from 1.
    pub serial: u64,
    /// What was made.
    pub resources: BTreeMap<Address, Recorded>,
    /// The key of the fingerprints, encrypted to the recipients of the SOPS file (age, base64); none before the first secret.
    pub key: Option<String>,
    /// Values of secret outputs by fingerprint, encrypted like the key.
    pub sealed: BTreeMap<Fingerprint, String>,
    /// What was sent and never answered clearly: the next run looks for what came of it.
    pub pending: BTreeMap<Address, Pending>,
}

/// A resource that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recorded {
    /// Its kind's name.
    pub kind: String,
    /// What the API calls it.
    pub id: String,
    /// Its properties as they were set last, in canonical form.
    pub properties: Properties,
    /// Its outputs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, Value>,
    /// What has to go after it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub depends_on: BTreeSet<String>,
    /// True when deleting it needs an explicit word.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protected: bool,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Owner::is_ours")]
    pub owner: Owner,
    /// What replacements left behind: old objects, which still have to be deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leftover: Vec<Leftover>,
}

/// An object that was replaced and is still there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leftover {
    /// What the API calls it.
    pub id: String,
    /// Its properties as they were set last: an API may need them to find it.
    pub properties: Properties,
}

impl Recorded {
    /// The object as what another one replaces, with what earlier ones left behind.
    #[must_use]
    pub fn replaced(&self) -> Vec<Leftover> {
        let old = Leftover { id: self.id.clone(), properties: self.properties.clone() };
        let earlier = self.leftover.iter().filter(|earlier| earlier.id != self.id).cloned();
        earlier.chain([old]).collect()
    }
}

/// Whose an object is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Owner {
    /// It was made here, and may be deleted.
    #[default]
    Ours,
    /// Somebody else made it; what the homelab states of it is changed, and it is never deleted.
    Adopted,
    /// Somebody else made it; it is only looked up.
    LookedUp,
}

impl Owner {
    fn is_ours(&self) -> bool {
        *self == Self::Ours
    }
}

impl From<Ownership> for Owner {
    fn from(ownership: Ownership) -> Self {
        match ownership {
            Ownership::Managed => Self::Ours,
            Ownership::Adopted => Self::Adopted,
            Ownership::Existing => Self::LookedUp,
        }
    }
}

/// What was about to be done when a run ended without saying how it went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "action")]
pub enum Pending {
    /// An object was about to be made.
    Create {
        /// Its kind's name.
        kind: String,
        /// Its properties.
        properties: Properties,
        /// What it depends on.
        #[serde(default)]
        depends_on: BTreeSet<String>,
        /// Whether deleting it needs an explicit word.
        #[serde(default)]
        protected: bool,
    },
    /// An object was about to be changed.
    Update {
        /// What the API calls it.
        id: String,
        /// The properties that were to become others.
        #[serde(default)]
        changed: BTreeSet<String>,
    },
    /// An object was about to be deleted.
    Delete {
        /// What the API calls it.
        id: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    /// SHA-256 of `content` as it stands, in hex.
    checksum: String,
    content: Box<serde_json::value::RawValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Content {
    stack: String,
    lineage: String,
    serial: u64,
    resources: BTreeMap<String, Recorded>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    sealed: BTreeMap<Fingerprint, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pending: BTreeMap<String, Pending>,
}

/// Why a text is no state that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateError {
    /// It is no document of this kind, or was cut short.
    Malformed(String),
    /// It was changed, or damaged on its way.
    Checksum,
    /// A newer hlc wrote it.
    Newer(u32),
    /// It is of another stack.
    OtherStack(String),
}

impl std::fmt::Display for StateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "it is no state that hlc can read: {why}"),
            Self::Checksum => f.write_str("its checksum does not fit what it says: it was edited or damaged"),
            Self::Newer(version) => write!(f, "a newer hlc wrote it (version {version}, this one knows {VERSION})"),
            Self::OtherStack(stack) => write!(f, "it is the state of the stack `{stack}`"),
        }
    }
}

impl std::error::Error for StateError {}

impl State {
    /// A stack of which nothing was made.
    #[must_use]
    pub fn new(stack: Stack, lineage: String) -> Self {
        let (resources, sealed, pending) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { stack, lineage, serial: 0, resources, key: None, sealed, pending }
    }

    /// Reads a document.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn read(stack: Stack, bytes: &[u8]) -> Result<Self, StateError> {
        let malformed = |error: serde_json::Error| StateError::Malformed(error.to_string());
        // The version first: a newer document may have any other shape.
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let Versioned { version } = serde_json::from_slice(bytes).map_err(malformed)?;
        if version > VERSION {
            return Err(StateError::Newer(version));
        }
        let document: Document = serde_json::from_slice(bytes).map_err(malformed)?;
        if checksum(document.content.get()) != document.checksum {
            return Err(StateError::Checksum);
        }
        let content: Content = serde_json::from_str(document.content.get()).map_err(malformed)?;
        if content.stack != stack.name() {
            return Err(StateError::OtherStack(content.stack));
        }
        Ok(Self {
            stack,
            lineage: content.lineage,
            serial: content.serial,
            resources: content.resources.into_iter().map(|(address, it)| (Address::new(address), it)).collect(),
            key: content.key,
            sealed: content.sealed,
            pending: content.pending.into_iter().map(|(address, it)| (Address::new(address), it)).collect(),
        })
    }

    /// The document, with a line end.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let content = Content {
            stack: self.stack.name().to_owned(),
            lineage: self.lineage.clone(),
            serial: self.serial,
            resources: self.resources.iter().map(|(address, it)| (address.as_str().to_owned(), it.clone())).collect(),
            key: self.key.clone(),
            sealed: self.sealed.clone(),
            pending: self.pending.iter().map(|(address, it)| (address.as_str().to_owned(), it.clone())).collect(),
        };
        let written = serde_json::to_string_pretty(&content)
            .and_then(serde_json::value::RawValue::from_string)
            .and_then(|content| {
                serde_json::to_vec_pretty(&Document { version: VERSION, checksum: checksum(content.get()), content })
            });
        // Maps with text keys and plain values: nothing in it can fail to be written.
        let mut bytes = written.unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Gives a record another address, also in what depends on it.
    pub fn rename(&mut self, from: &Address, to: &Address) {
        let Some(recorded) = self.resources.remove(from) else { return };
        self.resources.insert(to.clone(), recorded);
        if let Some(pending) = self.pending.remove(from) {
            self.pending.insert(to.clone(), pending);
        }
        for recorded in self.resources.values_mut() {
            if recorded.depends_on.remove(from.as_str()) {
                recorded.depends_on.insert(to.as_str().to_owned());
            }
        }
    }

    /// Leaves out what is sealed and no resource has any more.
    pub fn tidy(&mut self) {
        let mut used = BTreeSet::new();
        for recorded in self.resources.values() {
            recorded.outputs.values().for_each(|value| {
                value.each_secret(&mut |secret| {
                    used.insert(secret.clone());
                })
            });
        }
        self.sealed.retain(|secret, _| used.contains(secret));
    }
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> State {
        let mut state = State::new(Stack::Cloudflare, "line".to_owned());
        state.serial = 7;
        let recorded = Recorded {
            kind: "record".to_owned(),
            id: "abc".to_owned(),
            properties: [("content".to_owned(), Value::text("192.0.2.1"))].into(),
            outputs: [("id".to_owned(), Value::text("abc"))].into(),
            depends_on: ["cloudflare/zone.example.net".to_owned()].into(),
            protected: false,
            owner: Owner::Ours,
            leftover: Vec::new(),
        };
        state.resources.insert(Address::new("cloudflare/record.A.example.net"), recorded);
        state
    }

    #[test]
    fn what_was_written_is_read() {
        let state = sample();
        assert_eq!(State::read(Stack::Cloudflare, &state.write()), Ok(state));
    }

    #[test]
    fn a_damaged_document_is_refused() {
        let bytes = sample().write();
        let mut refused = 0;
        for at in 0..bytes.len() {
            assert!(State::read(Stack::Cloudflare, &bytes[..at]).is_err() || bytes[at..] == *b"\n", "cut at {at}");
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                match State::read(Stack::Cloudflare, &flipped) {
                    // Blanks around the content mean nothing.
                    Ok(state) => assert_eq!(state, sample(), "bit {bit} of byte {at}"),
                    Err(_) => refused += 1,
                }
            }
        }
        assert!(refused > bytes.len() * 7, "{refused}");
    }

    #[test]
    fn others_are_refused() {
        assert_eq!(State::read(Stack::Cloudflare, br#"{"version": 2, "whatever": []}"#), Err(StateError::Newer(2)));
        assert_eq!(
            State::read(Stack::Hetzner, &sample().write()),
            Err(StateError::OtherStack("cloudflare".to_owned()))
        );
        assert!(matches!(State::read(Stack::Cloudflare, b""), Err(StateError::Malformed(_))));
    }
}
