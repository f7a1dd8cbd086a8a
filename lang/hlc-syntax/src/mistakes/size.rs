//! Texts that are too large.

use hlc_diag::{Code, Diagnostic, FileId, Severity, Span};

/// A text is too large to be read.
pub(crate) static TOO_LARGE: Code = Code {
    id: "HLC0038",
    name: "file-size",
    severity: Severity::Error,
    summary: "a file of 4 GiB or more",
    explain: "Places in a file are kept in 32 bits, so that a file has to be smaller than 4 GiB. No homelab is that large: most \
              likely an `include` matches a file that is none of its sources.",
    bad: "",
    good: "",
};

pub(crate) fn too_large(file: FileId) -> Diagnostic {
    Diagnostic::new(&TOO_LARGE, Span::new(file, 0, 0), "the file has 4 GiB or more, and nothing in it was read")
        .help("leave it out of the `include`, or take it apart")
}
