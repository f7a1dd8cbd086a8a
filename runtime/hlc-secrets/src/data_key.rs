//! The data key of a file, out of what its recipients can open.

use std::io::Read as _;

use age::armor::ArmoredReader;
use hlc_sops::{Metadata, Recipient, RecipientKind};
use zeroize::Zeroizing;

use crate::cipher::{DataKey, KEY};
use crate::error::OpenError;
use crate::identity::Identities;
use crate::shamir;

/// The data key, with the keys at hand.
pub(crate) fn recover(metadata: &Metadata, identities: &Identities) -> Result<DataKey, OpenError> {
    let parts: Vec<_> = metadata.groups.iter().filter_map(|group| open_group(group, identities)).collect();
    let key = if metadata.groups.len() < 2 {
        parts.into_iter().next().ok_or_else(|| {
            let recipients = metadata.recipients().map(|recipient| recipient.name.clone()).collect();
            OpenError::no_key(identities, recipients)
        })?
    } else {
        let needed = metadata.threshold.unwrap_or(metadata.groups.len());
        if parts.len() < needed {
            return Err(OpenError::TooFewGroups { opened: parts.len(), needed, looked: identities.looked() });
        }
        shamir::combine(&parts).ok_or(OpenError::BadDataKey)?
    };
    DataKey::new(&key).ok_or(OpenError::BadDataKey)
}

/// What a group has: the first of its age recipients that opens.
fn open_group(group: &[Recipient], identities: &Identities) -> Option<Zeroizing<Vec<u8>>> {
    group
        .iter()
        .filter(|recipient| recipient.kind == RecipientKind::Age)
        .find_map(|recipient| open_age(recipient.encrypted.as_bytes(), identities))
}

fn open_age(encrypted: &[u8], identities: &Identities) -> Option<Zeroizing<Vec<u8>>> {
    let decryptor = age::Decryptor::new(ArmoredReader::new(encrypted)).ok()?;
    let reader = decryptor.decrypt(identities.iter()).ok()?;
    // A key, or a part of one with its x; what is longer is neither.
    let mut plain = Zeroizing::new(Vec::with_capacity(KEY + 2));
    reader.take(KEY as u64 + 2).read_to_end(&mut plain).ok()?;
    Some(plain)
}
