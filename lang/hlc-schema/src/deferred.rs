//! Values that are only known while a plan is carried out.

use std::fmt;

/// What stands in the place of a value that the compiler does not know: a secret, or something an API will answer.
///
/// Never in a manifest: resolving refuses it there. In a plan it is carried along as what it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Deferred {
    /// One value of whatever type it will have.
    One(Later),
    /// Text with at least one part that is not known yet. Secret as a whole when one of its parts is.
    Text(Vec<Piece>),
}

/// One value that is known later.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Later {
    /// The value of this key in the SOPS file.
    Secret(String),
    /// What a planned resource has once it exists.
    Output {
        /// The resource's address.
        address: String,
        /// Which of its outputs.
        name: String,
    },
}

/// A part of a [`Deferred::Text`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Piece {
    /// Text that is known.
    Text(String),
    /// Text that is not.
    Later {
        /// The value.
        value: Later,
        /// True when it is to be percent-encoded (RFC 3986) before it is put in.
        url: bool,
    },
}

impl Deferred {
    /// A secret.
    #[must_use]
    pub fn secret(key: impl Into<String>) -> Self {
        Self::One(Later::Secret(key.into()))
    }

    /// An output of a resource.
    #[must_use]
    pub fn output(address: impl Into<String>, name: impl Into<String>) -> Self {
        Self::One(Later::Output { address: address.into(), name: name.into() })
    }

    /// Everything that has to be known before the value is.
    pub fn parts(&self) -> impl Iterator<Item = &Later> {
        let (one, pieces): (_, &[Piece]) = match self {
            Self::One(later) => (Some(later), &[]),
            Self::Text(pieces) => (None, pieces),
        };
        one.into_iter().chain(pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Later { value, .. } => Some(value),
        }))
    }
}

/// As it is shown in plans: `(secret)HCLOUD_TOKEN`, `(output)hetzner/server.edge#ipv4`.
impl fmt::Display for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(key) => write!(f, "(secret){key}"),
            Self::Output { address, name } => write!(f, "(output){address}#{name}"),
        }
    }
}

impl fmt::Display for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(later) => later.fmt(f),
            Self::Text(pieces) => pieces.iter().try_for_each(|piece| match piece {
                Piece::Text(text) => f.write_str(text),
                Piece::Later { value, url } => write!(f, "{{{value}{}}}", if *url { "|url" } else { "" }),
            }),
        }
    }
}
