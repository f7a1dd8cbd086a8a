//! Data as JSON values.

use hlc_schema::{Data, DataValue};
use serde_json::{Map, Number, Value};

/// The JSON value of data; places are lost, the order of keys is kept only if `serde_json` keeps it.
///
/// Whole numbers stay whole, `1.0` stays a decimal number. What is not known yet becomes the text that plans show for it.
#[must_use]
pub fn data_to_json(data: &Data) -> Value {
    match &data.value {
        DataValue::Null => Value::Null,
        DataValue::Bool(value) => Value::Bool(*value),
        DataValue::Integer(value) => Number::from_i128(value.get()).map_or(Value::Null, Value::Number),
        DataValue::Float(value) => Number::from_f64(value.value()).map_or(Value::Null, Value::Number),
        DataValue::String(text) => Value::String(text.as_str().to_owned()),
        DataValue::Deferred(later) => Value::String(later.to_string()),
        DataValue::List(items) => Value::Array(items.iter().map(data_to_json).collect()),
        DataValue::Map(map) => Value::Object(
            map.iter().map(|(key, entry)| (key.to_owned(), data_to_json(&entry.value))).collect::<Map<_, _>>(),
        ),
    }
}
