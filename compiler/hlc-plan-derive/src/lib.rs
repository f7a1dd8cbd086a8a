//! `#[derive(Kind)]` and `#[derive(Part)]`: resource kinds of the plan, made from Rust types.
//!
//! The macros only translate: doc comments, names and change semantics of a struct become a `KindDecl`, and its values become
//! data. What a change means is decided in hlc-plan.

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

mod kind;

/// Declares a resource kind.
///
/// On the struct: `#[kind(name = "record", stack = Cloudflare, identity = "…", outputs = OUTPUTS, protected, create_first)]`; the
/// doc comment becomes the kind's documentation. On each field `#[change(update)]`, and with it `secret` for what must never be
/// shown: one of
/// - `identity`: what the object is found by; another value is another resource,
/// - `update`: changed in place, `restart`: changed in place with an interruption,
/// - `grow`: larger in place, smaller only in a new object,
/// - `replace`: only a new object can have another value,
/// - `create`: used when the object is made, left alone afterwards.
///
/// Beside it may stand `secret`, when none of the field is ever shown, or `secrets`, when parts of it may be secret. Without one
/// of them no secret may stand in the field.
///
/// A field's type implements `Property`: `Input<T>` for what may be known later, `Option`, `Vec` and `BTreeMap` of such, plain
/// values, `Data`, and structs with `#[derive(Part)]`.
#[proc_macro_derive(Kind, attributes(kind, change))]
pub fn derive_kind(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    kind::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Declares a part of a resource kind: a struct that becomes a map.
#[proc_macro_derive(Part)]
pub fn derive_part(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    kind::expand_part(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
