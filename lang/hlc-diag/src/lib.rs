//! Where text comes from and what is wrong with it.
//!
//! A [`Diagnostic`] is data: what is wrong ([`Code`] and message), where ([`Span`]s), why it matters and what to do
//! (notes, helps, fixes). Renderers in [`render`] draw it; nothing else in the project formats findings.
//!
//! Architecture invariants:
//! - Nothing here reads files, prints, or knows KDL.
//! - There is no central enum of errors. A [`Code`] is a `static` in the file that detects it; registries are slices.
//!
//! Start reading at [`Diagnostic`], then [`Sources`].

mod code;
mod diagnostic;
mod expansion;
pub mod fix;
pub mod render;
mod source;

pub use code::Code;
pub use diagnostic::{Allowed, Diagnostic, Edit, Fix, Label, Severity};
pub use expansion::{Expansion, StandIn};
pub use source::{FileId, LineCol, Position, SourceFile, Sources, Span};
