//! Draws findings: one function per format, each over the same `(&Sources, &[Diagnostic])`.
//!
//! | format | function | for |
//! |---|---|---|
//! | human | [`human`], [`human_string`] | people: the source with carets, notes and helps |
//! | concise | [`concise`] | `grep`, editors' error lists: one line each |
//! | JSON | [`json`] | programs: one document |
//! | SARIF | [`sarif`] | code scanning: one log, with what is allowed |
//! | GitHub | [`github`] | workflows: annotations of a pull request |
//!
//! Findings are drawn in the order they are given. No format depends on a clock, a locale or a hash.
//!
//! Architecture invariants:
//! - Nothing here writes to a terminal; the caller brings the sink and decides about colour.
//! - Text from a source never reaches a sink raw: control characters are shown, not sent ([`plain`]).
//! - A line is never drawn whole when it is long ([`snippet`]), so that a finding in a file of one line stays readable.

mod concise;
mod github;
mod human;
mod json;
mod paint;
mod plain;
mod sarif;
mod snippet;
mod summary;

pub use codespan_reporting::term::termcolor;

pub use concise::concise;
pub use github::github;
pub use human::{human, human_string};
pub use json::json;
pub use plain::line as plain_line;
pub use sarif::sarif;
pub use summary::Summary;

#[cfg(test)]
mod tests;
