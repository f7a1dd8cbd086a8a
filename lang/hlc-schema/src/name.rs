//! Names: declared once, referred to anywhere.

use std::marker::PhantomData;

use hlc_diag::Span;

/// A kind of thing that has names. Implemented by `#[derive(Node)]` for nodes whose argument is a [`Def`].
pub trait Concept {
    /// The node's name, as it stands in references: `gateway`.
    const KIND: &'static str;
    /// Where a name of this kind must be unique.
    const SCOPE: Scope;
}

/// Where a name must be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In the whole homelab.
    Homelab,
    /// In the workload or addon it stands in.
    Local,
}

/// A workload or addon while names are resolved; 0 is the homelab itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub u32);

/// A name where it is declared.
pub struct Def<T> {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    concept: PhantomData<fn() -> T>,
}

/// A name where it is used.
pub struct Ref<T> {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    concept: PhantomData<fn() -> T>,
}

impl<T> Def<T> {
    /// A declared name.
    #[must_use]
    pub fn new(name: String, span: Span) -> Self {
        Self { name, span, concept: PhantomData }
    }
}

impl<T> Ref<T> {
    /// A used name.
    #[must_use]
    pub fn new(name: String, span: Span) -> Self {
        Self { name, span, concept: PhantomData }
    }
}

impl<T> Clone for Def<T> {
    fn clone(&self) -> Self {
        Self::new(self.name.clone(), self.span)
    }
}

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        Self::new(self.name.clone(), self.span)
    }
}

impl<T> std::fmt::Debug for Def<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Def({})", self.name)
    }
}

impl<T> std::fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ref({})", self.name)
    }
}

/// One declaration or use of a name, noted while decoding so that one pass can check them all.
#[derive(Clone, Debug)]
pub struct NameUse {
    /// The kind of thing.
    pub kind: &'static str,
    /// Where names of this kind must be unique.
    pub unique: Scope,
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// The workload or addon it stands in.
    pub scope: ScopeId,
    /// True where it is declared.
    pub declares: bool,
}
