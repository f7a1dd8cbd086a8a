//! An encrypted value: `ENC[AES256_GCM,data:…,iv:…,tag:…,type:str]`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What the plain value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Text.
    Str,
    /// An integer.
    Int,
    /// Any other number.
    Float,
    /// `True` or `False`.
    Bool,
    /// Text that is perhaps no UTF-8.
    Bytes,
    /// A date, RFC 3339.
    Time,
    /// A comment in a list, which is no value.
    Comment,
}

impl ValueType {
    /// The word in the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::Int => "int",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Bytes => "bytes",
            Self::Time => "time",
            Self::Comment => "comment",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Str, Self::Int, Self::Float, Self::Bool, Self::Bytes, Self::Time, Self::Comment]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// The parts of an encrypted value.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptedValue {
    /// The ciphertext, as long as the plain value.
    pub data: Vec<u8>,
    /// The nonce.
    pub iv: Vec<u8>,
    /// The authentication tag.
    pub tag: Vec<u8>,
    /// What the plain value is.
    pub kind: ValueType,
}

impl EncryptedValue {
    /// True for a text that is meant to be an encrypted value.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.starts_with("ENC[AES256_GCM,")
    }

    /// Reads one; `None` when the text is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let inner = text.strip_prefix("ENC[AES256_GCM,data:")?.strip_suffix(']')?;
        let (data, rest) = inner.split_once(",iv:")?;
        let (iv, rest) = rest.split_once(",tag:")?;
        let (tag, kind) = rest.split_once(",type:")?;
        let bytes = |part: &str| STANDARD.decode(part).ok().filter(|bytes| !bytes.is_empty());
        Some(Self { data: bytes(data)?, iv: bytes(iv)?, tag: bytes(tag)?, kind: ValueType::parse(kind)? })
    }

    /// The text in the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let (data, iv, tag) = (STANDARD.encode(&self.data), STANDARD.encode(&self.iv), STANDARD.encode(&self.tag));
        format!("ENC[AES256_GCM,data:{data},iv:{iv},tag:{tag},type:{}]", self.kind.as_str())
    }
}

impl std::fmt::Debug for EncryptedValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EncryptedValue({})", self.kind.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reads_back() {
        let text = "ENC[AES256_GCM,data:mHeXsmQ=,iv:vUMpILz3xchORqkzDFvgwENY7EqIHHGJdEF6C8xqbFE=,tag:IroV7hykADvD0IUaq6kikA==,type:str]";
        let value = EncryptedValue::parse(text).unwrap();
        assert_eq!((value.data.len(), value.iv.len(), value.tag.len(), value.kind), (5, 32, 16, ValueType::Str));
        assert_eq!(value.to_text(), text);
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [
            "",
            "ENC[]",
            "ENC[AES256_GCM,data:,iv:,tag:,type:str]",
            "ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:x]",
        ] {
            assert!(EncryptedValue::parse(text).is_none(), "{text}");
        }
    }
}
