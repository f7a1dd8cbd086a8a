//! Findings as data.

use crate::{Code, Span};

/// How bad a finding is. Ordered: `Error` is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Could be better; never changes an exit code.
    Hint,
    /// Probably not what was meant; the output is still written.
    Warning,
    /// Nothing is written while one of these stands.
    Error,
}

impl Severity {
    /// `error`, `warning` or `hint`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place in a source with a word about its part in the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The exact bytes.
    pub span: Span,
    /// What is there; may be empty on a primary label.
    pub text: String,
}

/// One replacement in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// The new text; empty to delete.
    pub text: String,
}

/// A change of the source that mends the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// In the imperative: "write `#true`".
    pub title: String,
    /// Edits that do not overlap.
    pub edits: Vec<Edit>,
    /// True when the fix cannot change what the author meant, so that it may be applied unasked.
    pub safe: bool,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding this is.
    pub code: &'static Code,
    /// Starts as the code's own severity.
    pub severity: Severity,
    /// One line, lower case, no full stop: what is wrong here, with names.
    pub message: String,
    /// The exact bytes that are wrong.
    pub primary: Label,
    /// The other parties: "pool declared here".
    pub labels: Vec<Label>,
    /// Why it matters, or what is known about it.
    pub notes: Vec<String>,
    /// What to do.
    pub helps: Vec<String>,
    /// Changes that mend it.
    pub fixes: Vec<Fix>,
    /// True when its line may hold a secret, so that no renderer shows the line.
    pub veiled: bool,
}

/// A finding that the source allows where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The finding.
    pub finding: Diagnostic,
    /// Where it is allowed.
    pub at: Span,
    /// Why.
    pub reason: String,
}

impl Diagnostic {
    /// A finding of kind `code` at `span`.
    pub fn new(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity,
            message: message.into(),
            primary: Label { span, text: String::new() },
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            fixes: Vec::new(),
            veiled: false,
        }
    }

    /// The same, whose line is not shown, since it may hold a secret.
    #[must_use]
    pub fn veiled(mut self) -> Self {
        self.veiled = true;
        self
    }

    /// Says what stands at the primary place.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds the other party.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds why it matters.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(text.into());
        self
    }

    /// Adds a fix that replaces the text of `span`.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits: vec![Edit { span, text: text.into() }], safe: true });
        self
    }

    /// Adds a fix that needs a look before it is applied, such as a guessed name.
    #[must_use]
    pub fn suggest(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits: vec![Edit { span, text: text.into() }], safe: false });
        self
    }

    /// The same without what helps to understand and mend it: only what is wrong, and where.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { severity: self.severity, ..Self::new(self.code, self.primary.span, self.message) }
    }

    /// True for an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
