//! What to say of a name that nothing has.

use hlc_diag::{Diagnostic, Span};
use hlc_schema::Data;
use hlc_schema::suggest::nearest;

/// Says what was likely meant by a name; without anything alike, `otherwise`.
pub(super) fn meant<'c>(
    found: Diagnostic,
    written: &Data,
    candidates: impl IntoIterator<Item = (&'c str, Span)>,
    otherwise: impl Into<String>,
) -> Diagnostic {
    let candidates: Vec<_> = candidates.into_iter().collect();
    let text = written.as_str().unwrap_or_default();
    let Some(name) = nearest(text, candidates.iter().map(|(name, _)| *name)) else { return found.help(otherwise) };
    let declared = candidates.iter().find(|(candidate, _)| *candidate == name).map_or(written.span, |(_, span)| *span);
    let found = if declared == written.span { found } else { found.label(declared, "this one is here") };
    found.help(format!("did you mean `{name}`?")).suggest(
        format!("write `{name}`"),
        written.span,
        format!("\"{name}\""),
    )
}
