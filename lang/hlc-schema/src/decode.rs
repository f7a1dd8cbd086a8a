//! From syntax tree to typed nodes.
//!
//! [`Fields`] is opened on a node with its declaration; that reports everything the declaration does not allow. Then each
//! field is read by its type. A field that is absent is looked up in the defaults in force: nesting is how the language
//! inherits, and `fields.rs` is its one implementation.

use std::collections::BTreeSet;

use hlc_diag::{Code, Diagnostic, Span};
use hlc_syntax as syntax;

use crate::{AttrDecl, Concept, Def, NameUse, NodeDecl, Ref, Scope, ScopeId, SecretKey, SecretUse};

mod allow;
mod codes;
mod deprecated;
mod fields;
mod inherit;
mod occurrence;
pub(crate) mod shape;
mod value;

pub(crate) use allow::is_allow_in_object;
pub use allow::{ALLOW, Allow, Allowance, is_allow, pieces};
pub(crate) use codes::{ANNOTATION, LITERAL_WANTED, NUMBER};
pub use fields::Fields;
pub use inherit::{Base, Defaultable, Inherited, bases_of_defaults, check_default};
pub use shape::unknown_top_level;
pub use value::{literal, literal_value};

/// Every finding about the shape of typed nodes.
pub(crate) fn codes() -> impl Iterator<Item = &'static &'static Code> {
    codes::CODES.iter().chain(inherit::CODES)
}

/// What a typed node can be read from: a node, or the value of a property that stands for a node with one argument.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    /// `pod-security "baseline"`
    Node(syntax::Node<'a>),
    /// The value in `pod-security="baseline"`.
    Value(syntax::Entry<'a>),
}

impl Source<'_> {
    /// The whole place.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Node(node) => node.span(),
            Self::Value(entry) => entry.span(),
        }
    }

    /// What to point at when the whole is meant: the name, or the value.
    #[must_use]
    pub fn head(&self) -> Span {
        match self {
            Self::Node(node) => node.name_span(),
            Self::Value(entry) => entry.value_span(),
        }
    }
}

/// A typed node. Implemented by `#[derive(Node)]`.
pub trait Node: Sized {
    /// The node's declaration.
    fn decl() -> &'static NodeDecl;

    /// Reads the node; `None` when it was so wrong that no value can be given, which has been reported then.
    fn decode<'a>(source: Source<'a>, cx: &mut Cx<'a>) -> Option<Self> {
        Self::decode_as(Self::decl(), source, cx)
    }

    /// Reads a node that has another name and the same fields in the same order.
    fn decode_as<'a>(decl: &'static NodeDecl, source: Source<'a>, cx: &mut Cx<'a>) -> Option<Self>;
}

/// How many findings are explained. Far fewer are ever shown, and explaining a million takes longer than finding them.
const EXPLAINED: usize = 10_000;

/// What decoding carries along.
pub struct Cx<'a> {
    /// Findings so far.
    pub diagnostics: Vec<Diagnostic>,
    /// Every name declared or used so far.
    pub names: Vec<NameUse>,
    /// Every secret named so far, also where no secret may stand.
    pub secrets: Vec<SecretUse>,
    /// Every finding that is allowed so far; what is read again is there again.
    pub allowed: Vec<Allowance>,
    /// The workload or addon being read.
    pub scope: ScopeId,
    /// How many nodes could not be read and were not reported, since what they lack may stand in what is broken.
    pub withheld: usize,
    /// The names of nodes that stand for others and could not be replaced by them, which has been reported.
    pub unexpanded: BTreeSet<Span>,
    /// How many of those were met.
    pub left_out: usize,
    /// How many findings there were before these.
    before: usize,
    /// How many scopes were opened.
    scopes: u32,
    /// Every declaration of the language, to say where a misplaced node belongs.
    registry: &'static [fn() -> &'static NodeDecl],
    /// Finds the kind of object that a word is probably meant to be: `Deployment` for `deployment`.
    object_kind: fn(&str) -> Option<&'static str>,
    defaults: Inherited<'a>,
    /// How many typed nodes are open.
    depth: usize,
    /// Nothing can be said to be missing: what is read is a part of other nodes.
    partial: bool,
    /// What is read declares no names: it is read elsewhere too.
    again: bool,
    /// Set for the one node that is opened next, when it stands for something else than what it is.
    view: Option<View>,
    /// The declarations that the node being viewed has been read by.
    viewed_as: Vec<&'static NodeDecl>,
}

/// What a node that is read as another kind of node is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    /// `defaults "oidc" { … }`: fields of an `oidc`.
    Defaults,
    /// A group, some of whose fields are its members'.
    Group,
}

impl<'a> Cx<'a> {
    /// Starts decoding a homelab whose language is `registry`, with objects of the kinds that `object_kind` knows.
    #[must_use]
    pub fn new(registry: &'static [fn() -> &'static NodeDecl], object_kind: fn(&str) -> Option<&'static str>) -> Self {
        Self {
            diagnostics: Vec::new(),
            names: Vec::new(),
            secrets: Vec::new(),
            allowed: Vec::new(),
            scope: ScopeId::default(),
            withheld: 0,
            unexpanded: BTreeSet::new(),
            left_out: 0,
            before: 0,
            scopes: 0,
            registry,
            object_kind,
            defaults: Inherited::default(),
            depth: 0,
            partial: false,
            again: false,
            view: None,
            viewed_as: Vec::new(),
        }
    }

    /// Starts decoding other nodes of the same homelab, perhaps on another core: nodes that open no scope themselves.
    /// [`join`](Self::join) takes what comes of it.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self {
            unexpanded: self.unexpanded.clone(),
            before: self.before + self.diagnostics.len(),
            ..Self::new(self.registry, self.object_kind)
        }
    }

    /// Takes what was noted [`apart`](Self::apart).
    pub fn join(&mut self, other: Self) {
        let Self { diagnostics, names, secrets, allowed, withheld, left_out, .. } = other;
        diagnostics.into_iter().for_each(|found| self.report(found));
        self.names.extend(names);
        self.secrets.extend(secrets);
        self.allowed.extend(allowed);
        self.withheld += withheld;
        self.left_out += left_out;
    }

    /// Reports a finding.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        let kept = if self.is_flooded() { diagnostic.bare() } else { diagnostic };
        self.diagnostics.push(kept);
    }

    /// True when there are so many findings that further ones need no explanation.
    pub(crate) fn is_flooded(&self) -> bool {
        self.before + self.diagnostics.len() >= EXPLAINED
    }

    /// A new scope: for the names of one workload or addon.
    pub fn open_scope(&mut self) -> ScopeId {
        self.scopes += 1;
        ScopeId(self.scopes)
    }

    /// Reads nodes inside a workload or addon, with the defaults that are in force already.
    pub fn scoped<T>(&mut self, scope: ScopeId, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = read(self);
        self.scope = outer;
        result
    }

    /// Reads nodes inside a workload or addon, with defaults in force.
    pub fn within<T>(&mut self, scope: ScopeId, defaults: Inherited<'a>, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer_scope = std::mem::replace(&mut self.scope, scope);
        let outer_defaults = std::mem::replace(&mut self.defaults, defaults);
        let result = read(self);
        self.scope = outer_scope;
        self.defaults = outer_defaults;
        result
    }

    /// Notes that a name is declared here.
    pub fn declare<T: Concept>(&mut self, def: &Def<T>) {
        if !self.again {
            self.note::<T>(&def.name, def.span, true);
        }
    }

    /// Notes that a name is used here.
    ///
    /// In defaults, a name of the workload is noted by the blocks that start from them, each in its workload.
    pub fn refer<T: Concept>(&mut self, reference: &Ref<T>) {
        if self.partial && T::SCOPE == Scope::Local {
            return;
        }
        self.note::<T>(&reference.name, reference.span, false);
    }

    /// Notes that a secret is named here, so that one pass can hold them all against the SOPS file. A default is read for
    /// every block that starts from it, and noted each time.
    pub fn use_secret(&mut self, key: &SecretKey) {
        self.secrets.push(SecretUse { key: key.clone(), refused: false });
    }

    fn note<T: Concept>(&mut self, name: &str, span: Span, declares: bool) {
        let (kind, unique, scope) = (T::KIND, T::SCOPE, self.scope);
        self.names.push(NameUse { kind, unique, name: name.to_owned(), span, scope, declares });
    }

    /// The kind of object that a word is probably meant to be.
    pub(crate) fn object_kind(&self, word: &str) -> Option<&'static str> {
        (self.object_kind)(word)
    }

    /// Declarations that allow a child of this name.
    pub(crate) fn parents_of(&self, child: &str) -> Vec<&'static str> {
        let mut parents: Vec<_> = self
            .registry
            .iter()
            .map(|decl| decl())
            .filter(|decl| decl.field(child).is_some())
            .map(|decl| decl.name)
            .collect();
        parents.sort_unstable();
        parents.dedup();
        parents
    }

    /// Reads what is a part of other nodes.
    fn partially<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.partial, true);
        let result = read(self);
        self.partial = outer;
        result
    }

    /// Reads what is read elsewhere too.
    fn again<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.again, true);
        let result = read(self);
        self.again = outer;
        result
    }
}

/// True for the finding that a node lacks fields which it cannot do without.
#[must_use]
pub fn is_missing_field(found: &Diagnostic) -> bool {
    found.code == &codes::MISSING_FIELD
}

/// Finds the attribute of this name.
#[must_use]
pub fn attribute(decl: &NodeDecl, name: &str) -> Option<AttrDecl> {
    decl.attributes.iter().find(|attr| attr.name == name).copied()
}

/// True for the name of a node that stands for a Kubernetes object: it starts with an upper-case letter.
#[must_use]
pub fn is_object_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
}

/// A finding about an annotation that cannot stand where it does.
pub(crate) fn wrong_annotation(
    code: &'static Code,
    annotation: &syntax::Annotation<'_>,
    message: String,
) -> Diagnostic {
    Diagnostic::new(code, annotation.outer, message)
}

/// The finding that a block is given as a property.
#[must_use]
pub fn not_a_property(decl: &NodeDecl, span: Span) -> Diagnostic {
    Diagnostic::new(&codes::WRONG_SHAPE, span, format!("`{}` is a block, not a property", decl.name))
        .help(format!("for example: {}", first_lines(decl.example)))
}

/// The first line of an example, closed if it opens a block.
fn first_lines(example: &str) -> String {
    let line = example.lines().next().unwrap_or("").trim();
    if line.ends_with('{') { format!("{line} … }}") } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use hlc_diag::FileId;

    use super::*;

    #[test]
    fn of_very_many_findings_the_last_are_not_explained() {
        let mut cx = Cx::new(&[], |_| None);
        for place in 0..=10_000 {
            let span = Span::new(FileId::new(0), place, place);
            cx.report(Diagnostic::new(&NUMBER, span, "wrong").help("write another"));
        }
        let helps = |at: usize| cx.diagnostics[at].helps.len();
        assert_eq!((cx.diagnostics.len(), helps(9_999), helps(10_000)), (10_001, 1, 0));
        assert_eq!(cx.diagnostics[10_000].primary.span.start, 10_000);
    }
}
