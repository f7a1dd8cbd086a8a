//! Changes that lose data, that the cluster refuses, or that let strangers in.
//!
//! One file per rule. Add one as a new file and a line in [`RULES`]; its examples are manifests before and after, which the tests
//! compare: no KDL text alone can show a change.

mod application_removed;
mod claim_removed;
mod definition_removed;
mod delivery_changed;
mod finalizer_removed;
mod guard_removed;
mod host_exposed;
mod image;
mod image_downgrade;
mod immutable_field;
mod many_removed;
mod namespace_removed;
mod owner_changed;
mod selector_changed;
mod service_exposed;
mod stateful_removed;

use hlc_diag::{Code, Span};
use hlc_schema::Data;

use crate::{Action, Changes, Exposure, FieldPath, ObjectChange, ObjectId};

pub use many_removed::MAX_REMOVED;

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What changes.
    pub changes: &'a Changes,
    /// What answered from outside, where that is known. Manifests do not say it.
    pub before: Option<&'a Exposure>,
    /// What will answer from outside.
    pub after: &'a Exposure,
    /// More than this share of the objects gone is a danger, in percent.
    pub max_removed: u8,
}

/// A change that wants a person's word.
#[derive(Clone, Debug)]
pub struct Danger {
    /// Which kind of danger.
    pub code: &'static Code,
    /// The object that it is about; none for what is about many.
    pub object: Option<ObjectId>,
    /// The file of that object.
    pub path: Option<String>,
    /// The field that it is about.
    pub field: Option<FieldPath>,
    /// One line, lower case, no full stop: what happens, with names.
    pub message: String,
    /// Why that is dangerous.
    pub why: String,
    /// What to do.
    pub help: String,
    /// What asks for it in the homelab; what is gone stands nowhere.
    pub origin: Option<Span>,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// What it finds.
    pub code: &'static Code,
    /// Manifests of workload `web` that show it.
    pub example: Example,
    run: fn(&Question<'_>, &mut Vec<Danger>),
}

/// What a rule finds, and what it lets pass: each as YAML documents.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// As it was.
    pub old: &'static str,
    /// A change that is dangerous.
    pub dangerous: &'static str,
    /// A change that is not.
    pub fine: &'static str,
}

/// Every rule, in the order of their codes.
pub const RULES: &[Rule] = &[
    claim_removed::RULE,
    definition_removed::RULE,
    namespace_removed::RULE,
    stateful_removed::RULE,
    finalizer_removed::RULE,
    application_removed::RULE,
    immutable_field::RULE,
    selector_changed::RULE,
    many_removed::RULE,
    delivery_changed::RULE,
    image_downgrade::RULE,
    service_exposed::RULE,
    host_exposed::RULE,
    guard_removed::RULE,
    owner_changed::RULE,
];

/// Every kind of danger, ordered by id.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    RULES.iter().map(|rule| rule.code).collect()
}

/// What of the changes is dangerous, ordered by code, object and field.
#[must_use]
pub fn dangers(question: &Question<'_>) -> Vec<Danger> {
    let mut found = Vec::new();
    for rule in RULES {
        (rule.run)(question, &mut found);
    }
    found
}

impl Danger {
    /// A danger about one object.
    fn of(code: &'static Code, change: &ObjectChange, message: impl Into<String>) -> Self {
        Self {
            object: Some(change.id.clone()),
            path: Some(change.path().to_owned()),
            origin: change.new.as_ref().and_then(|new| new.origin),
            ..Self::at_large(code, message)
        }
    }

    /// A danger about no single object.
    fn at_large(code: &'static Code, message: impl Into<String>) -> Self {
        let (why, help) = (String::new(), String::new());
        Self { code, object: None, path: None, field: None, message: message.into(), why, help, origin: None }
    }

    fn field(mut self, path: &FieldPath, origin: Option<Span>) -> Self {
        self.field = Some(path.clone());
        self.origin = origin.or(self.origin);
        self
    }

    fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// The objects that go from the cluster: those that Argo CD is told to leave there do not ("Sync Options", Prune=false).
fn gone<'a>(question: &Question<'a>) -> impl Iterator<Item = &'a ObjectChange> {
    question.changes.with(Action::Removed).filter(|change| {
        let old = change.old.as_ref().map(|old| &old.body);
        !old.is_some_and(|body| has_option(body, SYNC_OPTIONS, "Prune=false"))
    })
}

/// Options of Argo CD for one object, with commas between them.
const SYNC_OPTIONS: &str = "argocd.argoproj.io/sync-options";

fn annotation<'a>(body: &'a Data, key: &str) -> Option<&'a str> {
    body.at(&["metadata", "annotations", key])?.as_str()
}

fn has_option(body: &Data, key: &str, option: &str) -> bool {
    annotation(body, key).is_some_and(|options| options.split(',').any(|known| known.trim() == option))
}

/// True for an object whose namespace goes as well: that says it all.
fn goes_with_namespace(question: &Question<'_>, id: &ObjectId) -> bool {
    gone(question).any(|other| other.id.is("", "Namespace") && Some(&other.id.name) == id.namespace.as_ref())
}

/// True for an object that holds data, or with which data goes.
fn holds_data(id: &ObjectId) -> bool {
    claim_removed::is_storage(id)
        || stateful_removed::is_stateful(id)
        || definition_removed::is_definition(id)
        || id.is("", "Namespace")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn codes_are_in_order_and_documented() {
        let codes = codes();
        assert!(codes.is_sorted_by(|a, b| a.id < b.id), "{codes:?}");
        for code in codes {
            assert!(code.explain.len() > 40 && !code.summary.is_empty(), "{}", code.id);
        }
    }

    #[test]
    fn every_example_shows_its_danger_once() {
        for rule in RULES {
            let Example { old, dangerous, fine } = rule.example;
            let found = testing::dangers(old, dangerous);
            let codes: Vec<_> = found.iter().map(|danger| danger.code.id).collect();
            assert_eq!(codes, [rule.code.id], "{found:#?}");
            assert!(found.iter().all(|danger| !danger.why.is_empty() && !danger.help.is_empty()), "{found:?}");
            let found = testing::dangers(old, fine);
            assert!(found.is_empty(), "{}: {found:#?}", rule.code.id);
        }
    }
}
