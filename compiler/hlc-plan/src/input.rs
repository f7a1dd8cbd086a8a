//! Typed values of planned resources.

use hlc_diag::Span;
use hlc_schema::{Deferred, Spanned};

/// A typed value of a planned resource: known now, or only while the plan is carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Input<T> {
    value: State<T>,
    span: Span,
}

#[derive(Clone, Debug, PartialEq)]
enum State<T> {
    Known(T),
    Later(Deferred),
}

impl<T> Input<T> {
    /// A value that is known.
    #[must_use]
    pub const fn known(value: T, span: Span) -> Self {
        Self { value: State::Known(value), span }
    }

    /// A value that is not known yet.
    #[must_use]
    pub const fn later(value: Deferred, span: Span) -> Self {
        Self { value: State::Later(value), span }
    }

    /// The value, if it is known.
    #[must_use]
    pub const fn as_known(&self) -> Option<&T> {
        match &self.value {
            State::Known(value) => Some(value),
            State::Later(_) => None,
        }
    }

    /// What it will be known from, if it is not known yet.
    #[must_use]
    pub const fn as_later(&self) -> Option<&Deferred> {
        match &self.value {
            State::Known(_) => None,
            State::Later(later) => Some(later),
        }
    }

    /// Where it is written.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The same place with the known value made into another.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Input<U> {
        let value = match self.value {
            State::Known(value) => State::Known(change(value)),
            State::Later(later) => State::Later(later),
        };
        Input { value, span: self.span }
    }

    /// Value and place.
    pub(crate) fn into_parts(self) -> (Result<T, Deferred>, Span) {
        let value = match self.value {
            State::Known(value) => Ok(value),
            State::Later(later) => Err(later),
        };
        (value, self.span)
    }
}

impl<T> From<Spanned<T>> for Input<T> {
    fn from(value: Spanned<T>) -> Self {
        Self::known(value.value, value.span)
    }
}

impl<T: Clone> From<&Spanned<T>> for Input<T> {
    fn from(value: &Spanned<T>) -> Self {
        Self::known(value.value.clone(), value.span)
    }
}
