//! To be written.
mod data;
pub use data::{Data, DataValue, Map, MapEntry};
