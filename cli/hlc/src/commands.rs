//! One file per command.

pub(crate) mod audit;
pub(crate) mod build;
pub(crate) mod charts;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod fmt;
pub(crate) mod graph;
pub(crate) mod import;
pub(crate) mod lsp;
pub(crate) mod new;
mod plan_json;
pub(crate) mod publish;
pub(crate) mod secrets;
pub(crate) mod stack;
pub(crate) mod trace;
