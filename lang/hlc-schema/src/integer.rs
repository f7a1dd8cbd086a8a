//! Whole numbers that take no more room than text.

use std::fmt;

/// A whole number between -2^63 and 2^64-1.
///
/// An `i128` asks to lie at multiples of sixteen bytes, and everything that holds one asks for the same: memory for data
/// would have to be asked for in a slower way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(Rust, packed(8))]
pub struct Integer(i128);

impl Integer {
    /// A number.
    #[must_use]
    pub const fn new(value: i128) -> Self {
        Self(value)
    }

    /// Its value.
    #[must_use]
    pub const fn get(self) -> i128 {
        self.0
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl fmt::Debug for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
