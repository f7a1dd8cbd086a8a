//! A SOPS file as it can be read without a key.

use std::collections::BTreeSet;

use hlc_diag::{FileId, Span};

use crate::error::{Fault, SopsError, Text};
use crate::metadata::Metadata;
use crate::rule::Wanted;
use crate::scalar::Scalar;
use crate::tree::{self, Content, Entry, Node};
use crate::value::{EncryptedValue, ValueType};

/// The key of sops' own block.
const BLOCK: &str = "sops";

/// A SOPS file.
#[derive(Clone, Debug)]
pub struct SopsFile {
    /// Everything but sops' own block, in the order of the file.
    pub entries: Vec<Entry>,
    /// sops' own block.
    pub metadata: Metadata,
    /// Every value by its flattened name, in the order of the file.
    pub keys: Vec<Key>,
}

/// A value that can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The keys that lead to it, joined by dots; positions of lists count as keys.
    pub name: String,
    /// The keys that lead to it, positions left out: what sops binds the ciphertext to.
    pub path: Vec<String>,
    /// Where its own key stands; of an item of a list, the item.
    pub key_span: Span,
    /// Where the value stands.
    pub value_span: Span,
    /// What can be said of the value.
    pub state: KeyState,
}

/// What can be said of a value without a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Encrypted.
    Encrypted(ValueType),
    /// Written out, and that is what the file's rule says.
    PlainByRule,
    /// Written out, though the file's rule says that it is encrypted.
    PlainAgainstRule,
    /// Empty or null, which sops does not encrypt.
    Empty,
}

/// A value on the walk over a file.
pub struct Leaf<'f> {
    /// The keys that lead to it, joined by dots.
    pub name: String,
    /// The keys that lead to it, without positions of lists.
    pub path: Vec<&'f str>,
    /// Where its own key stands.
    pub key_span: Span,
    /// The value.
    pub node: &'f Node,
    /// How it is written and what it is.
    pub scalar: &'f Scalar,
}

/// Every value of the file in the order in which sops hashes them.
#[must_use]
pub fn leaves(entries: &[Entry]) -> Vec<Leaf<'_>> {
    enum Step<'f> {
        Entry(&'f Entry, String, Vec<&'f str>),
        Item(&'f Node, String, Vec<&'f str>),
    }
    let mut found = Vec::new();
    let mut open: Vec<Step<'_>> =
        entries.iter().rev().map(|entry| Step::Entry(entry, String::new(), Vec::new())).collect();
    while let Some(step) = open.pop() {
        let (node, key_span, name, path) = match step {
            Step::Entry(entry, outer, mut path) => {
                path.push(entry.key.as_str());
                let name = if outer.is_empty() { entry.key.clone() } else { format!("{outer}.{}", entry.key) };
                (&entry.value, entry.key_span, name, path)
            }
            Step::Item(node, name, path) => (node, node.span, name, path),
        };
        match &node.content {
            Content::Scalar(scalar, _) => found.push(Leaf { name, path, key_span, node, scalar }),
            Content::Map(entries) => {
                open.extend(entries.iter().rev().map(|entry| Step::Entry(entry, name.clone(), path.clone())));
            }
            Content::List(items) => {
                open.extend(
                    items
                        .iter()
                        .enumerate()
                        .rev()
                        .map(|(index, item)| Step::Item(item, format!("{name}.{index}"), path.clone())),
                );
            }
        }
    }
    found
}

impl SopsFile {
    /// The text with nothing in it but its keys and the names of its recipients: every other character is a space, so that
    /// places stay. Comments and values that are written out are gone with the rest.
    #[must_use]
    pub fn redacted(&self, text: &str) -> String {
        let mut shown = vec![self.metadata.key_span];
        shown.extend(self.metadata.recipients().map(|recipient| recipient.span));
        let mut open: Vec<&[Entry]> = vec![&self.entries];
        let mut lists: Vec<&Node> = Vec::new();
        while let Some(entries) = open.pop() {
            for entry in entries {
                shown.push(entry.key_span);
                lists.push(&entry.value);
                while let Some(node) = lists.pop() {
                    match &node.content {
                        Content::Scalar(..) => {}
                        Content::Map(entries) => open.push(entries),
                        Content::List(items) => lists.extend(items),
                    }
                }
            }
        }
        redact(text, &shown)
    }

    /// Reads a file in YAML or JSON, with the places of `file`.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn read(file: FileId, text: &str) -> Result<Self, SopsError> {
        let at = Text { file, text };
        let root = tree::read(file, text)?;
        let Content::Map(mut entries) = root.content else {
            return Err(at.error(root.span, Fault::NotAMap));
        };
        let Some(place) = entries.iter().position(|entry| entry.key == BLOCK) else {
            return Err(at.error(Span::new(file, 0, 0), Fault::NotEncrypted));
        };
        let block = entries.remove(place);
        let metadata = Metadata::read(at, &block)?;
        let keys = read_keys(at, &entries, &metadata)?;
        Ok(Self { entries, metadata, keys })
    }

    /// The value of a flattened name.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// The text with spaces in place of everything but some places and the ends of lines. Bytes keep their places.
#[must_use]
pub fn redact(text: &str, shown: &[Span]) -> String {
    let mut made: Vec<u8> = text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { byte } else { b' ' }).collect();
    for span in shown {
        if let (Some(to), Some(from)) = (made.get_mut(span.range()), text.get(span.range())) {
            to.copy_from_slice(from.as_bytes());
        }
    }
    // Only whole characters were put back.
    String::from_utf8(made).unwrap_or_default()
}

fn read_keys(at: Text<'_>, entries: &[Entry], metadata: &Metadata) -> Result<Vec<Key>, SopsError> {
    let mut keys: Vec<Key> = Vec::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for leaf in leaves(entries) {
        let wanted = metadata.rule.wants(&leaf.path);
        let encrypted = match leaf.scalar {
            Scalar::Str(text) if EncryptedValue::is_meant(text) && wanted != Wanted::Plain => {
                let value = EncryptedValue::parse(text);
                Some(value.ok_or_else(|| at.error(leaf.node.span, Fault::BadValue))?.kind)
            }
            Scalar::Str(_) | Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_) | Scalar::Time(_) | Scalar::Null => {
                None
            }
        };
        let state = match (encrypted, leaf.scalar) {
            // A comment that sops keeps among the items of a list.
            (Some(ValueType::Comment), _) => continue,
            (Some(kind), _) => KeyState::Encrypted(kind),
            (None, Scalar::Null) => KeyState::Empty,
            (None, Scalar::Str(text)) if text.is_empty() => KeyState::Empty,
            (None, _) if wanted == Wanted::Encrypted => KeyState::PlainAgainstRule,
            (None, _) => KeyState::PlainByRule,
        };
        if !names.insert(leaf.name.clone()) {
            return Err(at.error(leaf.key_span, Fault::Ambiguous(leaf.name)));
        }
        keys.push(Key {
            name: leaf.name,
            path: leaf.path.into_iter().map(str::to_owned).collect(),
            key_span: leaf.key_span,
            value_span: leaf.node.span,
            state,
        });
    }
    Ok(keys)
}
