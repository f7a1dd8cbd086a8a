//! How many findings there are.

use std::fmt;

use crate::{Diagnostic, Severity, Sources};

/// The number of findings of each severity; as text: `2 errors, 1 warning in 5 files`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Findings that keep anything from being written.
    pub errors: usize,
    /// Findings that are probably mistakes.
    pub warnings: usize,
    /// Findings that change no exit code.
    pub hints: usize,
    /// Files that were read.
    pub files: usize,
}

impl Summary {
    /// Counts findings.
    #[must_use]
    pub fn of(sources: &Sources, diagnostics: &[Diagnostic]) -> Self {
        let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            hints: count(Severity::Hint),
            files: sources.iter().count(),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [(self.errors, "error"), (self.warnings, "warning"), (self.hints, "hint")];
        let mut first = true;
        for (count, noun) in counts {
            if count > 0 {
                let comma = if first { "" } else { ", " };
                write!(f, "{comma}{}", Counted(count, noun))?;
                first = false;
            }
        }
        if first {
            f.write_str("no findings")?;
        }
        write!(f, " in {}", Counted(self.files, "file"))
    }
}

struct Counted(usize, &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, noun) = self;
        write!(f, "{count} {noun}{}", if *count == 1 { "" } else { "s" })
    }
}
