//! Giving a file other recipients, as `sops updatekeys` does: its values stay, its data key is encrypted anew.

use hlc_diag::FileId;
use hlc_sops::{RecipientKind, SopsFile};

use crate::cipher::DataKey;
use crate::edit::{Edit, apply};
use crate::error::OpenError;
use crate::open::Opened;
use crate::seal::seal;
use crate::secret::Secret;
use crate::shamir;

/// Why a file cannot be given other recipients.
#[derive(Debug, thiserror::Error)]
pub enum RecipientError {
    /// A text that is no public key of age.
    #[error("`{0}` is no recipient that hlc can encrypt to: an age or SSH public key")]
    Unknown(String),
    /// There would be nobody who can read the file.
    #[error("a group of recipients is empty")]
    Nobody,
    /// The threshold does not fit the groups.
    #[error("a data key cannot be split between {groups} groups so that {needed} are needed")]
    Threshold {
        /// How many groups there are.
        groups: usize,
        /// How many are to be needed.
        needed: usize,
    },
    /// Recipients of other kinds would be lost.
    #[error("the file has recipients that are not of age, such as `{0}`; use `sops updatekeys`")]
    OtherKinds(String),
    /// The cipher failed.
    #[error("the data key could not be encrypted: {0}")]
    Encrypt(String),
    /// The file is laid out in a way that hlc cannot edit.
    #[error("the file is laid out in a way that cannot be edited in place; use `sops updatekeys`")]
    Layout,
    /// The changed file did not open again.
    #[error("the changed file would not open: {0}")]
    Reopen(#[from] OpenError),
}

impl Opened {
    /// The file for other recipients: groups of public keys, of which `needed` suffice (every one when it is not said).
    ///
    /// Whoever could read the file until now still has its data key; change the values too when somebody must be kept out.
    ///
    /// # Errors
    /// See [`RecipientError`].
    pub fn reencrypt(&self, groups: &[Vec<String>], needed: Option<usize>) -> Result<Self, RecipientError> {
        if let Some(other) = self.file.metadata.recipients().find(|recipient| recipient.kind != RecipientKind::Age) {
            return Err(RecipientError::OtherKinds(other.name.clone()));
        }
        if groups.is_empty() || groups.iter().any(Vec::is_empty) {
            return Err(RecipientError::Nobody);
        }
        let text = self.with_groups(&self.encrypt_groups(groups, needed)?).ok_or(RecipientError::Layout)?;
        let file = SopsFile::read(FileId::new(0), &text).map_err(|_| RecipientError::Layout)?;
        let key = DataKey::new(self.key.bytes()).ok_or(OpenError::BadDataKey)?;
        Ok(Self::with_key(text, file, key)?)
    }

    /// The data key, or a part of it for each group, encrypted to every recipient.
    fn encrypt_groups(&self, groups: &[Vec<String>], needed: Option<usize>) -> Result<Groups, RecipientError> {
        let (threshold, parts) = match groups {
            [_] => (None, vec![zeroize::Zeroizing::new(self.key.bytes().to_vec())]),
            several => {
                let needed = needed.unwrap_or(several.len());
                let parts = shamir::split(self.key.bytes(), several.len(), needed);
                let parts = parts.ok_or(RecipientError::Threshold { groups: several.len(), needed })?;
                (Some(needed), parts)
            }
        };
        let groups = groups.iter().zip(&parts).map(|(group, part)| {
            let members = group.iter().map(|name| Ok((name.clone(), encrypt(name, part)?)));
            members.collect::<Result<Vec<_>, RecipientError>>()
        });
        Ok(Groups { threshold, groups: groups.collect::<Result<_, _>>()? })
    }

    /// The file with these recipients in its `sops` block in place of those that are there.
    fn with_groups(&self, groups: &Groups) -> Option<String> {
        const REPLACED: [&str; 9] =
            ["age", "pgp", "kms", "gcp_kms", "azure_kv", "hc_vault", "hckms", "key_groups", "shamir_threshold"];
        let root = hlc_sops::tree::read(FileId::new(0), &self.text).ok()?;
        let block = root.as_map()?.iter().find(|entry| entry.key_span == self.file.metadata.key_span)?;
        let entries = block.value.as_map()?;
        let is_flow = self.text.get(block.value.span.range())?.starts_with('{');
        let first = entries.first()?.key_span.range().start;
        let line = self.text.get(..first)?.rfind('\n').map_or(0, |at| at + 1);
        let at = if is_flow { first } else { line };
        let text = if is_flow { groups.as_flow() } else { groups.as_lines(self.text.get(line..first)?) };
        let mut edits = vec![Edit { range: at..at, text }];
        for (place, entry) in entries.iter().enumerate() {
            if !REPLACED.contains(&entry.key.as_str()) {
                continue;
            }
            let range = match entries.get(place + 1) {
                _ if !is_flow => self.block_entry(entry),
                Some(next) => entry.key_span.range().start..next.key_span.range().start,
                // sops writes its version last; a block that ends in recipients is laid out by somebody else.
                None => return None,
            };
            edits.push(Edit { range, text: String::new() });
        }
        apply(&self.text, edits)
    }
}

/// Public keys, each with what is encrypted to it.
struct Groups {
    threshold: Option<usize>,
    groups: Vec<Vec<(String, String)>>,
}

impl Groups {
    /// As lines of a block with an indent.
    fn as_lines(&self, indent: &str) -> String {
        fn members(lines: &mut String, indent: &str, group: &[(String, String)]) {
            for (name, encrypted) in group {
                lines.push_str(&format!("{indent}- recipient: {}\n{indent}  enc: |\n", quoted(name)));
                for line in encrypted.lines() {
                    lines.push_str(&format!("{indent}    {line}\n"));
                }
            }
        }
        let mut lines = String::new();
        if let [only] = self.groups.as_slice() {
            lines.push_str(&format!("{indent}age:\n"));
            members(&mut lines, &format!("{indent}    "), only);
            return lines;
        }
        if let Some(threshold) = self.threshold {
            lines.push_str(&format!("{indent}shamir_threshold: {threshold}\n"));
        }
        lines.push_str(&format!("{indent}key_groups:\n"));
        for group in &self.groups {
            lines.push_str(&format!("{indent}    - age:\n"));
            members(&mut lines, &format!("{indent}        "), group);
        }
        lines
    }

    /// As entries between braces, each with a comma behind.
    fn as_flow(&self) -> String {
        let members = |group: &[(String, String)]| {
            let members = group.iter().map(|(name, encrypted)| {
                format!("{{\"recipient\": {}, \"enc\": {}}}", quoted(name), quoted(encrypted))
            });
            format!("[{}]", members.collect::<Vec<_>>().join(", "))
        };
        if let [only] = self.groups.as_slice() {
            return format!("\"age\": {}, ", members(only));
        }
        let groups: Vec<String> = self.groups.iter().map(|group| format!("{{\"age\": {}}}", members(group))).collect();
        let threshold =
            self.threshold.map(|threshold| format!("\"shamir_threshold\": {threshold}, ")).unwrap_or_default();
        format!("{threshold}\"key_groups\": [{}], ", groups.join(", "))
    }
}

/// Text between quotes, as JSON and YAML both read it.
fn quoted(text: &str) -> String {
    let mut made = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => made.extend(['\\', c]),
            '\n' => made.push_str("\\n"),
            c if c.is_control() => made.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => made.push(c),
        }
    }
    made.push('"');
    made
}

/// What only the holder of a key can read, armored.
fn encrypt(name: &str, secret: &[u8]) -> Result<String, RecipientError> {
    // sops keeps one encrypted key for each recipient.
    seal(&[name.to_owned()], &Secret::new(secret.to_vec()))
}

/// A public key.
pub(crate) fn recipient(name: &str) -> Result<Box<dyn age::Recipient>, RecipientError> {
    if let Ok(key) = name.parse::<age::x25519::Recipient>() {
        Ok(Box::new(key))
    } else if let Ok(key) = name.parse::<age::ssh::Recipient>() {
        Ok(Box::new(key))
    } else {
        Err(RecipientError::Unknown(name.to_owned()))
    }
}
