//! Entries of nodes and their values.

#![expect(clippy::wildcard_enum_match_arm, reason = "most kinds of tokens are no values")]

use std::borrow::Cow;
use std::fmt;

use hlc_diag::Span;

use crate::build::StandIn;
use crate::number::Number;
use crate::string;
use crate::token::TokenKind;
use crate::tree::{Document, EntryData, NONE, Text, index};

/// A `(…)` in front of a name or a value.
///
/// Source: KDL 2.0, "Type Annotation".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation<'a> {
    /// The text, decoded.
    pub text: Cow<'a, str>,
    /// Where the text stands, within the parentheses.
    pub span: Span,
    /// From `(` to `)`.
    pub outer: Span,
}

/// The key of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<'a> {
    /// The text, decoded.
    pub text: Cow<'a, str>,
    /// Where it stands, its quotes included.
    pub span: Span,
}

/// A value, decoded when asked for.
///
/// Source: KDL 2.0, "Value".
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Text.
    String(Cow<'a, str>),
    /// A number, `#inf`, `#-inf` and `#nan` included.
    Number(Number<'a>),
    /// `#true` or `#false`.
    Bool(bool),
    /// `#null`
    Null,
}

/// How a value is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueStyle {
    /// Without quotes.
    Bare,
    /// `"…"`
    Quoted,
    /// `#"…"#`
    Raw,
    /// `"""…"""`
    Multiline,
    /// `#"""…"""#`
    RawMultiline,
    /// A number, keyword numbers apart.
    Number,
    /// A word with `#`.
    Keyword,
}

/// An argument or a property: a cheap handle into its [`Document`].
///
/// Source: KDL 2.0, "Argument" and "Property".
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    document: &'a Document,
    data: &'a EntryData,
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({:?} at {})", self.document.slice(self.span()), self.span().start)
    }
}

impl<'a> Entry<'a> {
    /// From the key or annotation to the end of the value.
    #[must_use]
    pub fn span(self) -> Span {
        self.text().spans(self.data.first, self.data.value)
    }

    /// True for an entry with a key.
    #[must_use]
    pub const fn is_property(self) -> bool {
        self.data.key != NONE
    }

    /// The key of a property; `None` for an argument.
    #[must_use]
    pub fn key(self) -> Option<Key<'a>> {
        let (token, text) = (self.data.key, self.text());
        self.is_property()
            .then(|| Key { text: string::value(text.slice(token), text.tokens.kind(token)), span: text.span(token) })
    }

    /// The `(…)` in front of the value.
    #[must_use]
    pub fn annotation(self) -> Option<Annotation<'a>> {
        let own = || self.text().annotation(self.data.first, self.data.value);
        match self.stand_in() {
            Some(stand_in) => {
                let text = Cow::Borrowed(stand_in.annotation.as_deref()?);
                let (span, outer) = own().map_or((self.value_span(), self.value_span()), |own| (own.span, own.outer));
                Some(Annotation { text, span, outer })
            }
            None if self.data.annotated => own(),
            None => None,
        }
    }

    /// The value, decoded. What was meant is given for `true`, `'text'`, `a,` and the like, which are reported.
    #[must_use]
    pub fn value(self) -> Value<'a> {
        decoded(self.raw(), self.kind())
    }

    /// Where the value stands, its quotes included, the annotation left out.
    #[must_use]
    pub fn value_span(self) -> Span {
        self.text().span(self.data.value)
    }

    /// The source text of the value, or the spelling of the one that stands in for it.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.stand_in().map_or_else(|| self.text().slice(self.data.value), |stand_in| &stand_in.raw)
    }

    /// How the value is spelled.
    #[must_use]
    pub fn style(self) -> ValueStyle {
        match self.kind() {
            TokenKind::Quoted | TokenKind::Escaped | TokenKind::BrokenString | TokenKind::ForeignQuoted => {
                ValueStyle::Quoted
            }
            TokenKind::UnclosedString => match self.raw() {
                raw if raw.starts_with("\"\"\"") => ValueStyle::Multiline,
                raw if raw.starts_with('#') => ValueStyle::Raw,
                _ => ValueStyle::Quoted,
            },
            TokenKind::Multiline => ValueStyle::Multiline,
            TokenKind::Raw => ValueStyle::Raw,
            TokenKind::RawMultiline => ValueStyle::RawMultiline,
            TokenKind::Number => ValueStyle::Number,
            TokenKind::Keyword | TokenKind::BareKeyword => ValueStyle::Keyword,
            _ => ValueStyle::Bare,
        }
    }

    /// Source offset of byte `decoded_byte` of a string value, for spans within text; its length gives the place behind
    /// the last byte. `None` past that, and within characters that stand for an escape.
    #[must_use]
    pub fn source_offset(self, decoded_byte: usize) -> Option<u32> {
        if self.stand_in().is_some() {
            return None;
        }
        let offset = string::source_offset(self.raw(), self.kind(), decoded_byte)?;
        Some(self.value_span().start.saturating_add(index(offset)))
    }

    fn text(self) -> Text<'a> {
        self.document.text_of(self.data.text)
    }

    pub(crate) fn data(self) -> EntryData {
        *self.data
    }

    pub(crate) fn stand_in(self) -> Option<&'a StandIn> {
        if self.data.stand_in == NONE { None } else { self.document.stand_ins.get(self.data.stand_in as usize) }
    }

    pub(crate) fn kind(self) -> TokenKind {
        self.stand_in().map_or_else(|| self.text().tokens.kind(self.data.value), |stand_in| stand_in.kind)
    }
}

/// The value that a spelling means.
pub(crate) fn decoded(raw: &str, kind: TokenKind) -> Value<'_> {
    match kind {
        TokenKind::Number => Value::Number(Number { raw }),
        TokenKind::Keyword | TokenKind::BareKeyword => match raw.strip_prefix('#').unwrap_or(raw) {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => Value::Number(Number { raw }),
        },
        TokenKind::OddWord => Value::String(Cow::Borrowed(raw.strip_suffix(',').unwrap_or(raw))),
        kind => Value::String(string::value(raw, kind)),
    }
}

/// Entries of one node in source order.
#[derive(Clone)]
pub struct Entries<'a> {
    document: &'a Document,
    rest: std::slice::Iter<'a, EntryData>,
}

impl<'a> Entries<'a> {
    pub(crate) fn new(document: &'a Document, first: u32, end: u32) -> Self {
        Self { document, rest: document.entries.get(first as usize..end as usize).unwrap_or_default().iter() }
    }
}

impl fmt::Debug for Entries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let document = self.document;
        self.rest.by_ref().find(|data| !data.hidden).map(|data| Entry { document, data })
    }
}

impl DoubleEndedIterator for Entries<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let document = self.document;
        self.rest.by_ref().rev().find(|data| !data.hidden).map(|data| Entry { document, data })
    }
}
