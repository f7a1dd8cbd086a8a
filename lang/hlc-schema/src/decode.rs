//! From syntax tree to typed nodes.
//!
//! [`Fields`] is opened on a node with its declaration; that reports everything the declaration does not allow. Then each
//! field is read by its type. A field that is absent is looked up in the defaults in force: nesting is how the language
//! inherits, and this is its one implementation.

use hlc_diag::{Code, Diagnostic, Span};
use hlc_syntax as syntax;

use crate::{AttrDecl, Concept, Def, FieldDecl, NameUse, NodeDecl, Ref, Scope, ScopeId, Setting};

mod codes;
pub(crate) mod shape;
mod value;

pub use codes::CODES;
pub(crate) use codes::{ANNOTATION, LITERAL_WANTED, NUMBER};
use codes::{DUPLICATE_FIELD, MISSING_FIELD};
pub use shape::unknown_top_level;
pub use value::literal;

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
    fn decode<'a>(source: Source<'a>, cx: &mut Cx<'a>) -> Option<Self>;
}

/// The defaults that nodes start from.
#[derive(Clone, Default)]
pub struct Inherited<'a> {
    /// The members of `defaults` nodes, the innermost first.
    pub members: Vec<syntax::Node<'a>>,
    /// True when more may stand in what could not be read: then no field can be said to be missing.
    pub incomplete: bool,
}

/// What decoding carries along.
pub struct Cx<'a> {
    /// Findings so far.
    pub diagnostics: Vec<Diagnostic>,
    /// Every name declared or used so far.
    pub names: Vec<NameUse>,
    /// The workload or addon being read.
    pub scope: ScopeId,
    /// How many nodes could not be read and were not reported, since what they lack may stand in what is broken.
    pub withheld: usize,
    /// Every declaration of the language, to say where a misplaced node belongs.
    registry: &'static [fn() -> &'static NodeDecl],
    /// Finds the kind of object that a word is probably meant to be: `Deployment` for `deployment`.
    object_kind: fn(&str) -> Option<&'static str>,
    defaults: Inherited<'a>,
    partial: bool,
}

impl<'a> Cx<'a> {
    /// Starts decoding a homelab whose language is `registry`, with objects of the kinds that `object_kind` knows.
    #[must_use]
    pub fn new(registry: &'static [fn() -> &'static NodeDecl], object_kind: fn(&str) -> Option<&'static str>) -> Self {
        Self {
            diagnostics: Vec::new(),
            names: Vec::new(),
            scope: ScopeId::default(),
            withheld: 0,
            registry,
            object_kind,
            defaults: Inherited::default(),
            partial: false,
        }
    }

    /// Reports a finding.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
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
        if !self.partial {
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

    fn partially<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.partial, true);
        let result = read(self);
        self.partial = outer;
        result
    }
}

/// Reads a member of a `defaults` block, only to report what is wrong with it: arguments and required fields may be
/// missing, since other nodes start from this one.
pub fn check_default<'a, T: Node>(node: syntax::Node<'a>, cx: &mut Cx<'a>) {
    cx.partially(|cx| {
        cx.within(cx.scope, Inherited::default(), |cx| {
            T::decode(Source::Node(node), cx);
        });
    });
}

/// Finds the attribute of this name.
#[must_use]
pub fn attribute(decl: &NodeDecl, name: &str) -> Option<AttrDecl> {
    decl.attributes.iter().find(|attr| attr.name == name).copied()
}

/// One node being read.
pub struct Fields<'a> {
    decl: &'static NodeDecl,
    source: Source<'a>,
    arguments: Vec<syntax::Entry<'a>>,
    next_argument: usize,
    /// Something in it has been reported: what seems to be missing is probably that.
    misshapen: bool,
    /// Fields that have to be there and are not.
    missing: Vec<&'static FieldDecl>,
}

impl<'a> Fields<'a> {
    /// Starts reading, and reports everything that the declaration does not allow.
    pub fn open(decl: &'static NodeDecl, source: Source<'a>, cx: &mut Cx<'a>) -> Self {
        let arguments = match source {
            Source::Node(node) => node.args().collect(),
            Source::Value(entry) => vec![entry],
        };
        let before = cx.diagnostics.len();
        shape::check(decl, source, &arguments, cx);
        let misshapen = cx.diagnostics.len() > before;
        Self { decl, source, arguments, next_argument: 0, misshapen, missing: Vec::new() }
    }

    /// The node's place.
    #[must_use]
    pub fn span(&self) -> Span {
        self.source.span()
    }

    /// What to point at when the whole node is meant.
    #[must_use]
    pub fn head(&self) -> Span {
        self.source.head()
    }

    /// True when the node carries this annotation.
    #[must_use]
    pub fn annotated(&self, name: &str) -> bool {
        match self.source {
            Source::Node(node) => node.annotation().is_some_and(|annotation| annotation.text == name),
            Source::Value(_) => false,
        }
    }

    fn declared(&self, index: usize) -> Option<&'static FieldDecl> {
        self.decl.fields.get(index)
    }

    /// Reads the next argument, or all that are left when the field takes many.
    pub fn argument<T: Setting>(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<T> {
        let field = self.declared(index)?;
        let rest = self.arguments.get(self.next_argument..).unwrap_or(&[]);
        let taken = if T::MANY { rest } else { rest.get(..1).unwrap_or(&[]) };
        self.next_argument += taken.len();
        if taken.is_empty() { self.absent::<T>(field) } else { T::read(taken, cx) }
    }

    /// Reads a property, or a child that says the same; else from the defaults in force.
    pub fn setting<T: Setting>(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<T> {
        let field = self.declared(index)?;
        let own = occurrences(self.source, field.name);
        if let Some(second) = own.get(1) {
            let first = own.first().map_or(self.head(), Occurrence::span);
            cx.report(duplicate(field.name, second.span(), first));
        }
        let found = own.into_iter().next().or_else(|| {
            cx.defaults
                .members
                .iter()
                .filter(|node| node.name() == self.decl.name)
                .find_map(|node| occurrences(Source::Node(*node), field.name).into_iter().next())
        });
        match found {
            None => self.absent::<T>(field),
            Some(Occurrence::Property(entry)) => T::read(&[entry], cx),
            Some(Occurrence::Child(node)) => {
                let values: Vec<_> = node.args().collect();
                if values.is_empty() {
                    return None; // reported when the node was opened
                }
                T::read(&values, cx)
            }
        }
    }

    /// Reads the one child node (or property that stands for it), if it is there.
    pub fn block<T: Node>(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<Option<T>> {
        let field = self.declared(index)?;
        let own = occurrences(self.source, field.name);
        if let Some(second) = own.get(1) {
            let first = own.first().map_or(self.head(), Occurrence::span);
            cx.report(duplicate(field.name, second.span(), first));
        }
        let found = own.into_iter().next().or_else(|| {
            cx.defaults
                .members
                .iter()
                .filter(|node| node.name() == self.decl.name)
                .find_map(|node| occurrences(Source::Node(*node), field.name).into_iter().next())
        });
        match found {
            None => Some(None),
            Some(occurrence) => T::decode(occurrence.source(), cx).map(Some),
        }
    }

    /// Reads the one child node that must be there.
    pub fn required_block<T: Node>(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<T> {
        match self.block::<T>(index, cx)? {
            Some(value) => Some(value),
            None => {
                self.missing.extend(self.declared(index));
                None
            }
        }
    }

    /// Reads every child node of this name; those that cannot be read are reported and left out.
    pub fn blocks<T: Node>(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<Vec<T>> {
        let field = self.declared(index)?;
        let own = occurrences(self.source, field.name);
        Some(own.into_iter().filter_map(|occurrence| T::decode(occurrence.source(), cx)).collect())
    }

    /// Reads a block of free data, if it is there.
    pub fn free(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<Option<crate::FreeBlock>> {
        let field = self.declared(index)?;
        let own = occurrences(self.source, field.name);
        if let Some(second) = own.get(1) {
            let first = own.first().map_or(self.head(), Occurrence::span);
            cx.report(duplicate(field.name, second.span(), first));
        }
        match own.into_iter().next() {
            Some(Occurrence::Child(node)) => crate::free::block(node, cx).map(Some),
            _ => Some(None),
        }
    }

    /// Reads the Kubernetes objects that stand in the node.
    pub fn objects(&mut self, cx: &mut Cx<'a>) -> Vec<crate::ObjectNode> {
        let Source::Node(node) = self.source else { return Vec::new() };
        node.children()
            .filter(|child| is_object_name(&child.name()))
            .filter_map(|child| crate::free::object(child, cx))
            .collect()
    }

    /// Ends the reading: reports the fields that are missing, all at once.
    pub fn close(self, cx: &mut Cx<'a>) {
        let Some(first) = self.missing.first() else { return };
        if cx.partial || self.misshapen {
            return;
        }
        if cx.defaults.incomplete {
            cx.withheld += 1;
            return;
        }
        let names: Vec<String> = self.missing.iter().map(|field| needed(field)).collect();
        let names = match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        };
        let message = format!("`{}` needs {names}", self.decl.name);
        let mut diagnostic = Diagnostic::new(&MISSING_FIELD, self.head(), message);
        if let (1, Some(ty)) = (self.missing.len(), first.kind.value_type()) {
            diagnostic = diagnostic.here(format!("{} wants {}", first.name, ty.wants));
        }
        for field in &self.missing {
            diagnostic = diagnostic.note(format!("`{}`: {}", field.name, field.doc.lines().next().unwrap_or("")));
        }
        cx.report(diagnostic.help(format!("for example: {}", first_lines(self.decl.example))));
    }

    fn absent<T: Setting>(&mut self, field: &'static FieldDecl) -> Option<T> {
        let value = T::absent();
        if value.is_none() {
            self.missing.push(field);
        }
        value
    }
}

/// A missing field, as a part of "needs …".
fn needed(field: &FieldDecl) -> String {
    if field.is_argument() {
        format!("a {}", field.name)
    } else if field.kind.value_type().is_some() {
        format!("`{}`", field.name)
    } else {
        format!("a `{}` block", field.name)
    }
}

/// The first line of an example, closed if it opens a block.
fn first_lines(example: &str) -> String {
    let line = example.lines().next().unwrap_or("").trim();
    if line.ends_with('{') { format!("{line} … }}") } else { line.to_owned() }
}

/// A property or a child of one name.
enum Occurrence<'a> {
    Property(syntax::Entry<'a>),
    Child(syntax::Node<'a>),
}

impl<'a> Occurrence<'a> {
    fn span(&self) -> Span {
        match self {
            Self::Property(entry) => entry.span(),
            Self::Child(node) => node.header_span(),
        }
    }

    fn source(self) -> Source<'a> {
        match self {
            Self::Property(entry) => Source::Value(entry),
            Self::Child(node) => Source::Node(node),
        }
    }
}

fn occurrences<'a>(source: Source<'a>, name: &str) -> Vec<Occurrence<'a>> {
    let Source::Node(node) = source else { return Vec::new() };
    let properties =
        node.props().filter(|entry| entry.key().is_some_and(|key| key.text == name)).map(Occurrence::Property);
    let children = node.children().filter(|child| child.name() == name).map(Occurrence::Child);
    properties.chain(children).collect()
}

fn duplicate(name: &str, second: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&DUPLICATE_FIELD, second, format!("`{name}` is given twice"))
        .here("given again")
        .label(first, "first given here")
        .help("keep one of the two; a property and a child of one name mean the same")
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
