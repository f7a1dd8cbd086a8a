//! Text that looks as if it were meant to hold a reference.

use hlc_diag::{Diagnostic, Span};

use super::codes::NO_FMT;
use super::target::is_referable;
use super::{DataValue, Resolver};

impl Resolver<'_> {
    /// Warns of `"{network.lan.cidr}"` without `(fmt)`, which goes out as it stands.
    pub(super) fn look_at_literal(&self, value: &DataValue, span: Span) {
        let DataValue::String(text) = value else { return };
        let Some(path) = text.split('{').skip(1).find_map(|rest| path_in(rest.split_once('}')?.0)) else { return };
        let start = Span { end: span.start, ..span };
        self.report(
            Diagnostic::new(&NO_FMT, span, format!("`{{{path}}}` goes out as it stands"))
                .here("only a `(fmt)` text is looked into")
                .help("write `(fmt)` before the text to put the value in")
                .suggest("write `(fmt)` before the text", start, "(fmt)"),
        );
    }
}

/// The path between two braces, if it begins with something that can be referred to.
fn path_in(inner: &str) -> Option<&str> {
    let path = inner.split_once('|').map_or(inner, |(path, _)| path);
    let (kind, rest) = path.split_once('.')?;
    let word =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    (is_referable(kind) && word(rest)).then_some(path)
}
