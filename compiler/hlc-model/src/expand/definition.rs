//! Components as they are written.

use std::collections::BTreeSet;

use hlc_diag::{Diagnostic, Span};
use hlc_schema::suggest::{list_names, nearest};
use hlc_schema::{DataValue, Node as _, Scalar as _};
use hlc_syntax::{Entry, Node, StandIn, Value};

use super::codes::{DUPLICATE_SLOT, NESTED_COMPONENT, UNKNOWN_PARAM, UNUSED_PARAM};
use super::{Expanded, descendants, substitute};
use crate::concept::{Component, Param, ParamType, Slot};

/// A component.
pub(super) struct Definition<'d> {
    pub(super) node: Node<'d>,
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) params: Vec<Parameter<'d>>,
    pub(super) has_slot: bool,
    /// It holds a mistake, which is reported: nothing is said about its uses.
    pub(super) broken: bool,
}

/// A parameter of a component.
pub(super) struct Parameter<'d> {
    pub(super) name: String,
    pub(super) name_span: Span,
    /// What its value has to be; `None` when that could not be read.
    pub(super) ty: Option<ParamType>,
    pub(super) default: Option<Entry<'d>>,
}

impl<'d> Definition<'d> {
    /// Reads a component, and reports what the declarations cannot tell; `None` without a name, which they report.
    pub(super) fn read(node: Node<'d>, out: &mut Expanded) -> Option<Self> {
        let found = &mut out.diagnostics;
        let name = node.args().next()?;
        let mut params = Vec::new();
        let (mut broken, mut nameless) = (false, false);
        for child in node.children().filter(|child| child.name() == Param::decl().name) {
            let param = Parameter::read(child);
            nameless |= param.is_none();
            broken |= param.as_ref().is_none_or(|(_, whole)| !whole);
            params.extend(param.map(|(param, _)| param));
        }
        for param in &params {
            let Some(default) = param.default.filter(|default| default.annotation().is_none()) else { continue };
            if let Some(fault) = param.ty.and_then(|ty| ty.fault(default.value(), default.value_span())) {
                broken = true;
                // What is no value at all is reported as such.
                found.extend((default.value() != Value::Null).then_some(fault));
            }
        }
        let mut definition =
            Self { node, name: text(name)?, name_span: name.value_span(), params, has_slot: false, broken };
        definition.check(nameless, out);
        Some(definition)
    }

    pub(super) fn param(&self, name: &str) -> Option<&Parameter<'d>> {
        self.params.iter().find(|param| param.name == name)
    }

    /// Looks through the text. With `nameless` parameters, which are reported, none can be said to be unknown.
    fn check(&mut self, nameless: bool, out: &mut Expanded) {
        let found = &mut out.diagnostics;
        let errors = found.len();
        let mut used: BTreeSet<String> = BTreeSet::new();
        let mut slot: Option<Span> = None;
        for child in self.node.children() {
            if child.name() == Component::decl().name {
                found.push(
                    Diagnostic::new(&NESTED_COMPONENT, child.name_span(), "a component cannot hold a component")
                        .help("write it at the top of a file and `use` it here"),
                );
            }
            if child.name() == Param::decl().name {
                continue;
            }
            for node in descendants(child) {
                if is_slot(node) {
                    match slot {
                        Some(first) => found.push(
                            Diagnostic::new(&DUPLICATE_SLOT, node.name_span(), "there is a second `slot`")
                                .label(first, "the first is here")
                                .help("keep one; for another place write a second component"),
                        ),
                        None => slot = Some(node.name_span()),
                    }
                }
                for (name, span) in node.entries().flat_map(substitute::params) {
                    if self.param(&name).is_none() && !nameless && !used.contains(&name) {
                        found.push(self.unknown_param(&name, span));
                    }
                    used.insert(name);
                }
            }
        }
        self.has_slot = slot.is_some();
        self.broken |= found.len() > errors;
        if self.broken {
            return;
        }
        for param in self.params.iter().filter(|param| !used.contains(&param.name)) {
            let message = format!("nothing uses the parameter `{}`", param.name);
            let unused = Diagnostic::new(&UNUSED_PARAM, param.name_span, message)
                .help(format!("remove it, or write `(ref)param.{}` where its value belongs", param.name));
            out.unused.push((self.node.span(), unused));
        }
    }

    fn unknown_param(&self, name: &str, span: Span) -> Diagnostic {
        let message = format!("component `{}` has no parameter `{name}`", self.name);
        let diagnostic = Diagnostic::new(&UNKNOWN_PARAM, span, message);
        // `"name" type="name"`, with the word in front forgotten or misspelt.
        let is_forgotten = |child: &Node<'_>| {
            child.name() == name || (child.name() != Param::decl().name && setting(*child, "type").is_some())
        };
        match self.node.children().find(is_forgotten) {
            Some(child) => diagnostic
                .label(child.name_span(), "this is no parameter")
                .help(format!("declare it: `param \"{name}\"`")),
            None => self.meant(name, diagnostic),
        }
    }

    /// The parameter that was probably meant.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.params.iter().map(|param| param.name.as_str()))
    }

    /// Adds the parameter that was probably meant, or all there are.
    pub(super) fn meant(&self, name: &str, diagnostic: Diagnostic) -> Diagnostic {
        let names: Vec<&str> = self.params.iter().map(|param| param.name.as_str()).collect();
        match self.nearest(name) {
            Some(meant) => {
                let declared = self.param(meant).map_or(self.name_span, |param| param.name_span);
                diagnostic.label(declared, "declared here").help(format!("did you mean `{meant}`?"))
            }
            None if names.is_empty() => diagnostic.help("it has none; declare one with `param \"…\"`"),
            None => diagnostic.help(format!("it has {}", list_names(&names, "and"))),
        }
    }
}

impl<'d> Parameter<'d> {
    /// Reads a parameter, and whether all of it could be read; `None` without a name.
    fn read(node: Node<'d>) -> Option<(Self, bool)> {
        let name = node.args().next()?;
        let (name, name_span) = (text(name)?, name.value_span());
        let ty = match setting(node, "type") {
            None => Some(ParamType::Text),
            Some(entry) => ParamType::from_value(&DataValue::string(text(entry).unwrap_or_default())).ok(),
        };
        Some((Self { name, name_span, ty, default: setting(node, "default") }, ty.is_some()))
    }

    /// The value that holds when a `use` gives none.
    pub(super) fn default(&self) -> Option<(StandIn, Span)> {
        self.default.map(|entry| (StandIn::of(entry), entry.value_span()))
    }
}

/// A property, or a child with the same value.
fn setting<'d>(node: Node<'d>, name: &str) -> Option<Entry<'d>> {
    let property = node.props().find(|entry| entry.key().is_some_and(|key| key.text == name));
    property.or_else(|| node.children().find(|child| child.name() == name).and_then(|child| child.args().next()))
}

/// A text that is written out.
pub(crate) fn text(entry: Entry<'_>) -> Option<String> {
    match entry.value() {
        Value::String(text) if entry.annotation().is_none() => Some(text.into_owned()),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => None,
    }
}

/// True for a bare `slot`, which has no other meaning in data: a key has a value.
pub(super) fn is_slot(node: Node<'_>) -> bool {
    node.name() == Slot::decl().name && node.name_is_bare() && node.entries().next().is_none() && !node.has_block()
}
