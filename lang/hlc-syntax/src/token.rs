//! Tokens: kind and start, packed into two flat arrays.

use hlc_diag::Span;

/// What a token is.
///
/// The last group holds text that KDL does not allow. Each kind covers what its author meant as one piece, so that
/// one mistake becomes one token and one report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TokenKind {
    /// Byte order mark at the start of the file.
    Bom,
    /// Spaces and tabs, and what Unicode adds to them.
    Whitespace,
    /// One newline; `CR LF` is one.
    Newline,
    /// `// …` without its newline.
    LineComment,
    /// `/* … */`, nested ones included.
    BlockComment,
    /// The `\` of a line continuation; comment and newline behind it are tokens of their own.
    Backslash,
    /// `/-`
    Slashdash,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `=`
    Equals,
    /// `;`
    Semicolon,

    /// An identifier string.
    Word,
    /// An identifier string that ends in `:`, `,` or `$`: legal, and hardly ever meant.
    OddWord,
    /// A number, keyword numbers apart.
    Number,
    /// `#true`, `#false`, `#null`, `#inf`, `#-inf`, `#nan`
    Keyword,
    /// `"…"` without a backslash.
    Quoted,
    /// `"…"` with a backslash.
    Escaped,
    /// `"""…"""`
    Multiline,
    /// `#"…"#`
    Raw,
    /// `#"""…"""#`
    RawMultiline,

    /// `true`, `false`, `null`, `inf`, `-inf`, `nan` without `#`.
    BareKeyword,
    /// A word that begins like a number and is none, such as `10Gi` or `.5`.
    NumberLike,
    /// A word with `/`, `\`, `#`, `[` or `]` in it, such as `nvidia.com/gpu`.
    BrokenWord,
    /// `#` and a word that is no keyword.
    UnknownKeyword,
    /// `# …` to the end of the line.
    HashComment,
    /// Text in `'…'`, `“…”` or the like.
    ForeignQuoted,
    /// `[…]` on one line.
    BracketList,
    /// `"…"` over several lines.
    BrokenString,
    /// A string without its end.
    UnclosedString,
    /// A `/*` comment without its end.
    UnclosedComment,
    /// Any other character.
    Stray,

    /// Behind the last byte.
    Eof,
}

impl TokenKind {
    /// True for white space, newlines and comments: what stands between the parts of a document.
    #[must_use]
    pub const fn is_trivia(self) -> bool {
        matches!(
            self,
            Self::Bom
                | Self::Whitespace
                | Self::Newline
                | Self::LineComment
                | Self::BlockComment
                | Self::Backslash
                | Self::HashComment
                | Self::UnclosedComment
        )
    }

    /// True for comments, those of other languages included; slashdash is none.
    #[must_use]
    pub const fn is_comment(self) -> bool {
        matches!(self, Self::LineComment | Self::BlockComment | Self::HashComment | Self::UnclosedComment)
    }

    /// True for everything that can stand for a string, what is merely meant as one included.
    #[must_use]
    pub const fn is_string(self) -> bool {
        matches!(
            self,
            Self::Word
                | Self::OddWord
                | Self::Quoted
                | Self::Escaped
                | Self::Multiline
                | Self::Raw
                | Self::RawMultiline
                | Self::BareKeyword
                | Self::NumberLike
                | Self::BrokenWord
                | Self::ForeignQuoted
                | Self::BrokenString
                | Self::UnclosedString
        )
    }

    /// True for everything that can stand for a value.
    #[must_use]
    pub const fn is_value(self) -> bool {
        self.is_string() || matches!(self, Self::Number | Self::Keyword | Self::UnknownKeyword | Self::BracketList)
    }

    /// True for values that no rule can be broken with.
    #[inline]
    pub(crate) const fn is_sound_value(self) -> bool {
        matches!(self, Self::Word | Self::Number | Self::Keyword | Self::Quoted | Self::Raw)
    }
}

/// One token with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes; never empty.
    pub span: Span,
}

/// All tokens of a file. A token ends where the next one starts; the last entry is [`TokenKind::Eof`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens {
    kinds: Vec<TokenKind>,
    starts: Vec<u32>,
}

impl Tokens {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { kinds: Vec::with_capacity(capacity), starts: Vec::with_capacity(capacity) }
    }

    #[inline]
    pub(crate) fn push(&mut self, kind: TokenKind, start: u32) {
        self.kinds.push(kind);
        self.starts.push(start);
    }

    pub(crate) fn shrink(&mut self) {
        self.kinds.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    #[inline]
    pub(crate) fn kind(&self, index: u32) -> TokenKind {
        self.kinds.get(index as usize).copied().unwrap_or(TokenKind::Eof)
    }

    #[inline]
    pub(crate) fn start(&self, index: u32) -> u32 {
        self.starts.get(index as usize).or(self.starts.last()).copied().unwrap_or(0)
    }

    #[inline]
    pub(crate) fn end(&self, index: u32) -> u32 {
        self.start(index.saturating_add(1))
    }

    /// Number of tokens, the end of the file left out.
    #[inline]
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.kinds.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The token that contains an offset.
    pub(crate) fn at(&self, offset: u32) -> u32 {
        let after = self.starts.partition_point(|&start| start <= offset);
        u32::try_from(after.saturating_sub(1)).unwrap_or(u32::MAX)
    }
}
