//! Applying fixes to text.

use crate::{Diagnostic, Edit, FileId};

/// The edits of a file's safe fixes, in the order of the text. Of each finding the first safe fix is taken, whole or not
/// at all; a fix that touches what an earlier one changes is left for the next round, as is one that reaches into another
/// file.
#[must_use]
pub fn safe_edits(diagnostics: &[Diagnostic], file: FileId) -> Vec<&Edit> {
    let mut taken: Vec<&Edit> = Vec::new();
    for found in diagnostics {
        let Some(fix) = found.fixes.iter().find(|fix| fix.safe) else { continue };
        let fits = |edit: &Edit| {
            let apart = |other: &&Edit| edit.span.end < other.span.start || other.span.end < edit.span.start;
            edit.span.file == file && taken.iter().all(apart)
        };
        if fix.edits.iter().all(fits) {
            taken.extend(&fix.edits);
        }
    }
    taken.sort_by_key(|edit| edit.span);
    taken
}

/// The text with edits applied; `None` when one does not fit the text or two overlap.
#[must_use]
pub fn apply(text: &str, edits: &[&Edit]) -> Option<String> {
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        result.push_str(text.get(done..edit.span.start as usize)?);
        result.push_str(&edit.text);
        done = edit.span.end as usize;
    }
    result.push_str(text.get(done..)?);
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Severity, Span};

    static CODE: Code =
        Code { id: "HLC9999", name: "test", severity: Severity::Error, summary: "", explain: "", bad: "", good: "" };

    fn fixes(of: &[(u32, u32, &str)]) -> Vec<Diagnostic> {
        let span = |start, end| Span::new(FileId::new(0), start, end);
        of.iter()
            .map(|&(start, end, text)| Diagnostic::new(&CODE, span(start, end), "").fix("", span(start, end), text))
            .collect()
    }

    #[test]
    fn edits_are_applied_in_the_order_of_the_text() {
        let found = fixes(&[(4, 5, "X"), (0, 1, ""), (2, 2, "--")]);
        let edits = safe_edits(&found, FileId::new(0));
        assert_eq!(apply("abcdef", &edits).unwrap(), "b--cdXf");
    }

    #[test]
    fn the_second_of_two_that_touch_waits() {
        let found = fixes(&[(0, 3, "x"), (3, 4, "y"), (5, 6, "z")]);
        assert_eq!(apply("abcdef", &safe_edits(&found, FileId::new(0))).unwrap(), "xdez");
        assert!(safe_edits(&found, FileId::new(1)).is_empty());
    }

    #[test]
    fn edits_that_do_not_fit_are_refused() {
        let found = fixes(&[(0, 9, "x")]);
        assert_eq!(apply("abc", &safe_edits(&found, FileId::new(0))), None);
        let found = fixes(&[(1, 2, "x")]);
        assert_eq!(apply("üx", &safe_edits(&found, FileId::new(0))), None);
    }
}
