//! To be written.
mod tree;
pub use tree::OutputTree;
