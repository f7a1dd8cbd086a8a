//! Whole numbers.

use super::{Mismatch, Scalar};
use crate::{DataValue, TypeDecl};

/// The whole number in a value, if it fits.
fn whole<T: TryFrom<i128>>(value: &DataValue, most: &str) -> Result<T, Mismatch> {
    match value {
        DataValue::Integer(number) => T::try_from(number.get())
            .map_err(|_| Mismatch { reason: Some(format!("it has to be between 0 and {most}")), instead: None }),
        DataValue::String(text) => Err(Mismatch {
            instead: text.parse::<i128>().ok().filter(|number| T::try_from(*number).is_ok()).map(|n| n.to_string()),
            reason: None,
        }),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Float(_)
        | DataValue::List(_)
        | DataValue::Map(_)
        | DataValue::Deferred(_) => Err(Mismatch::default()),
    }
}

impl Scalar for u32 {
    const TYPE: TypeDecl = TypeDecl::new("whole number", "a whole number such as `4`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        whole(value, "4294967295")
    }

    fn to_value(&self) -> DataValue {
        DataValue::integer(i128::from(*self))
    }
}

impl Scalar for u16 {
    const TYPE: TypeDecl = TypeDecl::new("whole number", "a whole number such as `10`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        whole(value, "65535")
    }

    fn to_value(&self) -> DataValue {
        DataValue::integer(i128::from(*self))
    }
}

impl Scalar for u8 {
    const TYPE: TypeDecl = TypeDecl::new("whole number", "a whole number between 0 and 255");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        whole(value, "255")
    }

    fn to_value(&self) -> DataValue {
        DataValue::integer(i128::from(*self))
    }
}
