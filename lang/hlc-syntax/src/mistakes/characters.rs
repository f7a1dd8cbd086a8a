//! Characters that may not stand in a document.

use hlc_diag::{Code, Diagnostic, FileId, Severity, Span};

use crate::chars::{self, Disallowed};
use crate::mistakes::reporter::Reporter;
use crate::tree::index;

/// A control character stands in the file.
pub(crate) static CONTROL_CHARACTER: Code = Code {
    id: "HLC0035",
    name: "control-character",
    severity: Severity::Error,
    summary: "a control character stands in the file",
    explain: "KDL allows no control characters, neither in comments nor in strings: they are invisible, and editors and \
              terminals act on them. Within a quoted string write an escape such as `\\u{1b}`. A file full of them is \
              not UTF-8 text, or not text at all.",
    bad: "banner \"a\u{1b}[0m\"",
    good: "banner \"a\\u{1b}[0m\"",
};

/// An invisible character changes the direction of the text.
pub(crate) static DIRECTION_CHARACTER: Code = Code {
    id: "HLC0036",
    name: "direction-character",
    severity: Severity::Error,
    summary: "an invisible character changes the direction of the text",
    explain: "These characters make a line look different from what it says, which has been used to hide code from \
              reviewers. KDL allows them nowhere. Within a quoted string write an escape such as `\\u{202e}`.",
    bad: "user \"admin\u{202e}\"",
    good: "user \"admin\"",
};

/// Reports every disallowed character of a text.
pub(crate) fn scan(file: FileId, text: &str, reporter: &mut Reporter) {
    chars::scan_disallowed(text, |at, c, kind| {
        reporter.report(|| {
            let span = Span::new(file, index(at), index(at + c.len_utf8()));
            let name = format!("U+{:04X}", u32::from(c));
            let diagnostic = match kind {
                Disallowed::Control => {
                    Diagnostic::new(&CONTROL_CHARACTER, span, format!("control character {name}{}", alias(c)))
                }
                Disallowed::Direction => Diagnostic::new(
                    &DIRECTION_CHARACTER,
                    span,
                    format!("invisible character {name} changes the direction of the text"),
                ),
                Disallowed::Bom => Diagnostic::new(
                    &CONTROL_CHARACTER,
                    span,
                    format!("byte order mark {name} within the text"),
                )
                .note(
                    "it is legal as the very first character of a file only; two files put together may be the cause",
                ),
            };
            diagnostic.help(format!("delete it, or write `\\u{{{:x}}}` within a quoted string", u32::from(c))).suggest(
                "delete it",
                span,
                "",
            )
        });
    });
}

const fn alias(c: char) -> &'static str {
    match c {
        '\0' => " (NUL)",
        '\u{8}' => " (backspace)",
        '\u{1b}' => " (escape)",
        '\u{7f}' => " (delete)",
        _ => "",
    }
}
