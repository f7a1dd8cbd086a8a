//! What is to be done.

use std::collections::BTreeSet;

use hlc_diag::Span;
use hlc_plan::{Address, KindDecl, Ownership, Stack};

use crate::state::Recorded;
use crate::value::{Properties, Value};

/// What is to be done to a stack.
#[derive(Clone, Debug)]
pub struct ChangeSet {
    /// The stack.
    pub stack: Stack,
    /// One for each resource that is planned or was made, in an order in which they can be carried out one after the other.
    pub changes: Vec<Change>,
}

/// What is to be done to one resource.
#[derive(Clone, Debug)]
pub struct Change {
    /// The resource.
    pub address: Address,
    /// Its kind.
    pub kind: &'static KindDecl,
    /// What is done.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// The address that the state has it under until now.
    pub moved_from: Option<Address>,
    /// What the API calls the object that is there.
    pub id: Option<String>,
    /// What differs, in the order of the kind's properties.
    pub fields: Vec<FieldChange>,
    /// What somebody else has changed since it was set last, whether or not it is changed back.
    pub drift: Vec<FieldChange>,
    /// What should be, as far as it is known; empty for what goes.
    pub wanted: Properties,
    /// What the state has to say afterwards where nothing is asked of the API; `None` where carrying out tells.
    pub settled: Option<Recorded>,
    /// Objects that an earlier run has replaced and could not delete.
    pub leftover: Vec<String>,
    /// The changes that have to be carried out before.
    pub after: BTreeSet<Address>,
    /// What the resource depends on, for the state.
    pub depends_on: BTreeSet<Address>,
    /// Whether it is managed, adopted or only looked up.
    pub ownership: Ownership,
    /// True when deleting it needs an explicit word.
    pub protected: bool,
    /// The node that asked for it; none for what is no longer in the homelab.
    pub origin: Option<Span>,
}

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Nothing.
    None,
    /// It is made.
    Create,
    /// Somebody else's object is taken over.
    Adopt,
    /// It is changed in place.
    Update,
    /// It is made anew.
    Replace {
        /// True when the new one is made before the old one goes.
        create_first: bool,
    },
    /// It is deleted.
    Delete,
    /// The state no longer speaks of it; the API is not asked.
    Forget,
}

impl Action {
    /// Its word on the command line and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Create => "create",
            Self::Adopt => "adopt",
            Self::Update => "update",
            Self::Replace { .. } => "replace",
            Self::Delete => "delete",
            Self::Forget => "forget",
        }
    }

    /// True when an object goes: it is deleted or made anew.
    #[must_use]
    pub const fn deletes(self) -> bool {
        matches!(self, Self::Delete | Self::Replace { .. })
    }
}

/// Why something is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is as it should be.
    AsItShouldBe,
    /// It is only looked up.
    LookedUp,
    /// It is new in the homelab.
    New,
    /// The homelab says something else now.
    Changed,
    /// Somebody else has changed it.
    ChangedOutside,
    /// Somebody else has deleted it.
    DeletedOutside,
    /// These properties cannot be changed on an object that is there.
    Replaced(Vec<&'static str>),
    /// An earlier run could not delete the object that this one replaces.
    Leftover,
    /// The homelab no longer has it.
    Removed,
    /// The homelab no longer has it, and somebody else made it.
    LetGo,
    /// It is taken over as the homelab says.
    TakenOver,
    /// It is left out of this run.
    OutOfScope,
}

/// As the end of a sentence that begins with what is done.
impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::AsItShouldBe => "it is as it should be",
            Self::LookedUp => "it is only looked up",
            Self::New => "it is new in the homelab",
            Self::Changed => "the homelab says something else now",
            Self::ChangedOutside => "somebody else has changed it",
            Self::DeletedOutside => "somebody else has deleted it",
            Self::Replaced(names) => {
                return write!(f, "{} cannot be changed on the one that is there", names.join(", "));
            }
            Self::Leftover => "an earlier run could not delete what it replaced",
            Self::Removed => "it is no longer in the homelab",
            Self::LetGo => "it is no longer in the homelab; it stays, since somebody else made it",
            Self::TakenOver => "the homelab takes over what is there",
            Self::OutOfScope => "it is left out of this run",
        })
    }
}

/// A difference in one field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// The property that it is in.
    pub property: &'static str,
    /// The keys that lead to it, the property first: `data.target`.
    pub path: String,
    /// What is there; `None` where there is nothing, or nobody can tell.
    pub before: Option<Value>,
    /// What should be; `None` where there should be nothing.
    pub after: Option<Value>,
    /// What changing it means.
    pub effect: Effect,
}

/// What changing a field of an object that is there means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing else.
    Update,
    /// An interruption: a reboot, a restart.
    Restart,
    /// Only a new object can have it.
    Replace,
}

/// How much is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects that are made.
    pub create: usize,
    /// Objects that are taken over.
    pub adopt: usize,
    /// Objects that are changed in place.
    pub update: usize,
    /// Objects that are made anew.
    pub replace: usize,
    /// Objects that are deleted.
    pub delete: usize,
    /// Records of the state that go.
    pub forget: usize,
    /// Records of the state that get another address.
    pub moved: usize,
}

impl Counts {
    /// True when nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Change {
    /// True when there is something to do or to write down that a person wants to know of.
    #[must_use]
    pub fn is_change(&self) -> bool {
        let is_silent = self.action == Action::Forget && self.ownership == Ownership::Existing;
        !is_silent && self.action != Action::None || self.moved_from.is_some() || !self.leftover.is_empty()
    }

    /// True when the API is asked to do something.
    #[must_use]
    pub fn asks_api(&self) -> bool {
        match self.action {
            Action::None | Action::Forget => !self.leftover.is_empty(),
            Action::Adopt => !self.fields.is_empty(),
            Action::Create | Action::Update | Action::Replace { .. } | Action::Delete => true,
        }
    }
}

impl ChangeSet {
    /// How much is to be done.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.changes {
            match change.action {
                Action::None => {}
                Action::Create => counts.create += 1,
                Action::Adopt => counts.adopt += 1,
                Action::Update => counts.update += 1,
                Action::Replace { .. } => counts.replace += 1,
                Action::Delete => counts.delete += 1,
                Action::Forget if !change.is_change() => {}
                Action::Forget => counts.forget += 1,
            }
            counts.delete += change.leftover.len();
            if change.moved_from.is_some() {
                counts.moved += 1;
            }
        }
        counts
    }

    /// The change of an address.
    #[must_use]
    pub fn at(&self, address: &Address) -> Option<&Change> {
        self.changes.iter().find(|change| change.address == *address)
    }
}
