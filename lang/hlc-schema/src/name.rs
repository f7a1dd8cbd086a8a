//! Names: declared once, referred to anywhere.

use std::marker::PhantomData;

use hlc_diag::Span;

use crate::scalar::dns_label_fault;

/// A kind of thing that has names. Implemented by `#[derive(Node)]` for nodes whose argument is a [`Def`].
pub trait Concept {
    /// The node's name, as it stands in references: `gateway`.
    const KIND: &'static str;
    /// Where a name of this kind must be unique.
    const SCOPE: Scope;
    /// What a name of this kind may look like.
    const NAMES: NameRule;
}

/// What a name may look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRule {
    /// Any text.
    Any,
    /// A DNS label (RFC 1123): what names folders, namespaces and Helm releases.
    Label,
    /// DNS labels with dots between them (RFC 1123): what names most Kubernetes objects.
    Subdomain,
}

impl NameRule {
    /// Why a name breaks the rule; `None` when it keeps to it.
    #[must_use]
    pub fn fault(self, name: &str) -> Option<String> {
        match self {
            Self::Any => None,
            Self::Label => dns_label_fault(name),
            Self::Subdomain if name.len() > 253 => Some(format!("it has {} characters; 253 is the most", name.len())),
            Self::Subdomain => name.split('.').find_map(dns_label_fault),
        }
    }
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
