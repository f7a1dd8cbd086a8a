//! AES-256-GCM as sops uses it: a nonce of 32 bytes, the path of the value as additional data.

use aes_gcm::aead::consts::{U12, U32};
use aes_gcm::aead::generic_array::GenericArray;
use aes_gcm::aead::rand_core::RngCore as _;
use aes_gcm::aead::{AeadInPlace as _, KeyInit as _, OsRng};
use aes_gcm::aes::Aes256;
use aes_gcm::{AesGcm, Tag};
use hlc_sops::{EncryptedValue, ValueType};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Length of the key, in bytes.
pub(crate) const KEY: usize = 32;
const NONCE: usize = 32;
const TAG: usize = 16;

/// The key that the values of one file are encrypted with.
pub(crate) struct DataKey(Zeroizing<[u8; KEY]>);

impl DataKey {
    /// Takes a key; `None` when its length is wrong.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        <[u8; KEY]>::try_from(bytes).ok().map(|key| Self(Zeroizing::new(key)))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Decrypts a value; `None` when it, its tag or its place is not what was encrypted.
    pub(crate) fn open(&self, value: &EncryptedValue, place: &str) -> Option<Secret> {
        if value.tag.len() != TAG {
            return None;
        }
        let key = GenericArray::from_slice(self.bytes());
        let tag = Tag::from_slice(&value.tag);
        let mut plain = value.data.clone();
        let opened = match value.iv.len() {
            NONCE => AesGcm::<Aes256, U32>::new(key).decrypt_in_place_detached(
                GenericArray::from_slice(&value.iv),
                place.as_bytes(),
                &mut plain,
                tag,
            ),
            12 => AesGcm::<Aes256, U12>::new(key).decrypt_in_place_detached(
                GenericArray::from_slice(&value.iv),
                place.as_bytes(),
                &mut plain,
                tag,
            ),
            _ => return None,
        };
        opened.ok().map(|()| Secret::new(plain))
    }

    /// Encrypts a value for its place; `None` for an empty value, which sops leaves as it is, and past the cipher's limit of
    /// 64 GiB.
    pub(crate) fn seal(&self, plain: &[u8], kind: ValueType, place: &str) -> Option<EncryptedValue> {
        if plain.is_empty() {
            return None;
        }
        let mut iv = vec![0; NONCE];
        OsRng.fill_bytes(&mut iv);
        let cipher = AesGcm::<Aes256, U32>::new(GenericArray::from_slice(self.bytes()));
        let mut data = plain.to_vec();
        let tag =
            cipher.encrypt_in_place_detached(GenericArray::from_slice(&iv), place.as_bytes(), &mut data).ok()?.to_vec();
        Some(EncryptedValue { data, iv, tag, kind })
    }
}

/// What a value is bound to: the keys that lead to it, each with a colon behind.
pub(crate) fn place<K: AsRef<str>>(path: &[K]) -> String {
    path.iter().flat_map(|key| [key.as_ref(), ":"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_at_its_place_only() {
        let key = DataKey::new(&[7; KEY]).unwrap();
        let sealed = key.seal(b"hunter2", ValueType::Str, "a:b:").unwrap();
        assert_eq!(key.open(&sealed, "a:b:").unwrap().expose(), b"hunter2");
        assert!(key.open(&sealed, "a:c:").is_none());
        assert!(DataKey::new(&[8; KEY]).unwrap().open(&sealed, "a:b:").is_none());
        for part in 0..3 {
            let mut broken = sealed.clone();
            let bytes = [&mut broken.data, &mut broken.iv, &mut broken.tag].into_iter().nth(part).unwrap();
            bytes[0] ^= 1;
            assert!(key.open(&broken, "a:b:").is_none());
        }
        assert!(key.open(&EncryptedValue { iv: vec![0; 5], ..sealed.clone() }, "a:b:").is_none());
        assert!(key.open(&EncryptedValue { tag: vec![0; 5], ..sealed }, "a:b:").is_none());
    }
}
