//! What people write that KDL does not allow, or that does not mean what they think.
//!
//! One file per concern; each holds its codes, its messages and its fixes.

pub(crate) mod annotations;
pub(crate) mod blocks;
pub(crate) mod characters;
pub(crate) mod check;
pub(crate) mod entries;
pub(crate) mod habits;
pub(crate) mod lines;
pub(crate) mod local;
pub(crate) mod reporter;
pub(crate) mod size;
pub(crate) mod slashdash;
pub(crate) mod strings;
pub(crate) mod version;
pub(crate) mod words;
pub(crate) mod yaml;

use hlc_diag::Code;

/// Every finding of this crate, ordered by id.
pub static CODES: &[&Code] = &[
    &blocks::UNCLOSED_BLOCK,
    &blocks::STRAY_CLOSING_BRACE,
    &blocks::MISSING_OPENING_BRACE,
    &blocks::BRACE_ON_NEXT_LINE,
    &blocks::SECOND_BLOCK,
    &blocks::ENTRY_BEHIND_BLOCK,
    &entries::NAME_EXPECTED,
    &entries::MISSING_SPACE,
    &entries::MISSING_VALUE,
    &entries::STRAY_EQUALS,
    &entries::UNEXPECTED,
    &annotations::ANNOTATION,
    &slashdash::SLASHDASH,
    &lines::STRAY_SEMICOLON,
    &lines::LINE_CONTINUATION,
    &lines::UNCLOSED_COMMENT,
    &words::BARE_KEYWORD,
    &words::NUMBER_LIKE,
    &words::BROKEN_WORD,
    &words::UNKNOWN_KEYWORD,
    &words::NOT_A_STRING,
    &strings::UNCLOSED_STRING,
    &strings::BROKEN_STRING,
    &strings::ESCAPE,
    &strings::MULTILINE_QUOTES,
    &strings::MULTILINE_INDENT,
    &habits::COLON,
    &habits::COMMA,
    &habits::ADDRESS,
    &habits::DOLLAR_BLOCK,
    &habits::HASH_COMMENT,
    &habits::FOREIGN_QUOTES,
    &habits::BRACKETS,
    &version::LEGACY,
    &characters::CONTROL_CHARACTER,
    &characters::DIRECTION_CHARACTER,
    &version::NOT_LEGACY,
    &size::TOO_LARGE,
    &reporter::TOO_MANY,
    &yaml::YAML,
];

/// What a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The name of a node.
    Name,
    /// The key of a property.
    Key,
    /// An argument.
    Argument,
    /// The value of a property.
    Value,
    /// The text of an annotation.
    Annotation,
}

impl Role {
    /// With its article, for messages.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Name => "the name of a node",
            Self::Key => "the key of a property",
            Self::Argument => "an argument",
            Self::Value => "the value of a property",
            Self::Annotation => "an annotation",
        }
    }
}

/// Text for a message: shortened, on one line.
pub(crate) fn excerpt(text: &str) -> String {
    const LENGTH: usize = 40;
    let line = text.lines().next().unwrap_or("");
    let mut short = String::new();
    for c in line.chars().take(LENGTH) {
        if c.is_control() { short.extend(c.escape_unicode()) } else { short.push(c) }
    }
    if line.chars().nth(LENGTH).is_some() || line.len() < text.trim_end().len() { short + "…" } else { short }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hlc_diag::{Diagnostic, FileId};

    use super::*;
    use crate::parse;

    fn reports(text: &str) -> Vec<Diagnostic> {
        parse(FileId::new(0), Arc::from(text)).diagnostics
    }

    #[test]
    fn codes_are_ordered_unique_and_explained() {
        for pair in CODES.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} and {}", pair[0].id, pair[1].id);
        }
        let mut names: Vec<_> = CODES.iter().map(|code| code.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CODES.len());
        for code in CODES {
            assert!(code.id.starts_with("HLC0") && code.id.len() == 7, "{}", code.id);
            assert!(code.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", code.name);
            assert!(!code.summary.ends_with('.') && code.explain.ends_with('.'), "{}", code.id);
        }
    }

    #[test]
    fn examples_show_their_code_and_mend_it() {
        for code in CODES.iter().filter(|code| !code.bad.is_empty()) {
            let bad = reports(code.bad);
            assert_eq!(bad.first().map(|report| report.code), Some(*code), "{}: {bad:#?}", code.id);
            assert_eq!(bad.len(), 1, "{}: {bad:#?}", code.id);
            assert_eq!(reports(code.good), [], "{}", code.id);
        }
    }

    #[test]
    fn safe_fixes_mend_the_examples() {
        for code in CODES.iter().filter(|code| !code.bad.is_empty()) {
            for fix in reports(code.bad).iter().flat_map(|report| &report.fixes) {
                let mut mended = code.bad.to_owned();
                for edit in fix.edits.iter().rev() {
                    mended.replace_range(edit.span.range(), &edit.text);
                }
                assert_eq!(reports(&mended), [], "{} `{}`:\n{mended}", code.id, fix.title);
            }
        }
    }
}
