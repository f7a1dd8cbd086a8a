//! Changes and dangers drawn: one function per format, each over the same [`Report`].
//!
//! | format | function | for |
//! |---|---|---|
//! | human | [`human`] | people: signs, field paths, old and new values, texts by their lines |
//! | concise | [`concise`] | `grep`: one line for each field, object and danger |
//! | Markdown | [`markdown`] | a comment on a pull request, never longer than one may be |
//! | JSON | [`json`] | programs: one document |
//!
//! Text of an older tree never reaches a terminal raw, and never ends a code block.

mod concise;
mod human;
mod json;
mod lines;
mod markdown;
#[cfg(test)]
mod tests;
mod texts;

use hlc_diag::{Sources, Span};

use crate::{Acceptance, Action, Changes, Danger};

pub use concise::concise;
pub use human::{human, human_dangers};
pub use json::json;
pub use markdown::{MARKDOWN_LIMIT, MARKDOWN_MARK, markdown};

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// What changes.
    pub changes: &'a Changes,
    /// What of it is dangerous.
    pub dangers: &'a [Danger],
    /// What of that is meant.
    pub accepted: &'a [Acceptance],
    /// The files of the homelab, for the places that ask for something.
    pub sources: &'a Sources,
    /// What the plan was compared with.
    pub against: &'a Against,
    /// True to draw objects that come or go with all they hold, and long values uncut.
    pub whole: bool,
}

/// What a plan was compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Against {
    /// `branch origin/main-manifests`, `folder app/`, `nothing`
    pub name: String,
    /// The commit, if it is of one.
    pub commit: Option<String>,
    /// When that was made, in seconds since 1970.
    pub committed: Option<i64>,
    /// How long ago that is, in words.
    pub age: Option<String>,
}

impl std::fmt::Display for Against {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        if let Some(commit) = &self.commit {
            write!(f, " at {}", commit.get(..10).unwrap_or(commit))?;
        }
        if let Some(age) = &self.age {
            write!(f, ", committed {age}")?;
        }
        Ok(())
    }
}

impl Report<'_> {
    /// True for a danger that somebody means.
    #[must_use]
    pub fn is_accepted(&self, danger: &Danger) -> bool {
        self.accepted.iter().any(|accepted| accepted.covers(danger))
    }

    /// The dangers that nobody has accepted.
    pub fn open_dangers(&self) -> impl Iterator<Item = &Danger> {
        self.dangers.iter().filter(|danger| !self.is_accepted(danger))
    }

    /// `workloads/web.kdl:3:5`; empty for what stands nowhere.
    fn place(&self, span: Option<Span>) -> String {
        span.map(|span| self.sources.locate(self.sources.origin(span))).unwrap_or_default()
    }

    /// `2 added, 1 changed, 0 removed, 0 moved; 540 unchanged`
    fn summary(&self) -> String {
        let counts = self.changes.counts();
        let parts =
            Action::ALL.map(|action| format!("{} {}", counts.get(&action).copied().unwrap_or_default(), action.word()));
        let laid_out = match self.changes.laid_out {
            0 => String::new(),
            count => format!(" ({count} laid out anew)"),
        };
        format!("{}; {} unchanged{laid_out}", parts.join(", "), self.changes.unchanged)
    }
}

/// `2 dangers`
fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// What accepts a danger, and no other.
fn acceptance(danger: &Danger) -> String {
    match &danger.object {
        Some(object) => format!("{}:{}", danger.code.id, object.slug()),
        None => danger.code.id.to_owned(),
    }
}
