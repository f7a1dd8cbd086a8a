//! What the fields of resource kinds can be.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use hlc_diag::Span;
use hlc_schema::{Data, DataValue, Map, Scalar, Spanned};

use crate::{Address, Input};

/// A value that a planned resource can carry.
pub trait Property {
    /// The value as data, placed at `at` unless it has a place of its own; `None` when it is absent.
    fn into_data(self, at: Span) -> Option<Data>;
}

impl<T: Scalar> Property for Input<T> {
    fn into_data(self, _: Span) -> Option<Data> {
        Some(match self.into_parts() {
            (Ok(value), span) => Data::new(value.to_value(), span),
            (Err(later), span) => Data::deferred(later, span),
        })
    }
}

impl<T: Scalar> Property for Spanned<T> {
    fn into_data(self, _: Span) -> Option<Data> {
        Some(Data::new(self.value.to_value(), self.span))
    }
}

impl Property for Data {
    fn into_data(self, _: Span) -> Option<Data> {
        Some(self)
    }
}

impl<P: Property> Property for Option<P> {
    fn into_data(self, at: Span) -> Option<Data> {
        self.and_then(|value| value.into_data(at))
    }
}

impl<P: Property> Property for Vec<P> {
    fn into_data(self, at: Span) -> Option<Data> {
        Some(Data::list(self.into_iter().filter_map(|item| item.into_data(at)).collect(), at))
    }
}

impl<P: Property> Property for BTreeMap<String, P> {
    fn into_data(self, at: Span) -> Option<Data> {
        let mut map = Map::new();
        for (key, value) in self {
            if let Some(value) = value.into_data(at) {
                map.insert(key, value.span, value);
            }
        }
        Some(Data::new(DataValue::Map(map), at))
    }
}

impl Property for Address {
    fn into_data(self, at: Span) -> Option<Data> {
        Some(Data::string(self.as_str(), at))
    }
}

impl Property for String {
    fn into_data(self, at: Span) -> Option<Data> {
        Some(Data::string(self, at))
    }
}

impl Property for &str {
    fn into_data(self, at: Span) -> Option<Data> {
        Some(Data::string(self, at))
    }
}

impl Property for bool {
    fn into_data(self, at: Span) -> Option<Data> {
        Some(Data::bool(self, at))
    }
}

/// Whole numbers.
macro_rules! whole {
    ($($number:ty),*) => {
        $(impl Property for $number {
            fn into_data(self, at: Span) -> Option<Data> {
                Some(Data::integer(self, at))
            }
        })*
    };
}
whole!(u8, u16, u32, u64, i32, i64);

impl Property for Ipv4Addr {
    fn into_data(self, at: Span) -> Option<Data> {
        Some(Data::string(self.to_string(), at))
    }
}

impl Property for Ipv6Addr {
    fn into_data(self, at: Span) -> Option<Data> {
        Some(Data::string(self.to_string(), at))
    }
}
