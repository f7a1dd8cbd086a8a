//! Which mistakes leave the shape of a file alone.

use hlc_diag::{Code, Diagnostic};

use super::{annotations, characters, entries, habits, lines, strings, words};

/// Mistakes that spoil at most the line they stand on: every block and every other line is what the author meant.
static LOCAL: &[&Code] = &[
    &entries::MISSING_SPACE,
    &entries::MISSING_VALUE,
    &entries::STRAY_EQUALS,
    &entries::UNEXPECTED,
    &annotations::ANNOTATION,
    &lines::STRAY_SEMICOLON,
    &words::BARE_KEYWORD,
    &words::NUMBER_LIKE,
    &words::BROKEN_WORD,
    &words::UNKNOWN_KEYWORD,
    &words::NOT_A_STRING,
    &strings::ESCAPE,
    &habits::COLON,
    &habits::COMMA,
    &habits::ADDRESS,
    &habits::HASH_COMMENT,
    &habits::FOREIGN_QUOTES,
    &characters::CONTROL_CHARACTER,
    &characters::DIRECTION_CHARACTER,
];

/// True when no error among the findings touches the shape of the file.
pub(crate) fn all_local(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().filter(|found| found.is_error()).all(|found| LOCAL.contains(&found.code))
}
