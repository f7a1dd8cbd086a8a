//! What nodes of the language look like, declared once.
//!
//! A typed node is a struct with `#[derive(Node)]`. The derive turns its doc comments, field names and field types into a
//! [`NodeDecl`], which decoding, `hlc explain`, the reference pages and the editor all read; nobody keeps a second list.
//!
//! - [`Node`] is what the derive implements, [`Setting`] what a field's type can be, [`Scalar`] what one value can be.
//! - [`Def`] declares a name, [`Ref`] refers to one; the compiler checks them all in one pass.
//! - [`Free`] is a block whose keys belong to somebody else (Kubernetes, a chart); [`Data`] is what it means once its
//!   references are resolved.
//!
//! Architecture invariants:
//! - Pure: text in, values and findings out. Nothing here knows a concept of the homelab by name.
//! - A schema checks, it never decides: free data means the same with and without a schema for it.
//! - Decoding never stops at the first finding, and never gives out a value it had to invent.
//!
//! Start reading at [`decl`], then [`decode`].

extern crate self as hlc_schema;

mod data;
pub mod decl;
pub mod decode;
mod deferred;
pub mod expr;
mod float;
pub mod free;
mod integer;
mod keyed;
pub mod name;
mod order;
pub mod scalar;
pub mod setting;
pub mod suggest;

pub use data::{Data, DataValue, Map, MapEntry, Text};
pub use decl::{AttrDecl, FieldDecl, FieldKind, NodeDecl, TypeDecl};
pub use decode::{Base, Cx, Inherited, Node, Source};
pub use deferred::{Deferred, Later, Piece};
pub use expr::{Expr, RefPath, SecretKey, SecretUse, Sensitive, Template};
pub use float::Float;
pub use free::{Free, FreeBlock, Layers, ObjectNode};
pub use hlc_schema_derive::{Choice, Node};
pub use integer::Integer;
pub use keyed::{Kept, Key};
pub use name::{Concept, Def, NameRule, NameUse, Ref, Scope, ScopeId};
pub use order::DeclOrder;
pub use scalar::{Scalar, Spanned};
pub use setting::Setting;

/// Every finding this crate can report, ordered by id.
#[must_use]
pub fn codes() -> Vec<&'static hlc_diag::Code> {
    let mut codes: Vec<_> =
        decode::codes().chain(scalar::CODES).chain(expr::CODES).chain(free::CODES).copied().collect();
    codes.sort_by_key(|code| code.id);
    codes
}
