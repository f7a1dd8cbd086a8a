//! Changing one value in place: comments, order and every other byte stay.
//!
//! What changes besides the value are `lastmodified` and `mac`. A new key goes in front of sops' own block.

use std::ops::Range;
use std::time::SystemTime;

use hlc_diag::FileId;
use hlc_sops::rule::Wanted;
use hlc_sops::scalar::{Scalar, resolve};
use hlc_sops::{Content, EncryptedValue, Entry, Key, SopsFile, Style, ValueType};

use crate::cipher::{DataKey, place};
use crate::error::OpenError;
use crate::mac;
use crate::open::Opened;
use crate::secret::Secret;
use crate::timestamp::rfc3339;

/// Why a file cannot be changed as asked.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Nothing has this name.
    #[error("there is no key `{0}`")]
    NoKey(String),
    /// A name that a file cannot have at its top.
    #[error("`{0}` cannot be a new key: letters, digits, `_`, `-` and `/`, and not `sops`")]
    BadName(String),
    /// The key lies inside another.
    #[error("`{0}` lies inside another key; only keys at the top of the file are removed")]
    Nested(String),
    /// Other keys lie below the name.
    #[error("`{0}` is a block of keys, not a value")]
    NotAValue(String),
    /// The file's rule would leave the value plain.
    #[error("the rule of this file leaves `{0}` in plain text")]
    WouldBePlain(String),
    /// sops does not encrypt empty values.
    #[error("an empty value cannot be encrypted")]
    EmptyValue,
    /// The change would not give a file that opens: the file is laid out in a way that hlc cannot edit.
    #[error("the file is laid out in a way that cannot be edited in place; use `sops edit`")]
    Layout,
    /// The changed file did not open again.
    #[error("the changed file would not open: {0}")]
    Reopen(#[from] OpenError),
}

/// Bytes to replace.
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

/// The text with edits carried out, which do not overlap.
pub(crate) fn apply(text: &str, mut edits: Vec<Edit>) -> Option<String> {
    edits.sort_by_key(|edit| edit.range.start);
    let mut made = String::with_capacity(text.len() + 256);
    let mut from = 0;
    for edit in edits {
        made.push_str(text.get(from..edit.range.start)?);
        made.push_str(&edit.text);
        from = edit.range.end;
    }
    made.push_str(text.get(from..)?);
    Some(made)
}

impl Opened {
    /// The file with another value for a key, which is made when it is not there.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn set(&self, name: &str, value: &Secret, now: SystemTime) -> Result<Self, EditError> {
        let seal = |path: &[String]| {
            let sealed = self.key.seal(value.expose(), text_kind(value), &place(path));
            sealed.map(|value| value.to_text()).ok_or(EditError::EmptyValue)
        };
        let edit = match self.file.key(name) {
            Some(key) => {
                if self.file.metadata.rule.wants(&key.path) == Wanted::Plain {
                    return Err(EditError::WouldBePlain(name.to_owned()));
                }
                self.replace(key, &seal(&key.path)?)?
            }
            None => {
                self.can_be_new(name)?;
                self.insert(name, &seal(&[name.to_owned()])?)
            }
        };
        self.changed(edit, now)
    }

    /// The file without a key.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn unset(&self, name: &str, now: SystemTime) -> Result<Self, EditError> {
        let Some(key) = self.file.key(name) else {
            return Err(match self.file.entries.iter().any(|entry| entry.key == name) {
                true => EditError::NotAValue(name.to_owned()),
                false => EditError::NoKey(name.to_owned()),
            });
        };
        let entry = self.file.entries.iter().find(|entry| entry.key == name && entry.key_span == key.key_span);
        let entry = entry.ok_or_else(|| EditError::Nested(name.to_owned()))?;
        let range = if self.is_flow() { self.flow_entry(entry)? } else { self.block_entry(entry) };
        self.changed(Edit { range, text: String::new() }, now)
    }

    fn can_be_new(&self, name: &str) -> Result<(), EditError> {
        if self.file.entries.iter().any(|entry| entry.key == name) {
            return Err(EditError::NotAValue(name.to_owned()));
        }
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/');
        if name.is_empty() || name == "sops" || !name.chars().all(fits) {
            return Err(EditError::BadName(name.to_owned()));
        }
        match self.file.metadata.rule.wants(&[name]) {
            Wanted::Encrypted => Ok(()),
            Wanted::Plain | Wanted::Either => Err(EditError::WouldBePlain(name.to_owned())),
        }
    }

    /// True when the file is one pair of braces: JSON.
    fn is_flow(&self) -> bool {
        self.text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
    }

    fn replace(&self, key: &Key, sealed: &str) -> Result<Edit, EditError> {
        let node = find(&self.file.entries, key).ok_or(EditError::Layout)?;
        let range = node.span.range();
        match node.style {
            Style::Quoted => Ok(Edit { range, text: format!("\"{sealed}\"") }),
            Style::Plain if node.is_encrypted => Ok(Edit { range, text: sealed.to_owned() }),
            // A value that is not there has no bytes, and its place is the end of the colon.
            Style::Plain => {
                let space = if range.is_empty() { " " } else { "" };
                Ok(Edit { range, text: format!("{space}\"{sealed}\"") })
            }
            Style::Block => {
                // From behind the key to the last line of the text, `|` included.
                let start = key.key_span.range().end;
                let lines = self.text.get(start..range.end).ok_or(EditError::Layout)?;
                if key.key_span == node.span {
                    return Err(EditError::Layout);
                }
                Ok(Edit { range: start..start + lines.trim_end().len(), text: format!(": {sealed}") })
            }
        }
    }

    /// A new key in front of sops' own block, laid out like that.
    fn insert(&self, name: &str, sealed: &str) -> Edit {
        let at = self.file.metadata.key_span.range().start;
        let before = self.text.get(..at).unwrap_or("");
        let space = before.get(before.trim_end().len()..).unwrap_or("");
        let text = if self.is_flow() {
            let colon = if space.is_empty() { ":" } else { ": " };
            format!("\"{name}\"{colon}\"{sealed}\",{space}")
        } else {
            let indent = space.rsplit('\n').next().unwrap_or("");
            let bare = matches!(resolve(name), Scalar::Str(_)) && !name.starts_with(['-', '/']);
            let key = if bare { name.to_owned() } else { format!("\"{name}\"") };
            format!("{key}: {sealed}\n{indent}")
        };
        Edit { range: at..at, text }
    }

    /// The lines of an entry, the comment behind its value included.
    pub(crate) fn block_entry(&self, entry: &Entry) -> Range<usize> {
        let key = entry.key_span.range().start;
        let line = self.text.get(..key).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let only_space = self.text.get(line..key).is_some_and(|indent| indent.trim().is_empty());
        let value = entry.value.span.range();
        let end = self.text.get(..value.end).map_or(value.end, |text| text.trim_end().len());
        let end = end.max(entry.key_span.range().end);
        let rest = self.text.get(end..).unwrap_or("");
        (if only_space { line } else { key })..rest.find('\n').map_or(self.text.len(), |at| end + at + 1)
    }

    /// An entry between braces, with the comma that parts it from the next, or from the one before.
    fn flow_entry(&self, entry: &Entry) -> Result<Range<usize>, EditError> {
        let metadata = &self.file.metadata;
        let mut all: Vec<_> = self.file.entries.iter().map(|entry| (entry.key_span, entry.value.span)).collect();
        all.push((metadata.key_span, metadata.span));
        all.sort_by_key(|(key, _)| key.start);
        let place = all.iter().position(|(key, _)| *key == entry.key_span).ok_or(EditError::Layout)?;
        if let Some((next, _)) = all.get(place + 1) {
            return Ok(entry.key_span.range().start..next.range().start);
        }
        let (_, before) = place.checked_sub(1).and_then(|before| all.get(before)).ok_or(EditError::Layout)?;
        Ok(before.range().end..entry.value.span.range().end)
    }

    /// The file with an edit, a new time and a new checksum.
    fn changed(&self, edit: Edit, now: SystemTime) -> Result<Self, EditError> {
        let text = apply(&self.text, vec![edit]).ok_or(EditError::Layout)?;
        let file = SopsFile::read(FileId::new(0), &text).map_err(|_| EditError::Layout)?;
        let (_, sum) = mac::decrypt(&file, &self.key)?;
        let time = rfc3339(now);
        let mac = mac::seal(&sum, &self.key, &time).ok_or(EditError::Layout)?.to_text();
        let stated = file.metadata.mac.as_ref().ok_or(OpenError::NoMac)?;
        let quoted = |range: Range<usize>, new: String, always: bool| {
            let is_quoted = text.get(range.clone()).is_some_and(|old| old.starts_with(['"', '\'']));
            Edit { range, text: if is_quoted || always { format!("\"{new}\"") } else { new } }
        };
        let edits =
            vec![quoted(stated.span.range(), mac, false), quoted(file.metadata.lastmodified.span.range(), time, true)];
        let text = apply(&text, edits).ok_or(EditError::Layout)?;
        let file = SopsFile::read(FileId::new(0), &text).map_err(|_| EditError::Layout)?;
        let key = DataKey::new(self.key.bytes()).ok_or(OpenError::BadDataKey)?;
        Ok(Self::with_key(text, file, key)?)
    }
}

/// Text, or bytes where it is none.
fn text_kind(value: &Secret) -> ValueType {
    if std::str::from_utf8(value.expose()).is_ok() { ValueType::Str } else { ValueType::Bytes }
}

/// A value where it stands.
struct Found {
    span: hlc_diag::Span,
    style: Style,
    is_encrypted: bool,
}

fn find(entries: &[Entry], key: &Key) -> Option<Found> {
    let leaf = hlc_sops::leaves(entries).into_iter().find(|leaf| leaf.name == key.name)?;
    match &leaf.node.content {
        Content::Scalar(scalar, style) => {
            let is_encrypted = matches!(scalar, Scalar::Str(text) if EncryptedValue::is_meant(text));
            Some(Found { span: leaf.node.span, style: *style, is_encrypted })
        }
        Content::Map(_) | Content::List(_) => None,
    }
}
