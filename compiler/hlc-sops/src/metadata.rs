//! The `sops` block of a file: who can read it, and what guards it.

use hlc_diag::Span;

use crate::error::{Fault, SopsError, Text};
use crate::rule::{EncryptionRule, regex};
use crate::scalar::Scalar;
use crate::tree::{Content, Entry, Node, get};

/// The kind of key that a file is encrypted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecipientKind {
    /// age: `age1…`, `ssh-ed25519 …`, `ssh-rsa …`.
    Age,
    /// OpenPGP, by fingerprint.
    Pgp,
    /// AWS KMS, by ARN.
    AwsKms,
    /// Google Cloud KMS, by resource id.
    GcpKms,
    /// Azure Key Vault, by the key's name.
    AzureKeyVault,
    /// HashiCorp Vault, by the key's name.
    Vault,
    /// Huawei Cloud KMS, by id.
    HuaweiKms,
}

impl RecipientKind {
    /// For a sentence.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Pgp => "pgp",
            Self::AwsKms => "kms",
            Self::GcpKms => "gcp_kms",
            Self::AzureKeyVault => "azure_kv",
            Self::Vault => "hc_vault",
            Self::HuaweiKms => "hckms",
        }
    }
}

/// Where each kind of recipient stands in the block, and what names it.
const KINDS: [(&str, RecipientKind, &str); 7] = [
    ("age", RecipientKind::Age, "recipient"),
    ("pgp", RecipientKind::Pgp, "fp"),
    ("kms", RecipientKind::AwsKms, "arn"),
    ("gcp_kms", RecipientKind::GcpKms, "resource_id"),
    ("azure_kv", RecipientKind::AzureKeyVault, "name"),
    ("hc_vault", RecipientKind::Vault, "key_name"),
    ("hckms", RecipientKind::HuaweiKms, "key_id"),
];

/// A key that the file's data key, or a part of it, is encrypted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Its kind.
    pub kind: RecipientKind,
    /// What names it; of age, the public key.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// The encrypted data key; of age, an armored age file.
    pub encrypted: String,
}

/// Text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The text.
    pub text: String,
    /// Its bytes, quotes included.
    pub span: Span,
}

/// The whole block.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Where its key stands.
    pub key_span: Span,
    /// Its content.
    pub span: Span,
    /// Groups of recipients. Of one group any member has the whole data key; of several, each has a part.
    pub groups: Vec<Vec<Recipient>>,
    /// How many groups are needed; every one where it is not said.
    pub threshold: Option<usize>,
    /// The encrypted checksum over all values; absent in files made without.
    pub mac: Option<Placed>,
    /// When the file was last written, as it stands there: RFC 3339.
    pub lastmodified: Placed,
    /// The sops that wrote it.
    pub version: Option<String>,
    /// Which values are encrypted.
    pub rule: EncryptionRule,
    /// True when the checksum leaves plain values out.
    pub mac_only_encrypted: bool,
}

impl Metadata {
    /// Every recipient of every group.
    pub fn recipients(&self) -> impl Iterator<Item = &Recipient> {
        self.groups.iter().flatten()
    }

    pub(crate) fn read(at: Text<'_>, entry: &Entry) -> Result<Self, SopsError> {
        let block = Block { at, span: entry.value.span };
        let Some(entries) = entry.value.as_map() else {
            return Err(at.error(entry.key_span, wrong("sops", "a block")));
        };
        let own = block.group(entries)?;
        let groups = if own.is_empty() { block.groups(entries)? } else { vec![own] };
        if groups.iter().all(Vec::is_empty) {
            return Err(at.error(entry.key_span, Fault::Missing("recipients")));
        }
        let lastmodified = block.text(entries, "lastmodified")?;
        let lastmodified = lastmodified.ok_or_else(|| at.error(entry.key_span, Fault::Missing("`lastmodified`")))?;
        Ok(Self {
            key_span: entry.key_span,
            span: block.span,
            groups,
            threshold: block.threshold(entries)?,
            mac: block.text(entries, "mac")?.filter(|mac| !mac.text.is_empty()),
            lastmodified,
            version: block.text(entries, "version")?.map(|version| version.text),
            rule: read_rule(at, entries)?,
            mac_only_encrypted: flag(at, entries, "mac_only_encrypted")?,
        })
    }
}

fn wrong(what: &str, wants: &'static str) -> Fault {
    Fault::WrongShape { what: what.to_owned(), wants }
}

struct Block<'t> {
    at: Text<'t>,
    span: Span,
}

impl Block<'_> {
    /// A text of the block. sops writes times with quotes; without them they are read as dates.
    fn text(&self, entries: &[Entry], key: &str) -> Result<Option<Placed>, SopsError> {
        let Some(node) = get(entries, key) else { return Ok(None) };
        let text = match &node.content {
            Content::Scalar(Scalar::Str(text) | Scalar::Time(text), _) => text.clone(),
            Content::Scalar(Scalar::Null, _) => return Ok(None),
            Content::Scalar(Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_), _) => {
                self.at.text.get(node.span.range()).unwrap_or("").to_owned()
            }
            Content::Map(_) | Content::List(_) => return Err(self.at.error(node.span, wrong(key, "text"))),
        };
        Ok(Some(Placed { text, span: node.span }))
    }

    fn threshold(&self, entries: &[Entry]) -> Result<Option<usize>, SopsError> {
        let Some(node) = get(entries, "shamir_threshold") else { return Ok(None) };
        match node.content {
            Content::Scalar(Scalar::Null | Scalar::Int(0), _) => Ok(None),
            Content::Scalar(Scalar::Int(number @ 1..=255), _) => Ok(usize::try_from(number).ok()),
            Content::Scalar(..) | Content::Map(_) | Content::List(_) => {
                Err(self.at.error(node.span, wrong("shamir_threshold", "a number from 1 to 255")))
            }
        }
    }

    fn groups(&self, entries: &[Entry]) -> Result<Vec<Vec<Recipient>>, SopsError> {
        let Some(node) = get(entries, "key_groups") else { return Ok(Vec::new()) };
        let groups = node.as_list().ok_or_else(|| self.at.error(node.span, wrong("key_groups", "a list")))?;
        groups
            .iter()
            .map(|group| {
                let entries =
                    group.as_map().ok_or_else(|| self.at.error(group.span, wrong("key_groups", "a list of blocks")))?;
                self.group(entries)
            })
            .collect()
    }

    fn group(&self, entries: &[Entry]) -> Result<Vec<Recipient>, SopsError> {
        let mut group = Vec::new();
        for (key, kind, naming) in KINDS {
            let Some(list) = get(entries, key) else { continue };
            let items = list.as_list().ok_or_else(|| self.at.error(list.span, wrong(key, "a list")))?;
            for item in items {
                group.push(self.recipient(item, key, kind, naming)?);
            }
        }
        Ok(group)
    }

    fn recipient(&self, item: &Node, key: &str, kind: RecipientKind, naming: &str) -> Result<Recipient, SopsError> {
        let fault = || self.at.error(item.span, wrong(key, "a list of blocks with a name and `enc`"));
        let entries = item.as_map().ok_or_else(fault)?;
        let name = self.text(entries, naming)?.ok_or_else(fault)?;
        let encrypted = self.text(entries, "enc")?.ok_or_else(fault)?;
        Ok(Recipient { kind, name: name.text, span: name.span, encrypted: encrypted.text })
    }
}

fn flag(at: Text<'_>, entries: &[Entry], key: &str) -> Result<bool, SopsError> {
    match get(entries, key).map(|node| (node, &node.content)) {
        None | Some((_, Content::Scalar(Scalar::Null, _))) => Ok(false),
        Some((_, Content::Scalar(Scalar::Bool(truth), _))) => Ok(*truth),
        Some((node, Content::Scalar(..) | Content::Map(_) | Content::List(_))) => {
            Err(at.error(node.span, wrong(key, "true or false")))
        }
    }
}

/// The rule that says which values are encrypted, of a file or of a creation rule.
pub(crate) fn read_rule(at: Text<'_>, entries: &[Entry]) -> Result<EncryptionRule, SopsError> {
    type Make = fn(&str) -> Option<EncryptionRule>;
    const RULES: [(&str, Make); 6] = [
        ("unencrypted_suffix", |text| Some(EncryptionRule::UnencryptedSuffix(text.to_owned()))),
        ("encrypted_suffix", |text| Some(EncryptionRule::EncryptedSuffix(text.to_owned()))),
        ("unencrypted_regex", |text| regex(text).map(EncryptionRule::UnencryptedRegex)),
        ("encrypted_regex", |text| regex(text).map(EncryptionRule::EncryptedRegex)),
        ("unencrypted_comment_regex", |text| regex(text).map(|_| EncryptionRule::Comments)),
        ("encrypted_comment_regex", |text| regex(text).map(|_| EncryptionRule::Comments)),
    ];
    let mut found = None;
    for (key, make) in RULES {
        let Some(node) = get(entries, key) else { continue };
        let text = match &node.content {
            Content::Scalar(Scalar::Null, _) => continue,
            Content::Scalar(Scalar::Str(text), _) if text.is_empty() => continue,
            Content::Scalar(Scalar::Str(text), _) => text,
            Content::Scalar(..) | Content::Map(_) | Content::List(_) => {
                return Err(at.error(node.span, wrong(key, "text")));
            }
        };
        if found.is_some() {
            return Err(at.error(node.span, Fault::SeveralRules));
        }
        found = Some(make(text).ok_or_else(|| at.error(node.span, Fault::BadRegex))?);
    }
    Ok(found.unwrap_or_default())
}
