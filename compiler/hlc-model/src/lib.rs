//! To be written.
mod inputs;
pub use inputs::{DirEntry, InputError, Inputs, MemoryInputs};

/// What came of compiling a project.
pub struct Compilation {
    /// Every file that was read.
    pub sources: hlc_diag::Sources,
    /// All findings, ordered by file and place.
    pub diagnostics: Vec<hlc_diag::Diagnostic>,
    /// What should exist; `None` when an error stands.
    pub plan: Option<hlc_plan::Plan>,
}

/// Compiles the project whose root file is `root` (`homelab.kdl`).
#[must_use]
pub fn compile(_inputs: &dyn Inputs, _root: &str) -> Compilation {
    Compilation { sources: hlc_diag::Sources::default(), diagnostics: Vec::new(), plan: None }
}

/// Every kind of finding the compiler can report, ordered by id.
#[must_use]
pub fn codes() -> Vec<&'static hlc_diag::Code> {
    Vec::new()
}
