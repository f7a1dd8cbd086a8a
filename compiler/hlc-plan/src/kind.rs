//! Resource kinds: what an API can make, and what a change of it means.

use hlc_diag::Span;
use hlc_schema::Map;

use crate::Stack;

/// A resource kind. Implemented by `#[derive(Kind)]`.
pub trait Kind {
    /// The kind's declaration.
    fn decl() -> &'static KindDecl;

    /// Its values under the names of its properties, placed at `at` unless they have a place of their own.
    fn into_properties(self, at: Span) -> Map;
}

/// What is known of a resource kind: the one source for the planner, the executor and the documentation.
#[derive(Debug)]
pub struct KindDecl {
    /// Its name, unique in its stack: `record`.
    pub name: &'static str,
    /// The stack that makes it.
    pub stack: Stack,
    /// Markdown: what it is, with the source of its facts.
    pub doc: &'static str,
    /// How an object is found again when the answer to its creation is lost: a name, a label, a comment.
    pub identity: &'static str,
    /// True when it holds data or is hard to get back, so that deleting it needs an explicit word.
    pub protected: bool,
    /// True when a replacement is made before the old object goes; else the old one goes first.
    pub create_first: bool,
    /// Its properties, in the order they are shown.
    pub properties: &'static [PropertyDecl],
    /// What it can be asked for once it exists.
    pub outputs: &'static [OutputDecl],
}

impl KindDecl {
    /// The property of this name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&'static PropertyDecl> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// The output of this name.
    #[must_use]
    pub fn output(&self, name: &str) -> Option<&'static OutputDecl> {
        self.outputs.iter().find(|output| output.name == name)
    }
}

/// A property of a resource kind.
#[derive(Debug)]
pub struct PropertyDecl {
    /// Its name.
    pub name: &'static str,
    /// What it is, in one line; units and shapes.
    pub doc: &'static str,
    /// What a change of it means.
    pub change: Change,
    /// Whether it may hold a secret.
    pub secrecy: Secrecy,
}

/// Whether a property may hold a secret. One that may not never gets one: the compiler refuses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrecy {
    /// It may not: it can be shown, also by the API that it is sent to.
    Open,
    /// What is known later in it may be secret and is never shown then; the rest can be.
    Parts,
    /// None of it is ever shown.
    Secret,
}

/// What a change of a property means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The object is found by it; another value is another resource.
    Identity,
    /// Changed in place.
    Update,
    /// Changed in place with an interruption: a reboot, a restart.
    Restart,
    /// Larger in place; only a new object can have less.
    Grow,
    /// Only a new object can have another value.
    Replace,
    /// Used when the object is made and left alone afterwards.
    Create,
}

/// Something that a resource has once it exists.
#[derive(Debug)]
pub struct OutputDecl {
    /// Its name.
    pub name: &'static str,
    /// What it is, in one line.
    pub doc: &'static str,
    /// True when its value must never be shown.
    pub secret: bool,
}
