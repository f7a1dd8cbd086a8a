//! Changes as data.

use std::collections::BTreeMap;

use hlc_diag::Span;
use hlc_schema::Data;

use crate::{FieldPath, ObjectId, Unreadable};

/// Everything that a new plan changes about an older tree.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Objects that come, change, go or move; ordered by folder, kind, namespace, name.
    pub objects: Vec<ObjectChange>,
    /// Objects that stay as they are.
    pub unchanged: usize,
    /// How many of those are laid out in another way, so that their files change all the same.
    pub laid_out: usize,
    /// How many objects the older tree has.
    pub before: usize,
    /// Files of the older tree that could not be read, and were not compared.
    pub unreadable: Vec<Unreadable>,
}

/// What happens to one object.
#[derive(Clone, Debug)]
pub struct ObjectChange {
    /// Which one; of a changed one, as it is in the new tree.
    pub id: ObjectId,
    /// What happens to it.
    pub action: Action,
    /// As it was; `None` for one that is added.
    pub old: Option<Version>,
    /// As it will be; `None` for one that is removed.
    pub new: Option<Version>,
    /// What changes in it, in the order of fields; empty for one that is added or removed.
    pub fields: Vec<FieldChange>,
}

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It comes.
    Added,
    /// It stays where it is, with other fields.
    Changed,
    /// It goes.
    Removed,
    /// It stands in another file or belongs to another workload; its fields may change too.
    Moved,
}

/// An object in a tree. Values of Secrets are not in it.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its file.
    pub path: String,
    /// The whole of it.
    pub body: Data,
    /// What asked for it; only of a plan.
    pub origin: Option<Span>,
}

/// What happens to one field of an object.
#[derive(Clone, Debug)]
pub struct FieldChange {
    /// Which field.
    pub path: FieldPath,
    /// What happens to it.
    pub difference: Difference,
    /// Where the new value is written.
    pub origin: Option<Span>,
}

/// What happens to a field.
#[derive(Clone, Debug)]
pub enum Difference {
    /// It comes.
    Added(Data),
    /// It goes.
    Removed(Data),
    /// It gets another value.
    Changed {
        /// As it was.
        old: Data,
        /// As it will be.
        new: Data,
    },
    /// The items of a list change places.
    Reordered {
        /// What told the items apart, in the old order.
        old: Vec<String>,
        /// The same in the new order.
        new: Vec<String>,
    },
    /// Something happens to the value of a Secret.
    Hidden(Hidden),
}

/// What happens to a value that is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// It comes.
    Added,
    /// It goes.
    Removed,
    /// It is another one.
    Changed,
}

impl Action {
    /// Every action, in the order of summaries.
    pub const ALL: [Self; 4] = [Self::Added, Self::Changed, Self::Removed, Self::Moved];

    /// `added`
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Moved => "moved",
        }
    }

    /// `+`
    #[must_use]
    pub const fn sign(self) -> char {
        match self {
            Self::Added => '+',
            Self::Changed => '~',
            Self::Removed => '-',
            Self::Moved => '>',
        }
    }
}

impl Version {
    /// The folder of its file: its workload's.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

impl ObjectChange {
    /// Where it is: in the new tree, or in the old one if it goes.
    #[must_use]
    pub fn version(&self) -> Option<&Version> {
        self.new.as_ref().or(self.old.as_ref())
    }

    /// The file that holds it, or held it.
    #[must_use]
    pub fn path(&self) -> &str {
        self.version().map_or("", |version| &version.path)
    }

    /// The folder that holds it, or held it.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.version().map_or("", Version::folder)
    }
}

impl Changes {
    /// True when nothing would be different, not even the layout of a file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.laid_out == 0
    }

    /// How many objects are added, changed, removed and moved.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Action, usize> {
        let mut counts = BTreeMap::from(Action::ALL.map(|action| (action, 0)));
        for object in &self.objects {
            *counts.entry(object.action).or_default() += 1;
        }
        counts
    }

    /// The objects to which this happens.
    pub fn with(&self, action: Action) -> impl Iterator<Item = &ObjectChange> {
        self.objects.iter().filter(move |object| object.action == action)
    }
}
