//! The checksum over all values: SHA-512 of the plain values in the order of the file, encrypted with the time of the
//! last change as its place.

use hlc_sops::rule::Wanted;
use hlc_sops::scalar::{Scalar, float_text};
use hlc_sops::{EncryptedValue, SopsFile, ValueType, leaves};
use sha2::{Digest as _, Sha512};
use zeroize::Zeroizing;

use crate::cipher::{DataKey, place};
use crate::error::OpenError;
use crate::secret::Secret;

/// What the hash starts with when plain values take no part, so that the two kinds of checksum never agree: SHA-256 of `sops`.
const ENCRYPTED_ONLY: [u8; 32] = [
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b, 0x0b, 0x97, 0x5b,
    0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
];

/// A value with its flattened name.
pub(crate) struct Plain {
    pub(crate) name: String,
    pub(crate) value: Secret,
    /// What an encrypted value is; `None` for one that is written out.
    pub(crate) kind: Option<ValueType>,
}

/// Decrypts every value, and hashes them as sops does.
pub(crate) fn decrypt(file: &SopsFile, key: &DataKey) -> Result<(Vec<Plain>, Secret), OpenError> {
    let mut hash = Sha512::new();
    let only_encrypted = file.metadata.mac_only_encrypted;
    if only_encrypted {
        hash.update(ENCRYPTED_ONLY);
    }
    let mut values = Vec::new();
    for leaf in leaves(&file.entries) {
        let wanted = file.metadata.rule.wants(&leaf.path);
        let encrypted = match leaf.scalar {
            Scalar::Str(text) if EncryptedValue::is_meant(text) && wanted != Wanted::Plain => {
                Some(EncryptedValue::parse(text).ok_or_else(|| OpenError::BadValue(leaf.name.clone()))?)
            }
            Scalar::Str(_) | Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_) | Scalar::Time(_) | Scalar::Null => {
                None
            }
        };
        if let Some(encrypted) = encrypted {
            let bad = || OpenError::BadValue(leaf.name.clone());
            let value = key.open(&encrypted, &place(&leaf.path)).ok_or_else(bad)?;
            if encrypted.kind == ValueType::Comment {
                continue;
            }
            hash.update(&*hashed(&value, encrypted.kind).ok_or_else(bad)?);
            values.push(Plain { name: leaf.name, value, kind: Some(encrypted.kind) });
            continue;
        }
        let Some(bytes) = leaf.scalar.to_bytes() else { continue };
        if wanted == Wanted::Encrypted && !bytes.is_empty() {
            return Err(OpenError::PlainValue(leaf.name));
        }
        if !only_encrypted {
            hash.update(&bytes);
        }
        values.push(Plain { name: leaf.name, value: Secret::new(bytes), kind: None });
    }
    let sum = hash.finalize().iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    Ok((values, Secret::from(sum)))
}

/// What sops hashes for a value: text as it is, numbers and truths in their usual form.
fn hashed(value: &Secret, kind: ValueType) -> Option<Zeroizing<Vec<u8>>> {
    let text = || std::str::from_utf8(value.expose()).ok();
    let bytes = match kind {
        ValueType::Str | ValueType::Bytes | ValueType::Time | ValueType::Comment => value.expose().to_vec(),
        ValueType::Int => text()?.parse::<i64>().ok()?.to_string().into_bytes(),
        ValueType::Float => float_text(text()?.parse().ok()?).into_bytes(),
        ValueType::Bool => match text()? {
            "1" | "t" | "T" | "TRUE" | "true" | "True" => b"True".to_vec(),
            "0" | "f" | "F" | "FALSE" | "false" | "False" => b"False".to_vec(),
            _ => return None,
        },
    };
    Some(Zeroizing::new(bytes))
}

/// Compares a file's checksum with that of its values.
pub(crate) fn verify(file: &SopsFile, key: &DataKey, sum: &Secret) -> Result<(), OpenError> {
    let mac = file.metadata.mac.as_ref().ok_or(OpenError::NoMac)?;
    let mac = EncryptedValue::parse(&mac.text).ok_or(OpenError::MacMismatch)?;
    let stated = key.open(&mac, &file.metadata.lastmodified.text).ok_or(OpenError::MacMismatch)?;
    if stated.expose() == sum.expose() { Ok(()) } else { Err(OpenError::MacMismatch) }
}

/// The checksum as it stands in a file that was changed at `time`.
pub(crate) fn seal(sum: &Secret, key: &DataKey, time: &str) -> Option<EncryptedValue> {
    key.seal(sum.expose(), ValueType::Str, time)
}
