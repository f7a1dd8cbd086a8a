//! What is to be done, decided of a kind that has every sort of property.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::large_enum_variant,
    reason = "a test may stop"
)]

mod kind;
mod properties;
mod render;
mod saved;
mod scope;
mod table;
