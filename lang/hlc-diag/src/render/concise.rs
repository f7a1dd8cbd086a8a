//! One line per finding.

use std::io;

use super::plain;
use crate::{Diagnostic, Sources};

/// Writes `path:line:column: error[HLC0601]: message` for each finding.
///
/// Line and column count from 1; the column counts Unicode scalar values.
///
/// # Errors
/// When the sink fails.
pub fn concise(out: &mut dyn io::Write, sources: &Sources, diagnostics: &[Diagnostic]) -> io::Result<()> {
    diagnostics.iter().try_for_each(|diagnostic| one(out, sources, diagnostic))
}

/// Writes the line of one finding.
pub(super) fn one(out: &mut dyn io::Write, sources: &Sources, diagnostic: &Diagnostic) -> io::Result<()> {
    let place = sources.locate(diagnostic.primary.span);
    if !place.is_empty() {
        write!(out, "{}: ", plain::line(&place))?;
    }
    writeln!(out, "{}[{}]: {}", diagnostic.severity.as_str(), diagnostic.code.id, plain::line(&diagnostic.message))
}
