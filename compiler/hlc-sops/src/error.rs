//! Why a text cannot be taken.

use std::fmt;

use hlc_diag::{Position, Span};

/// A fault with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SopsError {
    /// The bytes that are wrong.
    pub span: Span,
    /// Where they begin, as messages give it.
    pub position: Position,
    /// What is wrong with them.
    pub fault: Fault,
}

/// What can be wrong. Never holds a value of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// More bytes than [`crate::tree::MAX_BYTES`].
    TooLarge,
    /// Deeper than [`crate::tree::MAX_DEPTH`].
    TooDeep,
    /// More values than [`crate::tree::MAX_VALUES`].
    TooMany,
    /// No YAML or JSON, in the parser's words.
    Syntax(String),
    /// The file holds no map.
    NotAMap,
    /// A second document begins.
    SecondDocument,
    /// An anchor, alias or tag, which sops does not write.
    Unsupported(&'static str),
    /// A key that is not text.
    BadKey,
    /// The key stands in its map a second time.
    DuplicateKey(String),
    /// Two keys have this name once they are flattened.
    Ambiguous(String),
    /// There is no `sops` block: the file is not encrypted.
    NotEncrypted,
    /// A part of the `sops` block or of the rules is not what it should be.
    WrongShape {
        /// Its name.
        what: String,
        /// What should stand there.
        wants: &'static str,
    },
    /// The `sops` block lacks this.
    Missing(&'static str),
    /// More than one rule says what is encrypted.
    SeveralRules,
    /// A regular expression that cannot be used.
    BadRegex,
    /// Text that begins like an encrypted value and is none.
    BadValue,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "it is larger than {} MiB", crate::tree::MAX_BYTES >> 20),
            Self::TooDeep => write!(f, "it nests deeper than {} levels", crate::tree::MAX_DEPTH),
            Self::TooMany => write!(f, "it holds more than {} values", crate::tree::MAX_VALUES),
            Self::Syntax(reason) => write!(f, "it is no YAML: {reason}"),
            Self::NotAMap => f.write_str("it holds no map of names to values"),
            Self::SecondDocument => f.write_str("a second YAML document begins here"),
            Self::Unsupported(what) => write!(f, "it has {what}, which sops does not write"),
            Self::BadKey => f.write_str("a key here is not text"),
            Self::DuplicateKey(key) => write!(f, "the key `{key}` stands here a second time"),
            Self::Ambiguous(name) => write!(f, "two keys are both called `{name}`"),
            Self::NotEncrypted => f.write_str("it has no `sops` block: it is not encrypted"),
            Self::WrongShape { what, wants } => write!(f, "`{what}` has to be {wants}"),
            Self::Missing(what) => write!(f, "its `sops` block has no {what}"),
            Self::SeveralRules => f.write_str("more than one rule says which values are encrypted"),
            Self::BadRegex => f.write_str("this regular expression cannot be used"),
            Self::BadValue => f.write_str("this begins like an encrypted value and is none"),
        }
    }
}

impl fmt::Display for SopsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.position.line, self.position.column, self.fault)
    }
}

impl std::error::Error for SopsError {}

/// Gives faults their line and column.
#[derive(Clone, Copy)]
pub(crate) struct Text<'t> {
    pub(crate) file: hlc_diag::FileId,
    pub(crate) text: &'t str,
}

impl Text<'_> {
    pub(crate) fn error(self, span: Span, fault: Fault) -> SopsError {
        let before = self.text.get(..span.start as usize).unwrap_or(self.text);
        let line = before.bytes().filter(|&byte| byte == b'\n').count();
        let column = before.rsplit('\n').next().unwrap_or("").chars().count();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
        SopsError { span, position: Position { line: count(line), column: count(column) }, fault }
    }
}
