//! Reading the fields of one node.

use hlc_diag::{Diagnostic, Span};
use hlc_syntax as syntax;

use super::codes::{DUPLICATE_FIELD, MISSING_FIELD};
use super::{Cx, Node, Source, first_lines, is_object_name, shape};
use crate::{FieldDecl, NodeDecl, Setting};

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

    /// The place where a field is given in the node itself; a second one is reported.
    fn find(&self, field: &FieldDecl, cx: &mut Cx<'a>) -> Option<Occurrence<'a>> {
        let mut own = occurrences(self.source, field.name).into_iter();
        let first = own.next()?;
        if let Some(second) = own.next() {
            cx.report(duplicate(field.name, second.span(), first.span()));
        }
        Some(first)
    }

    /// The place where a field is given in the defaults in force.
    fn inherited(&self, field: &FieldDecl, cx: &Cx<'a>) -> Option<Occurrence<'a>> {
        let members = cx.defaults.members.iter().filter(|node| node.name() == self.decl.name);
        members.copied().find_map(|node| occurrences(Source::Node(node), field.name).into_iter().next())
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
        let found = self.find(field, cx).or_else(|| self.inherited(field, cx));
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
        let found = self.find(field, cx).or_else(|| self.inherited(field, cx));
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
        match self.find(field, cx) {
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
