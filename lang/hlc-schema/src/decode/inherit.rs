//! What nodes start from: the fields of the groups they stand in, and `defaults`.
//!
//! A field that a node does not give itself is looked up here, the nearest place first. A value, a list and a block are
//! taken whole; free data is merged, key by key, the nearer place over the farther one.

use std::borrow::Cow;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_syntax as syntax;

use super::codes::DUPLICATE_FIELD;
use super::occurrence::{Occurrence, occurrences};
use super::{Cx, Node, Source, View};
use crate::suggest::{list_names, nearest};
use crate::{FieldDecl, FieldKind, NodeDecl};

pub(super) static CODES: &[&Code] = &[&DEFAULTS];

/// A node that has no defaults.
pub(crate) static DEFAULTS: Code = Code {
    id: "HLC0306",
    name: "defaults",
    severity: Severity::Error,
    summary: "a node that `defaults` cannot hold",
    explain: "`defaults` holds nodes without names: what is written there is what each node of that kind starts from. \
              `defaults \"route\" { … }` and `defaults { route … }` mean the same. In a homelab and its categories it holds \
              the building blocks of workloads.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    defaults { network cidr=\"10.0.0.0/8\" }\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    defaults { chart deliver=\"argocd\" }\n}",
};

/// What a `defaults` block can hold, and how it is checked.
pub type Defaultable = (fn() -> &'static NodeDecl, for<'a> fn(syntax::Node<'a>, bool, &mut Cx<'a>));

/// A place that nodes start from.
#[derive(Clone)]
pub struct Base<'a> {
    node: syntax::Node<'a>,
    of: Of<'a>,
}

/// What starts from a base.
#[derive(Clone)]
enum Of<'a> {
    /// Nodes of this name.
    Kind(Cow<'a, str>),
    /// The members of a group, their members and so on.
    Group(&'static NodeDecl),
}

impl<'a> Base<'a> {
    /// A group: a node whose fields are what its members start from.
    pub(super) fn group(node: syntax::Node<'a>, decl: &'static NodeDecl) -> Self {
        Self { node, of: Of::Group(decl) }
    }

    /// True when a node of this declaration takes this field from here.
    fn gives(&self, decl: &'static NodeDecl, field: &FieldDecl) -> bool {
        match &self.of {
            Of::Kind(name) => *name == decl.name,
            Of::Group(group) => {
                // A field of the same name that is something else in the group belongs to the group alone.
                let same = |own: &FieldDecl| std::mem::discriminant(&own.kind) == std::mem::discriminant(&field.kind);
                field.is_inherited()
                    && group.members().iter().any(|member| std::ptr::eq(*member, decl))
                    && group.field(field.name).is_none_or(same)
            }
        }
    }

    fn is_group(&self) -> bool {
        matches!(self.of, Of::Group(_))
    }
}

/// Everything that nodes start from, the nearest first.
#[derive(Clone, Default)]
pub struct Inherited<'a> {
    bases: Vec<Base<'a>>,
    /// What may start from more, which could not be read: then none of its fields can be said to be missing.
    unsure: Vec<&'static NodeDecl>,
}

impl<'a> Inherited<'a> {
    /// What nodes start from, the nearest first, and the nodes that may start from more which could not be read.
    #[must_use]
    pub fn new(bases: Vec<Base<'a>>, unsure: Vec<&'static NodeDecl>) -> Self {
        Self { bases, unsure }
    }

    /// The same with nearer places.
    pub(super) fn nearer(&self, nearer: Self) -> Self {
        let bases = nearer.bases.into_iter().chain(self.bases.iter().cloned()).collect();
        let unsure = nearer.unsure.into_iter().chain(self.unsure.iter().copied()).collect();
        Self { bases, unsure }
    }

    /// True when a node of this declaration may start from something that could not be read.
    pub(super) fn is_unsure(&self, decl: &NodeDecl) -> bool {
        self.unsure.iter().any(|unsure| std::ptr::eq(*unsure, decl))
    }

    /// The nearest place where a field is given.
    pub(super) fn first(&self, decl: &'static NodeDecl, field: &FieldDecl) -> Option<Occurrence<'a>> {
        let bases = self.bases.iter().filter(|base| base.gives(decl, field));
        bases.flat_map(|base| occurrences(Source::Node(base.node), field)).next()
    }

    /// Everything of a field that repeats, from the nearest group that has some.
    pub(super) fn all(&self, decl: &'static NodeDecl, field: &FieldDecl) -> Vec<Occurrence<'a>> {
        let groups = self.groups(decl, field);
        groups
            .map(|group| occurrences(Source::Node(group), field).collect::<Vec<_>>())
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// The blocks of free data of a field, the nearest first.
    pub(super) fn blocks(&self, decl: &'static NodeDecl, field: &FieldDecl) -> Vec<syntax::Node<'a>> {
        let given =
            self.groups(decl, field).filter_map(|group| group.children().find(|child| field.is_called(&child.name())));
        given.collect()
    }

    /// Every block of a field in each group that has some, the nearest group first.
    pub(super) fn layers(&self, decl: &'static NodeDecl, field: &FieldDecl) -> Vec<Vec<syntax::Node<'a>>> {
        let blocks = |group: syntax::Node<'a>| -> Vec<_> {
            group.children().filter(|child| child.name() == field.name).collect()
        };
        self.groups(decl, field).map(blocks).filter(|blocks| !blocks.is_empty()).collect()
    }

    fn groups(&self, decl: &'static NodeDecl, field: &FieldDecl) -> impl Iterator<Item = syntax::Node<'a>> {
        self.bases.iter().filter(move |base| base.is_group() && base.gives(decl, field)).map(|base| base.node)
    }
}

/// The nodes that a `defaults` node holds: `defaults { oidc … }` or `defaults "oidc" { … }`. Reports what is wrong with
/// them, against the list of what it may hold.
pub fn bases_of_defaults<'a>(
    nodes: impl Iterator<Item = syntax::Node<'a>>,
    members: &[Defaultable],
    cx: &mut Cx<'a>,
) -> Vec<Base<'a>> {
    let mut bases: Vec<Base<'a>> = Vec::new();
    let mut add = |name: Cow<'a, str>, node: syntax::Node<'a>, named: bool, cx: &mut Cx<'a>| {
        check_member(&name, node, named, members, cx);
        let is_same = |base: &&Base<'a>| matches!(&base.of, Of::Kind(other) if *other == name);
        if let Some(first) = bases.iter().find(is_same) {
            cx.report(
                Diagnostic::new(&DUPLICATE_FIELD, node.header_span(), format!("`{name}` has defaults here already"))
                    .here("given again")
                    .label(first.node.header_span(), "first given here")
                    .help("write all of them into one"),
            );
        }
        bases.push(Base { node, of: Of::Kind(name) });
    };
    for node in nodes {
        match kind_of_defaults(node, cx) {
            Some(kind) => add(kind, node, true, cx),
            None => {
                let mut without_kind = false;
                for child in node.children() {
                    match kind_with_field(&child.name(), members) {
                        // One word is missing, however many fields follow.
                        Some(kind) if !std::mem::replace(&mut without_kind, true) => {
                            cx.report(field_without_kind(node, child, kind));
                        }
                        Some(_) => {}
                        None => add(child.name(), child, false, cx),
                    }
                }
            }
        }
    }
    bases
}

/// The kind of node that has a field of this name; `None` for the name of a kind, and for what is neither.
fn kind_with_field(name: &str, members: &[Defaultable]) -> Option<&'static str> {
    if members.iter().any(|(decl, _)| decl().name == name) {
        return None;
    }
    members.iter().map(|(decl, _)| decl()).find(|decl| decl.field(name).is_some()).map(|decl| decl.name)
}

fn field_without_kind(node: syntax::Node<'_>, child: syntax::Node<'_>, kind: &str) -> Diagnostic {
    Diagnostic::new(&DEFAULTS, node.name_span(), "`defaults` does not say which kind of node it is for")
        .label(child.name_span(), format!("`{}` is a field of `{kind}`", child.name()))
        .help(format!("write `defaults \"{kind}\" {{ … }}`"))
}

/// The KIND of `defaults "KIND" { … }`; reports what else stands behind the name.
fn kind_of_defaults<'a>(node: syntax::Node<'a>, cx: &mut Cx<'a>) -> Option<Cow<'a, str>> {
    let mut arguments = node.args();
    let kind = arguments.next();
    let refused = match kind {
        None => node.props().next(),
        Some(_) => arguments.next(),
    };
    if let Some(entry) = refused {
        cx.report(
            Diagnostic::new(&DEFAULTS, entry.span(), "`defaults` has blocks, no values of its own")
                .help("write `defaults { … }`, or `defaults \"KIND\" { … }` for one kind of node"),
        );
    }
    match kind?.value() {
        syntax::Value::String(kind) => Some(kind),
        syntax::Value::Number(_) | syntax::Value::Bool(_) | syntax::Value::Null => {
            let at = kind?.span();
            cx.report(Diagnostic::new(&DEFAULTS, at, "this is no kind of node").help("write `defaults { … }`"));
            None
        }
    }
}

fn check_member<'a>(name: &str, node: syntax::Node<'a>, named: bool, members: &[Defaultable], cx: &mut Cx<'a>) {
    let Some((decl, check)) = members.iter().find(|(decl, _)| decl().name == name) else {
        cx.report(no_defaults(name, node, named, members));
        return;
    };
    check(node, named, cx);
    let refuse = |span, message: String| Diagnostic::new(&DEFAULTS, span, message).help("write it where it is meant");
    if let Some(argument) = node.args().next().filter(|_| !named) {
        cx.report(
            Diagnostic::new(&DEFAULTS, argument.span(), format!("defaults of `{name}` have no name"))
                .help("remove it: defaults hold for every node of this kind"),
        );
    }
    if let Some(annotation) = node.annotation() {
        cx.report(refuse(annotation.outer, format!("`({})` cannot be a default", annotation.text)));
    }
    for child in node.children() {
        let kind = decl().field(&child.name()).map(|field| field.kind);
        if matches!(kind, Some(FieldKind::Free | FieldKind::Blocks(_))) {
            cx.report(refuse(child.name_span(), format!("`{}` cannot be a default", child.name())));
        }
    }
}

fn no_defaults(name: &str, node: syntax::Node<'_>, named: bool, members: &[Defaultable]) -> Diagnostic {
    let at = node.args().next().filter(|_| named).map_or_else(|| node.name_span(), syntax::Entry::value_span);
    let names: Vec<_> = members.iter().map(|(decl, _)| decl().name).collect();
    let diagnostic = Diagnostic::new(&DEFAULTS, at, format!("`{name}` has no defaults"))
        .help(format!("`defaults` can hold {}", list_names(&names, "and")));
    match nearest(name, names.iter().copied()) {
        Some(meant) => diagnostic.suggest(
            format!("write `{meant}`"),
            at,
            if named { format!("\"{meant}\"") } else { meant.to_owned() },
        ),
        None => diagnostic,
    }
}

/// Reads a part of a `T`, only to report what is wrong with it: arguments and required fields may be missing, since other
/// nodes start from this one. With `named` the node is `defaults "T" { … }`, else it is called `T`.
pub fn check_default<'a, T: Node>(node: syntax::Node<'a>, named: bool, cx: &mut Cx<'a>) {
    let outer = std::mem::take(&mut cx.defaults);
    cx.partially(|cx| {
        cx.again(|cx| {
            cx.view = named.then_some(View::Defaults);
            T::decode(Source::Node(node), cx);
        });
    });
    cx.defaults = outer;
}

impl<'a> Cx<'a> {
    /// Reads the fields of a group that are its members', once, where they stand.
    pub(super) fn check_group<T: Node>(&mut self, group: syntax::Node<'a>, decl: &'static NodeDecl, is_view: bool) {
        let outermost = (!is_view).then(|| std::mem::replace(&mut self.viewed_as, vec![decl]));
        if !self.viewed_as.iter().any(|seen| std::ptr::eq(*seen, T::decl())) {
            self.viewed_as.push(T::decl());
            let defaults = std::mem::take(&mut self.defaults);
            self.partially(|cx| {
                cx.view = Some(View::Group);
                T::decode(Source::Node(group), cx);
            });
            self.defaults = defaults;
            self.viewed_as.pop();
        }
        if let Some(outer) = outermost {
            self.viewed_as = outer;
        }
    }

    /// Reads members, which start from these places first.
    pub(super) fn starting_from<T>(&mut self, nearer: Inherited<'a>, read: impl FnOnce(&mut Self) -> T) -> T {
        let nearer = self.defaults.nearer(nearer);
        let outer = std::mem::replace(&mut self.defaults, nearer);
        let result = read(self);
        self.defaults = outer;
        result
    }
}
