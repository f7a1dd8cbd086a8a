//! What holds for the repository as a whole: which crate may depend on which, and what the pure ones may use.
//!
//! Tests of the program itself stand beside it (`cli/hlc/tests`), where cargo gives them the binary.

use std::path::{Path, PathBuf};

/// The repository's folder.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap_or_default()
}
