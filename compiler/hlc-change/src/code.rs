//! Why a plan is not carried out.

use hlc_diag::{Code, Diagnostic, Severity, Span};

/// Something that stands against carrying a plan out.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Which kind of problem.
    pub code: &'static Code,
    /// One line, lower case, no full stop: what, with names.
    pub message: String,
    /// Why that matters.
    pub why: String,
    /// What to do.
    pub help: String,
    /// What asks for it in the homelab; none for what is no longer in it.
    pub origin: Option<Span>,
}

impl Problem {
    pub(crate) fn new(code: &'static Code, origin: Option<Span>, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), why: String::new(), help: String::new(), origin }
    }

    pub(crate) fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// The same as a finding at its place; `None` when it has none.
    #[must_use]
    pub fn to_diagnostic(&self) -> Option<Diagnostic> {
        let mut found = Diagnostic::new(self.code, self.origin?, &self.message);
        if !self.why.is_empty() {
            found = found.note(&self.why);
        }
        if !self.help.is_empty() {
            found = found.help(&self.help);
        }
        Some(found)
    }
}

/// Every code of this crate, by id.
pub const CODES: &[&Code] = &[
    &FOREIGN,
    &NOT_FOUND,
    &NOTHING_TO_ADOPT,
    &CANNOT_BE_HAD,
    &LOOKALIKE,
    &RING,
    &REPLACES_ADOPTED,
    &IN_THE_WAY,
    &PROTECTED,
    &MANY_DELETED,
];

const fn code(id: &'static str, name: &'static str, summary: &'static str, explain: &'static str) -> Code {
    Code { id, name, severity: Severity::Error, summary, explain, bad: "", good: "" }
}

pub(crate) static FOREIGN: Code = code(
    "HLC1200",
    "foreign-object",
    "something that hlc did not make stands where a resource is to be made",
    "hlc changes and deletes what it made, or what it was told to take over, and nothing else. What is there may belong to \
     another tool, to another person, or to an earlier life of this homelab.\n\nTake it over with `hlc import`, which changes nothing \
     by itself, or delete it by hand.",
);

pub(crate) static NOT_FOUND: Code = code(
    "HLC1201",
    "lookup-not-found",
    "something that is said to exist is not there",
    "`(existing)` and what a provider only looks up are never made. The name may be misspelled, or the login may not be allowed \
     to see it.",
);

pub(crate) static NOTHING_TO_ADOPT: Code = code(
    "HLC1202",
    "nothing-to-adopt",
    "there is nothing to take over",
    "`(adopt)` takes over what somebody else makes, and never makes it itself. It may not be there yet, or be called otherwise.",
);

pub(crate) static CANNOT_BE_HAD: Code = code(
    "HLC1203",
    "value-cannot-be-had",
    "a value that a resource needs cannot be had",
    "Secrets come from the SOPS file; what other stacks have comes from their states, which are there once they were applied.",
);

pub(crate) static LOOKALIKE: Code = code(
    "HLC1204",
    "vanishes-while-another-appears",
    "something that holds data goes while one like it appears",
    "This is what a new name looks like: a resource is found by its name in the homelab, and under another name it is another \
     resource. Write `was=\"OLD\"` on the node, and the new name is given to what is there.\n\nIf another one is meant, allow the deletion \
     with `--allow-delete ADDRESS`.",
);

pub(crate) static RING: Code = code(
    "HLC1205",
    "changes-wait-for-each-other",
    "changes wait for each other",
    "Each of them has to be carried out before another of them. Apply a part of them first with `--target` or `--exclude`.",
);

pub(crate) static REPLACES_ADOPTED: Code = code(
    "HLC1206",
    "adopted-cannot-be-replaced",
    "something that was taken over would have to be made anew",
    "A property differs that an object which is there cannot change, and what was taken over is never deleted.",
);

pub(crate) static IN_THE_WAY: Code = code(
    "HLC1207",
    "own-object-in-the-way",
    "something cannot be made beside what this stack has and keeps",
    "The API has no room for both: two records of which one has to be alone at its name, two machines with one address. What goes \
     goes first where both are part of the same run.",
);

pub(crate) static PROTECTED: Code = code(
    "HLC1210",
    "protected-is-deleted",
    "something that holds data, or is hard to get back, would be deleted",
    "It is only deleted where that is said for this very run and this very resource: `--allow-delete ADDRESS`.",
);

pub(crate) static MANY_DELETED: Code = code(
    "HLC1211",
    "many-are-deleted",
    "many objects would be deleted at once",
    "That is rarely meant: an `include` that no longer matches, or the wrong project, looks just like it. Look at what goes. If it \
     is meant, `--max-deletes` allows so many.",
);
