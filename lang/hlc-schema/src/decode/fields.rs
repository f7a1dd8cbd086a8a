//! Reading the fields of one node.

use hlc_diag::{Diagnostic, Span};
use hlc_syntax as syntax;

use super::codes::{DUPLICATE_FIELD, MISSING_FIELD};
use super::inherit::{Base, Defaultable, Inherited, bases_of_defaults};
use super::occurrence::{Occurrence, occurrences};
use super::{Cx, Node, Source, View, first_lines, is_object_name, shape};
use crate::free::{FreeBlock, Layers, TOO_DEEP};
use crate::scalar::WRONG_VALUE;
use crate::{FieldDecl, NodeDecl, Setting};

/// How deep typed nodes may nest. Groups in groups are the only ones that repeat.
const MAX_DEPTH: usize = 64;

/// One node being read.
pub struct Fields<'a> {
    decl: &'static NodeDecl,
    source: Source<'a>,
    arguments: Vec<syntax::Entry<'a>>,
    next_argument: usize,
    /// Where arguments that could not be read were reported: probably one in front of them is missing.
    misfits: Vec<Span>,
    /// Something in it has been reported: what seems to be missing is probably that.
    misshapen: bool,
    /// Fields that have to be there and are not.
    missing: Vec<&'static FieldDecl>,
    /// The node stands for something else than what it is.
    view: Option<View>,
    /// Nothing in it is read: it stands too deep.
    closed: bool,
    /// What was in force before the node's own defaults.
    outer: Option<Inherited<'a>>,
}

impl<'a> Fields<'a> {
    /// Starts reading, and reports everything that the declaration does not allow.
    pub fn open(decl: &'static NodeDecl, source: Source<'a>, cx: &mut Cx<'a>) -> Self {
        let view = cx.view.take();
        let arguments = match source {
            _ if view.is_some() => Vec::new(),
            Source::Node(node) => node.args().collect(),
            Source::Value(entry) => vec![entry],
        };
        let before = (cx.diagnostics.len(), cx.left_out);
        // A view is the same node again.
        cx.depth += usize::from(view != Some(View::Group));
        let closed = cx.depth > MAX_DEPTH;
        if closed {
            let message = format!("blocks nest deeper than {MAX_DEPTH} levels");
            cx.report(Diagnostic::new(&TOO_DEEP, source.head(), message));
        } else if view != Some(View::Group) {
            // What a group must not hold is reported by the group.
            shape::check(decl, source, &arguments, cx);
        }
        let misshapen = (cx.diagnostics.len(), cx.left_out) != before;
        let (missing, outer) = (Vec::new(), None);
        let misfits = Vec::new();
        Self { decl, source, arguments, next_argument: 0, misfits, misshapen, missing, view, closed, outer }
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

    /// Every place where a field is given in the node itself.
    fn own(&self, field: &FieldDecl, cx: &Cx<'a>) -> impl Iterator<Item = Occurrence<'a>> {
        // What a group has a field for itself has been read as that.
        let is_groups = || {
            let mut others = cx.viewed_as.iter().filter(|decl| !std::ptr::eq(**decl, self.decl));
            self.view == Some(View::Group) && others.any(|decl| decl.field(field.name).is_some())
        };
        let is_read = !self.closed && !is_groups();
        is_read.then(|| occurrences(self.source, field)).into_iter().flatten()
    }

    /// The place where a field is given in the node itself; a second one is reported.
    fn find(&self, field: &FieldDecl, cx: &mut Cx<'a>) -> Option<Occurrence<'a>> {
        let mut own = self.own(field, cx);
        let (first, second) = (own.next()?, own.next());
        drop(own);
        if let Some(second) = second {
            cx.report(duplicate(field.name, second.span(), first.span()));
        }
        Some(first)
    }

    /// Reads the next argument, or all that are left when the field takes many.
    pub fn argument<T: Setting>(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<T> {
        let field = self.declared(index)?;
        let rest = self.arguments.get(self.next_argument..).unwrap_or(&[]);
        let taken = if T::MANY { rest } else { rest.get(..1).unwrap_or(&[]) };
        self.next_argument += taken.len();
        if taken.is_empty() {
            return self.absent::<T>(field);
        }
        let before = cx.diagnostics.len();
        let value = T::read(taken, cx);
        self.misfits.extend(cx.diagnostics.iter().skip(before).map(|found| found.primary.span));
        value
    }

    /// Reads a property, or a child that says the same; else from the defaults in force.
    pub fn setting<T: Setting>(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<T> {
        let field = self.declared(index)?;
        let found = self.find(field, cx).or_else(|| cx.defaults.first(self.decl, field));
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
        if let Some(own) = self.find(field, cx) {
            return T::decode(own.source(), cx).map(Some);
        }
        match cx.defaults.first(self.decl, field) {
            None => Some(None),
            Some(inherited) => cx.again(|cx| T::decode(inherited.source(), cx)).map(Some),
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

    /// Reads every child node of this name, or all of the nearest group that has some; those that cannot be read are
    /// reported and left out.
    pub fn blocks<T: Node>(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<Vec<T>> {
        let field = self.declared(index)?;
        let read = |found: Vec<Occurrence<'a>>, cx: &mut Cx<'a>| {
            found.into_iter().filter_map(|occurrence| T::decode(occurrence.source(), cx)).collect()
        };
        let own: Vec<_> = self.own(field, cx).collect();
        if own.is_empty() {
            let inherited = cx.defaults.all(self.decl, field);
            return Some(cx.again(|cx| read(inherited, cx)));
        }
        Some(read(own, cx))
    }

    /// Reads the node's members: child nodes that start from its fields.
    pub fn members<T: Node>(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<Vec<T>> {
        let field = self.declared(index)?;
        let Source::Node(node) = self.source else { return Some(Vec::new()) };
        if self.closed {
            return Some(Vec::new());
        }
        cx.check_group::<T>(node, self.decl, self.view.is_some());
        if self.view.is_some() {
            return Some(Vec::new());
        }
        let own = occurrences(self.source, field);
        let read = |cx: &mut Cx<'a>| own.filter_map(|member| T::decode(member.source(), cx)).collect();
        let unsure = if self.misshapen { self.decl.members() } else { Vec::new() };
        Some(cx.starting_from(Inherited::new(vec![Base::group(node, self.decl)], unsure), read))
    }

    /// Puts the node's `defaults` in force for the blocks that are read after it.
    pub fn defaults(&mut self, index: usize, members: &[Defaultable], cx: &mut Cx<'a>) -> Option<()> {
        let field = self.declared(index)?;
        let Source::Node(node) = self.source else { return Some(()) };
        if self.closed || self.view.is_some() {
            return Some(());
        }
        let before = cx.diagnostics.len();
        let bases = bases_of_defaults(node.children().filter(|child| field.is_called(&child.name())), members, cx);
        let faulty = cx.diagnostics.iter().skip(before).any(Diagnostic::is_error);
        let unsure = if faulty { members.iter().map(|(decl, _)| decl()).collect() } else { Vec::new() };
        let nearer = cx.defaults.nearer(Inherited::new(bases, unsure));
        self.outer = Some(std::mem::replace(&mut cx.defaults, nearer));
        Some(())
    }

    /// Reads a block of free data, if it is there, over those of the groups that the node stands in.
    pub fn free(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<Option<FreeBlock>> {
        let field = self.declared(index)?;
        let own = match self.find(field, cx) {
            Some(Occurrence::Child(node)) => Some(node),
            Some(Occurrence::Property(_)) => return Some(None), // reported when the node was opened
            None => None,
        };
        let inherited = cx.defaults.blocks(self.decl, field);
        let blocks: Vec<_> = own.into_iter().chain(inherited).map(|node| crate::free::block(node, cx)).collect();
        let blocks: Vec<FreeBlock> = blocks.into_iter().collect::<Option<_>>()?;
        Some(blocks.into_iter().reduce(FreeBlock::over))
    }

    /// Reads every block of free data of this name, in the node and in the groups that it stands in, without merging any.
    pub fn layers(&mut self, index: usize, cx: &mut Cx<'a>) -> Option<Layers> {
        let field = self.declared(index)?;
        let child = |occurrence| match occurrence {
            Occurrence::Child(node) => Some(node),
            Occurrence::Property(_) => None, // reported when the node was opened
        };
        let own: Vec<_> = self.own(field, cx).filter_map(child).collect();
        let mut places = cx.defaults.layers(self.decl, field);
        places.reverse();
        places.extend((!own.is_empty()).then_some(own));
        let read = |blocks: Vec<syntax::Node<'a>>, cx: &mut Cx<'a>| -> Option<Vec<FreeBlock>> {
            let blocks: Vec<_> = blocks.into_iter().map(|node| crate::free::block(node, cx)).collect();
            blocks.into_iter().collect()
        };
        let places: Vec<_> = places.into_iter().map(|blocks| read(blocks, cx)).collect();
        places.into_iter().collect::<Option<_>>().map(Layers)
    }

    /// Reads the entries with keys of the user's own that stand in the node beside its fields.
    pub fn entries(&mut self, cx: &mut Cx<'a>) -> Option<Vec<crate::free::FreeEntry>> {
        let Source::Node(node) = self.source else { return Some(Vec::new()) };
        crate::free::entries_beside(self.decl, node, cx)
    }

    /// Reads the Kubernetes objects that stand in the node.
    pub fn objects(&mut self, cx: &mut Cx<'a>) -> Vec<crate::ObjectNode> {
        let Source::Node(node) = self.source else { return Vec::new() };
        if self.closed || self.view.is_some() {
            return Vec::new();
        }
        node.children()
            .filter(|child| is_object_name(&child.name()))
            .filter_map(|child| crate::free::object(child, cx))
            .collect()
    }

    /// Ends the reading: reports the fields that are missing, all at once.
    pub fn close(mut self, cx: &mut Cx<'a>) {
        cx.depth -= usize::from(self.view != Some(View::Group));
        if let Some(outer) = self.outer.take() {
            cx.defaults = outer;
        }
        let Some(first) = self.missing.first() else { return };
        if cx.partial || self.misshapen {
            return;
        }
        if cx.defaults.is_unsure(self.decl) {
            cx.withheld += 1;
            return;
        }
        if self.missing.iter().any(|field| field.is_argument()) {
            cx.diagnostics.retain(|found| found.code != &WRONG_VALUE || !self.misfits.contains(&found.primary.span));
        }
        let names: Vec<String> = self.missing.iter().map(|field| needed(field)).collect();
        let names = match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        };
        let message = format!("`{}` needs {names}", self.decl.name);
        let mut diagnostic = Diagnostic::new(&MISSING_FIELD, self.head(), message);
        for span in std::mem::take(&mut self.misfits).into_iter().filter(|_| first.is_argument()) {
            let arguments = self.decl.fields.iter().filter(|field| field.is_argument());
            let place = arguments.zip(&self.arguments).find(|(_, entry)| entry.value_span() == span);
            if let Some((field, _)) = place {
                diagnostic = diagnostic.label(span, format!("this stands in the place of its {}", field.name));
            }
        }
        if let (1, Some(ty)) = (self.missing.len(), first.kind.value_type()) {
            diagnostic = diagnostic.here(format!("{} wants {}", first.name, ty.wants));
        }
        for field in &self.missing {
            diagnostic = diagnostic.note(format!("`{}`: {}", field.name, field.doc.lines().next().unwrap_or("")));
        }
        let example = first_lines(self.decl.example);
        let unshown = |_: &_| self.missing.len() == 1 && !example.contains(first.name);
        let example = match first.kind.block().filter(unshown) {
            Some(block) => format!("write it inside the braces, for example: {}", first_lines(block.example)),
            None => format!("for example: {example}"),
        };
        cx.report(diagnostic.help(example));
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

fn duplicate(name: &str, second: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&DUPLICATE_FIELD, second, format!("`{name}` is given twice"))
        .here("given again")
        .label(first, "first given here")
        .help("keep one of the two; a property and a child of one name mean the same")
}
